"""GroupNorm (Wu & He, ECCV 2018) that keeps the layout of its input on every device."""

import torch
from torch import Tensor, nn

__all__ = ["GroupNorm"]


class GroupNorm(nn.GroupNorm):
    """GroupNorm whose output is channels-last wherever its input is.

    PyTorch keeps that layout on a CPU only; on a GPU it answers with NCHW, and each convolution
    that reads the answer would convert it for itself.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Args: input: (B, C, h, w)."""
        normalised = super().forward(input)
        if input.is_contiguous(memory_format=torch.channels_last):
            return normalised.contiguous(memory_format=torch.channels_last)
        return normalised
