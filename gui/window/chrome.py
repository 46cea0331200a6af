"""Menus, tool bar and docks of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QAction,
    QActionGroup,
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from blendmask_live import __version__
from gui.shared.actions import Actions
from gui.shared.icons import icon
from gui.shared.languages import LANGUAGES
from gui.shared.languages import translate as _tr
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.shared.shortcuts_dialog import ShortcutsDialog
from gui.shared.theme import THEMES, apply_theme

__all__ = ["add_docks", "add_menus", "add_tool_bar"]


def add_docks(window: QMainWindow, panels: Mapping[str, QWidget]) -> dict[str, QDockWidget]:
    """Put the panels at the right: tracks and microscope above, settings below.

    Args:
        window: Gets the docks.
        panels: The panels by the names of their docks.
    """
    titles = {
        "tracks": _tr("Tracks"),
        "microscope": _tr("Microscope"),
        "display": _tr("Display"),
        "network": _tr("Network"),
        "tracker": _tr("Tracker"),
        "record": _tr("Record"),
        "send": _tr("Send"),
    }
    docks = {name: _dock(window, name, title, panels[name]) for name, title in titles.items()}
    window.setTabPosition(Qt.AllDockWidgetAreas, QTabWidget.North)
    window.setDockOptions(window.AnimatedDocks | window.AllowTabbedDocks | window.AllowNestedDocks)
    window.addDockWidget(Qt.RightDockWidgetArea, docks["tracks"])
    # Split before anything is put on top of one another: tabs cannot be split any more.
    window.splitDockWidget(docks["tracks"], docks["display"], Qt.Vertical)
    window.tabifyDockWidget(docks["tracks"], docks["microscope"])
    for name in ("network", "tracker", "record", "send"):
        window.tabifyDockWidget(docks["display"], docks[name])
    docks["tracks"].raise_()
    docks["display"].raise_()
    return docks


def _dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"dock-{name}")
    dock.setWidget(content)
    # The tab says the name; a second line that says it again is noise.
    dock.setTitleBarWidget(QWidget(dock))
    return dock


def add_menus(
    window: QMainWindow,
    actions: Actions,
    *,
    sources: QMenu,
    panels: Sequence[QAction],
    preferences: Preferences,
    show_problem: Callable[[Problem], object],
) -> None:
    """Fill the menu bar.

    Args:
        window: Gets the menus, and is the parent of what they open.
        actions: Those of `WINDOW_ACTIONS`.
        sources: The first menu.
        panels: Show and hide the panels.
        preferences: Remember theme and language.
        show_problem: Called with news for the user.
    """
    bar = window.menuBar()
    bar.addMenu(sources)
    actions.add_to(
        bar.addMenu(_tr("&Playback")),
        "play play_backward play_forward - step_back step_forward jump_back jump_forward "
        "to_start to_end - loop mark_in mark_out clear_marks",
    )
    actions.add_to(
        bar.addMenu(_tr("&Record")),
        "record send annotate - draw_line draw_area - copy_picture save_picture",
    )
    view = bar.addMenu(_tr("&View"))
    actions.add_to(
        view,
        "masks boxes labels trails - bases microscope show_all - "
        "follow_here unfollow unfollow_all - "
        "zoom_in zoom_out fit full_screen -",
    )
    view.addMenu(_tr("Panels")).addActions(panels)
    view.addMenu(_theme_menu(preferences, window))
    languages = _language_menu(preferences, window)
    languages.chosen.connect(lambda choice: show_problem(_language_news()))
    view.addMenu(languages)
    actions.add_to(bar.addMenu(_tr("&Help")), "shortcuts stages - about")
    actions.connect(
        {
            "shortcuts": lambda: ShortcutsDialog(actions, window).open(),
            "about": lambda: _show_about(window),
        }
    )


class _ChoiceMenu(QMenu):
    """A setting that is one of a few, remembered under a key.

    Signals:
        chosen: The user chose another; carries its key.
    """

    chosen = pyqtSignal(str)

    def __init__(
        self,
        title: str,
        choices: dict[str, str],
        *,
        key: str,
        preferences: Preferences,
        parent: QWidget,
    ) -> None:
        super().__init__(title, parent)
        self.setObjectName(key)
        self._key, self._preferences = key, preferences
        group = QActionGroup(self)
        for choice, text in choices.items():
            action = group.addAction(text)
            action.setCheckable(True)
            action.setChecked(preferences.text(key, "system") == choice)
            action.triggered.connect(partial(self._choose, choice))
            self.addAction(action)

    def _choose(self, choice: str, checked: bool = False) -> None:
        self._preferences.set_text(self._key, choice)
        self.chosen.emit(choice)


def _theme_menu(preferences: Preferences, parent: QWidget) -> _ChoiceMenu:
    texts = {"system": _tr("As the system"), "dark": _tr("Dark"), "light": _tr("Light")}
    choices = {choice: texts[choice] for choice in THEMES}
    menu = _ChoiceMenu(_tr("Theme"), choices, key="theme", preferences=preferences, parent=parent)
    menu.chosen.connect(_use_theme)
    return menu


def _use_theme(choice: str) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, choice)


def _language_menu(preferences: Preferences, parent: QWidget) -> _ChoiceMenu:
    choices = {key: name or _tr("As the system") for key, name in LANGUAGES.items()}
    # The English word helps people who cannot read the rest.
    title = _tr("Language") if _tr("Language") == "Language" else f"{_tr('Language')} (Language)"
    return _ChoiceMenu(title, choices, key="language", preferences=preferences, parent=parent)


def _language_news() -> Problem:
    text = _tr("Start the program again to see it in the other language.")
    return Problem(_tr("Language"), text, is_error=False)


def add_tool_bar(window: QMainWindow, actions: Actions, sources: QMenu) -> None:
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
    source.setMenu(sources)
    source.setPopupMode(QToolButton.InstantPopup)
    source.setToolTip(_tr("Choose a camera, file, stream, the screen or the demo"))
    bar.addWidget(source)
    for name, text in (
        ("bases", _tr("Bases")),
        ("microscope", _tr("Microscope")),
        ("annotate", _tr("Annotate")),
        ("copy_picture", _tr("Snapshot")),
    ):
        actions[name].setIconText(text)
    actions.add_to(bar, "- bases microscope annotate")
    space = QWidget(bar)
    space.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)
    bar.addWidget(space)
    actions.add_to(bar, "copy_picture send record")
    snapshot = bar.widgetForAction(actions["copy_picture"])
    assert isinstance(snapshot, QToolButton)
    ways = QMenu(snapshot)
    actions.add_to(ways, "copy_picture save_picture")
    snapshot.setMenu(ways)
    snapshot.setPopupMode(QToolButton.MenuButtonPopup)
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.TabFocus)


def _show_about(window: QWidget) -> None:
    text = _tr(
        "<h3>BlendMask Live {version}</h3><p>Real-time video instance segmentation.</p>"
        "<p>Licence: Apache-2.0. This window uses PyQt5 (GPL v3).</p>"
    )
    QMessageBox.about(window, _tr("About BlendMask Live"), text.format(version=__version__))
