"""What one line of a MOTS file, and one track of a YouTube-VIS file, say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from blendmask_live.masks.segmentations import segmentation_rle

__all__ = ["MotsLine", "YoutubeVisTrack", "mots_line", "youtube_vis_track"]


@dataclass(frozen=True, slots=True)
class MotsLine:
    """One mask: `time id class height width rle`.

    Attributes:
        frame: Its number as in the file, from 0 or 1.
        object_id: class * 1000 + number within the class, or 10000 for an ignore region.
        class_id: 1 car, 2 pedestrian, 10 ignore region; ours may have more.
        frame_size: (height, width) px.
        counts: Compressed run lengths, not looked at yet.
    """

    frame: int
    object_id: int
    class_id: int
    frame_size: tuple[int, int]
    counts: str

    @property
    def segmentation(self) -> dict[str, Any]:
        """As COCO writes it."""
        return {"size": list(self.frame_size), "counts": self.counts}

    def rle(self) -> dict[str, Any]:
        """Its mask.

        Raises:
            ValueError: If the run lengths do not fill the frame.
        """
        return segmentation_rle(self.segmentation, self.frame_size)


def mots_line(text: str) -> MotsLine:
    """Read a line that is not blank.

    Raises:
        ValueError: If it has not six fields, or one of the first five is no whole number.
    """
    fields = text.split()
    if len(fields) != 6:
        raise ValueError(f"expected 6 fields, found {len(fields)}")
    frame, object_id, class_id, height, width = map(int, fields[:5])
    return MotsLine(frame, object_id, class_id, (height, width), fields[5])


@dataclass(frozen=True, slots=True)
class YoutubeVisTrack:
    """One entry of `annotations`, or of a list of results.

    Attributes:
        video_id, category_id: As in the file.
        segmentations: One per frame of the video, None where the object is not seen.
    """

    video_id: int
    category_id: int
    segmentations: list[Any]

    def masks(self) -> Iterator[tuple[int, Any]]:
        """(position in the video, from 0; segmentation), where the object is seen."""
        return ((at, found) for at, found in enumerate(self.segmentations) if found)


def youtube_vis_track(entry: dict[str, Any]) -> YoutubeVisTrack:
    """Read an entry.

    Raises:
        KeyError, ValueError, TypeError: If something is missing or of another type.
    """
    segmentations = entry["segmentations"]
    if not isinstance(segmentations, list):
        raise ValueError(f"segmentations: expected a list, found {segmentations!r}")
    return YoutubeVisTrack(int(entry["video_id"]), int(entry["category_id"]), segmentations)
