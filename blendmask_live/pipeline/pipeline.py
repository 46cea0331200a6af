"""source -> segment -> track -> sinks, each in its own thread.

    capture thread --frames--> segment thread --segmented--> track thread --exports--> one
    thread per sink

The segmenter has a thread of its own because it is the slowest stage and computes outside the
interpreter's lock; tracking and drawing of earlier frames and decoding of later ones overlap
with it. Sinks have a thread each, so that video encoding delays nobody but itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from blendmask_live.capture.source import FrameSource, notice_of
from blendmask_live.datatypes import Frame, TrackedFrame
from blendmask_live.errors import StageFailed
from blendmask_live.pipeline.branch import Branch
from blendmask_live.pipeline.channel import Channel, Overflow
from blendmask_live.pipeline.parts import (
    Found,
    HoldBack,
    PipelineConfig,
    PipelineProgress,
    Segment,
    Sink,
    Track,
)
from blendmask_live.pipeline.stages import Stage, StageThreads
from blendmask_live.pipeline.timings import StageTimings

__all__ = ["Pipeline"]

logger = logging.getLogger(__name__)

R = TypeVar("R")

_JOIN_SLICE_S: Final = 0.1
_FINISHING_NOTICE_S: Final = 3.0
"""After so long, `stop` says that it waits for outputs to be completed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Captured:
    frame: Frame
    capture_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class _Segmented(Generic[Found]):
    frame: Frame
    found: Found
    timings_ms: dict[str, float]


class Pipeline(Generic[Found]):
    """Runs one source through segmentation and tracking into sinks, once.

    Owns source and sinks: whatever happens, the source is closed and every sink is either
    closed (normal end, `stop`) or discarded (failure). A sink that fails ends alone: the others go
    on to the end of the source. Methods may be called from any thread.
    As a context manager it starts on entry and stops on exit.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        segment: Segment[Found],
        track: Track[Found],
        sinks: Mapping[str, Sink],
        observers: Mapping[str, Sink] | None = None,
        hold_back: HoldBack | None = None,
        config: PipelineConfig | None = None,
    ) -> None:
        """Put the parts together; nothing runs before `start`.

        Args:
            source: Read and closed by the capture thread.
            segment: Called by the segment thread, or by several.
            track: Called by the track thread, with the frame's time in seconds: its timestamp,
                else its index over the frame rate, else (live) the time of its capture.
            sinks: Name (for errors and timings) -> sink, each called by a thread of its own.
            observers: More of them, for whose sake alone the source is not read on: where all
                sinks have failed, the run ends.
            hold_back: Called by the track thread; between it and the sinks.
            config: Capacities and policies.
        """
        self._source = source
        self._segment = segment
        self._track = track
        self._config = config or PipelineConfig()
        self._frames = Channel[_Captured](
            self._config.frames_capacity, self._config.frames_overflow
        )
        self._segmented = Channel[_Segmented[Found]](1)
        self._timings = StageTimings()
        self._sink_names = frozenset(sinks)
        self._main = self._branch(
            {**sinks, **(observers or {})},
            hold_back=hold_back,
            capacity=self._config.exports_capacity,
            overflow=self._config.exports_overflow,
            on_failure=self._end_without_sinks,
        )
        self._branches: tuple[Branch, ...] = (self._main,)
        self._threads = StageThreads(self._stages(), on_failure=self._end_after_failure)
        self._lock = threading.Lock()
        self._is_started = False
        self._is_stopped = False
        self._has_tracked_all = False
        self._frames_tracked = 0
        self._instances = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def timings(self) -> StageTimings:
        """Time per frame and stage: "capture", "segment", "track", "export NAME"."""
        return self._timings

    @property
    def outputs(self) -> dict[str, tuple[Path, ...]]:
        """Sink name -> files made; complete once `wait` or `stop` returned."""
        return {name: files for branch in self._branches for name, files in branch.outputs.items()}

    @property
    def failure(self) -> StageFailed | None:
        """The first failure of a stage, else of a sink, as `wait` raises it."""
        return self._threads.failure or next(iter(self.sink_failures.values()), None)

    @property
    def sink_failures(self) -> dict[str, StageFailed]:
        """Sink name -> why it ended early, of those that the pipeline was made with."""
        return self._main.failures

    @property
    def frames_overflow(self) -> Overflow:
        """What happens to frames that the segmenter is too slow for; may be changed any time."""
        return self._frames.overflow

    @frames_overflow.setter
    def frames_overflow(self, overflow: Overflow) -> None:
        self._frames.overflow = overflow

    @property
    def progress(self) -> PipelineProgress:
        """A snapshot of the counters."""
        frames_written = self._main.frames_written
        with self._lock:
            return PipelineProgress(
                frames_read=self._frames.put_count,
                frames_tracked=self._frames_tracked,
                frames_done=self._frames_tracked if frames_written is None else frames_written,
                instances=self._instances,
                frames_dropped=self._frames.dropped_count,
                exports_dropped=self._main.frames_dropped,
                notice=notice_of(self._source),
            )

    def start(self) -> None:
        """Start all threads.

        Raises:
            RuntimeError: If started or stopped before.
        """
        with self._lock:
            if self._is_started or self._is_stopped:
                raise RuntimeError("a pipeline runs once; make a new one")
            self._is_started = True
            self._threads.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; Ctrl-C gets through (call `stop` then).

        Returns:
            Whether all is done; False only if `timeout_s` passed before.

        Raises:
            StageFailed: If a stage failed, or a sink while all else went on to the end: the first
                failure, its cause in `__cause__`.
            RuntimeError: If never started.
        """
        if not (self._is_started or self._is_stopped):
            raise RuntimeError("start the pipeline before waiting for it")
        if self._threads.join(timeout_s):
            return False
        if failure := self.failure:
            raise failure
        return True

    def attach(
        self,
        sinks: Mapping[str, Sink],
        *,
        hold_back: HoldBack | None = None,
        capacity: int = 4,
        overflow: Overflow = Overflow.BLOCK,
    ) -> Branch:
        """Send the frames from now on to more sinks, until `detach` or the end.

        A sink that fails ends alone; see `Branch.failures`.

        Args:
            sinks: Name -> sink, owned as those given first; names not in use yet.
            hold_back: Between the frames and these sinks.
            capacity: Tracked frames that may wait for each of these sinks.
            overflow: What happens when one of them is too slow.

        Raises:
            RuntimeError: If the pipeline does not run.
            StageFailed: If it has failed.
        """
        with self._lock:
            if not self._is_started or self._is_stopped or self._has_tracked_all:
                raise RuntimeError("sinks can be attached only while the pipeline runs")
            branch = self._branch(
                sinks,
                hold_back=hold_back,
                capacity=capacity,
                overflow=overflow,
            )
            self._branches += (branch,)
            self._threads.add(branch.stages())
        if failure := self._threads.failure:
            # The failure may have come before the branch was there to be discarded.
            branch.discard()
            branch.close()
            raise failure
        return branch

    def detach(self, branch: Branch) -> dict[str, tuple[Path, ...]]:
        """End attached sinks with what was sent to them; waits until their files are complete.

        Returns:
            Sink name -> files made.
        """
        if self._keeps_outputs():
            branch.flush()
        branch.close()
        self._threads.join(None, only={stage.name for stage in branch.stages()})
        with self._lock:
            self._branches = tuple(other for other in self._branches if other is not branch)
        return branch.outputs

    def stop(self) -> None:
        """End early: finish the current frame, export what is computed, join the threads.

        May be called at any time and again; does not raise the failure that `wait` raises. A
        stage that calls it does not wait for the threads.

        Raises:
            StageFailed: If a thread is still busy after `stop_timeout_s`; names it. Sinks that
                are closing have all the time they need.
        """
        with self._lock:
            never_ran = not (self._is_started or self._is_stopped)
            self._is_stopped = True
        self._source.interrupt()
        self._frames.discard()
        if never_ran:
            self._source.close()
            self._main.discard_sinks()
        self._join_or_name_the_late()

    def _join_or_name_the_late(self) -> None:
        began_s = time.monotonic()
        has_told = False
        while late := self._threads.join(_JOIN_SLICE_S):
            waited_s = time.monotonic() - began_s
            # Copied at once: a set that changes cannot be looped over.
            finishing = set[str]().union(*(branch.finishing for branch in self._branches))
            busy = [stage for stage in late if stage not in finishing]
            if busy and waited_s > self._config.stop_timeout_s:
                self._abort()
                cause = TimeoutError(f"still busy {self._config.stop_timeout_s:g} s after stop")
                logger.error("%s: %s", ", ".join(busy), cause)
                raise StageFailed(busy[0], cause)
            if not busy and not has_told and waited_s > _FINISHING_NOTICE_S:
                has_told = True
                logger.warning("finishing outputs: %s", ", ".join(late))

    def _end_after_failure(self) -> None:
        """No more frames; those found already still reach every sink where outputs are kept."""
        self._source.interrupt()
        self._frames.discard()
        if not self._config.keeps_outputs_of_failed_run:
            self._abort()

    def _has_no_sink_left(self) -> bool:
        return bool(self._sink_names) and self._sink_names <= self.sink_failures.keys()

    def _end_without_sinks(self) -> None:
        if self._has_no_sink_left():
            self._end_after_failure()

    def _abort(self) -> None:
        """Make every thread end after the frame it works on; drop all that waits."""
        self._source.interrupt()
        self._frames.discard()
        self._segmented.discard()
        for branch in self._branches:
            branch.discard()

    def _branch(
        self,
        sinks: Mapping[str, Sink],
        *,
        hold_back: HoldBack | None,
        capacity: int,
        overflow: Overflow,
        on_failure: Callable[[], None] = lambda: None,
    ) -> Branch:
        return Branch(
            sinks,
            hold_back=hold_back,
            capacity=capacity,
            overflow=overflow,
            timings=self._timings,
            keeps_outputs=self._keeps_outputs,
            on_failure=on_failure,
        )

    def _keeps_outputs(self) -> bool:
        has_worth = self._config.keeps_outputs_of_failed_run and self._frames_tracked > 0
        return has_worth or not (self._threads.has_failed or self._has_no_sink_left())

    def _stages(self) -> list[Stage]:
        return [
            Stage("capture", self._capture_frames, self._frames.close),
            Stage("segment", self._segment_frames, self._segmented.close),
            Stage("track", self._track_frames, self._close_branches),
            *self._main.stages(),
        ]

    def _close_branches(self) -> None:
        # If the tracker failed, nobody else takes what waits for it.
        self._segmented.discard()
        with self._lock:
            self._has_tracked_all = True
        for branch in self._branches:
            branch.close()

    def _capture_frames(self) -> None:
        try:
            while not self._is_stopped:
                started_s = time.perf_counter()
                frame = self._source.read()
                if frame is None:
                    break
                capture_ms = self._record("capture", started_s)
                if not self._frames.put(_Captured(frame, capture_ms)):
                    break
        finally:
            self._source.close()

    def _segment_frames(self) -> None:
        at_once = self._config.segmented_at_once
        if at_once == 1:
            while (captured := self._next_captured()) is not None:
                self._segmented.put(self._segment_one(captured))
            return
        pending: deque[Future[_Segmented[Found]]] = deque()
        with ThreadPoolExecutor(at_once, thread_name_prefix="segment") as pool:
            for captured in self._frames:
                if len(pending) == at_once:
                    self._segmented.put(pending.popleft().result())
                pending.append(pool.submit(self._segment_one, captured))
            while pending:
                self._segmented.put(pending.popleft().result())

    def _segment_one(self, captured: _Captured) -> _Segmented[Found]:
        frame = captured.frame
        found, segment_ms = self._timed("segment", partial(self._segment, frame))
        timings_ms = {"capture": captured.capture_ms, "segment": segment_ms}
        return _Segmented(frame, found, timings_ms)

    def _next_captured(self) -> _Captured | None:
        # Chosen as late as possible: what waits for the tracker after the network grows old.
        self._segmented.wait_for_room()
        return next(iter(self._frames), None)

    def _track_frames(self) -> None:
        for segmented in self._segmented:
            tracked_frame = self._track_frame(segmented)
            with self._lock:
                self._frames_tracked += 1
                self._instances += len(tracked_frame.instances)
            for branch in self._branches:
                branch.send(tracked_frame)
        if self._keeps_outputs():
            for branch in self._branches:
                branch.flush()

    def _track_frame(self, segmented: _Segmented[Found]) -> TrackedFrame:
        timestamp_s = self._timestamp_s(segmented.frame)
        track = partial(self._track, segmented.found, timestamp_s=timestamp_s)
        tracked, track_ms = self._timed("track", track)
        timings_ms = {**segmented.timings_ms, "track": track_ms}
        return TrackedFrame(frame=segmented.frame, tracked=tracked, timings_ms=timings_ms)

    def _timestamp_s(self, frame: Frame) -> float:
        if frame.pts_s is not None:
            return float(frame.pts_s)
        info = self._source.info
        if info.is_live or (info.average_fps is None and info.frame_count is None):
            return frame.captured_at
        # Not the clock of this machine: results must not depend on how fast images are read.
        return float(info.time_s(frame.index))

    def _timed(self, stage: str, call: Callable[[], R]) -> tuple[R, float]:
        """The result of `call` and its time in ms, which is recorded."""
        started_s = time.perf_counter()
        result = call()
        return result, self._record(stage, started_s)

    def _record(self, stage: str, started_s: float) -> float:
        elapsed_ms = (time.perf_counter() - started_s) * 1000
        self._timings.record(stage, elapsed_ms)
        return elapsed_ms
