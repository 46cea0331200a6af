"""Training samples: scale, crop, flip, stretch, copy-paste and photometric changes.

Masks travel with the picture through one affine warp, so each is interpolated once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from blendmask_live.training.dataset import Picture

__all__ = ["FILL", "AugmentConfig", "Sample", "change_colours", "make_sample", "warp_pixels"]

FILL = (124, 116, 104)
"""Colour outside the photograph: the normalisation mean, which the network sees as zero."""
MIN_VISIBLE_PX = 16
"""Objects with fewer visible pixels after augmentation are dropped."""


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """How strongly samples are varied."""

    min_scale: float = 0.8
    """Smallest zoom relative to fitting the picture into the sample."""
    max_scale: float = 1.8
    max_stretch: float = 1.2
    """Largest change of the aspect ratio."""
    paste_probability: float = 0.5
    max_pastes: int = 3
    near_probability: float = 0.6
    """How often an object is pasted onto another one instead of anywhere."""
    photometric_probability: float = 0.8


@dataclass(frozen=True, slots=True)
class Sample:
    """One augmented picture with its targets, in sample px.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        masks: (n, H, W) bool, visible parts, disjoint where pasting made them so.
        class_ids: (n,) int64.
        ignored: (H, W) bool, crowd areas.
        exhaustive: (classes,) bool.
    """

    image: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    class_ids: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    exhaustive: NDArray[np.bool_]

    def boxes(self) -> NDArray[np.float32]:
        """(n, 4) tight x0 y0 x1 y1 of the masks."""
        boxes = np.zeros((len(self.masks), 4), dtype=np.float32)
        for box, mask in zip(boxes, self.masks, strict=True):
            columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
            box[:] = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
        return boxes


def make_sample(
    picture: Picture,
    donors: tuple[Picture, ...],
    *,
    size: tuple[int, int],
    config: AugmentConfig,
    rng: Generator,
) -> Sample:
    """Augment one picture; donors lend objects for copy-paste.

    Args:
        size: (height, width) px of the sample.
    """
    image = picture.load()
    frame_to_sample = _random_view(image.shape[:2], size, config, rng)
    sample = _warp(picture, image, frame_to_sample, size)
    if donors and rng.random() < config.paste_probability:
        for _ in range(rng.integers(1, config.max_pastes + 1)):
            sample = _paste_object(sample, donors[rng.integers(len(donors))], config, rng)
    visible = np.count_nonzero(sample.masks, axis=(1, 2)) >= MIN_VISIBLE_PX
    pixels = sample.image
    if rng.random() < config.photometric_probability:
        pixels = change_colours(pixels, rng)
    return Sample(
        image=pixels,
        masks=sample.masks[visible],
        class_ids=sample.class_ids[visible],
        ignored=sample.ignored,
        exhaustive=sample.exhaustive,
    )


def _random_view(
    image_size: tuple[int, int], size: tuple[int, int], config: AugmentConfig, rng: Generator
) -> NDArray[np.float64]:
    """(2, 3) affine from picture px to sample px: zoom, stretch, flip, crop."""
    (image_h, image_w), (height, width) = image_size, size
    fit = min(height / image_h, width / image_w)
    zoom = fit * np.exp(rng.uniform(np.log(config.min_scale), np.log(config.max_scale)))
    stretch = np.exp(rng.uniform(-1, 1) * np.log(config.max_stretch) / 2)
    zoom_x, zoom_y = zoom * stretch, zoom / stretch
    free_x, free_y = width - image_w * zoom_x, height - image_h * zoom_y
    shift_x, shift_y = free_x * rng.random(), free_y * rng.random()
    matrix = np.array([[zoom_x, 0, shift_x], [0, zoom_y, shift_y]])
    if rng.random() < 0.5:
        matrix[0] = [-zoom_x, 0, width - shift_x]
    return matrix


def warp_pixels(
    pixels: NDArray[np.uint8], matrix: NDArray[np.float64], size: tuple[int, int], fill: object
) -> NDArray[np.uint8]:
    """Warp with pixel centres at half-integers, shrinking by area first to avoid aliasing."""
    matrix = matrix.copy()
    shrink = np.hypot(matrix[0, 0], matrix[1, 1]) / np.sqrt(2)
    if shrink < 0.6:
        height, width = pixels.shape[:2]
        small = max(1, round(width * shrink)), max(1, round(height * shrink))
        pixels = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
        matrix[:, 0] *= width / small[0]
        matrix[:, 1] *= height / small[1]
    matrix[:, 2] += 0.5 * (matrix[:, 0] + matrix[:, 1]) - 0.5
    return cv2.warpAffine(
        pixels,
        matrix,
        size[::-1],
        flags=cv2.INTER_LINEAR,
        borderValue=fill,
    )


def _warp(
    picture: Picture,
    image: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    size: tuple[int, int],
) -> Sample:
    masks, class_ids = [], []
    ignored = np.zeros(size, dtype=bool)
    for annotation in picture.annotations:
        crop = annotation.mask(*image.shape[:2])
        if not crop.area:
            continue
        crop_matrix = matrix.copy()
        crop_matrix[:, 2] += matrix[:, :2] @ np.array([crop.x0, crop.y0], dtype=np.float64)
        warped = warp_pixels(crop.mask.astype(np.uint8) * 255, crop_matrix, size, 0) > 127
        if annotation.is_crowd:
            ignored |= warped
        else:
            masks.append(warped)
            class_ids.append(annotation.class_id)
    return Sample(
        image=warp_pixels(image, matrix, size, FILL),
        masks=np.array(masks, dtype=bool).reshape(-1, *size),
        class_ids=np.array(class_ids, dtype=np.int64),
        ignored=ignored,
        exhaustive=picture.exhaustive,
    )


def _paste_object(sample: Sample, donor: Picture, config: AugmentConfig, rng: Generator) -> Sample:
    """Paste one object of `donor`, often onto an object that is there, hiding what it covers."""
    candidates = [a for a in donor.annotations if not a.is_crowd]
    if not candidates:
        return sample
    annotation = candidates[rng.integers(len(candidates))]
    image = donor.load()
    crop = annotation.mask(*image.shape[:2])
    if crop.area < 400:
        return sample
    matrix = _placement(sample, crop.box, config, rng)
    size = sample.image.shape[0], sample.image.shape[1]
    x0, y0, x1, y1 = crop.box
    pixels = warp_pixels(np.ascontiguousarray(image[y0:y1, x0:x1]), matrix, size, FILL)
    alpha = warp_pixels(crop.mask.astype(np.uint8) * 255, matrix, size, 0)
    alpha = cv2.GaussianBlur(alpha, (3, 3), 0)
    pasted = alpha > 127
    if np.count_nonzero(pasted) < 64:
        return sample
    weight = alpha[..., None].astype(np.uint16)
    blended = (pixels * weight + sample.image * (255 - weight)) // 255
    return Sample(
        image=blended.astype(np.uint8),
        masks=np.concatenate([sample.masks & ~pasted, pasted[None]]),
        class_ids=np.append(sample.class_ids, annotation.class_id),
        ignored=sample.ignored & ~pasted,
        exhaustive=sample.exhaustive,
    )


def _placement(
    sample: Sample, crop_box: tuple[int, int, int, int], config: AugmentConfig, rng: Generator
) -> NDArray[np.float64]:
    """(2, 3) affine from crop px to sample px: beside or onto another object, or anywhere."""
    height, width = sample.image.shape[:2]
    crop_w, crop_h = crop_box[2] - crop_box[0], crop_box[3] - crop_box[1]
    if len(sample.masks) and rng.random() < config.near_probability:
        target = sample.masks[rng.integers(len(sample.masks))]
        rows, columns = np.flatnonzero(target.any(axis=1)), np.flatnonzero(target.any(axis=0))
        if rows.size:
            target_w, target_h = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
            length = np.sqrt(target_w * target_h) * rng.uniform(0.6, 1.4)
            center_x = columns[0] + target_w * rng.uniform(-0.2, 1.2)
            center_y = rows[0] + target_h * rng.uniform(0.1, 0.9)
        else:
            length, center_x, center_y = height * 0.3, width / 2, height / 2
    else:
        length = np.exp(rng.uniform(np.log(0.08), np.log(0.7))) * np.sqrt(height * width)
        center_x, center_y = rng.uniform(0, width), rng.uniform(0, height)
    zoom = np.clip(length / np.sqrt(crop_w * crop_h), 0.05, 3.0)
    left, top = center_x - crop_w * zoom / 2, center_y - crop_h * zoom / 2
    matrix = np.array([[zoom, 0, left], [0, zoom, top]])
    if rng.random() < 0.5:
        matrix[0] = [-zoom, 0, left + crop_w * zoom]
    return matrix


def change_colours(image: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """Brightness, contrast and white balance as one table; then grey, blur or JPEG now and then."""
    levels = np.arange(256, dtype=np.float32)
    gains = rng.uniform(0.7, 1.3) * rng.uniform(0.9, 1.1, size=3)
    gamma = np.exp(rng.uniform(-0.3, 0.3))
    table = 255.0 * (levels[:, None] / 255.0) ** gamma * gains + rng.uniform(-20, 20)
    image = cv2.LUT(image, table.clip(0, 255).astype(np.uint8)[None])
    if rng.random() < 0.3:
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=rng.uniform(0.4, 1.5))
        image = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    kind = rng.random()
    if kind < 0.04:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    elif kind < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.5))
    elif kind < 0.25:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))]
        image = cv2.imdecode(cv2.imencode(".jpg", image, quality)[1], cv2.IMREAD_COLOR)
    return image
