"""The editor's window: the picture, the timeline under it, panels beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PyQt5.QtCore import QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QImage
from PyQt5.QtWidgets import (
    QAction,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.annotation import (
    AddLabel,
    CopyToNext,
    DeleteMasks,
    DrawPolygon,
    Edit,
    FillGaps,
    FillHoles,
    HideTrack,
    Interpolate,
    Lane,
    MergeTracks,
    MoveMask,
    PaintStroke,
    ReassignMasks,
    Relabel,
    RenameTrack,
    ScaleMask,
    SetKeyframe,
    SmoothMask,
    SplitTrack,
    Suggestion,
    SwapTracks,
)
from blendmask_live.overlay import OverlayStyle, draw_overlay
from gui.actions import Actions
from gui.banner import Banner
from gui.editor.canvas import TOOLS, EditorCanvas
from gui.editor.controller import EditorController, JobState
from gui.editor.editor_actions import EDITOR_ACTIONS
from gui.editor.export_dialog import ExportDialog
from gui.editor.learn_dialog import LearnDialog
from gui.editor.panels import JournalPanel, SuggestionsPanel, TrackPanel
from gui.editor.timeline import Timeline
from gui.panels.controls import scrolling
from gui.pixels import to_qimage
from gui.playback_bar import clock_text
from gui.preferences import Preferences
from gui.problems import Problem
from gui.shortcuts_dialog import ShortcutsDialog

__all__ = ["EditorWindow"]

_PICTURE_HEIGHT_PX = 64


class EditorWindow(QMainWindow):
    """Shows a project and hands on what the user wants.

    Attributes:
        controller: Does the work; closed with the window.

    Signals:
        closed: The window has gone and all its threads have ended.
    """

    closed = pyqtSignal()

    def __init__(
        self, controller: EditorController, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.controller = controller
        self._preferences = preferences
        self._shows_outlines = False
        self._draws_new, self._new_label = 0, ""
        self._has_strip = False
        project = controller.project
        self.setWindowTitle(f"{project.path.name} - BlendMask Live")
        self.resize(QSize(1480, 960))
        self.actions_by_name = Actions(
            preferences, self, table=EDITOR_ACTIONS, key="editor_shortcuts"
        )
        self.canvas = EditorCanvas(self)
        self.timeline = Timeline(controller.indices, project.source.average_fps, self)
        self.track_panel = TrackPanel(self.actions_by_name, self)
        self.suggestions = SuggestionsPanel(self.actions_by_name, self)
        self.journal = JournalPanel(self)
        self.banner = Banner(self)
        self._lay_out()
        self._add_menus()
        self._connect_actions()
        self._connect_parts()
        self.restoreGeometry(preferences.bytes("editor_geometry"))
        self.restoreState(preferences.bytes("editor_state"))
        self._pictures_timer = QTimer(self)
        self._pictures_timer.setSingleShot(True)
        self._pictures_timer.timeout.connect(self._load_pictures)
        self.timeline.view_changed.connect(partial(self._pictures_timer.start, 400))
        self._choose_tool("select")
        self._show_edited()
        self._show_selection()
        QTimer.singleShot(0, controller.start)

    # Layout

    def _lay_out(self) -> None:
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(8, 0, 4, 4)
        column.addWidget(self.banner)
        column.addWidget(self.canvas, 1)
        split = QSplitter(Qt.Vertical, self)
        split.addWidget(top)
        split.addWidget(self._below())
        split.setSizes([640, 280])
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        self.setCentralWidget(split)
        self._position = QLabel(self)
        self._job_text = QLabel(self)
        self._job_bar = QProgressBar(self)
        self._job_bar.setTextVisible(False)
        self._job_bar.setFixedWidth(180)
        self._job_stop = QPushButton(self.tr("Stop"), self)
        self._job_stop.clicked.connect(self.controller.stop_job)
        self.statusBar().addWidget(self._position, 1)
        for part in (self._job_text, self._job_bar, self._job_stop):
            self.statusBar().addPermanentWidget(part)
        self._show_job(None)
        self.setTabPosition(Qt.AllDockWidgetAreas, QTabWidget.North)
        docks = [
            self._dock("track", self.tr("Track"), scrolling(self.track_panel)),
            self._dock("suggestions", self.tr("Repairs"), self.suggestions),
            self._dock("journal", self.tr("Journal"), self.journal),
        ]
        self.addDockWidget(Qt.RightDockWidgetArea, docks[0])
        self.splitDockWidget(docks[0], docks[1], Qt.Vertical)
        self.tabifyDockWidget(docks[1], docks[2])
        docks[1].raise_()
        self.resizeDocks([docks[0]], [340], Qt.Horizontal)
        self._docks = docks

    def _below(self) -> QWidget:
        """The timeline under a row that says which tracks it shows."""
        below, row = QWidget(self), QHBoxLayout()
        self._class_filter = QComboBox(below)
        self._class_filter.setAccessibleName(self.tr("Classes in the timeline"))
        self._class_filter.currentIndexChanged.connect(self._show_lanes)
        self._doubt_filter = QCheckBox(self.tr("Only tracks with doubts"), below)
        self._doubt_filter.toggled.connect(self._show_lanes)
        row.setContentsMargins(8, 2, 8, 2)
        row.addWidget(self._class_filter)
        row.addWidget(self._doubt_filter)
        self._shown_tracks = QLabel(below)
        self._shown_tracks.setObjectName("dim")
        row.addWidget(self._shown_tracks, 1)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.timeline, 1)
        return below

    def _dock(self, name: str, title: str, content: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"editor-{name}")
        dock.setWidget(content)
        return dock

    def _add_menus(self) -> None:
        menus = {
            self.tr("&Project"): "export learn relink - close",
            self.tr("&Edit"): "undo redo - new_track - delete copy_next smooth fill_holes shrink "
            "grow - interpolate fill_gaps propagate_back propagate_on",
            self.tr("&Track"): "split merge swap reassign - hide confirm",
            self.tr("&Repairs"): "next_doubt accept reject",
            self.tr("&Go"): "play - step_back step_forward jump_back jump_forward to_start to_end "
            "- previous_keyframe next_keyframe - mark_in mark_out clear_marks",
            self.tr("&View"): "outlines - zoom_in zoom_out fit - zoom_time_in zoom_time_out",
            self.tr("&Help"): "shortcuts",
        }
        for title, names in menus.items():
            menu = self.menuBar().addMenu(title)
            for name in names.split():
                menu.addSeparator() if name == "-" else menu.addAction(self.actions_by_name[name])
        bar = QToolBar(self.tr("Tools"), self)
        bar.setObjectName("editor-tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        self.addToolBar(bar)
        for name in ("undo", "redo", *TOOLS, "new_track", "play", "export"):
            if name in ("select", "new_track", "play", "export"):
                bar.addSeparator()
            bar.addAction(self.actions_by_name[name])

    def _connect_parts(self) -> None:
        controller = self.controller
        controller.frame_changed.connect(self._show_position)
        controller.picture_changed.connect(self._show_picture)
        controller.selection_changed.connect(self._show_selection)
        controller.edited.connect(self._show_edited)
        controller.suggestions_changed.connect(self._show_suggestions)
        controller.job_changed.connect(self._show_job)
        controller.problem_found.connect(self.banner.show_problem)
        self.banner.action_chosen.connect(self._act_on)
        self.canvas.track_clicked.connect(controller.select)
        self.canvas.stroke_drawn.connect(self._draw_stroke)
        self.canvas.polygon_drawn.connect(self._draw_polygon)
        self.canvas.moved.connect(self._move)
        self.canvas.menu_wanted.connect(self._show_menu)
        self.canvas.radius_changed.connect(self.track_panel.show_radius)
        self.timeline.frame_chosen.connect(controller.show)
        self.timeline.track_chosen.connect(controller.select)
        self.timeline.marks_chosen.connect(controller.set_marks)
        self.track_panel.class_chosen.connect(self._relabel)
        self.track_panel.name_chosen.connect(
            lambda name: self._apply(RenameTrack(controller.track, name))
        )
        self.track_panel.scope_chosen.connect(controller.set_scope)
        self.track_panel.radius_chosen.connect(self.canvas.set_radius)
        self.track_panel.show_radius(self.canvas.radius_px)
        self.suggestions.shown.connect(self._look_at)
        self.suggestions.judged.connect(
            lambda suggestion, accept: controller.judge(suggestion, accept=accept)
        )
        self.journal.act_chosen.connect(controller.go_to_act)

    def _connect_actions(self) -> None:
        controller, canvas = self.controller, self.canvas
        handlers: dict[str, Callable[[], object]] = {
            "export": self._export,
            "learn": lambda: LearnDialog(self.controller.project, self).open(),
            "relink": self._relink,
            "close": self.close,
            "undo": controller.undo,
            "redo": controller.redo,
            "play": lambda: controller.play(not controller.is_playing),
            "step_back": lambda: controller.step(-1),
            "step_forward": lambda: controller.step(1),
            "jump_back": lambda: controller.step(-25),
            "jump_forward": lambda: controller.step(25),
            "to_start": lambda: controller.step(-(1 << 40)),
            "to_end": lambda: controller.step(1 << 40),
            "previous_keyframe": lambda: self._go_to_keyframe(is_back=True),
            "next_keyframe": lambda: self._go_to_keyframe(is_back=False),
            "mark_in": lambda: controller.set_marks(controller.frame, controller.marks[1]),
            "mark_out": lambda: controller.set_marks(controller.marks[0], controller.frame),
            "clear_marks": lambda: controller.set_marks(None, None),
            "smaller": lambda: canvas.set_radius(canvas.radius_px / 1.25),
            "larger": lambda: canvas.set_radius(canvas.radius_px * 1.25),
            "shrink": lambda: self._apply_here(partial(ScaleMask, factor=1 / 1.05)),
            "grow": lambda: self._apply_here(partial(ScaleMask, factor=1.05)),
            "new_track": self._draw_new_track,
            "split": lambda: self._apply_scoped(SplitTrack),
            "merge": partial(self._with_other, self.tr("Merge with"), self._merge),
            "swap": partial(self._with_other, self.tr("Swap with"), self._swap),
            "reassign": partial(self._with_other, self.tr("Give to"), self._reassign),
            "delete": lambda: self._apply_scoped(DeleteMasks),
            "hide": self._toggle_hidden,
            "confirm": lambda: self._apply_here_as_range(SetKeyframe),
            "copy_next": self._copy_to_next,
            "interpolate": lambda: self._apply_scoped(Interpolate),
            "fill_gaps": lambda: self._apply_scoped(FillGaps),
            "propagate_back": lambda: self._propagate(is_backward=True),
            "propagate_on": lambda: self._propagate(is_backward=False),
            "smooth": lambda: self._apply_here(SmoothMask),
            "fill_holes": lambda: self._apply_here(FillHoles),
            "next_doubt": self.suggestions.show_next,
            "accept": lambda: self.suggestions.judge(accept=True),
            "reject": lambda: self.suggestions.judge(accept=False),
            "outlines": self._toggle_outlines,
            "zoom_in": lambda: canvas.zoom_by(1.25),
            "zoom_out": lambda: canvas.zoom_by(0.8),
            "fit": canvas.fit,
            "zoom_time_in": lambda: self.timeline.zoom_by(1.5),
            "zoom_time_out": lambda: self.timeline.zoom_by(1 / 1.5),
            "shortcuts": lambda: ShortcutsDialog(self.actions_by_name, self).open(),
            **{tool: partial(self._choose_tool, tool) for tool in TOOLS},
        }
        self.actions_by_name.connect(handlers)

    # What is shown

    def _show_position(self) -> None:
        controller = self.controller
        fps = float(controller.project.source.average_fps or 25)
        text = self.tr("Frame {frame} of {count}  ·  {time}")
        self._position.setText(
            text.format(
                frame=controller.frame,
                count=len(controller.indices),
                time=clock_text(controller.frame / fps),
            )
        )
        self.timeline.show_state(controller.frame, controller.track, controller.marks)

    def _show_picture(self) -> None:
        picture, tracked = self.controller.picture, self.controller.tracked
        if picture is None:
            return
        if picture.shape[:2] != tracked.instances.frame_size:
            self.canvas.show_picture(picture)
            return
        style = OverlayStyle(
            opacity=0.0 if self._shows_outlines else 0.45, show_boxes=False, show_scores=False
        )
        self.canvas.show_picture(draw_overlay(picture, tracked, style), tracked)
        if not self._has_strip:
            self._has_strip = True
            self._pictures_timer.start(400)

    def _show_selection(self) -> None:
        controller = self.controller
        self.canvas.select_track(controller.track)
        self.canvas.set_track_color(self._draws_new or controller.track)
        self.timeline.scroll_to_track(controller.track)
        self._show_position()
        labels = controller.project.labels
        name = controller.class_of(controller.track)
        self.track_panel.show_track(self._lane(), name, labels, controller.scope)
        self._enable_actions()

    def _show_edited(self) -> None:
        project = self.controller.project
        self._offer_classes()
        self._show_lanes()
        self.journal.show_journal(project.journal())
        self._show_picture()
        self._show_selection()

    def _offer_classes(self) -> None:
        labels = self.controller.project.labels
        used = sorted({labels[r.class_id] for lane in self.controller.lanes for r in lane.runs})
        shown = self._class_filter.currentText()
        self._class_filter.blockSignals(True)
        self._class_filter.clear()
        self._class_filter.addItems([self.tr("All classes"), *used])
        self._class_filter.setCurrentText(shown if shown in used else self.tr("All classes"))
        self._class_filter.blockSignals(False)

    def _show_lanes(self) -> None:
        """Show the lanes that the filters let through."""
        controller, lanes = self.controller, self.controller.lanes
        labels = controller.project.labels
        if self._class_filter.currentIndex() > 0:
            wanted = self._class_filter.currentText()
            lanes = tuple(x for x in lanes if any(labels[r.class_id] == wanted for r in x.runs))
        if self._doubt_filter.isChecked():
            doubtful = {track for s in controller.suggestions for track in s.tracks}
            lanes = tuple(x for x in lanes if x.track.track_id in doubtful)
        text = self.tr("{shown} of {all} tracks, {doubts} places to look at")
        self._shown_tracks.setText(
            text.format(
                shown=len(lanes), all=len(controller.lanes), doubts=len(controller.suggestions)
            )
        )
        self.timeline.show_lanes(lanes, labels)

    def _show_suggestions(self) -> None:
        self.suggestions.show_suggestions(self.controller.suggestions)
        self.timeline.show_suggestions(self.controller.suggestions)
        self._show_lanes()
        self._enable_actions()

    def _enable_actions(self) -> None:
        project, actions = self.controller.project, self.actions_by_name
        may_edit = not project.is_read_only
        for name in (
            "split merge swap reassign delete hide confirm copy_next interpolate fill_gaps "
            "propagate_back propagate_on smooth fill_holes shrink grow move"
        ).split():
            actions[name].setEnabled(may_edit and self.controller.track != 0)
        for name in ("brush", "eraser", "polygon", "cut", "new_track"):
            actions[name].setEnabled(may_edit)
        for name in ("next_doubt", "accept", "reject"):
            actions[name].setEnabled(may_edit and bool(self.controller.suggestions))
        for name, text, title in (
            ("undo", project.undo_text, self.tr("Undo")),
            ("redo", project.redo_text, self.tr("Redo")),
        ):
            actions[name].setEnabled(may_edit and bool(text))
            actions[name].setText(f"{title}: {text}" if text else title)

    def _show_job(self, job: JobState | None) -> None:
        for part in (self._job_text, self._job_bar, self._job_stop):
            part.setVisible(job is not None)
        if job is not None:
            self._job_text.setText(job.text if not job.done else f"{job.text}: {job.done}")
            self._job_bar.setRange(0, job.steps)
            self._job_bar.setValue(job.done)

    def _load_pictures(self) -> None:
        """Fill the strip above the ruler, in the worker thread."""
        project = self.controller.project
        if self.controller.picture is None:
            return
        wanted = self.timeline.wanted_pictures()

        def work(report: object) -> dict[int, QImage]:
            from gui.editor.frame_reader import PictureAccess

            pictures, found = PictureAccess(project.locate_source()), {}
            try:
                for frame in wanted:
                    image = np.ascontiguousarray(pictures(frame)[::2, ::2])
                    found[frame] = to_qimage(image).scaledToHeight(
                        _PICTURE_HEIGHT_PX, Qt.SmoothTransformation
                    )
            finally:
                pictures.close()
            return found

        self.controller.run_job("", work, self.timeline.show_pictures)

    def _lane(self) -> Lane | None:
        lanes = self.controller.lanes
        return next((x for x in lanes if x.track.track_id == self.controller.track), None)

    def _toggle_outlines(self) -> None:
        self._shows_outlines = not self._shows_outlines
        self._show_picture()

    # Tools

    def _choose_tool(self, tool: str) -> None:
        self.canvas.set_tool(tool)
        for name in TOOLS:
            self.actions_by_name[name].setChecked(name == tool)

    def _draw_new_track(self) -> None:
        label = self._ask_label()
        if label:
            self._draws_new = self.controller.new_track_id()
            self._new_label = label
            self.controller.select(0)
            self.canvas.set_track_color(self._draws_new)
            self._choose_tool("brush" if self.canvas.tool == "brush" else "polygon")

    def _ask_label(self) -> str:
        labels = list(self.controller.project.labels)
        text, is_chosen = QInputDialog.getItem(
            self, self.tr("New object"), self.tr("Class of the new object:"), labels, 0, True
        )
        return self._known_label(text.strip()) if is_chosen else ""

    def _known_label(self, label: str) -> str:
        """The label, added to the project if it is new; "" if that was not possible."""
        if not label or label in self.controller.project.labels:
            return label
        return label if self._apply(AddLabel(label)) else ""

    def _target(self) -> tuple[int, str | None] | None:
        """Track to draw into and, for a new one, its class; asks for one where there is none."""
        if self._draws_new:
            return self._draws_new, self._new_label
        if not self.controller.track:
            self._draw_new_track()
            return (self._draws_new, self._new_label) if self._draws_new else None
        return self.controller.track, None

    def _draw_stroke(self, points: tuple, radius_px: float, is_erasing: bool) -> None:  # type: ignore[type-arg]
        target = (self.controller.track, None) if is_erasing else self._target()
        if target is None or not target[0]:
            return
        track, label = target
        self._finish_drawing(
            PaintStroke(self.controller.frame, track, points, radius_px, is_erasing, label)
        )

    def _draw_polygon(self, points: tuple, is_cutting: bool) -> None:  # type: ignore[type-arg]
        target = (self.controller.track, None) if is_cutting else self._target()
        if target is None or not target[0]:
            return
        track, label = target
        self._finish_drawing(DrawPolygon(self.controller.frame, track, points, is_cutting, label))

    def _finish_drawing(self, edit: PaintStroke | DrawPolygon) -> None:
        self._draws_new = 0
        if self._apply(edit):
            self.controller.select(edit.track)

    def _move(self, right_px: float, down_px: float) -> None:
        self._apply_here(partial(MoveMask, right_px=right_px, down_px=down_px))

    # Edits

    def _apply(self, edit: Edit) -> bool:
        return self.controller.apply(edit)

    def _apply_scoped(self, make: type) -> None:
        self._apply(make(self.controller.track, self.controller.frames))

    def _apply_here(self, make: object) -> None:
        self._apply(make(self.controller.frame, self.controller.track))  # type: ignore[operator]

    def _apply_here_as_range(self, make: type) -> None:
        scope = self.controller.frames
        frames = (
            scope
            if self.controller.scope in ("here", "marks")
            else type(scope).only(self.controller.frame)
        )
        self._apply(make(self.controller.track, frames))

    def _copy_to_next(self) -> None:
        if self._apply(CopyToNext(self.controller.frame, self.controller.track)):
            self.controller.step(1)

    def _propagate(self, *, is_backward: bool) -> None:
        self.controller.propagate(is_backward=is_backward)

    def _relabel(self, label: str) -> None:
        if label != self.controller.class_of(self.controller.track) and self._known_label(label):
            self._apply(Relabel(self.controller.track, label, self.controller.frames))

    def _toggle_hidden(self) -> None:
        lane = self._lane()
        if lane is not None:
            self._apply(HideTrack(lane.track.track_id, is_hidden=not lane.track.is_hidden))

    def _merge(self, other: int) -> None:
        self._apply(MergeTracks(self.controller.track, other, self.controller.frames))

    def _swap(self, other: int) -> None:
        self._apply(SwapTracks(self.controller.track, other, self.controller.frames))

    def _reassign(self, other: int) -> None:
        self._apply(ReassignMasks(self.controller.track, other, self.controller.frames))

    def _with_other(self, title: str, edit: object) -> None:
        """Do something with the selected track and another, which is asked for."""
        controller = self.controller
        others = {
            f"{lane.track.name or controller.class_of(lane.track.track_id)} "
            f"{lane.track.track_id}": lane.track.track_id
            for lane in controller.lanes
            if lane.track.track_id != controller.track
        }
        text, is_chosen = QInputDialog.getItem(
            self, title, f"{title} ({controller.frames}):", list(others), 0, False
        )
        if is_chosen and text:
            edit(others[text])  # type: ignore[operator]

    def _show_menu(self, under: int, place: QPoint) -> None:
        """What can be done with the selected track and the one under the pointer."""
        controller, menu = self.controller, QMenu(self)
        selected = controller.track
        if under and under != selected:
            if selected:
                for text, edit in (
                    (self.tr("Merge {a} with {b}"), self._merge),
                    (self.tr("Swap {a} and {b}"), self._swap),
                    (self.tr("Give masks of {a} to {b}"), self._reassign),
                ):
                    action = QAction(text.format(a=selected, b=under), menu)
                    action.triggered.connect(partial(lambda edit, _=False: edit(under), edit))
                    menu.addAction(action)
                menu.addSeparator()
            menu.addAction(self.tr("Select {}").format(under), partial(controller.select, under))
        for name in ("split", "delete", "hide", "confirm", "smooth", "fill_holes"):
            menu.addAction(self.actions_by_name[name])
        menu.exec(place)

    def _go_to_keyframe(self, *, is_back: bool) -> None:
        lane, frame = self._lane(), self.controller.frame
        if lane is None:
            return
        ends = [end for run in lane.runs if run.is_keyframe for end in (run.first, run.last)]
        ends += [lane.runs[0].first, lane.runs[-1].last] if lane.runs else []
        found = [end for end in ends if (end < frame if is_back else end > frame)]
        if found:
            self.controller.show(max(found) if is_back else min(found))

    def _look_at(self, suggestion: Suggestion) -> None:
        self.controller.show(suggestion.frames.first or 0)
        if suggestion.tracks:
            self.controller.select(suggestion.tracks[0])

    # Files

    def _export(self) -> None:
        dialog = ExportDialog(self.controller.project, self._preferences, self)
        dialog.chosen.connect(self._run_export)
        dialog.open()

    def _run_export(self, folder: Path, formats: tuple[str, ...]) -> None:
        project = self.controller.project

        def work(report: object) -> Path:
            from blendmask_live.export import ExportOptions
            from blendmask_live.project_export import export_project

            options = ExportOptions(overwrite=True)
            export_project(project, folder, formats=formats, options=options, report=report)  # type: ignore[arg-type]
            return folder / project.path.stem

        self.controller.run_job(self.tr("Exporting"), work, self._tell_export)

    def _tell_export(self, folder: Path) -> None:
        text = self.tr("Exported to {}").format(folder)
        problem = Problem(self.tr("Done"), text, "folder", is_error=False, target=str(folder))
        self.banner.show_problem(problem)

    def _relink(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Where is the video now?"))
        if path:
            self.controller.relink(Path(path))

    def _act_on(self, problem: Problem) -> None:
        from PyQt5.QtCore import QUrl
        from PyQt5.QtGui import QDesktopServices

        if problem.action == "relink":
            self._relink()
        elif problem.action == "folder":
            QDesktopServices.openUrl(QUrl.fromLocalFile(problem.target))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._preferences.set_bytes("editor_geometry", self.saveGeometry())
        self._preferences.set_bytes("editor_state", self.saveState())
        self._pictures_timer.stop()
        self.controller.close()
        event.accept()
        self.closed.emit()
