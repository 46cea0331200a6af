"""Choices that exporters share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

__all__ = [
    "OUTLINE_OPTIONS",
    "TRACK_OPTIONS",
    "ExportOptions",
    "idle_outline_options",
    "with_todays_names",
]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    overwrite: bool = False
    """Whether an output that exists is replaced as a whole, when the new one is complete."""
    opacity: float = 0.45
    """Overlay: how much of a mask's pixels is the track's colour, 0 to 1."""
    trail_frames: int = 0
    """Overlay: length of the trails behind tracks, in frames; 0 draws none."""
    video_crf: int = 20
    """Overlay, cutout, matte (at most 8): H.264 constant rate factor, 0 (lossless) to 51; lower is
    better, larger."""
    all_classes: bool = False
    """MOTS: whether classes other than person and car are written too, numbered from 3 up.
    YouTube-VIS: whether classes that do not occur are listed too."""
    rle: Literal["compressed", "uncompressed"] | None = None
    """YouTube-VIS: run-length encoding of both files; None writes what readers of each expect."""
    frames: Literal["none", "jpg", "png"] = "none"
    """Formats of pictures with annotations: whether the frames are written as image files too."""
    shape: Literal["mask", "polygon"] | None = None
    """CVAT, labelme: masks, or polygons that are easier to drag; None writes what loses nothing:
    masks for labelme, polygons of every pixel for CVAT, which has no tracks of masks."""
    polygon_tolerance_px: float = 1.0
    """Polygons that were asked for, YOLO: how far an outline may be from the mask's; 0 keeps every
    pixel."""
    cutout: Literal["prores", "vp9", "png"] = "prores"
    """Cutout: ProRes 4444 (.mov), VP9 (.webm) or PNG files, all with alpha."""
    matte: Literal["h264", "png"] = "h264"
    """Matte: one video, or exact PNG files."""
    background: str = ""
    """Overlay, cutout: instead of everything outside the masks; see `background.Background`."""
    one_file_per_track: bool = False
    """Cutout, matte: a file (or folder) of its own for every track."""
    tracks: tuple[int, ...] = ()
    """Cutout, matte: only these track ids; all where empty."""


_FORMER_NAMES: Final = {"all_classes": "mots_all_classes"}
"""What options were called in earlier versions."""
TRACK_OPTIONS: Final = frozenset({"one_file_per_track", "tracks"})
"""Options of formats that write pictures of chosen tracks."""
OUTLINE_OPTIONS: Final = frozenset({"frames", "shape", "polygon_tolerance_px"})
"""Options of formats that write masks or polygons."""


def with_todays_names(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as plain values, of this or of an earlier version, under the names of this one."""
    renamed = {now: options[then] for now, then in _FORMER_NAMES.items() if then in options}
    return renamed | dict(options)


def idle_outline_options(options: ExportOptions) -> frozenset[str]:
    """Those of `OUTLINE_OPTIONS` that do not matter: only polygons asked for may be off."""
    return frozenset() if options.shape == "polygon" else frozenset({"polygon_tolerance_px"})
