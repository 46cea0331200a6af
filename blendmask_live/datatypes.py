"""What travels through the pipeline: frames, instances, tracked frames.

A mask is R x R numbers and a box until someone needs pixels; whole-frame boolean arrays are
made only on request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.labels import COCO_NAMES
from blendmask_live.masks import crops as mask_math
from blendmask_live.masks.buffer import MaskBuffer
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.pasting import SPECK_SHARE, paste_as_published, paste_soft_masks
from blendmask_live.masks.run_lengths import encode_rles

__all__ = [
    "NOMINAL_FPS",
    "ColorInfo",
    "CroppedMask",
    "Frame",
    "Instances",
    "SourceInfo",
    "TrackState",
    "TrackedFrame",
    "TrackedInstances",
    "usual_matrix",
]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source."""

    image: NDArray[np.uint8]
    """(H, W, 3) RGB, in display orientation (rotation already applied)."""
    index: int
    """Position among the decoded frames of the source, from 0."""
    pts_s: Fraction | None
    """Presentation time in seconds, exact; None where the source has no clock."""
    captured_at: float
    """`time.monotonic()` when the frame was decoded or captured."""
    planes: NDArray[np.uint8] | None = None
    """(H * 3 / 2, W): luma and both chroma planes of `image` as they were decoded; None unless it
    is 8-bit 4:2:0 of even sides, upright, with matrix and range of `SourceInfo.color`."""

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.image.shape[0], self.image.shape[1]


@dataclass(frozen=True, slots=True)
class ColorInfo:
    """Colour description of a video stream, as libav's integer codes (2 = unspecified)."""

    matrix: int = 2
    primaries: int = 2
    transfer: int = 2
    full_range: bool = False


def usual_matrix(*, width: int, height: int) -> int:
    """libav's code of the colour matrix that pictures of this size (px) have if none is named.

    BT.709 of HD, also where it is cropped or upright, else BT.601.
    """
    return 1 if width >= 1280 or height >= 720 else 6


NOMINAL_FPS: Final = Fraction(25)
"""Frames per second where nothing else is known: of image folders, and of lists of results."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source before its frames are read."""

    name: str
    """File-system safe name for outputs: the file's stem, the folder's name, 'demo'."""
    width: int
    """Display width in px (after rotation)."""
    height: int
    """Display height in px (after rotation)."""
    path: Path | None = None
    """The file or folder, where there is one."""
    frame_count: int | None = None
    """Frames that will be delivered, as the container states; an estimate."""
    average_fps: Fraction | None = None
    """Average frames per second of the source (before any stride)."""
    time_base: Fraction | None = None
    """Unit of the video stream's timestamps, in seconds."""
    rotation_deg: int = 0
    """Clockwise rotation that was applied to reach display orientation."""
    pixel_aspect: Fraction = Fraction(1)
    """Width of a pixel over its height, in display orientation; coordinates count pixels."""
    color: ColorInfo = field(default_factory=ColorInfo)
    has_audio: bool = False
    is_live: bool = False
    """Whether frames come when they come (camera, stream, screen); late ones are dropped."""
    keeps_fields: bool = False
    """Whether flagged pictures of two fields (interlaced video) are left as they are."""
    decoded_on: str = "cpu"
    """What decodes a video: "cpu" or "gpu"."""

    @property
    def fps(self) -> Fraction:
        """Frames per second: the average, or `NOMINAL_FPS` of a source that has none."""
        return self.average_fps or NOMINAL_FPS

    def time_s(self, index: int, pts_s: Fraction | None = None) -> Fraction:
        """When a frame is shown, in seconds: its own time, or where it has none index / `fps`."""
        return index / self.fps if pts_s is None else pts_s


@dataclass(frozen=True, slots=True, eq=False)
class Instances:
    """Objects found in one frame. Row i of every array is the same object.

    Attributes:
        boxes: (N, 4) float32, x0 y0 x1 y1 in frame px, inside the frame.
        scores: (N,) float32 in [0, 1].
        class_ids: (N,) int64, positions in `labels`.
        frame_size: (height, width) px.
        labels: All class names that the ids refer to.
        soft_masks: (N, R, R) float32 probabilities over `mask_boxes`, as the blender gave
            them; None if `exact_masks` is set.
        mask_boxes: (N, 4) float32 frame px: the area each soft mask spans. May leave the
            frame.
        exact_masks: Pixel masks that came from elsewhere than the blender.
        mask_threshold: Probability from which a pixel belongs to the object.
        as_published: Pasted as the published figures were made (`paste_as_published`).
        attention: (N, K, M, M) float32 logits, where kept.
        bases: (K, h, w) float32 of the whole frame, where kept.
        semantic: (H, W) uint8 class of every frame pixel, 0 for all countable objects, from a
            panoptic network that was asked for it.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    frame_size: tuple[int, int]
    labels: tuple[str, ...] = COCO_NAMES
    soft_masks: NDArray[np.float32] | None = None
    mask_boxes: NDArray[np.float32] | None = None
    exact_masks: tuple[CroppedMask, ...] | None = None
    mask_threshold: float = 0.5
    as_published: bool = False
    attention: NDArray[np.float32] | None = None
    bases: NDArray[np.float32] | None = None
    semantic: NDArray[np.uint8] | None = None
    _pasted: list[tuple[CroppedMask, ...]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        count = len(self.boxes)
        rows: dict[str, Sized | None] = {
            "scores": self.scores,
            "class_ids": self.class_ids,
            "soft_masks": self.soft_masks,
            "mask_boxes": self.mask_boxes,
            "exact_masks": self.exact_masks,
            "attention": self.attention,
        }
        for name, values in rows.items():
            if values is not None and len(values) != count:
                raise ValueError(f"{name} has {len(values)} rows, boxes has {count}")
        if (self.soft_masks is None) == (self.exact_masks is None):
            raise ValueError("give either soft_masks (with mask_boxes) or exact_masks")
        if self.soft_masks is not None and self.mask_boxes is None:
            raise ValueError("soft_masks need mask_boxes")

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Class name of each row."""
        return tuple(self.labels[class_id] for class_id in self.class_ids)

    def cropped_masks(self) -> tuple[CroppedMask, ...]:
        """One pixel mask per row, cut to the part of its box inside the frame, without specks.

        Pasted on the first call and kept; safe to call from several threads.
        """
        if self.exact_masks is not None:
            return self.exact_masks
        if not self._pasted:
            self._pasted.append(self._paste())
        return self._pasted[0]

    def _paste(self) -> tuple[CroppedMask, ...]:
        assert self.soft_masks is not None and self.mask_boxes is not None
        size, threshold = self.frame_size, self.mask_threshold
        if self.as_published:
            return paste_as_published(
                self.soft_masks, self.mask_boxes, frame_size=size, threshold=threshold
            )
        return paste_soft_masks(
            self.soft_masks,
            self.mask_boxes,
            frame_size=size,
            threshold=threshold,
            smallest_share=SPECK_SHARE,
        )

    def masks(self, *, into: MaskBuffer | None = None) -> NDArray[np.bool_]:
        """(N, H, W) bool at frame size. Costs N whole frames of memory.

        Args:
            into: Used again from frame to frame, which is faster; the masks are then read-only
                and hold until its next use.
        """
        if into is not None:
            return into.fill(self.cropped_masks(), self.frame_size)
        return mask_math.whole_frame_masks(self.cropped_masks(), self.frame_size)

    def rles(self) -> list[dict[str, Any]]:
        """Compressed COCO RLE per row: {"size": [H, W], "counts": bytes}."""
        return encode_rles(self.cropped_masks(), self.frame_size)

    def select(self, rows: NDArray[np.integer[Any]] | NDArray[np.bool_]) -> Instances:
        """The given rows, in the given order; a boolean array keeps the True rows."""
        rows = np.asarray(rows)
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows.astype(np.int64)

        def take(crops: tuple[CroppedMask, ...]) -> tuple[CroppedMask, ...]:
            return tuple(crops[i] for i in index)

        return replace(
            self,
            boxes=self.boxes[index],
            scores=self.scores[index],
            class_ids=self.class_ids[index],
            soft_masks=None if self.soft_masks is None else self.soft_masks[index],
            mask_boxes=None if self.mask_boxes is None else self.mask_boxes[index],
            exact_masks=None if self.exact_masks is None else take(self.exact_masks),
            attention=None if self.attention is None else self.attention[index],
            _pasted=[take(crops) for crops in self._pasted],
        )

    @classmethod
    def empty(cls, frame_size: tuple[int, int], labels: tuple[str, ...] = COCO_NAMES) -> Instances:
        """No objects in a frame of this (height, width)."""
        return cls.from_masks(
            np.zeros((0, *frame_size), dtype=bool), class_ids=[], scores=[], labels=labels
        )

    @classmethod
    def from_masks(
        cls,
        masks: NDArray[np.bool_],
        *,
        class_ids: Sequence[int] | NDArray[np.integer[Any]],
        scores: Sequence[float] | NDArray[np.floating[Any]] | None = None,
        labels: tuple[str, ...] = COCO_NAMES,
    ) -> Instances:
        """Wrap pixel masks from anywhere; boxes are the masks' tight bounds.

        Args:
            masks: (N, H, W) bool. An all-False mask gets an empty box at the origin.
            class_ids: (N,) positions in `labels`.
            scores: (N,) in [0, 1]; 1 where absent.

        Raises:
            ValueError: If shapes do not agree, a class id is outside `labels`, or masks hold
                probabilities.
        """
        masks = np.asarray(masks)
        if masks.ndim != 3:
            raise ValueError(f"masks must be (N, H, W), got shape {masks.shape}")
        if masks.dtype.kind == "f" and not np.isin(masks, (0, 1)).all():
            raise ValueError("masks must be bool: make them of probabilities with masks > 0.5")
        ids = np.asarray(class_ids, dtype=np.int64).reshape(-1)
        if ids.size and (ids.min() < 0 or ids.max() >= len(labels)):
            raise ValueError(f"class ids must lie in 0..{len(labels) - 1}")
        crops = tuple(mask_math.crop_mask(mask.astype(bool, copy=False)) for mask in masks)
        boxes = np.array([crop.box for crop in crops], dtype=np.float32).reshape(-1, 4)
        if scores is None:
            scores = np.ones(len(crops), dtype=np.float32)
        return cls(
            boxes=boxes,
            scores=np.asarray(scores, dtype=np.float32).reshape(-1),
            class_ids=ids,
            frame_size=(masks.shape[1], masks.shape[2]),
            labels=labels,
            exact_masks=crops,
        )


class TrackState(Enum):
    """Where a track is in its life."""

    TENTATIVE = "tentative"
    """Seen too seldom to be trusted; its id is provisional and negative."""
    CONFIRMED = "confirmed"
    """Seen in this frame; its id is final and positive."""
    COASTED = "coasted"
    """Confirmed, but not detected in this frame: the mask was made by the tracker."""
    FOLLOWED = "followed"
    """Pointed at, and followed by its mask; its id is final and positive."""
    LOST = "lost"
    """Confirmed, but not shown in this frame; it may be found again. Never of a row."""
    REMOVED = "removed"
    """Ended. Never of a row."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackedInstances:
    """Instances of one frame with their tracks.

    Rows are those given to `update`, in their order. Where the tracker coasts (off unless its
    settings ask for it), masks of missed objects follow after them, marked COASTED.

    Attributes:
        instances: As given to `update`, with class ids and scores smoothed over the track, and
            coasted rows after them.
        track_ids: (N,) int64. Positive and final for confirmed tracks; negative and
            provisional for tentative ones.
        states: State of each row's track.
        confirmations: Provisional id -> final id, for tracks confirmed by this frame.
        dropped: Provisional ids given up by this frame; they will never be confirmed.
        detected_class_ids: (N,) int64 as detected in this frame, whatever the tracks' classes
            are; None where that is not known.
    """

    instances: Instances
    track_ids: NDArray[np.int64]
    states: tuple[TrackState, ...]
    confirmations: Mapping[int, int] = field(default_factory=dict)
    dropped: tuple[int, ...] = ()
    detected_class_ids: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if not len(self.instances) == len(self.track_ids) == len(self.states):
            raise ValueError("instances, track_ids and states must have the same rows")

    def select(self, rows: NDArray[np.integer[Any]] | NDArray[np.bool_]) -> TrackedInstances:
        """The given rows, in the given order; a boolean array keeps the True rows."""
        rows = np.asarray(rows)
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return replace(
            self,
            instances=self.instances.select(index),
            track_ids=self.track_ids[index],
            states=tuple(self.states[i] for i in index),
            detected_class_ids=(
                None if self.detected_class_ids is None else self.detected_class_ids[index]
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFrame:
    """A frame with its tracked instances: what exporters and displays receive."""

    frame: Frame
    tracked: TrackedInstances
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    """Stage name -> time spent on this frame."""

    @property
    def instances(self) -> Instances:
        return self.tracked.instances

    @property
    def track_ids(self) -> NDArray[np.int64]:
        """(N,) int64; see `TrackedInstances`."""
        return self.tracked.track_ids
