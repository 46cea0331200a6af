"""What a live session is asked for, and what it reports about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from blendmask_live.config import FAINT_SHARE, SegmenterSettings
from blendmask_live.errors import ConfigError, StageFailed
from blendmask_live.pipeline import StageSummary
from tracking import TrackerConfig

__all__ = ["FollowedTrack", "LiveSettings", "LiveStatus", "RecordingStatus"]


def _reports_once() -> SegmenterSettings:
    return SegmenterSettings(drop_duplicates=True)


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What may change while a session runs; read once per frame.

    Raises:
        ConfigError: If `target_fps` is no frame rate.
    """

    segmenter: SegmenterSettings = field(default_factory=_reports_once)
    """Its score threshold is the one at which tracks begin."""
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    """All but the confident score, which is the segmenter's score threshold."""
    is_tracking: bool = True
    """Off: every detection has an id of its own."""
    refine: bool = False
    """Give objects a second, zoomed look: the surest first, as many as a frame's time allows; all
    while a file is recorded."""
    target_fps: float | None = None
    """Lower the quality as far as needed to hold this rate; None keeps the quality."""

    def __post_init__(self) -> None:
        if self.target_fps is not None and not 1 <= self.target_fps <= 1000:
            raise ConfigError(f"target of {self.target_fps} fps: must lie between 1 and 1000")

    def in_use(self) -> tuple[SegmenterSettings, TrackerConfig]:
        """The settings that segmenter and tracker are run with.

        The segmenter's score threshold is lower: tracks may go on with fainter objects.
        """
        score = self.segmenter.score_threshold
        is_coasting = self.is_tracking and self.tracker.max_coast_s > 0
        needs_latents = self.segmenter.keep_latents or is_coasting
        segmenter = replace(
            self.segmenter,
            keep_latents=needs_latents,
            # Latents belong to one size.
            multi_scale=self.segmenter.multi_scale and not needs_latents,
        )
        if not self.is_tracking:
            return segmenter, self.tracker
        segmenter = replace(segmenter, score_threshold=score * FAINT_SHARE)
        return segmenter, replace(self.tracker, confident_score=score)


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """A recording that runs."""

    folder: Path
    formats: tuple[str, ...]
    seconds: float
    """Wall time since its start."""
    frames: int
    """Frames that are in every format by now."""
    frames_dropped: int
    """Frames left out because a format was too slow; only of live sources."""
    failures: Mapping[str, StageFailed]
    """Format -> why it ended early; the other formats go on."""


@dataclass(frozen=True, slots=True)
class FollowedTrack:
    """An object that was pointed at, as it is now."""

    track_id: int
    class_name: str
    """"object" where nobody named it."""
    confidence: float
    """IoU that its mask is expected to have, 0 to 1; 0 while it is lost."""
    is_lost: bool
    """Not seen now; it goes on where it is found again."""
    is_doubtful: bool = False
    """Nothing stood out where it was clicked: perhaps it is not what was meant."""


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """A snapshot; rates and ages are those of the last few seconds."""

    state: str
    """'starting', 'playing', 'paused', 'ended', 'failed' or 'stopped'."""
    notice: str
    """What is wrong with the source now, for people; '' if nothing."""
    quality: str
    """What was lowered to hold the frame rate, for people; '' if nothing."""
    capture_fps: float
    segment_fps: float
    display_fps: float
    frame_age_ms_p50: float
    """From the capture of a frame to `take_latest`; of a file: from when it was due."""
    frame_age_ms_p99: float
    frames_dropped: int
    """Frames since the start that were not shown because newer ones were there. They were dropped
    inside a live source or before the network, or were not taken in time."""
    device: str
    runtime: str
    precision: str
    rss_mb: float
    """Memory of this process in MiB."""
    vram_mb: float | None
    """Memory that PyTorch holds on the GPU in MiB; None on the CPU."""
    stages: Mapping[str, StageSummary]
    """Stage or step of one -> its times per frame."""
    recording: RecordingStatus | None
    followed: tuple[FollowedTrack, ...] = ()
    """What was pointed at, by id."""
    second_look_ms: float | None = None
    """What an object's second look usually takes; None before the first."""
