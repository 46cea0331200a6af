"""Settings of the tracker."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from blendmask_live.errors import ConfigError
from blendmask_live.option import option, seconds

__all__ = ["LookAheadConfig", "TrackerConfig"]


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """How detections become tracks. Times are seconds of video, so frame rate does not matter.

    Raises:
        ConfigError: If a value is negative, not a number, or a share is above 1.
    """

    confident_score: float = 0.45
    """Detections from this score on are matched first and may begin a track."""
    instant_birth_score: float = 0.95
    """A track that begins with this score is confirmed at once."""
    confirm_sightings: int = 3
    """Other new tracks are confirmed when seen in this many frames, or for longer than the
    confirmation window."""
    confirm_window_s: float = 0.5
    """A track that is missed after this time without having been confirmed is dropped."""
    max_lost_s: float = 4.0
    """How long an unseen confirmed track is kept. One missed frame ends it if that is longer."""
    min_overlap: float = 0.15
    """Smallest overlap with the prediction accepted as the same object, 0 to 1."""
    box_share: float = 0.5
    """Overlap is mask IoU and this share of box IoU, 0 to 1: swinging limbs and ragged masks
    change a mask more than its box."""
    class_mismatch_penalty: float = 0.15
    """Taken off the similarity where class and the track's voted class differ, 0 to 1."""
    class_inertia: float = 2.0
    """A confirmed track takes another class when that has this many times the votes of its own;
    1 follows the majority at once."""
    attention_penalty: float = 0.4
    """Taken off the similarity in proportion to 1 - cosine of the attention maps, where the
    instances carry them (`keep_latents` of the segmenter), 0 to 1."""
    max_centre_distance: float = 1.5
    """How far, in object sizes (root of box area), an object seen lately may be from its
    predicted place when it overlaps it no longer; 0 turns this weaker cue off."""
    max_camera_step: float = 1.0
    """How far, in object sizes, the camera may move all objects between two frames; 0 turns
    the compensation off."""
    max_rejoin_distance: float = 3.0
    """How far, in object sizes, a lost object may be found again; 0 turns this off."""
    max_coast_s: float = option(
        0.0,
        "go on with masks of an object that was missed for up to S seconds (default: 0)",
        flag="--coast",
        read=seconds,
        metavar="S",
    )
    """How long a missed object is given masks from the bases of new frames; 0 turns this off.
    Needs instances with bases and attention (`keep_latents` of the segmenter); without them a
    missed object has no mask, only a prediction inside the tracker."""
    max_birth_overlap: float = 0.7
    """A detection that overlaps a tracked one more than this is a duplicate: no new track."""
    score_memory_s: float = 0.3
    """Scores of a track are averaged over about this time, so that they do not flicker; 0
    leaves them as detected."""
    velocity_decay_s: float = 1.0
    """Time in which the velocity of an unseen object falls to 1/e."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            may_be_off = setting.name in ("max_coast_s", "score_memory_s")
            is_time = setting.name.endswith("_s") and not may_be_off
            if not math.isfinite(value) or value < 0 or (is_time and value == 0):
                least = "above 0" if is_time else "0 or more"
                raise ConfigError(f"tracker setting {setting.name} must be {least}, found {value}")
        if self.class_inertia < 1:
            raise ConfigError(
                f"tracker setting class_inertia must be 1 or more, found {self.class_inertia}"
            )
        shares = (
            "min_overlap",
            "box_share",
            "class_mismatch_penalty",
            "attention_penalty",
            "max_birth_overlap",
        )
        for name in shares:
            if getattr(self, name) > 1:
                raise ConfigError(
                    f"tracker setting {name} is a share from 0 to 1, found {getattr(self, name)}"
                )


@dataclass(frozen=True, slots=True)
class LookAheadConfig:
    """What the second look at a video changes.

    Raises:
        ConfigError: If a value is negative or not a number.
    """

    max_join_s: float = 6.0
    """Longest gap, in seconds, over which two tracks become one; 0 joins none."""
    least_likeness: float = 0.8
    """Tracks are joined only if they look this much alike, 0 to 1."""
    max_fill_s: float = 0.3
    """Longest hole, in seconds, in which a track is given masks; 0 fills none."""
    flicker_s: float = 0.3
    """Tracks shown for a shorter time are removed, unless they are sure."""
    sure_score: float = 0.7
    """Mean score from which even a short track is believed."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            if not math.isfinite(value) or value < 0:
                raise ConfigError(f"{setting.name} must be 0 or more, found {value}")
