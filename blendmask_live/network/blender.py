"""The blender: bases and attention in, instance masks out.

BlendMask (Chen et al., CVPR 2020), section 3.1: crop the bases to the box, upsample the
attention, softmax it over the bases, multiply, sum. The two methods that the paper compares it
with differ in the weights of that sum alone:

    blend    softmax over the bases of an attention map per base
    yolact   one number from -1 to 1 per base (Bolya et al., ICCV 2019)
    fcis     base i alone in the i-th tile of the box (Li et al., CVPR 2017); nothing is predicted
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import roi_align

from blendmask_live.network.blenders import BASE_STRIDE, BLENDERS, Blender

__all__ = [
    "BASE_STRIDE",
    "BLENDERS",
    "BlendSteps",
    "Blender",
    "blend_logits",
    "blend_steps",
    "mask_confidence",
]


@dataclass(frozen=True, slots=True)
class BlendSteps:
    """Everything that happens between bases and masks; the masks are made from the last of it.

    Attributes:
        crops: (N, K, R, R) bases cut to each box.
        weights: (N, K, R, R) what each base counts at each cell; sums to 1 over K, for 'yolact'
            to anything.
        logits: (N, R, R) their weighted sum.
    """

    crops: Tensor
    weights: Tensor
    logits: Tensor


def blend_steps(
    bases: Tensor,
    boxes_network_px: Tensor,
    attention: Tensor,
    *,
    mask_size: int,
    image_index: Tensor | None = None,
    blender: Blender = "blend",
) -> BlendSteps:
    """Blend one mask per box and keep the intermediate pictures.

    Args:
        bases: (B, K, h, w) at stride 4.
        boxes_network_px: (N, 4) x0 y0 x1 y1; may leave the picture.
        attention: (N, K, M, M) logits; M is 1 for 'yolact' and 'fcis'.
        mask_size: R, side of the masks in cells.
        image_index: (N,) which picture each box belongs to; the first where absent.
        blender: How the bases are weighed.
    """
    index = (
        boxes_network_px.new_zeros(len(boxes_network_px)) if image_index is None else image_index
    )
    rois = torch.cat([index[:, None].to(boxes_network_px), boxes_network_px], dim=1)
    crops = roi_align(
        bases, rois.to(bases), (mask_size, mask_size), 1.0 / BASE_STRIDE, 1, aligned=True
    )
    weights = _weights(attention.to(bases), mask_size, blender)
    return BlendSteps(crops=crops, weights=weights, logits=(crops * weights).sum(dim=1))


def blend_logits(
    bases: Tensor,
    boxes_network_px: Tensor,
    attention: Tensor,
    *,
    mask_size: int,
    image_index: Tensor | None = None,
    blender: Blender = "blend",
) -> Tensor:
    """(N, R, R) mask logits; arguments as in `blend_steps`."""
    return blend_steps(
        bases,
        boxes_network_px,
        attention,
        mask_size=mask_size,
        image_index=image_index,
        blender=blender,
    ).logits


def _weights(attention: Tensor, mask_size: int, blender: Blender) -> Tensor:
    """(N, K, R, R) weight of each base at each cell."""
    shape = (*attention.shape[:2], mask_size, mask_size)
    if blender == "yolact":
        return attention.tanh().expand(shape)
    if blender == "fcis":
        return _tiles(shape[1], mask_size).to(attention).expand(shape)
    upsampled = F.interpolate(attention, shape[2:], mode="bilinear", align_corners=False)
    # Softmax after upsampling: at every cell the weights of the bases sum to 1.
    return upsampled.softmax(dim=1)


def _tiles(bases: int, mask_size: int) -> Tensor:
    """(K, R, R) one-hot: k x k tiles of a box, row by row, one for each of k^2 bases."""
    side = math.isqrt(bases)
    place = torch.arange(mask_size) * side // mask_size
    return F.one_hot(place[:, None] * side + place, bases).permute(2, 0, 1)


def mask_confidence(probabilities: Tensor) -> Tensor:
    """(N,) mean probability of the cells inside each (N, R, R) mask; 0 for an empty mask.

    A detector's score says how sure class and box are; times this it says the same of the mask.
    Inside means from 1/2 on, whatever threshold masks are drawn at, so that scores stay put when
    that is changed.
    """
    inside = probabilities >= 0.5
    return (probabilities * inside).sum(dim=(1, 2)) / inside.sum(dim=(1, 2)).clamp(min=1)
