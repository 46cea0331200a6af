"""The built-in example: a clip composed at run time, with its exact truth.

Two people (one mirrored), two cats, a motorcycle and a cup move in front of a brick wall. The
person crosses in front of the motorcycle and of the other person, the cats cross each other in
front of both, one cat ducks out of sight behind the counter, and the smaller person leaves the
frame and comes back. Depth order is fixed; see `_build_layers`.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture import demo_backdrop
from blendmask_live.capture.demo_scene import Placement, Sprite, cover, make_cut_out, paint
from blendmask_live.capture.source import refuse_negative
from blendmask_live.counting import counted
from blendmask_live.datatypes import Frame, Instances, SourceInfo
from blendmask_live.labels import COCO_NAMES

__all__ = ["DemoSource", "DemoTruth"]

_FPS = 30
_LOOP_S = 10.0
_FRAME_SIZE = (720, 1280)


@dataclass(frozen=True, slots=True, eq=False)
class DemoTruth:
    """What is visible in one frame of the example.

    Attributes:
        instances: Visible pixels of each object; hidden objects have no row, scores are 1.
        track_ids: (N,) int64, from 1, the same object's id in every frame.
    """

    instances: Instances
    track_ids: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Swing:
    """A value that swings around its middle: `middle + reach * sin(2 pi (cycles u + start))`.

    u is the position in the loop, 0 to 1; whole cycles make the clip repeat without a jump.
    """

    middle: float
    reach: float = 0.0
    start: float = 0.0
    cycles: int = 1

    def at(self, u: float) -> float:
        return self.middle + self.reach * math.sin(2 * math.pi * (self.cycles * u + self.start))


@dataclass(frozen=True, slots=True)
class _Motion:
    """How an object moves through the frame, in px of the frame."""

    x: _Swing
    y: _Swing
    scale: _Swing = _Swing(1.0)
    duck_px: float = 0.0
    """How far the object goes down at `duck_at`."""
    duck_at: float = 0.0

    def at(self, u: float) -> Placement:
        away = abs((u - self.duck_at + 0.5) % 1.0 - 0.5)
        # 1 within 3 % of the loop, gone at 12 %, smooth between.
        ease = min(max((0.12 - away) / 0.09, 0.0), 1.0)
        down = self.duck_px * ease * ease * (3 - 2 * ease)
        return Placement(self.x.at(u), self.y.at(u) + down, self.scale.at(u))


@dataclass(frozen=True, slots=True, eq=False)
class _Layer:
    """A sprite and its motion; owner 0 marks things that belong to no object."""

    sprite: Sprite
    motion: _Motion
    owner: int = 0


_CLASS_OF_TRACK = {
    track_id: COCO_NAMES.index(name)
    for track_id, name in enumerate(("motorcycle", "person", "person", "cat", "cat", "cup"), 1)
}

_MOTORCYCLE = _Motion(_Swing(640, 320), _Swing(572), _Swing(1.0, 0.04, 0.25))
_FAR_PERSON = _Motion(_Swing(870, 670, -0.25), _Swing(640, 5, cycles=6))
_NEAR_PERSON = _Motion(_Swing(620, -300), _Swing(622, 6, cycles=5), _Swing(1.0, 0.04, cycles=2))
_FAR_CAT = _Motion(_Swing(620, -450), _Swing(585, 5, cycles=7), _Swing(1.0, 0.05, cycles=2))
_NEAR_CAT = _Motion(
    _Swing(620, 430, 0.2), _Swing(588, 8, cycles=8), _Swing(1.0, 0.06), duck_px=240, duck_at=0.52
)
_CUP = _Motion(_Swing(1000, 140, 0.1), _Swing(628, 6, 0.3), _Swing(1.0, 0.02, 0.3))


def _build_layers() -> tuple[_Layer, ...]:
    """The scene from back to front."""

    def person(scale: float, motion: _Motion, owner: int, *, mirrored: bool) -> list[_Layer]:
        # A helmet in the hand is no part of the person, but it hides some of her.
        parts = (("person", owner), ("helmet", 0))
        return [
            _Layer(
                make_cut_out(name, scale=scale, anchor_photo_px=(256, 511), mirrored=mirrored),
                motion,
                part_owner,
            )
            for name, part_owner in parts
        ]

    def cat(scale: float, *, mirrored: bool) -> Sprite:
        return make_cut_out("cat", scale=scale, anchor_photo_px=(200, 299), mirrored=mirrored)

    def coffee(outline_name: str) -> Sprite:
        return make_cut_out(outline_name, scale=0.5, anchor_photo_px=(278, 228))

    return (
        _Layer(demo_backdrop.wall_and_floor(), _Motion(_Swing(640, 22, 0.1), _Swing(360, 8))),
        _Layer(demo_backdrop.shadow(560, 70), _MOTORCYCLE),
        _Layer(make_cut_out("motorcycle", scale=1.0, anchor_photo_px=(385, 440)), _MOTORCYCLE, 1),
        *person(0.94, _FAR_PERSON, 2, mirrored=False),
        *person(1.1, _NEAR_PERSON, 3, mirrored=True),
        _Layer(cat(0.64, mirrored=True), _FAR_CAT, 4),
        _Layer(cat(0.72, mirrored=False), _NEAR_CAT, 5),
        _Layer(demo_backdrop.counter(), _Motion(_Swing(640, 30, 0.1), _Swing(570))),
        _Layer(demo_backdrop.shadow(250, 130), _CUP),
        _Layer(coffee("saucer"), _CUP),
        _Layer(coffee("cup"), _CUP, 6),
    )


class DemoSource:
    """Frames of the built-in example, 1280 x 720 at 30 frames a second.

    Frame i is the same picture in every run. The scene loops after 10 s without a jump.

    Args:
        seconds: Length of the clip.

    Raises:
        ValueError: If the clip would hold no frame.
        SourceOpenError: If the installed scikit-image lacks a photograph.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        if not (math.isfinite(seconds) and seconds * _FPS >= 1):
            raise ValueError(f"seconds must be finite and at least 1/{_FPS}, got {seconds}")
        self._frame_count = round(seconds * _FPS)
        self._layers = _build_layers()
        self._next_index = 0
        self._interrupted = threading.Event()

    @property
    def info(self) -> SourceInfo:
        height, width = _FRAME_SIZE
        return SourceInfo(
            name="demo",
            width=width,
            height=height,
            frame_count=self._frame_count,
            average_fps=Fraction(_FPS),
            time_base=Fraction(1, _FPS),
        )

    def read(self) -> Frame | None:
        """The next frame; None after the last one, after `interrupt` and after `close`."""
        if self._interrupted.is_set() or self._next_index >= self._frame_count:
            return None
        index = self._next_index
        self._next_index += 1
        image = np.zeros((*_FRAME_SIZE, 3), dtype=np.uint8)
        for layer in self._layers:
            paint(image, layer.sprite, layer.motion.at(_loop_position(index)))
        return Frame(image, index, Fraction(index, _FPS), time.monotonic())

    def seek(self, index: int) -> None:
        """See `SeekableSource.seek`."""
        refuse_negative(index)
        self._next_index = index

    def truth(self, index: int) -> DemoTruth:
        """Exact visible masks of frame `index`; may be called from any thread.

        Raises:
            IndexError: If the clip has no such frame.
        """
        if not 0 <= index < self._frame_count:
            raise IndexError(f"frame {index} of a clip of {counted(self._frame_count, 'frame')}")
        owners = np.zeros(_FRAME_SIZE, dtype=np.uint8)
        for layer in self._layers:
            cover(owners, layer.sprite, layer.motion.at(_loop_position(index)), owner=layer.owner)
        track_ids = np.array([t for t in _CLASS_OF_TRACK if (owners == t).any()], dtype=np.int64)
        masks = owners[None] == track_ids[:, None, None]
        classes = [_CLASS_OF_TRACK[track_id] for track_id in track_ids.tolist()]
        return DemoTruth(Instances.from_masks(masks, class_ids=classes), track_ids)

    def interrupt(self) -> None:
        """Make every later `read` return None; from any thread."""
        self._interrupted.set()

    def close(self) -> None:
        """End the clip; safe to call twice."""
        self._interrupted.set()


def _loop_position(index: int) -> float:
    return index / _FPS / _LOOP_S % 1.0
