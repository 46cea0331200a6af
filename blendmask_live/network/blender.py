"""The blender: bases and attention in, instance masks out.

BlendMask (Chen et al., CVPR 2020), section 3.1: crop the bases to the box, upsample the
attention, softmax it over the bases, multiply, sum.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import roi_align

__all__ = ["BlendSteps", "blend_logits", "blend_steps", "mask_confidence"]

BASE_STRIDE = 4
"""Network pixels per base pixel."""


@dataclass(frozen=True, slots=True)
class BlendSteps:
    """Everything that happens between bases and masks, for display.

    Attributes:
        crops: (N, K, R, R) bases cut to each box.
        weights: (N, K, R, R) attention after upsampling and softmax; sums to 1 over K.
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
) -> BlendSteps:
    """Blend one mask per box and keep the intermediate pictures.

    Args:
        bases: (B, K, h, w) at stride 4.
        boxes_network_px: (N, 4) x0 y0 x1 y1; may leave the picture.
        attention: (N, K, M, M) logits.
        mask_size: R, side of the masks in cells.
        image_index: (N,) which picture each box belongs to; the first where absent.
    """
    index = (
        boxes_network_px.new_zeros(len(boxes_network_px)) if image_index is None else image_index
    )
    rois = torch.cat([index[:, None].to(boxes_network_px), boxes_network_px], dim=1)
    crops = roi_align(
        bases, rois.to(bases), (mask_size, mask_size), 1.0 / BASE_STRIDE, 1, aligned=True
    )
    upsampled = F.interpolate(
        attention.to(bases), (mask_size, mask_size), mode="bilinear", align_corners=False
    )
    # Softmax after upsampling: at every cell the weights of the bases sum to 1.
    weights = upsampled.softmax(dim=1)
    return BlendSteps(crops=crops, weights=weights, logits=(crops * weights).sum(dim=1))


def blend_logits(
    bases: Tensor,
    boxes_network_px: Tensor,
    attention: Tensor,
    *,
    mask_size: int,
    image_index: Tensor | None = None,
) -> Tensor:
    """(N, R, R) mask logits; arguments as in `blend_steps`."""
    return blend_steps(
        bases, boxes_network_px, attention, mask_size=mask_size, image_index=image_index
    ).logits


def mask_confidence(probabilities: Tensor) -> Tensor:
    """(N,) mean probability of the cells inside each (N, R, R) mask; 0 for an empty mask.

    A detector's score says how sure class and box are; times this it says the same of the mask.
    Inside means from 1/2 on, whatever threshold masks are drawn at, so that scores stay put when
    that is changed.
    """
    inside = probabilities >= 0.5
    return (probabilities * inside).sum(dim=(1, 2)) / inside.sum(dim=(1, 2)).clamp(min=1)
