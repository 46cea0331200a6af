"""Settings of the tracker."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from blendmask_live.errors import ConfigError

__all__ = ["TrackerConfig"]


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """How detections become tracks. Times are seconds of video, so frame rate does not matter.

    Raises:
        ConfigError: If a value is negative, not a number, or a share is above 1.
    """

    confident_score: float = 0.45
    """Detections from this score on are matched first and may begin a track."""
    instant_birth_score: float = 0.7
    """A track that begins with this score is confirmed at once."""
    confirm_sightings: int = 3
    """Other new tracks are confirmed when seen in this many frames."""
    confirm_window_s: float = 0.5
    """A track that is missed after this time without having been confirmed is dropped."""
    max_lost_s: float = 1.0
    """How long an unseen confirmed track is kept. One missed frame ends it if that is longer."""
    min_mask_iou: float = 0.25
    """Smallest overlap with the predicted mask accepted as the same object, 0 to 1."""
    class_mismatch_penalty: float = 0.3
    """Taken off the similarity where class and the track's voted class differ, 0 to 1."""
    max_centre_distance: float = 1.5
    """How far, in object sizes (root of box area), an object may be from its predicted place
    when masks no longer overlap; 0 turns this weaker cue off."""
    max_birth_overlap: float = 0.7
    """A detection that overlaps a tracked one more than this is a duplicate: no new track."""
    velocity_memory_s: float = 0.2
    """Time over which measured velocity is averaged."""
    velocity_decay_s: float = 1.0
    """Time in which the velocity of an unseen object falls to 1/e."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value = getattr(self, setting.name)
            is_time = setting.name.endswith("_s")
            if not math.isfinite(value) or value < 0 or (is_time and value == 0):
                least = "above 0" if is_time else "0 or more"
                raise ConfigError(f"tracker setting {setting.name} must be {least}, found {value}")
        for name in ("min_mask_iou", "class_mismatch_penalty", "max_birth_overlap"):
            if getattr(self, name) > 1:
                raise ConfigError(
                    f"tracker setting {name} is a share from 0 to 1, found {getattr(self, name)}"
                )
