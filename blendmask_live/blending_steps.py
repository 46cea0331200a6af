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
    # Axis-aligned bilinear sampling is one matrix for the rows and one for the columns.
    down = _crop_matrix(y0, y1, base_height, cells)
    across = _crop_matrix(x0, x1, base_width, cells)
    crops: Float = (down @ bases @ across.T).astype(np.float32, copy=False)
    enlarge = _resize_matrix(instances.attention.shape[-1], cells)
    logits_of_weights = enlarge @ instances.attention[row] @ enlarge.T
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


def _crop_matrix(start: float, end: float, length: int, cells: int) -> Float:
    """(cells, length) weights with which ROIAlign samples an axis at the middle of each cell."""
    centers = start + (np.arange(cells) + 0.5) * (end - start) / cells - 0.5
    # Samples up to one pixel outside take the border's value; farther ones are zero.
    is_outside = (centers < -1) | (centers > length)
    matrix = _linear_weights(centers, length)
    matrix[is_outside] = 0
    return matrix


def _resize_matrix(length: int, cells: int) -> Float:
    """(cells, length) weights of a bilinear resize with half-pixel centres."""
    return _linear_weights((np.arange(cells) + 0.5) * length / cells - 0.5, length)


def _linear_weights(positions: NDArray[np.float64], length: int) -> Float:
    """(positions, length) linear interpolation, clamped at both ends."""
    inside = positions.clip(0, length - 1)
    weights = 1 - np.abs(inside[:, None] - np.arange(length))
    return weights.clip(min=0).astype(np.float32)
