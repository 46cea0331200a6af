"""Bounded channels, threads, first error, stop, timings."""

from blendmask_live.pipeline.branch import Branch
from blendmask_live.pipeline.channel import Channel, ChannelEnded, Overflow
from blendmask_live.pipeline.parts import HoldBack, PipelineConfig, PipelineProgress, Sink
from blendmask_live.pipeline.pipeline import Pipeline
from blendmask_live.pipeline.timings import StageSummary, StageTimings

__all__ = [
    "Branch",
    "Channel",
    "ChannelEnded",
    "HoldBack",
    "Overflow",
    "Pipeline",
    "PipelineConfig",
    "PipelineProgress",
    "Sink",
    "StageSummary",
    "StageTimings",
]
