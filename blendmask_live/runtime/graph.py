"""The network as a plain function of tensors, which is what other runtimes take."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.family.fcos_head import LevelPrediction
from blendmask_live.network.family.model import BlendMask, BlendMaskOutput
from blendmask_live.network.lite.folding import folded
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.runtime.runtime import Network

__all__ = ["PlainNetwork", "rebuild"]


class PlainNetwork(nn.Module):
    """The dense part with plain outputs, folded where that is known to be exact.

    What is looked up at single locations comes channels last: that is how these runtimes
    compute, and a lookup then reads one run of memory.
    """

    def __init__(self, model: BlendMaskLite | BlendMask) -> None:
        super().__init__()
        self.model = folded(model) if isinstance(model, BlendMaskLite) else model
        # Exporters put back the mode that they find here, in the network too.
        self.eval()

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """(B, h, w, 3) uint8 -> the parts of the dense output, in the order of `rebuild`."""
        dense = self.model(pictures.permute(0, 3, 1, 2).float())
        if isinstance(dense, DenseOutput):
            assert dense.best_logits is not None
            features = (feature.permute(0, 2, 3, 1) for feature in dense.top_features)
            best = dense.best_logits
            return dense.class_logits, dense.distance_logits, dense.bases, best, *features
        stuff = () if dense.stuff_logits is None else (dense.stuff_logits,)
        return dense.bases, *stuff, *(tensor for level in dense.levels for tensor in level)


def rebuild(model: Network, tensors: Sequence[Tensor]) -> DenseOutput | BlendMaskOutput:
    """What the outputs of `PlainNetwork` were before they were made plain."""
    if not isinstance(model.config, BlendMaskConfig):
        classes, distances, bases, best, *rows = tensors
        features = [feature.permute(0, 3, 1, 2) for feature in rows]
        return DenseOutput(classes, distances, features, bases, None, best)
    bases, *rest = tensors
    stuff = rest.pop(0) if model.config.is_panoptic else None
    parts = len(LevelPrediction._fields)
    levels = [LevelPrediction(*rest[i : i + parts]) for i in range(0, len(rest), parts)]
    return BlendMaskOutput(levels, bases, None, stuff)
