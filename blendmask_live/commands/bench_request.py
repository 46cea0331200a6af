"""What `bench` is asked to measure."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from blendmask_live.capture.source_part import SourcePart
from blendmask_live.commands.flags import asked_for
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.jobs.request import SourceChoice

if TYPE_CHECKING:
    from blendmask_live.capture import FrameSource
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["RANDOM", "BenchRequest", "requested"]

RANDOM = "random"
"""Given instead of a weights file: speed does not depend on what was learned."""


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """One measurement, of one runtime or of all."""

    source: str
    part: SourcePart
    """Its `max_frames` are measured."""
    opening: SourceChoice
    network: NetworkChoice
    segmenter: SegmenterChoice
    instances: int | None
    """Synthetic load: so many objects in every frame."""
    is_stacked: bool
    """Whether those are mostly on top of each other."""
    is_one_at_a_time: bool
    """Latency of single frames instead of the pipeline's throughput."""
    overload: float | None
    """A camera so many times as fast as the frames can be worked on."""
    target_fps: float | None
    """The rate that the governor shall hold."""
    refine: bool
    """Whether live objects get a second look."""
    seconds: float
    """How long a session over time lasts."""
    quiet: bool

    @property
    def frames(self) -> int:
        """How many are measured."""
        assert self.part.max_frames is not None
        return self.part.max_frames

    @property
    def is_over_time(self) -> bool:
        """Whether a session over time is to be measured instead of the source's frames."""
        return self.overload is not None or self.target_fps is not None

    def with_runtime(self, runtime: str, precision: str) -> BenchRequest:
        """The same measurement of one runtime."""
        return replace(self, network=replace(self.network, runtime=runtime, precision=precision))

    def open_frames(self) -> Callable[[], FrameSource]:
        """Opens the part of the source that is measured."""
        part = self.part
        return partial(
            self.opening.opener(),
            self.source,
            start_s=part.start_s,
            end_s=part.end_s,
            stride=part.stride,
            max_frames=part.max_frames,
        )

    def load(self) -> Segmenter:
        """The segmenter asked for; with random weights, any architecture can be timed."""
        from blendmask_live.measuring.benchmark import random_segmenter
        from blendmask_live.segmenting.segmenter import open_segmenter

        if self.network.weights != RANDOM:
            return open_segmenter(self.network, self.segmenter)
        segmenter = random_segmenter(
            self.network.architecture or "blendmask-lite",
            device=self.network.device,
            runtime=self.network.runtime,
            precision=self.network.precision,
            threads=self.network.threads,
        )
        segmenter.settings = self.segmenter.applied_to(segmenter.settings)
        return segmenter

    def load_with_objects(self) -> Segmenter:
        """`load`, under the synthetic load that is asked for."""
        from blendmask_live.measuring.benchmark import force_instances
        from blendmask_live.measuring.crowd import crowded

        segmenter = self.load()
        if self.instances is None:
            return segmenter
        if not self.is_stacked:
            return crowded(segmenter, self.instances)
        force_instances(segmenter, self.instances)
        return segmenter


def requested(options: argparse.Namespace) -> BenchRequest:
    """What the flags ask for."""
    return BenchRequest(
        source=options.source,
        part=replace(asked_for(SourcePart, options), max_frames=options.frames),
        opening=asked_for(SourceChoice, options),
        network=asked_for(NetworkChoice, options),
        segmenter=asked_for(SegmenterChoice, options, drop_duplicates=True),
        instances=options.instances,
        is_stacked=options.stacked,
        is_one_at_a_time=options.no_pipeline,
        overload=options.overload,
        target_fps=options.fps,
        refine=options.refine,
        seconds=options.seconds,
        quiet=options.quiet,
    )
