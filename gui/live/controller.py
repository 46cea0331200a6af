"""What the window does, without widgets: sources, network, session, settings, recordings."""

from __future__ import annotations

import gc
import logging
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PyQt5.QtCore import QObject, QTimer, pyqtSignal

from blendmask_live.addresses import without_secrets
from blendmask_live.config import SegmenterChoice, SegmenterSettings
from blendmask_live.datatypes import Frame, TrackedFrame
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.request import AnnotateRequest, SourceChoice
from blendmask_live.live import FollowedTrack, LiveSettings, LiveStatus
from gui.live.bridge import SessionBridge
from gui.live.loading import LOADING_STEPS, NetworkChoice, import_torch, load_network
from gui.live.mask_costs import MaskCosts, blending_costs
from gui.live.playhead import Playhead
from gui.live.recorder import Recorder
from gui.live.worker import Worker
from gui.shared.library_words import in_window_language
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem, problem_of
from tracking import TrackerConfig

if TYPE_CHECKING:
    from blendmask_live.live import LiveSession
    from blendmask_live.live.later_prompter import LaterPrompter
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["LiveController"]

logger = logging.getLogger(__name__)
_STATUS_INTERVAL_MS: Final = 250
_PATIENCE_MS: Final = 1000
"""How long closing waits for work of which nothing is kept."""


class LiveController(QObject):
    """Opens sources and owns the live session; everything slow happens in one worker thread.

    Attributes:
        session: The session that is shown; None while there is none.
        source_spec: The source that is shown or being opened, as `open_source` takes it.
        settings: Of segmenter and tracker; kept from session to session.
        latest: The newest frame taken.
        status: Of the session, a quarter of a second old at most.
        is_closed: Whether it is closed.
        has_left_work: Whether the worker still loads something, for which nobody waits: end the
            process without joining its threads.
        recorder: Starts and completes recordings.
        worker: Does what is slow.
        opening: How sources are opened.
        mask_costs: What each mask size was measured to cost.

    Signals:
        loading_changed: Steps done, steps in all, what is done now ("" when loading ended).
        session_changed: Another session, or none.
        frame_available: `latest` is new.
        status_changed: `status` is new.
        settings_changed: `settings` is new.
        cameras_found: A tuple of (open_source's spec, name).
        problem_found: A `Problem` to show.
        problem_solved: The problem shown last is over.
        closed: All threads have ended, or `has_left_work`.
    """

    loading_changed = pyqtSignal(int, int, str)
    session_changed = pyqtSignal()
    frame_available = pyqtSignal()
    status_changed = pyqtSignal()
    settings_changed = pyqtSignal()
    cameras_found = pyqtSignal(tuple)
    problem_found = pyqtSignal(object)
    problem_solved = pyqtSignal()
    closed = pyqtSignal()

    def __init__(
        self,
        preferences: Preferences,
        *,
        network: NetworkChoice | None = None,
        settings: LiveSettings | None = None,
        opening: SourceChoice | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Prepare; `network` and `settings` win over what the preferences remember.

        Args:
            preferences: Of the user.
            network: Weights and how they are run.
            settings: Of segmenter and tracker.
            opening: How all sources of this window are opened.
            parent: As Qt has it.
        """
        super().__init__(parent)
        self.session: LiveSession | None = None
        self.source_spec = ""
        self.latest: TrackedFrame | None = None
        self.status: LiveStatus | None = None
        self.mask_costs = MaskCosts()
        self.preferences = preferences
        remembered = preferences.load("network", NetworkChoice())
        self.network = network or remembered
        # Settings that are given are for the network that is given, or the usual one.
        made_for = remembered if settings is None else network or NetworkChoice()
        settings = settings or _remembered_settings(preferences)
        self.settings = _at_own_size(settings, made_for, self.network)
        self._shown_spec = self._failed_spec = ""
        self._segmenter: tuple[NetworkChoice, Segmenter] | None = None
        self._prompter: tuple[Segmenter, LaterPrompter] | None = None
        self.opening = opening or SourceChoice()
        self._has_chosen_network = False
        self._goes_on = False
        self._request = 0
        self.is_closed = self.has_left_work = False
        self._is_closing = False
        self._patience = QTimer(self)
        self._patience.timeout.connect(self._lose_patience)
        self._was_failed = False
        self._keeps_latents = False
        self._notice = ""
        self.worker = Worker(self)
        self.worker.failed.connect(self._report_failure)
        self.recorder = Recorder(self, preferences, self.worker, parent=self)
        self.recorder.problem_found.connect(self.problem_found)
        self.recorder.problem_solved.connect(self.problem_solved)
        self._bridge = SessionBridge(self)
        self._bridge.changed.connect(self._take_frame)
        self._status_timer = QTimer(self)
        self._status_timer.timeout.connect(self.refresh)
        self._status_timer.start(_STATUS_INTERVAL_MS)

    # Sources

    def open(self, spec: str | Path) -> None:
        """Show another source; returns at once, a problem comes as a signal."""
        self._request += 1
        self._goes_on, self._failed_spec = False, ""
        self.recorder.finish()
        self.source_spec = str(spec)
        self.loading_changed.emit(0, LOADING_STEPS, self.tr("Opening {}").format(_shown(spec)))
        work = partial(self._open_job, self._request, spec, self.network, self.settings)
        self.worker.submit(work, failed=partial(self._opening_failed, self._request))

    def reopen(self) -> None:
        """Try the last source again and go on where it was; the demo if there was none."""
        self.open(self._failed_spec or self.source_spec or "demo")
        self._goes_on = True

    def use_network(self, choice: NetworkChoice) -> None:
        """Load another network and go on with the same source; remembered once it runs."""
        if choice == self.network:
            return
        self._turn_to(choice)
        self._has_chosen_network = True
        if self.source_spec:
            self._failed_spec = ""
            self.reopen()

    def _turn_to(self, network: NetworkChoice) -> None:
        self.settings = _at_own_size(self.settings, self.network, network)
        self.network = network
        self.settings_changed.emit()

    def find_cameras(self) -> None:
        """Look for cameras; the answer comes as `cameras_found`."""
        self.worker.submit(self._camera_job)

    def _camera_job(self) -> None:
        from blendmask_live.capture import list_cameras

        found = tuple((str(camera.index), camera.name) for camera in list_cameras())
        self.worker.post(partial(self.cameras_found.emit, found))

    def _open_job(
        self, request: int, spec: str | Path, network: NetworkChoice, settings: LiveSettings
    ) -> None:
        if request != self._request:
            return
        before = self.session
        if before is not None and before.info.is_live and str(spec) == self._shown_spec:
            # A device can be opened only once. It goes on if the network cannot be loaded.
            self._load(network, settings.segmenter)
            before.stop()
        source = self.opening.opener()(spec)
        try:
            segmenter = self._load(network, settings.segmenter)
            if before is not None:
                before.stop()
            from blendmask_live.live import LiveSession

            session = LiveSession(
                source,
                segmenter,
                settings,
                on_change=self._bridge.publish,
                prompter=self._prompter_beside(segmenter),
            )
            if before is not None and str(spec) == self._shown_spec:
                session.go_on_from(before)
            session.start()
        except BaseException:
            source.close()
            raise
        if request != self._request:
            # The window may have gone meanwhile, and this thread will be asked for nothing more.
            session.stop()
            return
        self.worker.post(partial(self._adopt, request, session, network))

    def _load(self, choice: NetworkChoice, settings: SegmenterSettings) -> Segmenter:
        if self._segmenter is None or self._segmenter[0] != choice:
            wanted = SegmenterChoice.of(settings)
            segmenter = load_network(choice, wanted, self._report_loading)
            self.worker.post(partial(self.mask_costs.begin_network, blending_costs()))
            self._segmenter = choice, segmenter
        return self._segmenter[1]

    def _prompter_beside(self, segmenter: Segmenter) -> LaterPrompter:
        from blendmask_live.live.later_prompter import LaterPrompter

        if self._prompter is None or self._prompter[0] is not segmenter:
            self._prompter = segmenter, LaterPrompter.beside(segmenter, first=import_torch)
        return self._prompter[1]

    def _report_loading(self, done: int, text: str) -> None:
        self.worker.post(partial(self.loading_changed.emit, done, LOADING_STEPS, text))

    def _adopt(self, request: int, session: LiveSession, network: NetworkChoice) -> None:
        if request != self._request or self._is_closing:
            self.worker.submit(session.stop)
            return
        has_lost_objects = bool(self.followed)
        # Only now: until here it could be played, paused and sought.
        goes_on = self._goes_on and self._shown_spec == self.source_spec
        playhead = Playhead.of(self.session) if goes_on else None
        self.session, self.latest, self.status = session, None, None
        self._shown_spec = self.source_spec
        self._was_failed, self._notice = False, ""
        self.mask_costs.begin_session()
        # The settings may have changed while the network was loaded.
        self._apply_settings()
        if self._has_chosen_network:
            self.preferences.save("network", network)
            self._remember_settings()
        if playhead is not None:
            playhead.apply(session)
        else:
            # The demo shall not end while people look around.
            session.loop = self.source_spec == "demo"
        path = session.info.path
        if path is not None:
            self.preferences.add_recent(path.absolute())
        elif "://" in self.source_spec:
            self.preferences.add_recent(self.source_spec)
        self.loading_changed.emit(LOADING_STEPS, LOADING_STEPS, "")
        self.problem_solved.emit()
        self.session_changed.emit()
        # The session before is part of a circle, and with it a network and frames: a hundred
        # megabytes that Python's collector takes for a few small things.
        self.worker.submit(gc.collect)
        if has_lost_objects:
            title = self.tr("Following ended")
            advice = self.tr("This is another source; point at what shall be followed in it.")
            self.problem_found.emit(Problem(title, advice, is_error=False))

    def _opening_failed(self, request: int, error: BaseException) -> None:
        if request != self._request:
            return
        if self._segmenter is not None and self._segmenter[0] != self.network:
            # The network that runs goes on.
            self._turn_to(self._segmenter[0])
        if self.session is not None:
            # What is shown goes on; `reopen` tries the other one again.
            self._failed_spec, self.source_spec = self.source_spec, self._shown_spec
        self.loading_changed.emit(LOADING_STEPS, LOADING_STEPS, "")
        self.problem_found.emit(problem_of(error))

    # Frames and status

    def _take_frame(self) -> None:
        frame = None if self.session is None else self.session.take_latest()
        if frame is not None:
            self.latest = frame
            self.frame_available.emit()

    def refresh(self) -> None:
        """Take the session's status now instead of a quarter of a second later."""
        if self.session is None:
            return
        status = self.status = self.session.status()
        masks = None if self.latest is None else self.latest.instances.soft_masks
        if masks is not None and len(masks):
            self.mask_costs.add(status.stages, masks.shape[-1])
        if status.state == "failed" and not self._was_failed and self.session.error:
            self._session_failed(self.session.error)
        if status.recording is not None:
            self.recorder.report_failures(status.recording)
        if status.notice != self._notice:
            self._notice = status.notice
            self._report_notice()
        self.status_changed.emit()

    def _session_failed(self, error: BaseException) -> None:
        self._was_failed = True
        logger.error("the session failed", exc_info=error)
        problem = problem_of(error)
        if kept := self.recorder.give_up():
            problem = replace(problem, advice=f"{problem.advice}\n{kept}")
        self.problem_found.emit(problem)

    def _report_notice(self) -> None:
        if not self._notice:
            self.problem_solved.emit()
            return
        title = self.tr("Trouble with the source")
        text = in_window_language(self._notice)
        self.problem_found.emit(Problem(title, text, "open", is_error=False))

    # What is pointed at

    @property
    def followed(self) -> tuple[FollowedTrack, ...]:
        """What was pointed at and is followed now."""
        return () if self.session is None else self.session.followed

    @property
    def is_pointing_ready(self) -> bool:
        """Whether what is pointed at is looked for at once: not while that is still loaded."""
        return self._prompter is not None and self._prompter[1].is_loaded

    def point(
        self,
        frame: Frame,
        *,
        box: tuple[float, float, float, float] | None = None,
        points: tuple[tuple[float, float, bool], ...] = (),
    ) -> Future[int] | None:
        """Follow what a box or clicks, frame px, point at; see `LiveSession.point`.

        Args:
            frame: In which one.
            box: x0, y0, x1, y1.
            points: x, y, and whether the object is there.
        """
        from blendmask_live.prompting.prompt import Prompt

        if self.session is None:
            return None
        return self.session.point(Prompt(box=box, points=points), frame)

    def unfollow(self, track_id: int) -> None:
        """Follow an object no more."""
        if self.session is not None:
            self.session.unfollow(track_id)

    # Settings

    def set_segmenter(self, settings: SegmenterSettings) -> None:
        """From the next frame on."""
        self._change(replace(self.settings, segmenter=settings))

    def set_tracker(self, config: TrackerConfig, *, is_tracking: bool) -> None:
        """From the next frame on."""
        self._change(replace(self.settings, tracker=config, is_tracking=is_tracking))

    def set_target_fps(self, target_fps: float | None) -> None:
        """Lower the quality as far as needed to hold this rate; None for the full quality."""
        self._change(replace(self.settings, target_fps=target_fps))

    def set_refine(self, is_on: bool) -> None:
        """Give objects a second, zoomed look, from the next frame on."""
        self._change(replace(self.settings, refine=is_on))

    def keep_latents(self, is_needed: bool) -> None:
        """Keep attention and bases while someone looks at them; not remembered."""
        if is_needed != self._keeps_latents:
            self._keeps_latents = is_needed
            self._apply_settings()

    def annotate_request(self) -> AnnotateRequest:
        """The whole shown source, with network and tracker as they are set now."""
        settings = self.settings
        tracker = settings.tracker
        if not settings.is_tracking:
            tracker = replace(tracker, max_coast_s=0.0)
        is_coasting = tracker.max_coast_s > 0
        segmenter = replace(
            settings.segmenter,
            drop_duplicates=True,
            multi_scale=settings.segmenter.multi_scale and not is_coasting,
        )
        return AnnotateRequest(
            source=self.source_spec,
            opening=self.opening,
            network=self.network,
            segmenter=SegmenterChoice.of(segmenter),
            track=settings.is_tracking,
            tracker=tracker,
            refine=settings.refine and not is_coasting,
            overwrite=True,
        )

    def _change(self, settings: LiveSettings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        self._remember_settings()
        self._apply_settings()
        self.settings_changed.emit()

    def _remember_settings(self) -> None:
        settings = self.settings
        self.preferences.save("segmenter", settings.segmenter, leave_out=("keep_latents",))
        self.preferences.save("tracker", settings.tracker)
        self.preferences.save("live", settings, leave_out=("segmenter", "tracker"))

    def _apply_settings(self) -> None:
        if self.session is None:
            return
        kept = replace(self.settings.segmenter, keep_latents=self._keeps_latents)
        try:
            self.session.settings = replace(self.settings, segmenter=kept)
        except ConfigError as error:
            # This network may not know classes that were chosen for another one.
            self._report_failure(error)

    def _report_failure(self, error: BaseException) -> None:
        self.problem_found.emit(problem_of(error))

    # End

    def close(self) -> None:
        """Complete recordings and end all threads; `closed` follows."""
        if self._is_closing:
            return
        self._is_closing = True
        self._request += 1
        self._status_timer.stop()
        self.recorder.finish()
        self.worker.submit(self._close_job, failed=lambda error: self._closed())
        self._patience.start(_PATIENCE_MS)

    def leave(self) -> None:
        """Complete the recording and remember the settings now; where Qt is about to end."""
        self.preferences.sync()
        if self.session is not None:
            self.session.stop()

    def _close_job(self) -> None:
        if self.session is not None:
            self.session.stop()
        self.worker.post(self._closed)

    def _lose_patience(self) -> None:
        """Loading a network cannot be broken off, and nothing of it is to be kept."""
        if not self.recorder.is_completing:
            self.has_left_work = True
            self._closed()

    def _closed(self) -> None:
        if self.is_closed:
            return
        self._patience.stop()
        self.worker.close(wait=not self.has_left_work)
        self.preferences.sync()
        self.is_closed = True
        self.closed.emit()


def _remembered_settings(preferences: Preferences) -> LiveSettings:
    remembered = preferences.load("live", LiveSettings())
    return replace(
        remembered,
        segmenter=preferences.load("segmenter", remembered.segmenter),
        tracker=preferences.load("tracker", remembered.tracker),
    )


def _at_own_size(settings: LiveSettings, before: NetworkChoice, now: NetworkChoice) -> LiveSettings:
    """The input size that a network was made for, if that of the one before was in use."""
    from weights.registry import own_size

    segmenter = settings.segmenter
    if before.weights == now.weights:
        return settings
    if (segmenter.short_side, segmenter.long_side) != own_size(before.weights):
        return settings
    short, long = own_size(now.weights)
    return replace(settings, segmenter=replace(segmenter, short_side=short, long_side=long))


def _shown(spec: str | Path) -> str:
    return spec.name if isinstance(spec, Path) else without_secrets(spec)
