"""What a pipeline is made of and what it reports about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from blendmask_live.datatypes import Frame, TrackedFrame, TrackedInstances
from blendmask_live.pipeline.channel import Overflow

__all__ = ["Found", "HoldBack", "PipelineConfig", "PipelineProgress", "Segment", "Sink", "Track"]

Found = TypeVar("Found")
FoundToTrack = TypeVar("FoundToTrack", contravariant=True)

Segment = Callable[[Frame], Found]
"""Finds the objects of a frame; called by one thread, frames in order, unless the pipeline's
`segmented_at_once` says otherwise. What it returns goes to `Track` as it is: `Instances`, or more
where both agree on it."""


class Track(Protocol[FoundToTrack]):
    """Ties instances over time, such as `tracking.MaskTracker.update`."""

    def __call__(self, found: FoundToTrack, /, *, timestamp_s: float) -> TrackedInstances:
        """Track what was found in the next frame, shown at `timestamp_s`."""
        ...


class HoldBack(Protocol):
    """Keeps tracked frames until they are final, such as `tracking.ConfirmationBuffer`."""

    def push(self, tracked_frame: TrackedFrame, /) -> list[TrackedFrame]:
        """Add a frame; returns the frames that are final now, in order."""
        ...

    def flush(self) -> list[TrackedFrame]:
        """The frames still held, at the end."""
        ...


class Sink(Protocol):
    """Where tracked frames end: an `export.Exporter`; see there for the promises."""

    def write(self, tracked: TrackedFrame, /) -> None: ...

    def close(self) -> tuple[Path, ...]: ...

    def discard(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """The defaults suit files, where no frame may be lost."""

    frames_capacity: int = 4
    """Frames that may wait for the segmenter."""
    frames_overflow: Overflow = Overflow.BLOCK
    exports_capacity: int = 4
    """Tracked frames that may wait for each sink."""
    exports_overflow: Overflow = Overflow.BLOCK
    segmented_at_once: int = 1
    """Frames; the segmenter is called by so many threads. They leave in order."""
    keeps_outputs_of_failed_run: bool = False
    """After a failure of a stage, finish the sinks with what they have, if they have anything,
    instead of removing it."""
    stop_timeout_s: float = 30.0
    """How long `stop` waits for the threads, except for sinks that are completing their files."""


@dataclass(frozen=True, slots=True)
class PipelineProgress:
    """Counters of a pipeline, each from its start."""

    frames_read: int
    frames_tracked: int
    frames_done: int
    """Written by every sink."""
    instances: int
    """Objects found, over all frames tracked."""
    frames_dropped: int
    """Frames that never reached the segmenter."""
    exports_dropped: int
    """Tracked frames that some sink did not get."""
    notice: str = ""
    """What hinders a live source just now, for people; "" if nothing."""
    is_first_of_two: bool = False
    """Whether the source will be read once more, with counters from 0 again."""
