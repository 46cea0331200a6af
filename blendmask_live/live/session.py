"""A source played, segmented, tracked, shown and recorded as it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import psutil

from blendmask_live.capture.source import FrameSource, Sound
from blendmask_live.datatypes import Frame, SourceInfo, TrackedFrame
from blendmask_live.errors import ConfigError, StageFailed
from blendmask_live.export import ExportOptions
from blendmask_live.live.later_prompter import LaterPrompter
from blendmask_live.live.newest_frame import NewestFrame
from blendmask_live.live.player import PlayedFrame, Player
from blendmask_live.live.pointed_object import Look
from blendmask_live.live.pointing import Pointing
from blendmask_live.live.recording import Recording, SteadyFrames, open_exporters
from blendmask_live.live.second_look import SecondLook
from blendmask_live.live.settings import FollowedTrack, LiveSettings, LiveStatus
from blendmask_live.live.stages import Detection, Detector, Follower
from blendmask_live.pipeline import Branch, Overflow, Pipeline, PipelineConfig, StageSummary
from blendmask_live.pipeline.parts import Sink
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["LiveSession"]

_PIPELINE = PipelineConfig(
    frames_capacity=1,
    frames_overflow=Overflow.DROP_OLDEST,
    exports_capacity=1,
    exports_overflow=Overflow.DROP_OLDEST,
    keeps_outputs_of_failed_run=True,
    stop_timeout_s=20.0,
)
_RECORDED_FRAMES_WAITING = 8
_WATCHED_FRAMES_WAITING = 8


class LiveSession:
    """Runs one source, once; all methods may be called from any thread.

    The newest frame is shown: older ones are dropped when the network is slower than the source,
    so that what is seen is never late. Files play at the pace of their timestamps; while they
    are recorded, every frame counts and they play as fast as they can be recorded, at most at
    their pace.

    Attributes:
        labels: Class names that class ids refer to.
    """

    def __init__(
        self,
        source: FrameSource,
        segmenter: Segmenter,
        settings: LiveSettings | None = None,
        *,
        on_change: Callable[[], None] = lambda: None,
        prompter: LaterPrompter | None = None,
    ) -> None:
        """Put the parts together; nothing runs before `start`.

        Args:
            source: Owned from now on: closed at the end, whatever happens.
            segmenter: Its own settings do not matter, those of the session do. Whoever else uses
                it meanwhile slows the session down.
            settings: The defaults where absent.
            on_change: Called from worker threads when a frame can be taken or the state has
                changed; must return at once.
            prompter: For what is pointed at; one beside the segmenter where absent.

        Raises:
            ConfigError: If the network does not know a class of the settings.
        """
        self.labels = segmenter.labels
        self._segmenter = segmenter
        self._player = Player(source, on_change=on_change)
        self._newest = NewestFrame(on_change)
        frame_s = float(1 / source.info.fps)
        self._prompter = prompter or LaterPrompter.beside(segmenter)
        self._second_look = SecondLook(self._prompter, on_ready=self._player.repeat)
        self._detector = Detector(
            segmenter, settings or LiveSettings(), second_look=self._second_look, frame_s=frame_s
        )
        self._pointing = Pointing(
            self._prompter,
            self.labels,
            stands_still=lambda: self.stands_still,
            on_late=self._player.repeat,
        )
        self._recording: Recording | None = None
        self._recording_lock = threading.Lock()
        self._is_recording = False
        self._watchers = 0
        self._is_stopped = False
        self._process = psutil.Process()
        self._pipeline: Pipeline[Detection] = Pipeline(
            self._player,
            segment=self._detector,
            track=Follower(
                self._pointing,
                frame_s=frame_s,
                keeps_ids=lambda: self._is_recording or self._watchers > 0,
            ),
            sinks={"display": self._newest},
            config=_PIPELINE,
        )

    @property
    def info(self) -> SourceInfo:
        return self._player.info

    @property
    def settings(self) -> LiveSettings:
        """Takes effect from the next frame; a frame that stands still is segmented again."""
        return self._detector.settings

    @settings.setter
    def settings(self, settings: LiveSettings) -> None:
        self._detector.settings = settings
        self._player.repeat()

    @property
    def error(self) -> BaseException | None:
        """The first failure, as StageFailed with its cause; None while all is well."""
        return self._pipeline.failure

    def start(self) -> None:
        """Begin to play.

        Raises:
            RuntimeError: If started or stopped before.
        """
        self._pipeline.start()

    def stop(self) -> None:
        """End from any state; a recording is completed, all threads are joined.

        Called from `on_change` or again, it returns at once.

        Raises:
            StageFailed: If a thread is still busy after 20 s; names it.
        """
        self._is_stopped = True
        # The track stage may wait for it.
        self._pointing.stop()
        self._pipeline.stop()
        self._prompter.settle()

    def take_latest(self) -> TrackedFrame | None:
        """The newest frame if it was not taken yet; it counts as shown."""
        return self._newest.take()

    def status(self) -> LiveStatus:
        """A snapshot of the state and of what the last few seconds were like."""
        runtime = self._segmenter.runtime
        age_p50_ms, age_p99_ms = self._newest.ages_ms.percentiles(50, 99)
        recording = self._recording
        return LiveStatus(
            state=self._state(),
            notice=self._player.notice or self._pointing.notice or self._second_look.notice,
            quality=self._detector.quality,
            capture_fps=self._player.rate.rate,
            segment_fps=self._detector.rate.rate,
            display_fps=self._newest.rate.rate,
            frame_age_ms_p50=age_p50_ms,
            frame_age_ms_p99=age_p99_ms,
            frames_dropped=self._frames_dropped(),
            device=runtime.device,
            runtime=runtime.name,
            precision=runtime.precision,
            rss_mb=self._process.memory_info().rss / 2**20,
            vram_mb=_vram_mb(runtime.device),
            stages=self._stages(),
            recording=None if recording is None else recording.status,
            followed=self._pointing.followed,
            second_look_ms=self._second_look.cost_ms,
        )

    def point(self, prompt: Prompt, frame: Frame | None = None) -> Future[int]:
        """Follow an object from now on, in every frame that is shown or recorded.

        It stays followed over seeks, jumps of the picture and changes of its size: its looks are
        remembered. Where it cannot be seen it is lost, and goes on where it is found again.
        Where the tracker has the same object, it is shown once, as followed. An object that nobody
        can name has the class "object".

        Args:
            prompt: Box, clicks or a mask; `Prompt.frame` does not matter.
            frame: In which one, as it was shown; the newest where absent.

        Returns:
            The track's id, once the object is in a frame. Raises ConfigError if nothing is found
            there or the prompt makes no sense; WeightsError, ConfigError as `load_prompter`.
        """
        if frame is None:
            return self._pointing.point(prompt, None)
        assert isinstance(frame, PlayedFrame)
        time_s = float(self.info.time_s(frame.index, frame.pts_s))
        if frame.pts_s is None and self.info.is_live:
            time_s = frame.captured_at
        return self._pointing.point(prompt, Look(frame, None, time_s))

    def go_on_from(self, before: LiveSession) -> None:
        """Follow what was pointed at in an earlier session, under new ids; before `start`.

        For the same source, opened again: the objects are known by their looks.

        Args:
            before: It has been stopped.
        """
        self._pointing.take_over(before._pointing)

    @property
    def followed(self) -> tuple[FollowedTrack, ...]:
        """What was pointed at and is followed now, by id."""
        return self._pointing.followed

    def unfollow(self, track_id: int) -> bool:
        """Follow an object no more; whether it was followed."""
        was_followed = self._pointing.unfollow(track_id)
        self._player.repeat()
        return was_followed

    @property
    def can_seek(self) -> bool:
        return self._player.can_seek

    @property
    def frame_count(self) -> int | None:
        """An estimate until the end was seen; None of live sources."""
        return self._player.frame_count

    @property
    def position(self) -> int:
        """Index of the newest frame played."""
        return self._player.position

    @property
    def stands_still(self) -> bool:
        """Whether it is paused or at its end; also known once it has been stopped."""
        return self._player.state in ("paused", "ended")

    def play(self) -> None:
        """Go on; at the end: from the beginning."""
        self._player.play()

    def pause(self) -> None:
        """Stand still; a live source is still read, so that playing continues with the newest."""
        self._player.pause()
        if self._pointing.has_objects:
            # While it played, those that were lost were perhaps not sought.
            self._player.repeat()

    def step(self, frames: int) -> None:
        """Pause, and show the frame that is this many further on, or back if negative.

        Raises:
            ValueError: If the source cannot seek.
        """
        self._player.step(frames)

    def seek(self, index: int) -> None:
        """Show the frame of this index; unless it is a neighbour, all tracks end.

        Raises:
            ValueError: If the source cannot seek.
        """
        self._player.seek(index)

    @property
    def speed(self) -> float:
        """1 is the pace of the timestamps; 0.1 to 8, negative plays backwards."""
        return self._player.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._player.speed = speed

    @property
    def loop(self) -> bool:
        """Whether playing begins again at the end."""
        return self._player.loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        self._player.loop = loop

    @property
    def marks(self) -> tuple[int | None, int | None]:
        """First and last frame to play; None is the source's own."""
        return self._player.marks

    @marks.setter
    def marks(self, marks: tuple[int | None, int | None]) -> None:
        self._player.marks = marks

    def start_recording(
        self, folder: Path, formats: Sequence[str], options: ExportOptions | None = None
    ) -> None:
        """Write what comes from now on to `folder`/FORMAT, one thread per format.

        If a format fails, for example on a full disk, only this format ends; see `status`.

        Raises:
            ConfigError: If a recording runs.
            ExportError: If a format is unknown, or an output exists or cannot be made.
            StageFailed: If the session has failed.
            RuntimeError: If the session does not run.
        """
        with self._recording_lock:
            if self._recording is not None:
                raise ConfigError("a recording runs already; stop it first")
            exporters = open_exporters(
                folder, formats, source=self.info, labels=self._pointing.labels, options=options
            )
            is_live = self.info.is_live
            # Before the first frame can come.
            self._set_recording(True)
            try:
                branch = self._pipeline.attach(
                    exporters,
                    hold_back=SteadyFrames(self.info),
                    capacity=_RECORDED_FRAMES_WAITING,
                    overflow=Overflow.DROP_OLDEST if is_live else Overflow.BLOCK,
                )
            except (RuntimeError, StageFailed):
                self._set_recording(False)
                for exporter in exporters.values():
                    exporter.discard()
                raise
            self._recording = Recording(folder, formats, branch)

    def watch(self, name: str, sink: Sink) -> Branch:
        """Hand every tracked frame to a sink from now on, the newest first where it is slow.

        While somebody watches, no id is used twice.

        Args:
            name: For errors; not in use yet.
            sink: Owned from now on; called in a thread of its own.

        Raises:
            StageFailed: If the session has failed.
            RuntimeError: If the session does not run.
        """
        branch = self._pipeline.attach(
            {name: sink}, capacity=_WATCHED_FRAMES_WAITING, overflow=Overflow.DROP_OLDEST
        )
        self._watchers += 1
        return branch

    def unwatch(self, branch: Branch) -> None:
        """End what `watch` began; waits until the sink is closed."""
        self._pipeline.detach(branch)
        self._watchers -= 1

    def sound(self) -> Sound | None:
        """The sound of the source; each caller gets its own. None where there is none."""
        return self._player.sound()

    @property
    def recorded_since(self) -> float | None:
        """When the recording's first frame was captured (monotonic); None before it came."""
        recording = self._recording
        return None if recording is None else recording.branch.first_captured_at

    def stop_recording(self) -> dict[str, tuple[Path, ...]]:
        """Complete the recording; waits for its files.

        Returns:
            Format -> files made; empty where no recording ran.

        Raises:
            StageFailed: If formats failed: the error of the last one, since `status` has
                reported the others before. All other formats are complete.
        """
        with self._recording_lock:
            recording = self._recording
            if recording is None:
                return {}
            outputs = self._pipeline.detach(recording.branch)
            self._recording = None
            self._set_recording(False)
        if failures := recording.branch.failures:
            raise list(failures.values())[-1]
        return outputs

    def _set_recording(self, is_recording: bool) -> None:
        """While recording, no id is used twice and no frame of a file is left out."""
        self._is_recording = is_recording
        is_complete = is_recording and not self.info.is_live
        self._detector.is_complete = self._pointing.is_complete = is_complete
        self._pipeline.frames_overflow = Overflow.BLOCK if is_complete else Overflow.DROP_OLDEST

    def _frames_dropped(self) -> int:
        progress = self._pipeline.progress
        before_display = progress.frames_dropped + progress.exports_dropped
        return self._player.missed + before_display + self._newest.missed

    def _state(self) -> str:
        if self._pipeline.failure:
            return "failed"
        if self._is_stopped:
            return "stopped"
        state = self._player.state
        # The first frame takes longest: graphs are compiled, memory is allocated.
        return "starting" if state == "playing" and not self._newest.has_shown else state

    def _stages(self) -> dict[str, StageSummary]:
        stages = self._player.timings.summary()
        of_pipeline = self._pipeline.timings.summary()
        for name in ("capture", "export display"):
            of_pipeline.pop(name, None)
        steps = {"segment": self._detector.steps, "track": self._pointing.timings}
        for name, summary in of_pipeline.items():
            stages[name] = summary
            if name in steps:
                stages |= steps[name].summary()
        return stages


def _vram_mb(device: str) -> float | None:
    if device == "cpu":
        return None
    import torch

    return torch.cuda.memory_reserved(device) / 2**20
