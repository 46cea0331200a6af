"""Choices that exporters share."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["ExportOptions"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    overwrite: bool = False
    """Whether an output that exists is replaced as a whole, when the new one is complete."""
    opacity: float = 0.45
    """Overlay: how much of a mask's pixels is the track's colour, 0 to 1."""
    trail_frames: int = 0
    """Overlay: length of the trails behind tracks, in frames; 0 draws none."""
    video_crf: int = 20
    """Overlay: H.264 constant rate factor, 0 (lossless) to 51; lower is better and larger."""
    mots_all_classes: bool = False
    """MOTS: whether classes other than person and car are written too, numbered from 3 up."""
    rle: Literal["compressed", "uncompressed"] | None = None
    """YouTube-VIS: run-length encoding of both files; None writes what readers of each expect."""
    coco_frames: Literal["none", "jpg", "png"] = "none"
    """COCO: whether the frames are written as image files too."""
