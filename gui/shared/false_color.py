"""Numbers as colours that colour-blind people can read too."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.drawing.canvas import RgbCanvas
from blendmask_live.drawing.object_labels import LabelPainter
from blendmask_live.drawing.palette import UNCONFIRMED_COLOR

__all__ = ["bases_picture", "gray", "sequential", "signed"]

# Dark blue - near black - orange: the two hues that every kind of colour vision tells apart.
_SIGNED_STOPS: Final = (
    (120, 200, 255),
    (20, 100, 180),
    (16, 18, 24),
    (190, 90, 10),
    (255, 205, 110),
)
_SEQUENTIAL_STOPS: Final = (
    (16, 18, 24),
    (18, 72, 108),
    (42, 140, 150),
    (160, 205, 120),
    (255, 245, 170),
)

_ENLARGED: Final = 3
_LABEL_PX: Final = 24


def _table(stops: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    """(256, 3) colours between the stops."""
    places = np.linspace(0, 255, len(stops))
    channels = [np.interp(np.arange(256), places, values) for values in zip(*stops, strict=True)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


_SIGNED: Final = _table(_SIGNED_STOPS)
_SEQUENTIAL: Final = _table(_SEQUENTIAL_STOPS)


def signed(values: NDArray[np.float32], largest: float) -> NDArray[np.uint8]:
    """(..., 3): blue below 0, dark at 0, orange above; full colour at +-`largest`."""
    scaled = values * (127.5 / max(largest, 1e-6)) + 127.5
    return _SIGNED[scaled.clip(0, 255).astype(np.uint8)]


def sequential(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(..., 3): dark at 0, bright at 1."""
    return _SEQUENTIAL[(values * 255).clip(0, 255).astype(np.uint8)]


def gray(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(..., 3): black at 0, white at 1."""
    return np.repeat((values * 255).clip(0, 255).astype(np.uint8)[..., None], 3, axis=-1)


def bases_picture(bases: NDArray[np.float32]) -> NDArray[np.uint8]:
    """All K bases (K, h, w) of a frame side by side, each enlarged three times."""
    largest = float(np.percentile(np.abs(bases[:, ::4, ::4]), 99))
    colored = signed(bases, largest)
    # Near the frame's shape.
    columns = math.ceil(math.sqrt(len(colored)))
    missing = -len(colored) % columns
    colored = np.concatenate([colored, np.zeros((missing, *colored.shape[1:]), np.uint8)])
    framed = np.pad(colored, ((0, 0), (1, 1), (1, 1), (0, 0)))
    count, height, width, _ = framed.shape
    rows = count // columns
    grid = framed.reshape(rows, columns, height, width, 3).transpose(0, 2, 1, 3, 4)
    picture = grid.reshape(rows * height, columns * width, 3)
    enlarged = np.ascontiguousarray(picture.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1))
    painter = LabelPainter(RgbCanvas(enlarged))
    for base in range(len(bases)):
        row, column = divmod(base, columns)
        corner = np.array([column * width, row * height] * 2, dtype=np.float32) * _ENLARGED
        # Labels stand above what they name; move this one inside the picture.
        corner[1::2] += _LABEL_PX
        painter.draw(f"base {base + 1}", corner, UNCONFIRMED_COLOR)
    return enlarged
