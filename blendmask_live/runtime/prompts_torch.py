"""The prompted network in PyTorch, on any device."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from blendmask_live.network.lite.folding import folded
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.runtime.prompts import Answers, Questions
from blendmask_live.runtime.torch_eager import arithmetic

__all__ = ["TorchPrompts"]


class TorchPrompts:
    """See `PromptRuntime`."""

    name = "torch"

    def __init__(self, model: PromptNetwork, *, device: str, precision: str) -> None:
        self.device, self.precision = device, precision
        self._plain = _Plain(model).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def ask(self, questions: Questions) -> Answers:
        """See `PromptRuntime.ask`."""
        inputs = [torch.from_numpy(part).to(self.device) for part in questions.parts()]
        with arithmetic(self.device, self.precision):
            outputs = self._plain(*inputs)
        return Answers(*(output.float().cpu().numpy() for output in outputs))


class _Plain(nn.Module):
    """The folded network with plain inputs and outputs."""

    def __init__(self, model: PromptNetwork) -> None:
        super().__init__()
        self.model = folded(model)
        self.eval()

    def forward(
        self, crops: Tensor, maps: Tensor, keys: Tensor, masks: Tensor
    ) -> tuple[Tensor, ...]:
        output = self.model(crops.permute(0, 3, 1, 2).float(), maps, keys, masks)
        return (
            output.mask_logits[:, 0],
            output.confidence_logits.sigmoid(),
            output.keys.flatten(2),
            output.recall.flatten(2),
        )
