"""The editor's window: the picture, the timeline under it, panels beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from PyQt5.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PyQt5.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from gui.editor.actions import EDITOR_ACTIONS
from gui.editor.answering import PrompterHolder
from gui.editor.canvas import TOOLS, EditorCanvas
from gui.editor.chrome import BRUSH_SIZE, add_docks, add_menus, add_tool_bar, lay_out
from gui.editor.class_acts import ClassActs
from gui.editor.clipboard import MaskClipboard
from gui.editor.controller import EditorController
from gui.editor.drawing import Drawing
from gui.editor.enabling import Enabling
from gui.editor.files import EditorFiles
from gui.editor.film_strip import FilmStrip
from gui.editor.following import Follower
from gui.editor.journal_panel import JournalPanel
from gui.editor.lane_filter import LaneFilter
from gui.editor.pointing import Pointing
from gui.editor.pointing_bar import PointingBar
from gui.editor.pointing_tool import POINT_TOOL, PointingTool
from gui.editor.preview_bar import PreviewBar
from gui.editor.repairing import Repairing
from gui.editor.repairs_panel import RepairsPanel
from gui.editor.shown_picture import ShownPicture
from gui.editor.status_bar import EditorStatus
from gui.editor.timeline import Timeline
from gui.editor.track_acts import TrackActs
from gui.editor.track_panel import TrackPanel
from gui.editor.view_acts import ViewActs
from gui.shared.actions import Actions
from gui.shared.banner import Banner
from gui.shared.controls import NumberSlider, dress_dock_tabs
from gui.shared.icons import icon
from gui.shared.key_focus import KeyFocus, focus_next
from gui.shared.preferences import Preferences
from gui.shared.shortcuts_dialog import ShortcutsDialog
from gui.shared.window_size import open_on_screen

__all__ = ["EditorWindow"]

_REACH_AFTER_MS = 100
_REMEMBERED = 50
"""So many projects open at the frame that was shown last."""


class EditorWindow(QMainWindow):
    """Shows a project and tells the controller what the user wants.

    Attributes:
        controller: Does the work; closed with the window.
        files: Export, import and the like.

    Signals:
        learned: Name of weights that were made.
        closed: The window has gone and all its threads have ended.
        project_wanted: Path of another project that was dropped here.
    """

    learned = pyqtSignal(str)
    closed = pyqtSignal()
    project_wanted = pyqtSignal(object)

    def __init__(
        self, controller: EditorController, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.controller = controller
        self._preferences = preferences
        # Texts of menus need not follow a pointer that drags along the timeline.
        self._reach_later = QTimer(self)
        self._reach_later.setSingleShot(True)
        self._reach_later.setInterval(_REACH_AFTER_MS)
        self._reach_later.timeout.connect(self._show_reach)
        self._play_shape = ""
        self._drawing_key = 0
        self._title()
        self.setAcceptDrops(True)
        open_on_screen(self, QSize(1480, 960), preferences.bytes("editor_geometry"))
        self.actions_by_name = Actions(
            preferences, self, table=EDITOR_ACTIONS, key="editor_shortcuts"
        )
        self._make_parts()
        self._add_chrome()
        self._connect_controller()
        self._connect_parts()
        self._connect_actions()
        self.restoreState(preferences.bytes("editor_state"))
        self._key_focus = KeyFocus(self)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._key_focus)
        self._choose_tool("select")
        self._show_edited()
        self.canvas.setFocus()
        QTimer.singleShot(0, self._start)

    def _title(self) -> None:
        name = self.controller.project.path.name
        if self.controller.project.is_read_only:
            name = self.tr("{} (read only)").format(name)
        if self.controller.project.status != "complete":
            name = self.tr("{} (a part of the video)").format(name)
        self.setWindowTitle(f"{name} - BlendMask Live")

    def _make_parts(self) -> None:
        controller, actions = self.controller, self.actions_by_name
        self.canvas = EditorCanvas(self)
        self.canvas.set_pixel_aspect(float(controller.project.source.pixel_aspect))
        self.timeline = Timeline(controller.indices, controller.seconds, self)
        self.lane_filter = LaneFilter(self)
        self.track_panel = TrackPanel(actions, self)
        self.repairs = RepairsPanel(actions, self)
        self.journal = JournalPanel(self)
        self.banner = Banner(self)
        self.preview_bar = PreviewBar(controller, self)
        self.brush_size = NumberSlider(
            self.tr("Brush"),
            (1, 120, 1),
            show="{:.0f} px".format,
            parent=self,
            tip=self.tr("Radius of brush and eraser; or Ctrl and the wheel over the picture"),
        )
        self.view = ViewActs(controller, self._preferences, self)
        self.status = EditorStatus(controller, self)
        self.setStatusBar(self.status)
        self.drawing = Drawing(controller, self.canvas, self)
        self.acts = TrackActs(controller, self)
        self.classes = ClassActs(controller, self)
        self.clipboard = MaskClipboard(controller, self)
        prompters = PrompterHolder()
        self.pointing = Pointing(controller, prompters)
        self._pointing_tool = PointingTool(self.pointing, self.canvas)
        # After the tool, so that it is the first to get Escape.
        self.follower = Follower(controller, prompters, self.pointing, self.canvas, self)
        self.pointing_bar = PointingBar(self.pointing, self.follower, controller, actions, self)
        self.files = EditorFiles(controller, self._preferences, self)
        self._strip = FilmStrip(controller, self.timeline)
        self._repairing = Repairing(controller, self.repairs, self.canvas, self)
        self._shown = ShownPicture(
            controller, self.canvas, view=self.view, pointing=self.pointing, parent=self
        )
        self._enabling = Enabling(
            controller,
            actions,
            acts=self.acts,
            classes=self.classes,
            clipboard=self.clipboard,
            view=self.view,
            pointing=self.pointing,
            follower=self.follower,
            parent=self,
        )

    def _add_chrome(self) -> None:
        above = QWidget(self)
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.banner, self.preview_bar):
            column.addWidget(part)
        lay_out(
            self,
            banner=above,
            tool_bar=self.pointing_bar,
            canvas=self.canvas,
            lane_filter=self.lane_filter,
            timeline=self.timeline,
        )
        add_menus(self, self.actions_by_name)
        self.tool_bar = add_tool_bar(
            self,
            self.actions_by_name,
            brush_size=self.brush_size,
            speed=self.view.speed,
            look=self.view.panel,
        )
        self.docks = add_docks(
            self, track=self.track_panel, repairs=self.repairs, journal=self.journal
        )

    def _start(self) -> None:
        controller = self.controller
        if controller.is_closed:
            return
        frame = self._preferences.texts("editor_frames").get(str(controller.project.path.resolve()))
        if frame is not None and frame.isdigit():
            controller.frame = int(frame)
        controller.start()

    def _connect_controller(self) -> None:
        controller = self.controller
        controller.frame_changed.connect(self._show_position)
        controller.picture_changed.connect(self._pointing_tool.hover_again)
        controller.selection_changed.connect(self._show_selection)
        controller.edited.connect(self._show_edited)
        controller.suggestions_changed.connect(self._show_suggestions)
        controller.preview_changed.connect(self._show_preview)
        controller.busy_changed.connect(self._show_busy)
        controller.problem_found.connect(self.banner.show_problem)
        controller.video_opened.connect(self._forget_missing_video)

    def _connect_parts(self) -> None:
        controller = self.controller
        self.banner.action_chosen.connect(self.files.act_on)
        self.files.problem_found.connect(self.banner.show_problem)
        self.files.learned.connect(self.learned)
        self.brush_size.chosen.connect(self.canvas.set_radius)
        self.canvas.radius_changed.connect(self.brush_size.set_number)
        self.brush_size.set_number(self.canvas.radius_px)
        self.drawing.tool_wanted.connect(self._choose_tool)
        self.pointing.told.connect(self.status.tell)
        self.follower.told.connect(self.status.tell)
        self.follower.changed.connect(self._enabling.show_all)
        self.pointing.changed.connect(self._enabling.show_following)
        self.pointing_bar.left.connect(self.canvas.setFocus)
        self.canvas.track_clicked.connect(controller.select)
        self.canvas.track_toggled.connect(controller.toggle)
        self.canvas.lassoed.connect(
            lambda tracks: controller.select_all([*controller.selected, *tracks])
        )
        self.canvas.space_tapped.connect(lambda: self.actions_by_name.trigger_key("Space"))
        self.classes.chosen.connect(self.acts.relabel)
        self.classes.object_wanted.connect(self._begin_object)
        for area in (self.canvas, self.timeline):
            area.menu_wanted.connect(partial(self.acts.show_menu, self.actions_by_name))
        self.timeline.frame_chosen.connect(controller.show)
        self.timeline.track_chosen.connect(controller.select)
        self.timeline.track_toggled.connect(controller.toggle)
        self.timeline.marks_chosen.connect(controller.set_marks)
        self.lane_filter.changed.connect(self._show_lanes)
        self.track_panel.class_chosen.connect(self.acts.relabel)
        self.track_panel.name_chosen.connect(self.acts.rename)
        self.track_panel.scope_chosen.connect(controller.set_scope)
        self.track_panel.left.connect(self.canvas.setFocus)
        self._repairing.looked_at.connect(lambda: self.docks["repairs"].raise_())
        self.journal.act_chosen.connect(controller.go_to_act)

    def _connect_actions(self) -> None:
        controller, canvas = self.controller, self.canvas
        handlers: dict[str, Callable[[], object]] = {
            "close": self.ask_and_close,
            "undo": controller.undo,
            "redo": controller.redo,
            "smaller": partial(self._change_size, -1),
            "larger": partial(self._change_size, 1),
            "new_track": self._begin_object,
            "select_all": lambda: controller.select_all(controller.tracked.track_ids.tolist()),
            "zoom_in": lambda: canvas.zoom_by(1.25),
            "zoom_out": lambda: canvas.zoom_by(0.8),
            "fit": canvas.fit,
            "zoom_time_in": lambda: self.timeline.zoom_by(1.5),
            "zoom_time_out": lambda: self.timeline.zoom_by(1 / 1.5),
            "shortcuts": lambda: ShortcutsDialog(self.actions_by_name, self).open(),
            **{tool: partial(self._choose_tool, tool) for tool in TOOLS},
            **self.acts.handlers(),
            **self._repairing.handlers(),
            **self.classes.handlers(),
            **self.clipboard.handlers(),
            **self.view.handlers(),
            **self.files.handlers(),
            **self.follower.handlers(),
        }
        self.actions_by_name.connect(handlers)

    def _begin_object(self, label: str = "") -> None:
        if self.canvas.tool != POINT_TOOL:
            self.drawing.begin_track(label)
        elif label:
            self.pointing.choose_label(label)
        else:
            self.pointing.settle()
            self.pointing.begin_new()

    def _change_size(self, step: int) -> None:
        """Of what a first click takes, or of brush and eraser."""
        if self.canvas.tool == POINT_TOOL:
            self.pointing.change_size(step)
        else:
            self.canvas.set_radius(self.canvas.radius_px * 1.25**step)

    def _choose_tool(self, tool: str) -> None:
        self.canvas.set_tool(tool)
        for name in TOOLS:
            self.actions_by_name[name].setChecked(name == tool)
        for action in self.tool_bar.actions():
            if action.objectName() == BRUSH_SIZE:
                action.setVisible(tool in ("brush", "eraser"))
        self.drawing.show_corners()
        self.pointing.set_on(tool == POINT_TOOL)

    # What is shown

    def _show_reach(self) -> None:
        self._reach_later.stop()
        self.acts.show_reach(self.actions_by_name)

    def _show_position(self) -> None:
        controller = self.controller
        self.timeline.show_state(controller.frame, controller.selected, controller.marks)
        self.status.show_position()
        shape = "pause" if controller.is_playing else "play"
        if shape != self._play_shape:
            # Not with each frame: menus and tool bar are laid out anew.
            self._play_shape = shape
            self.actions_by_name["play"].setIcon(icon(shape))
        if not controller.is_playing:
            # Not the words alone: a key that is pressed at once must find its act.
            self._enabling.show_frame()
            self._reach_later.start()
            self.track_panel.show_classes(controller.classes_of_selected)

    def _show_selection(self) -> None:
        controller = self.controller
        self.canvas.select_track(*controller.selected)
        self.timeline.scroll_to_track(controller.track)
        self._show_position()
        self._show_reach()
        self.track_panel.show_track(
            controller.lane,
            controller.classes_of_selected,
            controller.project.labels,
            count=len(controller.selected),
            scope=controller.scope,
            has_marks=controller.has_marks,
            may_edit=controller.may_edit,
        )
        self.journal.setEnabled(controller.may_edit)
        self._enabling.show_all()

    def _forget_missing_video(self) -> None:
        if self.banner.problem is not None and self.banner.problem.action == "relink":
            self.banner.clear()

    def _show_edited(self) -> None:
        problem = self.banner.problem
        if problem is not None and problem.is_error and problem.action != "relink":
            self.banner.clear()
        self.lane_filter.offer_classes(self.controller.lanes, self.controller.project.labels)
        self._show_lanes()
        self.journal.show_journal(self.controller.project.journal())
        self.status.show_counts()
        self._show_selection()

    def _show_lanes(self) -> None:
        controller = self.controller
        labels = controller.project.labels
        lanes = self.lane_filter.passed(controller.lanes, labels, controller.suggestions)
        empty = self.tr("No track passes the filter")
        if not controller.lanes:
            empty = self.tr("No tracks yet: point at an object (W) or draw one (Insert)")
        self.timeline.show_lanes(lanes, labels, empty)

    def _show_suggestions(self) -> None:
        suggestions = self.controller.suggestions
        self.timeline.show_suggestions(suggestions)
        self._show_lanes()
        self._enabling.show_all()

    def _show_busy(self) -> None:
        is_free = not self.controller.is_busy
        for part in (self.centralWidget(), self.menuBar(), self.tool_bar, *self.docks.values()):
            part.setEnabled(is_free)
        for action in self.actions_by_name:
            action.setEnabled(is_free)
        if is_free:
            # What was disabled lost the focus, to a button that Space would press.
            self.canvas.setFocus()
            self._show_selection()

    def _show_preview(self) -> None:
        preview = self.controller.preview
        steps = [] if preview is None else preview.steps
        shares = {step.frame: step.confidence for step in steps}
        self.timeline.show_preview(0 if preview is None else preview.track, shares)
        self._enabling.show_all()

    def event(self, event: QEvent) -> bool:
        """What is being drawn gets its keys also where menus or panels have the focus."""
        is_key = event.type() == QEvent.ShortcutOverride
        if is_key and self.canvas.takes_key(cast("QKeyEvent", event)):
            self._drawing_key = cast("QKeyEvent", event).key()
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of acts that cannot be done now come here: say why."""
        # Controls pass on what they have used, as Return at the end of a text: that is not asked.
        is_asked, self._drawing_key = event.key() == self._drawing_key, 0
        if is_asked and self.canvas.takes_key(event):
            self.canvas.keyPressEvent(event)
            return
        key = QKeySequence(int(event.modifiers() & ~Qt.KeypadModifier) | event.key())
        if why := self.actions_by_name.why_not(key):
            self.status.tell(why)
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        dress_dock_tabs(self)

    def focusNextPrevChild(self, is_forward: bool) -> bool:
        return focus_next(self, is_forward=is_forward)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Projects open in windows of their own; annotations come in as new tracks."""
        may_edit = self.controller.may_edit
        for url in event.mimeData().urls():
            path = Path(url.toLocalFile())
            if path.suffix.lower() == ".bml":
                self.project_wanted.emit(path)
            elif may_edit:
                self.files.import_annotations(path)
        event.acceptProposedAction()

    def _remember_frame(self) -> None:
        path = str(self.controller.project.path.resolve())
        kept = {k: v for k, v in self._preferences.texts("editor_frames").items() if k != path}
        kept = dict(list(kept.items())[1 - _REMEMBERED :])
        self._preferences.set_texts("editor_frames", {**kept, path: str(self.controller.frame)})

    def ask_and_close(self) -> bool:
        """Close, unless an export goes on: then ask first. Whether it asks."""
        if self.files.asks_before_closing(self.close):
            self.raise_()
            return True
        self.close()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        if event.spontaneous() and self.files.asks_before_closing(self.close):
            event.ignore()
            return
        self._remember_frame()
        self._preferences.set_bytes("editor_geometry", self.saveGeometry())
        self._preferences.set_bytes("editor_state", self.saveState())
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self._key_focus)
        self._strip.stop()
        self._reach_later.stop()
        self.pointing.close()
        self.files.close()
        self.controller.close()
        event.accept()
        self.closed.emit()
