"""The window: puts view, bar and panels around a controller."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PyQt5.QtCore import QSize, Qt, QUrl
from PyQt5.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QShowEvent,
)
from PyQt5.QtWidgets import (
    QApplication,
    QMainWindow,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from blendmask_live.config import MASK_SIZES
from blendmask_live.datatypes import TrackedFrame
from gui.live.controller import LiveController
from gui.live.loading import weights_names
from gui.live.look import Visibility
from gui.panels.display_panel import DisplayPanel
from gui.panels.network_panel import NetworkPanel
from gui.panels.record_panel import RecordPanel
from gui.panels.tracker_panel import TrackerPanel
from gui.panels.tracks_panel import TracksPanel
from gui.shared.actions import Actions
from gui.shared.banner import Banner
from gui.shared.controls import dress_dock_tabs, scrolling
from gui.shared.icons import icon
from gui.shared.key_focus import KeyFocus, focus_next
from gui.shared.library_words import in_window_language
from gui.shared.problems import Problem
from gui.shared.window_size import open_on_screen
from gui.window.actions import WINDOW_ACTIONS
from gui.window.chrome import add_docks, add_menus, add_tool_bar
from gui.window.followed_objects import FollowedObjects
from gui.window.full_screen import FullScreen
from gui.window.inspection import Inspection
from gui.window.live_view import LiveView
from gui.window.microscope import MicroscopePanel
from gui.window.pictures import Pictures
from gui.window.playback import Playback
from gui.window.playback_bar import PlaybackBar
from gui.window.projects import Projects
from gui.window.sending import Sending
from gui.window.shown_picture import ShownPicture
from gui.window.shown_recording import ShownRecording
from gui.window.source_menu import SourceMenu
from gui.window.stage_chart import StageChartDialog
from gui.window.status_strip import StatusStrip

__all__ = ["MainWindow"]


class MainWindow(QMainWindow):
    """Shows what the controller has and tells the controller what the user wants.

    Attributes:
        controller: Does the work; closed with the window.
        actions_by_name: All actions.
        picture: What of the newest frame is shown, and how.
        view, bar, banner, strip: The parts in the middle.
        docks: The panels' docks by name.
        display, network, tracker, tracks, record, microscope: The panels.
        sending: Sends what is shown; has a panel too.
        inspection: What the microscope shows.
        followed: What was pointed at.
    """

    def __init__(self, controller: LiveController) -> None:
        super().__init__()
        self.controller = controller
        self._preferences = controller.preferences
        self._may_close = False
        self._latest_at_status: TrackedFrame | None = None
        self._looks_lost = False
        self.setWindowTitle("BlendMask Live")
        self.setAcceptDrops(True)
        self.actions_by_name = Actions(self._preferences, self, table=WINDOW_ACTIONS)
        self._make_parts()
        self._connect_controller()
        self._connect_panels()
        self._connect_actions()
        self._add_chrome()
        self._show_settings()
        self._show_look()
        open_on_screen(self, QSize(1480, 900), self._preferences.bytes("geometry"))
        self.restoreState(self._preferences.bytes("window_state"))
        self.inspection.keep_latents()
        self._key_focus = KeyFocus(self)
        QApplication.instance().installEventFilter(self._key_focus)  # type: ignore[union-attr]
        self.view.setFocus()

    def _make_parts(self) -> None:
        actions = self.actions_by_name
        self.sources = SourceMenu(actions, self._preferences, self)
        self.view = LiveView(self)
        self.picture = ShownPicture(self.controller, self.view, self)
        self.bar = PlaybackBar(actions, self)
        self.playback = Playback(self.controller, actions, self.bar)
        self.banner = Banner(self)
        self.strip = StatusStrip(self)
        self.stages = StageChartDialog(self)
        self.display = DisplayPanel(self)
        self.network = NetworkPanel(weights_names(), self)
        self.tracker = TrackerPanel(self)
        self.tracks = TracksPanel(self)
        self.record = RecordPanel(actions["record"], self)
        self.microscope = MicroscopePanel(self)
        self._recording = ShownRecording(self.controller, actions, self.record, self)
        self.inspection = Inspection(self.controller, self.picture, self.microscope)
        self.followed = FollowedObjects(self.controller, self.view, self.picture, actions)
        self.pictures = Pictures(self.controller, self.picture, self.microscope, parent=self)
        self.projects = Projects(self.controller, self)
        self.sending = Sending(self.controller, actions, self.view, self.strip, parent=self)
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Loading"))
        self._progress.hide()
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(8, 0, 4, 0)
        column.setSpacing(6)
        for part in (self.banner, self._progress):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        column.addWidget(self.bar)
        self.setCentralWidget(middle)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.strip, 1)
        self.view.show_message(self.tr("Open a video, or drop one here"))

    def _add_chrome(self) -> None:
        actions = self.actions_by_name
        panels = {
            "tracks": self.tracks,
            "microscope": self.microscope,
            "display": scrolling(self.display),
            "network": scrolling(self.network),
            "tracker": scrolling(self.tracker),
            "record": scrolling(self.record),
            "send": scrolling(self.sending.panel),
        }
        self.docks = add_docks(self, panels)
        actions.connect(FullScreen(self, actions, self.docks.values()).handlers())
        self.docks["microscope"].visibilityChanged.connect(self._microscope_seen)
        add_menus(
            self,
            actions,
            sources=self.sources,
            panels=[dock.toggleViewAction() for dock in self.docks.values()],
            preferences=self._preferences,
            show_problem=self.banner.show_problem,
        )
        add_tool_bar(self, actions, self.sources)

    def _connect_controller(self) -> None:
        controller = self.controller
        controller.loading_changed.connect(self._show_loading)
        controller.session_changed.connect(self._show_session)
        controller.frame_available.connect(self._show_frame)
        controller.status_changed.connect(self._show_status)
        controller.settings_changed.connect(self._show_settings)
        controller.cameras_found.connect(self.sources.show_cameras)
        controller.problem_found.connect(self.banner.show_problem)
        controller.problem_solved.connect(self.banner.clear_error)
        controller.closed.connect(self._finish_close)

    def _connect_panels(self) -> None:
        controller = self.controller
        self.sources.source_chosen.connect(self.open)
        for part in (self.pictures, self.projects, self.followed, self.sending):
            part.problem_found.connect(self.banner.show_problem)
        self.projects.weights_made.connect(lambda name: self.network.offer_weights(weights_names()))
        self.display.chosen.connect(self.picture.set_look)
        self.display.problem_found.connect(
            lambda text: self.banner.show_problem(Problem(self.tr("Not possible"), text))
        )
        self.network.settings_chosen.connect(controller.set_segmenter)
        self.network.network_chosen.connect(controller.use_network)
        self.network.refine_chosen.connect(controller.set_refine)
        self.network.target_chosen.connect(lambda fps: controller.set_target_fps(fps or None))
        self.tracker.chosen.connect(
            lambda config, on: controller.set_tracker(config, is_tracking=on)
        )
        self.tracks.visibility_chosen.connect(self.picture.set_visibility)
        self.tracks.track_chosen.connect(self.picture.select_track)
        self.record.chosen.connect(controller.recorder.set_plan)
        self.view.track_clicked.connect(self.picture.select_track)
        self.view.space_tapped.connect(lambda: self.actions_by_name.trigger_key("Space"))
        self.picture.look_changed.connect(self._show_look)
        self.picture.drawn.connect(self.sending.add_shown)
        self.sending.problem_solved.connect(self.banner.clear_error)
        self.sending.panel_wanted.connect(lambda: self._show_dock("send"))
        self.picture.visibility_changed.connect(
            lambda: self.tracks.show_visibility(self.picture.visibility)
        )
        self.inspection.wanted.connect(lambda: self._show_dock("microscope"))
        self.view.track_hovered.connect(self.inspection.hover)
        self.banner.action_chosen.connect(self._act_on)
        self.strip.details_wanted.connect(self.stages.show)

    def _connect_actions(self) -> None:
        picture = self.picture
        self.actions_by_name.connect(
            {
                "find_cameras": self.controller.find_cameras,
                "quit": self._quit,
                "annotate": self.projects.annotate,
                "record": self.controller.recorder.toggle,
                "copy_picture": self.pictures.copy,
                "save_picture": self.pictures.save,
                "masks": picture.next_mask_style,
                "boxes": lambda: picture.toggle("show_boxes"),
                "labels": lambda: picture.toggle("show_labels"),
                "trails": lambda: picture.toggle("show_trails"),
                "bases": lambda: picture.toggle("shows_bases"),
                "follow_here": self.followed.point_here,
                "unfollow": self.followed.unfollow,
                "unfollow_all": self.followed.unfollow_all,
                "show_all": lambda: picture.set_visibility(Visibility()),
                "zoom_in": lambda: self.view.zoom_by(1.25),
                "zoom_out": lambda: self.view.zoom_by(0.8),
                "fit": self.view.fit,
                "stages": self.stages.show,
                "microscope": self._toggle_microscope,
            }
        )

    def open(self, source: str | Path) -> None:
        """Show a source, or a project in a window of its own."""
        if Path(source).suffix.lower() == ".bml":
            self.projects.open(Path(source))
        else:
            self.controller.open(source)

    def open_all(self, sources: Sequence[str | Path]) -> None:
        """Open every project, and show the first other source; the rest wait in Recent."""
        projects = [s for s in sources if Path(s).suffix.lower() == ".bml"]
        others = [s for s in sources if s not in projects]
        for project in projects:
            self.projects.open(Path(project))
        for source in reversed(others[1:]):
            self._preferences.add_recent(source)
        if others:
            self.open(others[0])
        if len(others) > 1:
            text = self.tr("One is shown at a time; the others are in Source > Recent.")
            title = self.tr("{} sources").format(len(others))
            self.banner.show_problem(Problem(title, text, is_error=False))

    # What is shown

    def _show_dock(self, name: str) -> None:
        self.docks[name].show()
        self.docks[name].raise_()

    def _toggle_microscope(self) -> None:
        if self.actions_by_name["microscope"].isChecked():
            self._show_dock("microscope")
        else:
            self.docks["microscope"].hide()

    def _microscope_seen(self, is_seen: bool) -> None:
        # Also called when its tab goes to the back, where a dock still counts as visible.
        if is_seen != self.inspection.is_seen:
            self._share_height(0.72 if is_seen else 0.4)
        self.inspection.set_seen(is_seen)
        self.actions_by_name["microscope"].setChecked(is_seen)

    def _share_height(self, upper_share: float) -> None:
        """Give the upper docks this much of the height; the microscope needs most of it."""
        height_px = self.height()
        room_px = [round(height_px * upper_share), round(height_px * (1 - upper_share))]
        self.resizeDocks([self.docks["tracks"], self.docks["display"]], room_px, Qt.Vertical)

    def _show_frame(self) -> None:
        frame = self.controller.latest
        if frame is None:
            return
        self.picture.redraw()
        self.bar.show_position(frame.frame.index, frame.frame.pts_s)
        if self.inspection.is_seen:
            self.inspection.show_frame()
            self.pictures.add_microscope_frame()

    def _show_look(self) -> None:
        self.display.show_display(self.picture.look)
        for name, field in (
            ("boxes", "show_boxes"),
            ("labels", "show_labels"),
            ("trails", "show_trails"),
            ("bases", "shows_bases"),
        ):
            self.actions_by_name[name].setChecked(getattr(self.picture.look, field))

    def _show_settings(self) -> None:
        settings = self.controller.settings
        self.network.show_settings(settings.segmenter, settings.target_fps, refine=settings.refine)
        self.network.show_network(self.controller.network)
        self.tracker.show_config(settings.tracker, is_tracking=settings.is_tracking)
        self._recording.show_plan()

    def _show_session(self) -> None:
        session = self.controller.session
        if session is None:
            return
        self.tracks.clear()
        self.picture.begin_session()
        self.network.show_labels(session.labels)
        self._show_settings()
        self.playback.show_session()
        self.view.set_pixel_aspect(float(session.info.pixel_aspect))
        path = session.info.path
        self.setWindowTitle(f"{path.name if path else session.info.name} - BlendMask Live")

    def _show_loading(self, done: int, steps: int, text: str) -> None:
        self._progress.setVisible(bool(text))
        self._progress.setRange(0, steps)
        self._progress.setValue(done)
        self.view.show_message(text and f"{text}…")
        # While another source is loaded, nothing can be recorded.
        self.actions_by_name["record"].setEnabled(not text)

    def _show_status(self) -> None:
        status = self.controller.status
        if status is None:
            return
        self.strip.show_status(status)
        self._show_loss(status.notice)
        play = self.actions_by_name["play"]
        play.setIcon(icon("pause" if self.playback.is_playing() else "play"))
        if self.stages.isVisible():
            self.stages.show_stages({**status.stages, **self.picture.timings.summary()})
        costs = {size: self.controller.mask_costs.median_ms(size) for size in MASK_SIZES}
        self.network.show_costs(costs)
        self.network.show_refine_cost(status.second_look_ms)
        if self.controller.latest is not None:
            self.tracks.show_frame(self.controller.latest, self.controller.followed)

    def _show_loss(self, notice: str) -> None:
        """A picture to which nothing new comes looks old, and says when it is tried again."""
        latest, is_loading = self.controller.latest, self._progress.isVisible()
        is_lost = bool(notice) and latest is self._latest_at_status
        if (is_lost or self._looks_lost) and not is_loading:
            self.view.show_message(in_window_language(notice) if is_lost else "")
        self._latest_at_status, self._looks_lost = latest, is_lost

    # Problems

    def _act_on(self, problem: Problem) -> None:
        action = problem.action
        if action == "open":
            self.sources.ask_file()
        elif action == "retry":
            self.controller.reopen()
        elif action == "demo":
            self.controller.open("demo")
        elif action in ("network", "record", "send"):
            self._show_dock(action)
        elif action in ("folder", "report"):
            QDesktopServices.openUrl(QUrl.fromLocalFile(problem.target))

    # Events

    def focusNextPrevChild(self, is_forward: bool) -> bool:
        return focus_next(self, is_forward=is_forward)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        dress_dock_tabs(self)
        if self._preferences.bytes("window_state").isEmpty():
            self._share_height(0.4)
            self.resizeDocks([self.docks["tracks"]], [350], Qt.Horizontal)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        self.open_all([Path(u.toLocalFile()) if u.isLocalFile() else u.toString() for u in urls])
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        # Files are completed in the worker thread; the window closes when they are.
        event.ignore()
        if event.spontaneous() and self.projects.asks_before_closing():
            return
        self._preferences.set_bytes("geometry", self.saveGeometry())
        self._preferences.set_bytes("window_state", self.saveState())
        self.pictures.finish()
        self.stages.close()
        if self.controller.recorder.is_recording:
            self.view.show_message(self.tr("Completing the recording…"))
        else:
            self.hide()
        self.setEnabled(False)
        self.projects.close()
        self.sending.close()
        self.controller.close()

    def _quit(self) -> None:
        if not self.projects.asks_before_closing():
            self.close()

    def _finish_close(self) -> None:
        QApplication.instance().removeEventFilter(self._key_focus)  # type: ignore[union-attr]
        self._may_close = True
        self.close()
