"""Simulated prompts: boxes and clicks as people give them, earlier masks as following damages them.

All work on soft masks of a crop; lengths are px of those masks.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from blendmask_live.prompting.clicks import depth_inside

__all__ = ["bend", "damage", "jittered_box", "random_clicks", "tight_box"]

Soft = NDArray[np.float32]


def tight_box(mask: Soft) -> tuple[float, float, float, float] | None:
    """x0 y0 x1 y1 around what is at least half covered; None where nothing is."""
    is_in = mask >= 0.5
    rows, columns = np.flatnonzero(is_in.any(axis=1)), np.flatnonzero(is_in.any(axis=0))
    if not rows.size:
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def jittered_box(
    box: tuple[float, float, float, float], spread: float, rng: Generator
) -> tuple[float, float, float, float]:
    """Each side moved by a normal deviation, as a share of the box's own sides."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    moves = rng.normal(0, spread, 4).clip(-2.5 * spread, 2.5 * spread)
    x0, x1 = x0 + moves[0] * width, x1 + moves[1] * width
    y0, y1 = y0 + moves[2] * height, y1 + moves[3] * height
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def random_clicks(
    mask: Soft, others: Soft, rng: Generator, *, more: int
) -> list[tuple[float, float, bool]]:
    """A first click on the object, then others inside and outside of it.

    Args:
        others: Where other objects are; they attract clicks outside.
        more: Most clicks beside the first one.
    """
    is_in = mask >= 0.5
    if not is_in.any():
        return []
    depth = depth_inside(is_in)
    inside = depth >= depth.max() * (0.999 if rng.random() < 0.4 else rng.uniform(0.15, 0.8))
    clicks = [(*_pick(inside, rng), True)]
    near = cv2.dilate(is_in.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=14) > 0
    for _ in range(rng.integers(0, more + 1)):
        if rng.random() < 0.5:
            clicks.append((*_pick(depth >= depth.max() * 0.25, rng), True))
            continue
        around = near & ~is_in
        on_others = around & (others >= 0.5)
        place = on_others if on_others.any() and rng.random() < 0.7 else around
        deep = depth_inside(place)
        if deep.max() >= 1.5:
            clicks.append((*_pick(deep >= deep.max() * 0.4, rng), False))
    return clicks


def damage(mask: Soft, others: Soft, rng: Generator, *, strength: float) -> Soft:
    """An earlier mask as it arrives: moved and bent, grown or shrunk, with parts lost or won.

    Args:
        others: Where other objects are; pieces of them are won.
        strength: 1 as following damages masks, less for a detector's.
    """
    box = tight_box(mask)
    if box is None:
        return mask
    size = max(box[2] - box[0], box[3] - box[1])
    worn = bend(mask, size * 0.07 * strength, size * 0.05 * strength, rng)
    if rng.random() < 0.6:
        reach = int(rng.integers(0, max(2, round(size * 0.07 * strength)) + 1))
        if reach:
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
            change = cv2.dilate if rng.random() < 0.5 else cv2.erode
            worn = np.asarray(change(worn, kernel), dtype=np.float32)
    if rng.random() < 0.3 * strength:
        worn = np.where(_piece(mask.shape, box, size * rng.uniform(0.1, 0.3), rng), 0, worn)
    if rng.random() < 0.3 * strength:
        won = _piece(mask.shape, box, size * rng.uniform(0.08, 0.25), rng)
        if others.max() >= 0.5 and rng.random() < 0.6:
            won = cv2.dilate(won.astype(np.uint8), np.ones((5, 5), np.uint8)) * (others >= 0.5) > 0
        worn = np.where(won, 1, worn)
    if rng.random() < 0.2 * strength:
        worn = worn * _half_plane(mask.shape, box, rng)
    if rng.random() < 0.3:
        # As coarse masks look once they are enlarged.
        cells = max(4, round(size / 28 * rng.uniform(1, 3)))
        small = max(4, mask.shape[1] // cells), max(4, mask.shape[0] // cells)
        coarse = cv2.resize(worn.astype(np.float32), small, interpolation=cv2.INTER_AREA)
        large = cv2.resize(coarse, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
        worn = np.asarray(large, dtype=np.float32)
    worn = worn.astype(np.float32)
    blur = rng.uniform(0, 2.0)
    blurred = cv2.GaussianBlur(worn, (0, 0), blur) if blur > 0.3 else worn
    return np.asarray(blurred, dtype=np.float32)


def bend(mask: Soft, shift: float, wave: float, rng: Generator) -> Soft:
    """Move all of a mask by about `shift` px, and parts of it by about `wave` px on top."""
    height, width = mask.shape
    waves = cv2.resize(
        rng.normal(0, wave, (4, 4, 2)).astype(np.float32),
        (width, height),
        interpolation=cv2.INTER_CUBIC,
    )
    waves += rng.normal(0, shift, 2).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(mask, x + waves[..., 0], y + waves[..., 1], cv2.INTER_LINEAR)
    return np.asarray(moved, dtype=np.float32)


def _pick(region: NDArray[np.bool_], rng: Generator) -> tuple[float, float]:
    places = np.flatnonzero(region)
    y, x = divmod(int(places[rng.integers(len(places))]), region.shape[1])
    return x + 0.5, y + 0.5


def _piece(
    shape: tuple[int, ...], box: tuple[float, float, float, float], radius: float, rng: Generator
) -> NDArray[np.bool_]:
    """An ellipse somewhere in the box."""
    drawn = np.zeros(shape, dtype=np.uint8)
    middle = int(rng.uniform(box[0], box[2])), int(rng.uniform(box[1], box[3]))
    axes = max(1, int(radius)), max(1, int(radius * rng.uniform(0.4, 1)))
    cv2.ellipse(drawn, middle, axes, rng.uniform(0, 180), 0, 360, 1, -1)
    return drawn > 0


def _half_plane(
    shape: tuple[int, ...], box: tuple[float, float, float, float], rng: Generator
) -> Soft:
    """1 on one side of a line that cuts up to 40 % of the box away."""
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.arange(shape[1]) - (box[0] + box[2]) / 2, np.arange(shape[0]) - (box[1] + box[3]) / 2
    half = max(box[2] - box[0], box[3] - box[1]) / 2
    away = (x * np.cos(angle) + (y * np.sin(angle))[:, None]) / half
    return (away < rng.uniform(0.2, 0.9)).astype(np.float32)
