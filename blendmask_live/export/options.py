"""Choices that exporters share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ExportOptions", "heeded_options"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    overwrite: bool = False
    """Whether an output that exists is replaced as a whole, when the new one is complete."""
    opacity: float = 0.45
    """Overlay: how much of a mask's pixels is the track's colour, 0 to 1."""
    trail_frames: int = 0
    """Overlay: length of the trails behind tracks, in frames; 0 draws none."""
    video_crf: int = 20
    """Overlay, cutout: H.264 constant rate factor, 0 (lossless) to 51; lower is better, larger."""
    mots_all_classes: bool = False
    """MOTS: whether classes other than person and car are written too, numbered from 3 up."""
    rle: Literal["compressed", "uncompressed"] | None = None
    """YouTube-VIS: run-length encoding of both files; None writes what readers of each expect."""
    frames: Literal["none", "jpg", "png"] = "none"
    """Formats of pictures with annotations: whether the frames are written as image files too."""
    shape: Literal["mask", "polygon"] = "mask"
    """CVAT, labelme: exact masks, or polygons that are easier to drag."""
    polygon_tolerance_px: float = 1.0
    """Polygons: how far an outline may be from the mask's; 0 keeps every pixel."""
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


_VIDEO: Final = frozenset({"video_crf", "background"})
_TRACKS: Final = frozenset({"one_file_per_track", "tracks"})
_OUTLINES: Final = frozenset({"frames", "shape", "polygon_tolerance_px"})
_BY_FORMAT: Final[dict[str, frozenset[str]]] = {
    "overlay": _VIDEO | {"opacity", "trail_frames"},
    "youtube-vis": frozenset({"frames", "rle"}),
    "mots": frozenset({"frames", "mots_all_classes"}),
    "davis": frozenset({"frames"}),
    "mots-png": frozenset({"frames", "mots_all_classes"}),
    "coco": frozenset({"frames"}),
    "cvat": _OUTLINES,
    "yolo-seg": frozenset({"frames", "polygon_tolerance_px"}),
    "labelme": _OUTLINES,
    "cutout": _VIDEO | _TRACKS | {"cutout"},
    "matte": _TRACKS | {"matte", "video_crf"},
}


def heeded_options(formats: Sequence[str], options: ExportOptions) -> frozenset[str]:
    """The fields of `options` that change what is written in one of the formats.

    Those that another option makes meaningless are left out: over a background, a cut-out has
    no transparency to be coded.
    """
    heeded = {name for format_name in formats for name in _BY_FORMAT.get(format_name, ())}
    if options.background:
        heeded.discard("cutout")
    if "yolo-seg" not in formats and options.shape == "mask":
        heeded.discard("polygon_tolerance_px")
    is_coded_by_crf = {
        "overlay": True,
        "cutout": bool(options.background) or options.cutout == "vp9",
        "matte": options.matte == "h264",
    }
    if not any(is_coded_by_crf.get(name) for name in formats):
        heeded.discard("video_crf")
    return frozenset(heeded)
