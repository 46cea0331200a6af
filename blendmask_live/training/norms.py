"""BatchNorm statistics measured again, without changing what the network computes.

Trunk, pyramid and head train with frozen statistics. Those of the initial weights would stay in
the result for ever; instead they are replaced by ones measured on the training pictures, and
the affine terms move the other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from blendmask_live.network.lite.model import BlendMaskLite

__all__ = ["remeasure_norms"]


@torch.no_grad()
def remeasure_norms(model: BlendMaskLite, pictures: Iterable[Tensor]) -> None:
    """Replace the statistics of every BatchNorm; the outputs in eval mode stay the same.

    Args:
        model: Changed in place; left in eval mode.
        pictures: Batches (B, 3, H, W) RGB 0..255, float, on the model's device.
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    sums = {norm: torch.zeros(3, norm.num_features, dtype=torch.float64) for norm in norms}

    def add(norm: nn.Module, inputs: tuple[Any, ...]) -> None:
        values = inputs[0].double().transpose(0, 1).flatten(1).cpu()
        count = torch.full((len(values),), values.shape[1], dtype=torch.float64)
        sums[norm] += torch.stack([values.sum(1), values.square().sum(1), count])  # type: ignore[index]

    hooks = [norm.register_forward_pre_hook(add) for norm in norms]
    model.eval()
    for batch in pictures:
        model(batch)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        total, squares, count = sums[norm]
        if not bool((count > 0).all()):
            continue
        mean = total / count
        _move_statistics(norm, mean, (squares / count - mean.square()).clamp(min=1e-12))


def _move_statistics(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Set statistics and adjust weight and bias so that eval mode computes the same."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    old_mean, old_variance = norm.running_mean.double().cpu(), norm.running_var.double().cpu()
    scale = norm.weight.double().cpu() / (old_variance + norm.eps).sqrt()
    weight = scale * (variance + norm.eps).sqrt()
    bias = norm.bias.double().cpu() + scale * (mean - old_mean)
    for target, value in (
        (norm.running_mean, mean),
        (norm.running_var, variance),
        (norm.weight, weight),
        (norm.bias, bias),
    ):
        target.copy_(value)
