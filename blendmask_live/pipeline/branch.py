"""Sinks that receive the same frames, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.errors import StageFailed
from blendmask_live.pipeline.channel import Channel, Overflow
from blendmask_live.pipeline.parts import HoldBack, Sink
from blendmask_live.pipeline.stages import Stage
from blendmask_live.pipeline.timings import StageTimings

__all__ = ["Branch"]

logger = logging.getLogger(__name__)


class Branch:
    """Some sinks behind one hold-back; the pipeline sends frames, `stages` run the sinks.

    Attributes:
        finishing: Names of the stages that are completing their files now.
        first_captured_at: When the first frame sent was captured (monotonic); None before.
    """

    def __init__(
        self,
        sinks: Mapping[str, Sink],
        *,
        hold_back: HoldBack | None,
        capacity: int,
        overflow: Overflow,
        timings: StageTimings,
        keeps_outputs: Callable[[], bool],
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing runs before the pipeline starts the stages.

        Args:
            sinks: Name -> sink; owned from now on.
            hold_back: Between the frames sent and the sinks.
            capacity: Tracked frames that may wait for each sink.
            overflow: What happens when a sink is too slow.
            timings: Where "export NAME" is recorded.
            keeps_outputs: Asked at the end of the frames, whether files shall be completed.
            on_failure: Called after a sink has failed, in its thread. It ends alone; see
                `failures`.
        """
        self.finishing: set[str] = set()
        self._sinks = dict(sinks)
        self._hold_back = hold_back
        self._channels = {name: Channel[TrackedFrame](capacity, overflow) for name in sinks}
        self._timings = timings
        self._keeps_outputs = keeps_outputs
        self._on_failure = on_failure
        self._counting = threading.Lock()
        self._sending = threading.Lock()
        self._is_closed = False
        self.first_captured_at: float | None = None
        self._written = dict.fromkeys(self._sinks, 0)
        self._outputs: dict[str, tuple[Path, ...]] = {}
        self._failures: dict[str, StageFailed] = {}

    @property
    def outputs(self) -> dict[str, tuple[Path, ...]]:
        """Sink name -> files made."""
        with self._counting:
            return dict(self._outputs)

    @property
    def failures(self) -> dict[str, StageFailed]:
        """Sink name -> why it ended early, in the order of events; its files are gone."""
        with self._counting:
            return dict(self._failures)

    @property
    def frames_written(self) -> int | None:
        """Frames that every sink has which has not failed; None where there is none."""
        with self._counting:
            written = (n for name, n in self._written.items() if name not in self._failures)
            return min(written, default=None)

    @property
    def frames_dropped(self) -> int:
        """Frames that some sink did not get, summed over the sinks that have not failed."""
        working = self._channels.keys() - self.failures.keys()
        return sum(self._channels[name].dropped_count for name in working)

    def stages(self) -> list[Stage]:
        """What the threads of the sinks do."""
        return [Stage(f"export {name}", partial(self._run, name)) for name in self._sinks]

    def send(self, tracked_frame: TrackedFrame) -> None:
        """Hand over the next frame; waits for room under `Overflow.BLOCK`. Closed: no-op."""
        with self._sending:
            if self._is_closed:
                return
            if self.first_captured_at is None:
                self.first_captured_at = tracked_frame.frame.captured_at
            if self._hold_back is None:
                self._put([tracked_frame])
            else:
                self._put(self._hold_back.push(tracked_frame))

    def flush(self) -> None:
        """Send what is still held back."""
        with self._sending:
            if not self._is_closed and self._hold_back is not None:
                self._put(self._hold_back.flush())

    def close(self) -> None:
        """No frame comes any more: the sinks end with what waits. Twice does no harm."""
        with self._sending:
            self._is_closed = True
            for channel in self._channels.values():
                channel.close()

    def discard(self) -> None:
        """Drop what waits; nobody stays blocked."""
        for channel in self._channels.values():
            channel.discard()

    def discard_sinks(self) -> None:
        """Give up sinks whose threads never ran."""
        for sink in self._sinks.values():
            sink.discard()

    def _put(self, tracked_frames: list[TrackedFrame]) -> None:
        for tracked_frame in tracked_frames:
            for channel in self._channels.values():
                channel.put(tracked_frame)

    def _run(self, name: str) -> None:
        sink = self._sinks[name]
        try:
            try:
                self._write_frames(name, sink)
            finally:
                self.finishing.discard(f"export {name}")
                # After a failure nobody takes the frames that wait.
                self._channels[name].discard()
                # After a successful close this does nothing.
                sink.discard()
        except Exception as cause:
            with self._counting:
                self._failures[name] = StageFailed(f"export {name}", cause)
            logger.warning("export %s: %s", name, cause)
            self._on_failure()

    def _write_frames(self, name: str, sink: Sink) -> None:
        stage = f"export {name}"
        for tracked_frame in self._channels[name]:
            started_s = time.perf_counter()
            sink.write(tracked_frame)
            self._timings.record(stage, (time.perf_counter() - started_s) * 1000)
            with self._counting:
                self._written[name] += 1
        if self._keeps_outputs() and self._written[name]:
            self.finishing.add(stage)
            files = sink.close()
            with self._counting:
                self._outputs[name] = files
