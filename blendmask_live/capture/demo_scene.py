"""The picture of the built-in example: photographs, cut-outs, and how they are put together.

The photographs (an astronaut, a cat, a motorcycle, a cup of coffee, brick, gravel) are those
that scikit-image ships in its wheel; only their outlines, traced for this project, lie beside
this module in `demo_outlines.json`.

A layer is a sprite with a place in the frame. Layers are painted from back to front, and the
exact truth follows from the same alpha values: a pixel belongs to the last layer that covers at
least half of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import SourceOpenError

__all__ = ["Placement", "Sprite", "cover", "load_photo", "make_cut_out", "paint", "tile_mirrored"]

PHOTO_FILES: Final[dict[str, str]] = {
    "astronaut": "astronaut.png",
    "chelsea": "chelsea.png",
    "motorcycle": "motorcycle_left.png",
    "coffee": "coffee.png",
    "brick": "brick.png",
    "gravel": "gravel.png",
}
"""Name of a photograph -> its file in the folder `data` of scikit-image."""
_EDGE_SUPERSAMPLING = 4


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A cut-out photograph at its working size.

    Attributes:
        rgba: (h, w, 4) uint8, colours multiplied by alpha. OpenCV warps four channels several
            times as fast as three.
        anchor_px: The point of the sprite (x, y) that a placement puts into the frame.
    """

    rgba: NDArray[np.uint8]
    anchor_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the anchor of a sprite comes to lie."""

    x_px: float
    y_px: float
    scale: float = 1.0


def load_photo(name: str) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a photograph in scikit-image's wheel; never a download.

    The file is read where the wheel put it: `skimage.data.astronaut()` and the like may turn to
    the network when a file is missing or altered.

    Raises:
        SourceOpenError: If the installed scikit-image lacks the photograph.
    """
    file_name = PHOTO_FILES[name]
    try:
        encoded = files("skimage.data").joinpath(file_name).read_bytes()
    except (ModuleNotFoundError, OSError) as error:
        raise SourceOpenError(
            f"demo: the installed scikit-image has no data/{file_name}; reinstall scikit-image"
        ) from error
    picture = cv2.imdecode(np.frombuffer(encoded, dtype=np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise SourceOpenError(f"demo: skimage/data/{file_name} is damaged; reinstall scikit-image")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def make_cut_out(
    outline_name: str, *, scale: float, anchor_photo_px: tuple[float, float], mirrored: bool = False
) -> Sprite:
    """Cut one object out of its photograph and bring it to working size.

    Args:
        outline_name: Key in `demo_outlines.json`.
        scale: Working size over photograph size; placements scale a little around it.
        anchor_photo_px: (x, y) in the photograph, before mirroring.
        mirrored: Flip left and right.
    """
    outline = json.loads(files(__package__).joinpath("demo_outlines.json").read_text())
    photo = load_photo(outline[outline_name]["photo"])
    alpha = _rasterise(outline[outline_name]["rings_half_px"], photo.shape[:2])
    x0, y0, width, height = cv2.boundingRect(alpha)
    opaque = np.dstack([photo, np.full_like(alpha, 255)])[y0 : y0 + height, x0 : x0 + width]
    share = alpha[y0 : y0 + height, x0 : x0 + width, None] / 255.0
    size = (round(width * scale), round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    rgba = cv2.resize((opaque * share).round().astype(np.uint8), size, interpolation=interpolation)
    anchor_x, anchor_y = (anchor_photo_px[0] - x0) * scale, (anchor_photo_px[1] - y0) * scale
    if mirrored:
        rgba, anchor_x = cv2.flip(rgba, 1), size[0] - anchor_x
    # One clear pixel all round, so that warping blends the outermost pixels softly.
    framed = np.pad(np.asarray(rgba, dtype=np.uint8), ((1, 1), (1, 1), (0, 0)))
    return Sprite(framed, (anchor_x + 1, anchor_y + 1))


def _rasterise(rings_half_px: list[list[int]], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Fill rings by the even-odd rule, with soft edges: (H, W) uint8 alpha."""
    factor = _EDGE_SUPERSAMPLING
    fine = np.zeros((size[0] * factor, size[1] * factor), dtype=np.uint8)
    # Rings count half pixels from the first pixel centre, which lies half a pixel inside.
    rings = [
        np.round((np.array(ring).reshape(-1, 2) / 2 + 0.5) * factor).astype(np.int32)
        for ring in rings_half_px
    ]
    cv2.fillPoly(fine, rings, 255)
    soft = cv2.GaussianBlur(fine, (0, 0), 0.6 * factor)
    return np.asarray(cv2.resize(soft, size[::-1], interpolation=cv2.INTER_AREA), dtype=np.uint8)


def tile_mirrored(tile: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Fill (height, width) with a tile and its mirror images, so that no seam shows."""
    height, width = size
    return np.asarray(
        cv2.copyMakeBorder(
            tile,
            0,
            max(height - tile.shape[0], 0),
            0,
            max(width - tile.shape[1], 0),
            cv2.BORDER_REFLECT,
        )[:height, :width],
        dtype=np.uint8,
    )


def paint(image: NDArray[np.uint8], sprite: Sprite, placement: Placement) -> None:
    """Lay a sprite over an (H, W, 3) RGB image, in place."""
    placed = _place(image, sprite, placement)
    if placed is None:
        return
    region, rgba = placed
    uncovered = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(rgba, 3)), cv2.COLOR_GRAY2RGB)
    behind = cv2.multiply(region, uncovered, scale=1 / 255)
    region[:] = cv2.add(behind, cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB))


def cover(owners: NDArray[np.uint8], sprite: Sprite, placement: Placement, *, owner: int) -> None:
    """Write `owner` where the sprite covers at least half of a pixel of (H, W) `owners`."""
    placed = _place(owners, sprite, placement)
    if placed is not None:
        region, rgba = placed
        region[rgba[..., 3] >= 128] = owner


def _place(
    canvas: NDArray[np.uint8], sprite: Sprite, placement: Placement
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
    """The part of the canvas a sprite can touch, and the sprite there; None if outside."""
    scale = placement.scale
    left = placement.x_px - sprite.anchor_px[0] * scale
    top = placement.y_px - sprite.anchor_px[1] * scale
    height, width = sprite.rgba.shape[:2]
    x0, x1 = max(int(left), 0), min(int(left + width * scale) + 1, canvas.shape[1])
    y0, y1 = max(int(top), 0), min(int(top + height * scale) + 1, canvas.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    into_region = np.array([[scale, 0.0, left - x0], [0.0, scale, top - y0]])
    rgba = cv2.warpAffine(sprite.rgba, into_region, (x1 - x0, y1 - y0))
    return canvas[y0:y1, x0:x1], np.asarray(rgba, dtype=np.uint8)
