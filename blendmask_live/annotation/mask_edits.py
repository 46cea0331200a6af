"""Edits of pixels. What they make is marked as corrected, a keyframe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from blendmask_live.annotation import shapes
from blendmask_live.annotation.change import Change, NewMask
from blendmask_live.annotation.runs import Origin
from blendmask_live.counting import counted
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask

__all__ = [
    "CopyToNext",
    "DrawPolygon",
    "FillHoles",
    "MoveMask",
    "PaintStroke",
    "ScaleMask",
    "SetMask",
    "SetMasks",
    "SmoothMask",
]

_NOTHING = CroppedMask(0, 0, np.zeros((0, 0), dtype=bool))


@dataclass(frozen=True, slots=True, eq=False)
class SetMask:
    """Put a mask into a frame of a track, in place of what it has there.

    The track is made if it is not there; then `label` is needed. A mask without pixels takes
    the track's mask away.
    """

    frame: int
    track: int
    mask: CroppedMask
    label: str | None = None

    @property
    def text(self) -> str:
        return f"draw track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        _set(change, self.frame, self.track, self.mask, self.label)


@dataclass(frozen=True, slots=True, eq=False)
class SetMasks:
    """Put masks into several frames of a track, with where they come from."""

    track: int
    masks: Mapping[int, CroppedMask]
    """Frame -> mask."""
    origin: Origin = Origin.CORRECTED
    score: float = 1.0
    label: str | None = None

    @property
    def text(self) -> str:
        verb = "draw" if self.origin is Origin.CORRECTED else self.origin.name.lower()
        return f"{verb} track {self.track}, {counted(len(self.masks), 'frame')}"

    def apply(self, change: Change) -> None:
        class_id = None if self.label is None else change.class_id(self.label)
        change.ensure_track(self.track)
        change.set_masks(
            self.track,
            {frame: NewMask(mask, self.score) for frame, mask in self.masks.items()},
            origin=self.origin,
            class_id=class_id,
        )


@dataclass(frozen=True, slots=True)
class PaintStroke:
    """Draw with a round brush, or rub out; makes a mask (and track) where there is none."""

    frame: int
    track: int
    points: tuple[tuple[float, float], ...]
    """(x, y) frame px along the stroke."""
    radius_px: float
    is_erasing: bool = False
    label: str | None = None
    """Class of a new track's mask."""

    @property
    def text(self) -> str:
        action = "erase from" if self.is_erasing else "paint"
        return f"{action} track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        old = change.mask(self.frame, self.track) or _NOTHING
        with _drawing(self.frame, self.track):
            new = shapes.with_stroke(
                old,
                self.points,
                radius_px=self.radius_px,
                is_erasing=self.is_erasing,
                frame_size=change.frame_size(self.frame),
            )
        _set(change, self.frame, self.track, new, self.label)


@dataclass(frozen=True, slots=True)
class DrawPolygon:
    """Add a filled polygon, or cut it out; makes a mask (and track) where there is none."""

    frame: int
    track: int
    points: tuple[tuple[float, float], ...]
    """(x, y) frame px of the corners."""
    is_erasing: bool = False
    label: str | None = None
    """Class of a new track's mask."""

    @property
    def text(self) -> str:
        action = "cut a polygon from" if self.is_erasing else "add a polygon to"
        return f"{action} track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        old = change.mask(self.frame, self.track) or _NOTHING
        size = change.frame_size(self.frame)
        with _drawing(self.frame, self.track):
            new = shapes.with_polygon(old, self.points, is_erasing=self.is_erasing, frame_size=size)
        _set(change, self.frame, self.track, new, self.label)


@dataclass(frozen=True, slots=True)
class FillHoles:
    """Close every hole in a mask."""

    frame: int
    track: int

    @property
    def text(self) -> str:
        return f"fill holes of track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        _reshape(change, self.frame, self.track, lambda mask, size: shapes.with_holes_filled(mask))


@dataclass(frozen=True, slots=True)
class SmoothMask:
    """Smooth the outline of a mask."""

    frame: int
    track: int
    radius_px: float = 2.0

    @property
    def text(self) -> str:
        return f"smooth track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        _reshape(
            change,
            self.frame,
            self.track,
            lambda mask, size: shapes.smoothed(mask, radius_px=self.radius_px, frame_size=size),
        )


@dataclass(frozen=True, slots=True)
class MoveMask:
    """Shift a mask."""

    frame: int
    track: int
    right_px: float
    down_px: float

    @property
    def text(self) -> str:
        return f"move track {self.track}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        _reshape(
            change,
            self.frame,
            self.track,
            lambda mask, size: shapes.moved(
                mask, right_px=self.right_px, down_px=self.down_px, frame_size=size
            ),
        )


@dataclass(frozen=True, slots=True)
class ScaleMask:
    """Grow or shrink a mask about its middle."""

    frame: int
    track: int
    factor: float

    @property
    def text(self) -> str:
        return f"scale track {self.track} by {self.factor:g}, frame {self.frame}"

    def apply(self, change: Change) -> None:
        if not 0 < self.factor <= 100:
            raise ProjectError(f"factor {self.factor}: must lie between 0 and 100")
        _reshape(
            change,
            self.frame,
            self.track,
            lambda mask, size: shapes.scaled(mask, factor=self.factor, frame_size=size),
        )


@dataclass(frozen=True, slots=True)
class CopyToNext:
    """Copy a mask to the frames after it (before it, if `count` is negative)."""

    frame: int
    track: int
    count: int = 1

    @property
    def text(self) -> str:
        frames = counted(abs(self.count), "frame")
        return f"copy track {self.track} from frame {self.frame}, {frames}"

    def apply(self, change: Change) -> None:
        mask = _required_mask(change, self.frame, self.track)
        step = 1 if self.count > 0 else -1
        targets = [
            change.frames.shifted(self.frame, step * number)
            for number in range(1, abs(self.count) + 1)
        ]
        masks = {target: NewMask(mask) for target in targets if target in change.frames}
        if not masks:
            raise ProjectError(f"there is no frame on that side of frame {self.frame}")
        change.set_masks(self.track, masks, origin=Origin.CORRECTED)


@contextmanager
def _drawing(frame: int, track: int) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ProjectError(f"frame {frame}, track {track}: cannot be drawn ({error})") from error


def _set(change: Change, frame: int, track: int, mask: CroppedMask, label: str | None) -> None:
    class_id = None if label is None else change.class_id(label)
    change.ensure_track(track)
    change.set_masks(track, {frame: NewMask(mask)}, origin=Origin.CORRECTED, class_id=class_id)


def _reshape(
    change: Change,
    frame: int,
    track: int,
    reshape: Callable[[CroppedMask, tuple[int, int]], CroppedMask],
) -> None:
    old = _required_mask(change, frame, track)
    _set(change, frame, track, reshape(old, change.frame_size(frame)), None)


def _required_mask(change: Change, frame: int, track: int) -> CroppedMask:
    change.frames.place(frame)
    change.require_track(track)
    mask = change.mask(frame, track)
    if mask is None:
        raise ProjectError(f"track {track} has no mask in frame {frame}")
    return mask
