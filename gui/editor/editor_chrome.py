"""Menus, tool bar and docks of the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QCoreApplication, QSize, Qt
from PyQt5.QtWidgets import (
    QDockWidget,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.editor.canvas import TOOLS
from gui.shared.controls import scrolling

if TYPE_CHECKING:
    from gui.editor.window import EditorWindow

__all__ = ["add_docks", "add_menus", "add_tool_bar", "lay_out"]


def lay_out(window: EditorWindow) -> None:
    """The picture above, the timeline below."""
    top, below = QWidget(window), QWidget(window)
    column = QVBoxLayout(top)
    column.setContentsMargins(8, 0, 4, 4)
    column.addWidget(window.banner)
    column.addWidget(window.canvas, 1)
    column = QVBoxLayout(below)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(window.lane_filter)
    column.addWidget(window.timeline, 1)
    split = QSplitter(Qt.Vertical, window)
    split.addWidget(top)
    split.addWidget(below)
    split.setSizes([640, 280])
    split.setStretchFactor(0, 1)
    split.setCollapsible(0, False)
    window.setCentralWidget(split)


def add_menus(window: EditorWindow) -> None:
    """Everything that can be done, by subject."""
    menus = {
        _tr("&Project"): "export - import_file import_folder - reblend learn - relink - close",
        _tr("&Edit"): "undo redo - new_track - delete copy_next smooth fill_holes shrink grow - "
        "interpolate fill_gaps propagate_back propagate_on",
        _tr("&Track"): "split merge swap reassign - hide confirm",
        _tr("&Repairs"): "next_doubt accept reject",
        _tr("&Go"): "play - step_back step_forward jump_back jump_forward to_start to_end - "
        "previous_keyframe next_keyframe - mark_in mark_out clear_marks",
        _tr("&View"): "outlines - zoom_in zoom_out fit - zoom_time_in zoom_time_out",
        _tr("&Help"): "shortcuts",
    }
    for title, names in menus.items():
        menu = window.menuBar().addMenu(title)
        for name in names.split():
            menu.addSeparator() if name == "-" else menu.addAction(window.actions_by_name[name])


def add_tool_bar(window: EditorWindow) -> None:
    """Undo, tools with the size of the brush, playing, export."""
    bar = window.tool_bar
    bar.setObjectName("editor-tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    window.addToolBar(bar)
    for name in ("undo", "redo", "-", *TOOLS):
        bar.addSeparator() if name == "-" else bar.addAction(window.actions_by_name[name])
    window.brush_size.setFixedWidth(176)
    window.brush_size.setContentsMargins(14, 0, 8, 0)
    window.brush_size.slider.setFocusPolicy(Qt.TabFocus)
    bar.addWidget(window.brush_size)
    for name in ("-", "new_track", "-", "play"):
        bar.addSeparator() if name == "-" else bar.addAction(window.actions_by_name[name])
    space = QWidget(bar)
    space.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)
    bar.addWidget(space)
    export = window.actions_by_name["export"]
    bar.addAction(export)
    for name, text in (("export", _tr("Export")), ("new_track", _tr("New object"))):
        window.actions_by_name[name].setIconText(text)
        button = bar.widgetForAction(window.actions_by_name[name])
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.TabFocus)


def add_docks(window: EditorWindow) -> dict[str, QDockWidget]:
    """The track above; repairs and journal, one behind the other, below."""
    window.setTabPosition(Qt.AllDockWidgetAreas, QTabWidget.North)
    track = scrolling(window.track_panel)
    # Clicks on its buttons would else take the keys from the picture.
    track.setFocusPolicy(Qt.NoFocus)
    docks = {
        "track": _dock(window, "track", _tr("Track"), track),
        "repairs": _dock(window, "repairs", _tr("Repairs"), window.repairs),
        "journal": _dock(window, "journal", _tr("Journal"), window.journal),
    }
    window.addDockWidget(Qt.RightDockWidgetArea, docks["track"])
    window.splitDockWidget(docks["track"], docks["repairs"], Qt.Vertical)
    window.tabifyDockWidget(docks["repairs"], docks["journal"])
    docks["repairs"].raise_()
    window.resizeDocks([docks["track"]], [356], Qt.Horizontal)
    window.resizeDocks([docks["track"], docks["repairs"]], [510, 350], Qt.Vertical)
    return docks


def _dock(window: EditorWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"editor-{name}")
    dock.setFeatures(QDockWidget.NoDockWidgetFeatures)
    # The tab, or the heading of the panel itself, says what it is.
    dock.setTitleBarWidget(QWidget(dock))
    dock.setWidget(content)
    return dock


def _tr(text: str) -> str:
    # The name under which pylupdate5 files what is said outside of classes.
    return QCoreApplication.translate("@default", text)
