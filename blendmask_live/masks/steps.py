"""How one mask was made, step by step, from what the network left: for the blending microscope.

BlendMask (Chen et al., CVPR 2020), section 3.1, in NumPy: the bases are cropped to the box with
ROIAlign (one sample a cell), the attention is upsampled and made to sum to 1 over the bases by a
softmax, and the sum of the products is the mask.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances

__all__ = ["BlendingSteps", "blending_steps", "has_latents"]

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BlendingSteps:
    """All that happens between the bases and one mask; K bases, R x R cells over a box.

    Attributes:
        weights: (K, R, R) attention after upsampling and softmax; sums to 1 over K.
        crops: (K, R, R) the bases, cut to the box.
        products: (K, R, R) weights times crops.
        logits: (R, R) the sum of the products.
        mask: (R, R) probabilities: the sigmoid of the sum.
        box: (4,) x0 y0 x1 y1 in frame px that the cells span; may leave the frame.
        threshold: Probability from which a cell belongs to the object.
    """

    weights: Float
    crops: Float
    products: Float
    logits: Float
    mask: Float
    box: Float
    threshold: float

    @property
    def shares(self) -> Float:
        """(K,) mean weight of each base inside the mask (over the whole box if it is empty)."""
        inside = self.mask >= self.threshold
        if not inside.any():
            inside[:] = True
        shares: Float = self.weights[:, inside].mean(axis=1)
        return shares


def has_latents(instances: Instances) -> bool:
    """Whether the instances were kept with attention and bases."""
    return instances.attention is not None and instances.bases is not None


def blending_steps(instances: Instances, row: int) -> BlendingSteps:
    """Blend the mask of one row again and keep the intermediate pictures.

    Args:
        instances: With attention and bases (`SegmenterSettings.keep_latents`).
        row: Which instance.

    Raises:
        ValueError: If attention or bases were not kept.
    """
    if instances.attention is None or instances.bases is None:
        raise ValueError("instances have no attention and bases; set keep_latents before segment")
    assert instances.soft_masks is not None and instances.mask_boxes is not None
    bases, box = instances.bases, instances.mask_boxes[row]
    cells = instances.soft_masks.shape[-1]
    base_height, base_width = bases.shape[1:]
    frame_height, frame_width = instances.frame_size
    x0, x1 = (box[[0, 2]] * base_width / frame_width).tolist()
    y0, y1 = (box[[1, 3]] * base_height / frame_height).tolist()
    crops = _sampled(bases, _roi_places(y0, y1, base_height, cells), axis=1)
    crops = _sampled(crops, _roi_places(x0, x1, base_width, cells), axis=2)
    attention = instances.attention[row]
    enlarged = (np.arange(cells) + 0.5) * attention.shape[-1] / cells - 0.5
    logits_of_weights = _sampled(_sampled(attention, enlarged, axis=1), enlarged, axis=2)
    weights = np.exp(logits_of_weights - logits_of_weights.max(axis=0))
    weights /= weights.sum(axis=0)
    products = weights * crops
    logits = products.sum(axis=0)
    return BlendingSteps(
        weights=weights,
        crops=crops,
        products=products,
        logits=logits,
        mask=1 / (1 + np.exp(-logits)),
        box=box,
        threshold=instances.mask_threshold,
    )


def _roi_places(start: float, end: float, length: int, cells: int) -> NDArray[np.float64]:
    """(cells,) where ROIAlign samples an axis: the middle of each cell; NaN where it gives 0."""
    places = start + (np.arange(cells) + 0.5) * (end - start) / cells - 0.5
    # Up to one pixel outside, samples take the border's value.
    places[(places < -1) | (places > length)] = np.nan
    return places


def _sampled(pictures: Float, places: NDArray[np.float64], *, axis: int) -> Float:
    """Linear interpolation along one axis, clamped at both ends.

    Taken by index, not by a matrix product: BLAS threads cost more than such small pictures.
    """
    inside = np.nan_to_num(places).clip(0, pictures.shape[axis] - 1)
    first = np.floor(inside).astype(int)
    second = np.minimum(first + 1, pictures.shape[axis] - 1)
    shape = [1, 1, 1]
    shape[axis] = len(places)
    share = (inside - first).astype(np.float32).reshape(shape)
    is_there = (~np.isnan(places)).astype(np.float32).reshape(shape)
    before, after = pictures.take(first, axis=axis), pictures.take(second, axis=axis)
    sampled: Float = (before * (1 - share) + after * share) * is_there
    return sampled
