"""The first of two passes over a source: segment, track and record, to be looked at as a whole."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from blendmask_live.capture.source import FrameSource
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances
from blendmask_live.errors import StageFailed
from blendmask_live.pipeline import Pipeline, PipelineConfig, PipelineProgress, StageSummary
from blendmask_live.pipeline.parts import Segment, Track
from tracking import (
    ConfirmationBuffer,
    FirstLook,
    MaskTracker,
    SecondLook,
    TrackerConfig,
)

__all__ = ["FirstPass", "run_first_pass"]

_log = logging.getLogger(__name__)


class FirstPass:
    """What the first pass found, in place of segmenter and tracker in the second; close it.

    Attributes:
        timings: Stage -> time per frame of the first pass.
        stopped_by: What ended it early: Ctrl-C, or what `report` raised.
    """

    def __init__(
        self,
        look: SecondLook,
        timings: Mapping[str, StageSummary],
        stopped_by: BaseException | None,
    ) -> None:
        self.timings = timings
        self.stopped_by = stopped_by
        self._look = look
        self._next = 0

    @property
    def frames(self) -> int:
        """How many were seen: the second pass reads no more."""
        return len(self._look)

    def segment(self, frame: Frame) -> Instances:
        """Nothing: the objects are known already."""
        return Instances.empty(frame.size)

    def track(self, instances: Instances, *, timestamp_s: float) -> TrackedInstances:
        """The objects of the next frame."""
        self._next += 1
        return self._look.frame(self._next - 1)

    def close(self) -> None:
        """Remove the recording."""
        self._look.close()


def run_first_pass(
    source: FrameSource,
    *,
    segment: Segment[Instances],
    labels: tuple[str, ...],
    tracker: TrackerConfig,
    folder: Path,
    at_once: int,
    report: Callable[[PipelineProgress, int | None], None],
) -> FirstPass:
    """Segment and track a source to its end, or until interrupted.

    Args:
        source: Is closed here.
        at_once: Frames that `segment` can find objects in at the same time.
        folder: Where the recording lies until it is closed.
        report: As for `annotate_video`.

    Raises:
        StageFailed: If a stage failed.
        BaseException: What interrupted it, if no frame was seen until then.
    """
    look = FirstLook(labels, folder)
    recorder = _Recorder(look, MaskTracker(tracker).update)
    pipeline = Pipeline(
        source,
        segment=segment,
        track=recorder.track,
        hold_back=ConfirmationBuffer(),
        sinks={"first pass": recorder},
        config=PipelineConfig(segmented_at_once=at_once),
    )
    stopped_by: BaseException | None = None
    try:
        pipeline.start()
        while not pipeline.wait(timeout_s=0.1):
            progress = replace(pipeline.progress, is_first_of_two=True)
            report(progress, source.info.frame_count)
    except StageFailed:
        look.close()
        raise
    except BaseException as error:
        pipeline.stop()
        pipeline.wait()
        stopped_by = error
        _log.warning("interrupted: finishing the outputs of the frames seen so far")
    second = look.second_look()
    if stopped_by is not None and not len(second):
        second.close()
        raise stopped_by
    return FirstPass(second, pipeline.timings.summary(), stopped_by)


class _Recorder:
    """A sink that records the frames it gets, at the times that the tracker was given."""

    def __init__(self, look: FirstLook, update: Track[Instances]) -> None:
        self.look = look
        self._update = update
        self._times_s: deque[float] = deque()

    def track(self, instances: Instances, *, timestamp_s: float) -> TrackedInstances:
        self._times_s.append(timestamp_s)
        return self._update(instances, timestamp_s=timestamp_s)

    def write(self, tracked: TrackedFrame) -> None:
        self.look.add(tracked, self._times_s.popleft())

    def close(self) -> tuple[Path, ...]:
        return ()

    def discard(self) -> None:
        """Nothing: who made the look closes it."""
