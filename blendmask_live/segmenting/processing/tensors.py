"""What was found from PyTorch's memory, on whatever device, into the host's."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.segmenting.processing.protocol import Blended

__all__ = ["frame_px_per_network_px", "host_latents", "on_host"]


def host_latents(
    bases: Tensor, attention: Tensor
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """See `Processing.latents`."""
    return attention.float().cpu().numpy(), bases[0].float().cpu().numpy()


def frame_px_per_network_px(boxes: Tensor, frame_per_network: tuple[float, float]) -> Tensor:
    """(4,) frame px per network px of x0, y0, x1, y1, made where the boxes are."""
    scale = boxes.new_empty(4)
    # Filled, because a copy from the host would wait for the device.
    scale[0::2].fill_(frame_per_network[0])
    scale[1::2].fill_(frame_per_network[1])
    return scale


def on_host(
    boxes: Tensor,
    mask_boxes: Tensor,
    scores: Tensor,
    class_ids: Tensor,
    soft_masks: Tensor,
    attention: Tensor,
) -> Blended:
    """All rows with a class (they come first) in one copy, because each waits for the device."""
    parts = boxes, mask_boxes, scores[:, None], class_ids[:, None], soft_masks.flatten(1)
    rows = _host_rows(torch.cat([part.float() for part in parts], dim=1))
    used = int((rows[:, 9] >= 0).sum())
    # A copy, because pinned memory is scarce.
    rows, attention = rows[:used].copy(), attention[:used]
    return Blended(
        boxes=rows[:, :4],
        mask_boxes=rows[:, 4:8],
        scores=rows[:, 8],
        class_ids=rows[:, 9].astype(np.int64),
        soft_masks=rows[:, 10:].reshape(-1, *soft_masks.shape[1:]),
        attention=attention,
    )


def _host_rows(rows: Tensor) -> NDArray[np.float32]:
    # From a GPU PyTorch copies without blocking into pinned memory, which is faster...
    copied = rows.to("cpu", non_blocking=True)
    if rows.is_cuda:
        # ...but not there before the device is done.
        torch.cuda.current_stream(rows.device).synchronize()
    return copied.numpy()
