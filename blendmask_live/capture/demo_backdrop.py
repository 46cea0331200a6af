"""What belongs to no object in the built-in example: wall, floor, counter, shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.demo_scene import Sprite, load_photo, tile_mirrored

__all__ = ["counter", "shadow", "wall_and_floor"]

_WIDTH = 1360
"""Wider than the frame, for the camera's drift."""
_WALL_HEIGHT = 440
_FLOOR_HEIGHT = 320
_COUNTER_HEIGHT = 170

_MORTAR_RGB = (205, 192, 176)
_BRICK_RGB = (122, 74, 60)
_STONE_RGB = (168, 160, 148)
_EARTH_RGB = (70, 64, 58)


def wall_and_floor() -> Sprite:
    """A brick wall and gravel before it, anchored at the middle; softly out of focus."""
    wall = _tint(tile_mirrored(_level_bricks(), (_WALL_HEIGHT, _WIDTH)), _BRICK_RGB, _MORTAR_RGB)
    floor = _tint(_lay_flat(_grey("gravel")), _EARTH_RGB, _STONE_RGB)
    # Light falls from above, and the wall's foot lies in shade.
    wall *= np.linspace(1.05, 0.75, _WALL_HEIGHT)[:, None, None]
    floor *= np.linspace(0.7, 1.0, _FLOOR_HEIGHT)[:, None, None]
    picture = np.clip(np.concatenate([wall, floor]), 0, 255).astype(np.uint8)
    picture = _as_u8(cv2.GaussianBlur(picture, (0, 0), 1.2))
    return _opaque(picture, (_WIDTH / 2, picture.shape[0] / 2))


def counter() -> Sprite:
    """The wooden table top at the frame's lower edge, anchored at the middle of its far edge."""
    photo = load_photo("coffee")
    length, depth = 360, _COUNTER_HEIGHT
    # The grain of the photographed table rises at 38 degrees; turn it level and stretch it.
    angle = np.deg2rad(38)
    along = np.array([np.cos(angle), -np.sin(angle)]) / 3.2
    across = np.array([np.sin(angle), np.cos(angle)]) / 1.9
    start = np.array([553, 268]) - along * length / 2 - across * depth / 2
    strip_to_photo = np.column_stack([along, across, start])
    strip = cv2.warpAffine(
        photo,
        strip_to_photo,
        (length, depth),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )
    wood = tile_mirrored(_as_u8(strip), (depth, _WIDTH)).astype(np.float32)
    wood *= np.linspace(0.72, 1.0, depth)[:, None, None]
    wood[:3] *= 0.45
    return _opaque(np.clip(wood, 0, 255).astype(np.uint8), (_WIDTH / 2, 0.0))


def shadow(width_px: int, height_px: int) -> Sprite:
    """A soft dark ellipse, anchored at its centre.

    It covers less than half everywhere, so that it never owns a pixel of the truth.
    """
    alpha = np.zeros((height_px * 2, width_px + height_px), dtype=np.uint8)
    centre = (alpha.shape[1] // 2, alpha.shape[0] // 2)
    cv2.ellipse(alpha, centre, (width_px // 2, height_px // 2), 0, 0, 360, 115, -1)
    alpha = _as_u8(cv2.GaussianBlur(alpha, (0, 0), height_px / 6))
    rgba = np.zeros((*alpha.shape, 4), dtype=np.uint8)
    rgba[..., 3] = alpha
    return Sprite(rgba, (float(centre[0]), float(centre[1])))


def _grey(name: str) -> NDArray[np.uint8]:
    return _as_u8(load_photo(name)[..., 0])


def _level_bricks() -> NDArray[np.uint8]:
    """The brick photograph with its courses level: (_WALL_HEIGHT, 560) grey."""
    courses = cv2.rotate(_grey("brick"), cv2.ROTATE_90_CLOCKWISE)
    # The courses converge to the right; these corners lie on two of them.
    slanted = np.array([[0, 12], [511, 68], [511, 421], [0, 499]], dtype=np.float32)
    size = (560, _WALL_HEIGHT)
    level = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    return _as_u8(cv2.warpPerspective(courses, cv2.getPerspectiveTransform(slanted, level), size))


def _lay_flat(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """See a texture from above as a floor that recedes: (_FLOOR_HEIGHT, _WIDTH)."""
    plane = tile_mirrored(tile, (1024, 2048))
    corners = np.array([[0, 0], [2048, 0], [2048, 1024], [0, 1024]], dtype=np.float32)
    spread = 900.0
    seen = np.array(
        [
            [0, 0],
            [_WIDTH, 0],
            [_WIDTH + spread, _FLOOR_HEIGHT],
            [-spread, _FLOOR_HEIGHT],
        ],
        dtype=np.float32,
    )
    to_floor = cv2.getPerspectiveTransform(corners, seen)
    return _as_u8(cv2.warpPerspective(plane, to_floor, (_WIDTH, _FLOOR_HEIGHT)))


def _tint(
    grey: NDArray[np.uint8], dark_rgb: tuple[int, int, int], light_rgb: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Map a grey picture, stretched to its own range, onto a ramp of two colours."""
    low, high = np.percentile(grey, (2, 98))
    ramp = np.clip((grey.astype(np.float32) - low) / (high - low), 0, 1)[..., None]
    dark, light = np.array(dark_rgb, np.float32), np.array(light_rgb, np.float32)
    return np.asarray(dark + ramp * (light - dark), dtype=np.float32)


def _opaque(color: NDArray[np.uint8], anchor_px: tuple[float, float]) -> Sprite:
    return Sprite(_as_u8(cv2.cvtColor(color, cv2.COLOR_RGB2RGBA)), anchor_px)


def _as_u8(picture: object) -> NDArray[np.uint8]:
    """OpenCV's results are untyped; they are uint8 wherever their input was."""
    return np.asarray(picture, dtype=np.uint8)
