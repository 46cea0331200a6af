"""Sources, stages and sinks whose every step a test can see, hold up or break."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)

WAIT_S = 60.0
"""Longest wait of any test for something that comes within milliseconds."""


class CountingSource:
    """Small frames with timestamps; endless unless `frames` is given."""

    def __init__(
        self, frames: int | None = None, *, fail_at: int | None = None, block_at: int | None = None
    ) -> None:
        self.info = SourceInfo(
            name="counting", width=4, height=4, frame_count=frames, average_fps=Fraction(25)
        )
        self.fail_at, self.block_at = fail_at, block_at
        self.blocked = threading.Event()
        self.interrupted = threading.Event()
        self.reads = 0
        self.closed = 0

    def read(self) -> Frame | None:
        index = self.reads
        if self.interrupted.is_set() or index == self.info.frame_count:
            return None
        if index == self.block_at:
            self.blocked.set()
            # Longer than any test waits: what ends in time was interrupted.
            assert self.interrupted.wait(2 * WAIT_S)
            return None
        if index == self.fail_at:
            raise OSError(f"source broke at {index}")
        self.reads += 1
        image = np.full((4, 4, 3), index % 256, dtype=np.uint8)
        return Frame(image=image, index=index, pts_s=Fraction(index, 25), captured_at=0.0)

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed += 1


class RecordingSink:
    """Keeps the indexes written; can fail or wait at a frame or at close."""

    def __init__(
        self,
        *,
        fail_at: int | None = None,
        fail_at_close: bool = False,
        hold: threading.Event | None = None,
        hold_close: threading.Event | None = None,
    ) -> None:
        self.fail_at, self.fail_at_close = fail_at, fail_at_close
        self.hold, self.hold_close = hold, hold_close
        self.indexes: list[int] = []
        self.frames: list[TrackedFrame] = []
        self.entered = threading.Event()
        self.closed = False
        self.discarded = False

    def write(self, tracked: TrackedFrame) -> None:
        self.entered.set()
        if self.hold is not None:
            assert self.hold.wait(WAIT_S)
        if tracked.frame.index == self.fail_at:
            raise OSError(f"disk full at {self.fail_at}")
        self.indexes.append(tracked.frame.index)
        self.frames.append(tracked)

    def close(self) -> tuple[Path, ...]:
        if self.hold_close is not None:
            assert self.hold_close.wait(WAIT_S)
        if self.fail_at_close:
            raise OSError("disk full at close")
        self.closed = True
        return (Path(f"{len(self.indexes)} frames"),)

    def discard(self) -> None:
        if not self.closed:
            self.discarded = True


def one_object(frame: Frame) -> Instances:
    """One instance that fills the frame."""
    return Instances.from_masks(np.ones((1, *frame.size), dtype=bool), class_ids=[0])


def same_track(instances: Instances, /, *, timestamp_s: float) -> TrackedInstances:
    """Everything is track 1."""
    count = len(instances)
    return TrackedInstances(
        instances, np.ones(count, dtype=np.int64), (TrackState.CONFIRMED,) * count
    )


class FailingSegment:
    """Raises at a frame."""

    def __init__(self, fail_at: int) -> None:
        self.fail_at = fail_at

    def __call__(self, frame: Frame) -> Instances:
        if frame.index == self.fail_at:
            raise RuntimeError(f"segmenter broke at {frame.index}")
        return one_object(frame)


class HeldSegment:
    """Waits in the first frame until released."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.release = threading.Event()

    def __call__(self, frame: Frame) -> Instances:
        self.entered.set()
        assert self.release.wait(WAIT_S)
        return one_object(frame)


class FailingTrack:
    """Raises at the n-th call."""

    def __init__(self, fail_at: int) -> None:
        self.calls, self.fail_at = 0, fail_at

    def __call__(self, instances: Instances, /, *, timestamp_s: float) -> TrackedInstances:
        self.calls += 1
        if self.calls == self.fail_at + 1:
            raise ValueError("tracker broke")
        return same_track(instances, timestamp_s=timestamp_s)


class DelayLine:
    """Holds back the newest `length` frames."""

    def __init__(self, length: int, *, on_flush: Callable[[], None] = lambda: None) -> None:
        self.length, self.on_flush = length, on_flush
        self.held: list[TrackedFrame] = []

    def push(self, tracked_frame: TrackedFrame, /) -> list[TrackedFrame]:
        self.held.append(tracked_frame)
        return [self.held.pop(0)] if len(self.held) > self.length else []

    def flush(self) -> list[TrackedFrame]:
        self.on_flush()
        rest, self.held = self.held, []
        return rest
