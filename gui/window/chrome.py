"""Menus, tool bar and docks of the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QCoreApplication, QSize, Qt
from PyQt5.QtWidgets import (
    QActionGroup,
    QApplication,
    QDockWidget,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from blendmask_live import __version__
from gui.shared.controls import scrolling
from gui.shared.icons import icon
from gui.shared.languages import LANGUAGES
from gui.shared.problems import Problem
from gui.shared.shortcuts_dialog import ShortcutsDialog
from gui.shared.theme import THEMES, apply_theme

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

__all__ = ["add_docks", "add_menus", "add_tool_bar"]


def add_docks(window: MainWindow) -> dict[str, QDockWidget]:
    """Put the panels at the right: tracks and microscope above, settings below."""
    docks = {
        "tracks": _dock(window, "tracks", _tr("Tracks"), window.tracks),
        "microscope": _dock(window, "microscope", _tr("Microscope"), window.microscope),
        "display": _dock(window, "display", _tr("Display"), scrolling(window.display)),
        "network": _dock(window, "network", _tr("Network"), scrolling(window.network)),
        "tracker": _dock(window, "tracker", _tr("Tracker"), scrolling(window.tracker)),
        "record": _dock(window, "record", _tr("Record"), scrolling(window.record)),
    }
    window.setTabPosition(Qt.AllDockWidgetAreas, QTabWidget.North)
    window.setDockOptions(window.AnimatedDocks | window.AllowTabbedDocks | window.AllowNestedDocks)
    window.addDockWidget(Qt.RightDockWidgetArea, docks["tracks"])
    # Split before anything is put on top of one another: tabs cannot be split any more.
    window.splitDockWidget(docks["tracks"], docks["display"], Qt.Vertical)
    window.tabifyDockWidget(docks["tracks"], docks["microscope"])
    for name in ("network", "tracker", "record"):
        window.tabifyDockWidget(docks["display"], docks[name])
    docks["tracks"].raise_()
    docks["display"].raise_()
    microscope, action = docks["microscope"], window.actions_by_name["microscope"]
    action.triggered.connect(lambda on: _show_dock(microscope, on))
    return docks


def _show_dock(dock: QDockWidget, is_on: bool) -> None:
    dock.setVisible(is_on)
    if is_on:
        dock.raise_()


def _dock(window: MainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"dock-{name}")
    dock.setWidget(content)
    # The tab says the name; a second line that says it again is noise.
    dock.setTitleBarWidget(QWidget(dock))
    return dock


def add_menus(window: MainWindow) -> None:
    """The menu bar."""
    bar = window.menuBar()
    bar.addMenu(window.sources)
    _add_menu(
        window,
        _tr("&Playback"),
        "play play_backward play_forward - step_back step_forward jump_back jump_forward "
        "to_start to_end - loop mark_in mark_out clear_marks",
    )
    _add_menu(window, _tr("&Record"), "record annotate - copy_picture save_picture")
    view = _add_menu(
        window,
        _tr("&View"),
        "masks boxes labels trails - bases microscope show_all - "
        "zoom_in zoom_out fit full_screen -",
    )
    panels = view.addMenu(_tr("Panels"))
    for dock in window.docks.values():
        panels.addAction(dock.toggleViewAction())
    view.addMenu(_theme_menu(window))
    view.addMenu(_language_menu(window))
    _add_menu(window, _tr("&Help"), "shortcuts stages - about")
    window.actions_by_name.connect(
        {
            "shortcuts": lambda: ShortcutsDialog(window.actions_by_name, window).open(),
            "about": lambda: _show_about(window),
        }
    )


def _add_menu(window: MainWindow, title: str, names: str) -> QMenu:
    menu: QMenu = window.menuBar().addMenu(title)
    for name in names.split():
        if name == "-":
            menu.addSeparator()
        else:
            menu.addAction(window.actions_by_name[name])
    return menu


def _theme_menu(window: MainWindow) -> QMenu:
    texts = {"system": _tr("As the system"), "dark": _tr("Dark"), "light": _tr("Light")}
    choices = {choice: texts[choice] for choice in THEMES}
    return _choice_menu(window, _tr("Theme"), "theme", choices, _use_theme)


def _use_theme(window: MainWindow, choice: str) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, choice)


def _language_menu(window: MainWindow) -> QMenu:
    choices = {key: name or _tr("As the system") for key, name in LANGUAGES.items()}
    # People who read nothing of the window still find it.
    title = _tr("Language") if _tr("Language") == "Language" else f"{_tr('Language')} (Language)"
    return _choice_menu(window, title, "language", choices, _tell_language)


def _tell_language(window: MainWindow, choice: str) -> None:
    text = _tr("Start the program again to see it in the other language.")
    window.banner.show_problem(Problem(_tr("Language"), text, is_error=False))


def _choice_menu(
    window: MainWindow,
    title: str,
    key: str,
    choices: dict[str, str],
    chosen: Callable[[MainWindow, str], None],
) -> QMenu:
    """A setting of which one of `choices` holds, remembered under `key`."""
    menu = QMenu(title, window)
    menu.setObjectName(key)
    group = QActionGroup(menu)
    preferences = window.controller.preferences

    def choose(choice: str, checked: bool = False) -> None:
        preferences.set_text(key, choice)
        chosen(window, choice)

    for choice, text in choices.items():
        action = group.addAction(text)
        action.setCheckable(True)
        action.setChecked(preferences.text(key, "system") == choice)
        action.triggered.connect(partial(choose, choice))
        menu.addAction(action)
    return menu


def add_tool_bar(window: MainWindow) -> None:
    """Source, views, recording."""
    bar = QToolBar(_tr("Tools"), window)
    bar.setObjectName("tools")
    bar.setIconSize(QSize(20, 20))
    bar.setMovable(False)
    bar.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
    window.addToolBar(bar)
    source = QToolButton(bar)
    source.setText(_tr("Source"))
    source.setIcon(icon("open"))
    source.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
    source.setMenu(window.sources)
    source.setPopupMode(QToolButton.InstantPopup)
    source.setToolTip(_tr("Choose a camera, file, stream, the screen or the demo"))
    bar.addWidget(source)
    bar.addSeparator()
    names = (
        ("bases", _tr("Bases")),
        ("microscope", _tr("Microscope")),
        ("annotate", _tr("Annotate")),
    )
    for name, text in names:
        window.actions_by_name[name].setIconText(text)
        bar.addAction(window.actions_by_name[name])
    space = QWidget(bar)
    space.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)
    bar.addWidget(space)
    window.actions_by_name["copy_picture"].setIconText(_tr("Snapshot"))
    bar.addAction(window.actions_by_name["copy_picture"])
    bar.addAction(window.actions_by_name["record"])
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.TabFocus)


def _show_about(window: MainWindow) -> None:
    text = _tr(
        "<h3>BlendMask Live {version}</h3><p>Real-time video instance segmentation.</p>"
        "<p>Licence: Apache-2.0. This window uses PyQt5 (GPL v3).</p>"
    )
    QMessageBox.about(window, _tr("About BlendMask Live"), text.format(version=__version__))


def _tr(text: str) -> str:
    # The name under which pylupdate5 files what is said outside of classes.
    return QCoreApplication.translate("@default", text)
