"""Menus, tool bar and docks of the editor."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from gui.editor.canvas import TOOLS
from gui.shared.actions import Actions
from gui.shared.controls import NumberSlider, scrolling
from gui.shared.icons import icon
from gui.shared.languages import translate as _tr

__all__ = ["BRUSH_SIZE", "add_docks", "add_menus", "add_tool_bar", "lay_out"]

_AROUND_PX: Final = 130
"""Height of menus, tool bar and status bar together."""
_REPAIRS_PX: Final = 300
BRUSH_SIZE = "brush-size"
"""Name of the tool bar's action that shows the size of the brush."""


def lay_out(
    window: QMainWindow,
    *,
    banner: QWidget,
    tool_bar: QWidget,
    canvas: QWidget,
    lane_filter: QWidget,
    timeline: QWidget,
) -> None:
    """The picture with what the tool says above, the timeline below."""
    top, below = QWidget(window), QWidget(window)
    column = QVBoxLayout(top)
    column.setContentsMargins(8, 0, 4, 4)
    column.addWidget(banner)
    column.addWidget(tool_bar)
    column.addWidget(canvas, 1)
    column = QVBoxLayout(below)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(lane_filter)
    column.addWidget(timeline, 1)
    split = QSplitter(Qt.Vertical, window)
    split.addWidget(top)
    split.addWidget(below)
    height = window.height()
    below_px = min(280, round(0.3 * height))
    split.setSizes([height - below_px, below_px])
    split.setStretchFactor(0, 1)
    split.setCollapsible(0, False)
    window.setCentralWidget(split)


def add_menus(window: QMainWindow, actions: Actions) -> None:
    """Everything that can be done, by subject."""
    menus = {
        _tr(
            "&Project"
        ): "export saved - import_file import_folder - reblend learn - relink - close",
        _tr("&Edit"): "undo redo - new_track - copy_mask paste_mask paste_new copy_next - "
        "delete delete_more - smooth fill_holes shrink grow - "
        "interpolate fill_gaps propagate_back propagate_on - "
        "follow_both follow_back follow_on follow_to follow_between",
        _tr("&Track"): "select_all - split merge swap reassign - hide confirm - quick_class",
        _tr("&Repairs"): "next_doubt accept reject",
        _tr("&Go"): "play loop slower faster - step_back step_forward jump_back jump_forward "
        "to_start to_end go_to - previous_keyframe next_keyframe - mark_in mark_out clear_marks",
        _tr("&View"): "masks labels outlines - zoom_in zoom_out fit - zoom_time_in zoom_time_out",
        _tr("&Help"): "shortcuts",
    }
    made = {title: window.menuBar().addMenu(title) for title in menus}
    for title, names in menus.items():
        actions.add_to(made[title], names)
    numbers = made[_tr("&Track")].addMenu(_tr("Class by number"))
    actions.add_to(numbers, " ".join(f"class_{number}" for number in range(1, 10)))


def add_tool_bar(
    window: QMainWindow,
    actions: Actions,
    *,
    brush_size: NumberSlider,
    speed: QWidget,
    look: QWidget,
) -> QToolBar:
    """Undo, tools with the size of the brush, playing, the look, export."""
    bar = QToolBar(_tr("Tools"), window)
    bar.setObjectName("editor-tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    window.addToolBar(bar)
    actions.add_to(bar, " ".join(("undo redo -", *TOOLS)))
    brush_size.setFixedWidth(176)
    brush_size.setContentsMargins(14, 0, 8, 0)
    brush_size.slider.setFocusPolicy(Qt.TabFocus)
    actions.add_to(bar, "- new_track - play loop")
    bar.addWidget(speed)
    bar.addSeparator()
    bar.addWidget(_look_button(look, bar))
    # Comes and goes with its tools: here nothing else moves.
    bar.addWidget(brush_size).setObjectName(BRUSH_SIZE)
    space = QWidget(bar)
    space.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)
    # The picture below must not move either.
    space.setMinimumHeight(brush_size.minimumSizeHint().height())
    bar.addWidget(space)
    actions.add_to(bar, "export")
    for name, text in (("export", _tr("Export")), ("new_track", _tr("New object"))):
        actions[name].setIconText(text)
        button = bar.widgetForAction(actions[name])
        assert isinstance(button, QToolButton)
        button.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
    for button in bar.findChildren(QToolButton):
        button.setFocusPolicy(Qt.TabFocus)
    return bar


def _look_button(look: QWidget, bar: QToolBar) -> QToolButton:
    button = QToolButton(bar)
    button.setIcon(icon("light"))
    button.setToolTip(_tr("Fill of the masks, brightness and contrast of the picture"))
    button.setAccessibleName(_tr("Look"))
    button.setPopupMode(QToolButton.InstantPopup)
    menu = QMenu(button)
    content = QWidgetAction(menu)
    content.setDefaultWidget(look)
    menu.addAction(content)
    button.setMenu(menu)
    return button


def add_docks(
    window: QMainWindow, *, track: QWidget, repairs: QWidget, journal: QWidget
) -> dict[str, QDockWidget]:
    """The track above; repairs and journal, one behind the other, below."""
    window.setTabPosition(Qt.AllDockWidgetAreas, QTabWidget.North)
    scrolled = scrolling(track)
    # Otherwise clicks on its buttons would take the keys from the picture.
    scrolled.setFocusPolicy(Qt.NoFocus)
    docks = {
        "track": _dock(window, "track", _tr("Track"), scrolled),
        "repairs": _dock(window, "repairs", _tr("Repairs"), repairs),
        "journal": _dock(window, "journal", _tr("Journal"), journal),
    }
    window.addDockWidget(Qt.RightDockWidgetArea, docks["track"])
    window.splitDockWidget(docks["track"], docks["repairs"], Qt.Vertical)
    window.tabifyDockWidget(docks["repairs"], docks["journal"])
    docks["repairs"].raise_()
    window.resizeDocks([docks["track"]], [356], Qt.Horizontal)
    # On a low screen the track's buttons are scrolled to; of the repairs two must be seen.
    room_px = max(1, window.height() - _AROUND_PX)
    repairs_px = min(max(_REPAIRS_PX, round(0.4 * room_px)), room_px // 2)
    window.resizeDocks(
        [docks["track"], docks["repairs"]], [room_px - repairs_px, repairs_px], Qt.Vertical
    )
    return docks


def _dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    dock = QDockWidget(title, window)
    dock.setObjectName(f"editor-{name}")
    dock.setFeatures(QDockWidget.NoDockWidgetFeatures)
    # The tab, or the heading of the panel itself, says what it is.
    dock.setTitleBarWidget(QWidget(dock))
    dock.setWidget(content)
    return dock
