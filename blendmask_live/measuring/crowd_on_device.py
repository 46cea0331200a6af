"""A synthetic crowd where PyTorch blends: on a GPU, and with blenders other than 'blend'."""

from __future__ import annotations

import torch
from torch import Tensor

from blendmask_live.config import SegmenterSettings
from blendmask_live.measuring.crowd import Crowd
from blendmask_live.network.lite.detections import Chosen
from blendmask_live.network.lite.model import BlendMaskLite, DenseOutput
from blendmask_live.runtime import Runtime
from blendmask_live.runtime.runtime import torch_form
from blendmask_live.segmenting.processing.lite_on_device import DeviceLiteProcessing

__all__ = ["crowded_on_device"]


def crowded_on_device(runtime: Runtime, crowd: Crowd) -> DeviceLiteProcessing:
    """What finds a crowd in every picture."""
    model = torch_form(runtime.model)
    assert isinstance(model, BlendMaskLite)
    return _CrowdedProcessing(model, runtime.precision, crowd)


class _CrowdedProcessing(DeviceLiteProcessing):
    def __init__(self, model: BlendMaskLite, precision: str, crowd: Crowd) -> None:
        super().__init__(model, precision)
        self._crowd = crowd

    def _choose(
        self,
        dense: DenseOutput,
        *,
        network_size: tuple[int, int],
        settings: SegmenterSettings,
        class_mask: Tensor | None,
    ) -> Chosen:
        # For its time alone.
        super()._choose(dense, network_size=network_size, settings=settings, class_mask=class_mask)
        found = self._crowd.next_choice(network_size, classes=dense.class_logits.shape[-1])

        def batch(values: object) -> Tensor:
            return torch.as_tensor(values, device=dense.bases.device)[None]

        return Chosen(
            boxes_network_px=batch(found.boxes_network_px),
            scores=batch(found.scores),
            class_ids=batch(found.class_ids),
            locations=batch(found.locations),
            distances=batch(found.distances),
        )
