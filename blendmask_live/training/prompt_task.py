"""How the prompted head learns: a question, then a correction of its own answer."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from blendmask_live.errors import ConfigError
from blendmask_live.network.checkpoint import build_network, read_weights
from blendmask_live.network.lite.folding import folded
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.checkpoint import (
    build_prompt_network,
    save_prompt_network,
    start_head,
)
from blendmask_live.network.prompt.config import PROMPT
from blendmask_live.network.prompt.model import PromptNetwork, PromptOutput
from blendmask_live.prompting.clicks import correcting_click
from blendmask_live.prompting.maps import draw_click
from blendmask_live.training.processes import Processes
from blendmask_live.training.prompt_samples import PromptBatch, prepare_prompt_batches
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.samples import DataSets
from blendmask_live.training.tasks import AnyBatch, Task

__all__ = ["PromptTask"]

_CORRECTED_TWICE = 0.3
"""How often a correction is the second one."""
_CONFIDENCE_WEIGHT = 0.2
_RECALL_WEIGHT = 0.3
_TRUNK = "blendmask-lite"


class PromptTask(Task):
    """blendmask-prompt on a trunk that stays as it is."""

    network: PromptNetwork
    trunk = ("backbone", "fpn")
    has_fixed_norms = True

    def __init__(
        self,
        recipe: Recipe,
        processes: Processes,
        labels: tuple[str, ...],
        initial_weights: Path | None,
    ) -> None:
        """Args:
        initial_weights: A blendmask-lite, on which a new head starts, or a head that
            learns on.
        """
        super().__init__(recipe, processes)
        if initial_weights is None:
            raise ConfigError(f"{PROMPT} needs a trunk; give --weights {_TRUNK}")
        self.network, lite = _start(initial_weights)
        # In a tuple, so that it is no part of what is trained.
        self._trunk = (_FrozenTrunk(lite),)

    def may_learn(self, name: str) -> bool:
        """See `Task.may_learn`; the trunk never does."""
        return False

    def prepare(self, sets: DataSets, *, first_step: int) -> Iterator[AnyBatch]:
        """See `Task.prepare`."""
        return prepare_prompt_batches(sets, self.recipe, self.processes, first_step=first_step)

    def save(self, network: nn.Module, path: Path, *, labels: tuple[str, ...]) -> None:
        """See `Task.save`; without the trunk."""
        assert isinstance(network, PromptNetwork)
        save_prompt_network(network, path)

    def losses(self, batch: AnyBatch, draw: int) -> dict[str, Tensor]:
        """See `Task.losses`."""
        assert isinstance(batch, PromptBatch)
        rng = np.random.default_rng([self.recipe.seed, draw, 7])
        count, remembered = len(batch.images), len(batch.memory_images)
        seen = self._trunk[0](torch.cat([batch.images, batch.memory_images]))
        features = tuple(feature[:count] for feature in seen)
        # The same for all, so that one call answers all; zeros recall nothing.
        keys = self.network.head.remember(seen[2][count:]).flatten(2)
        keys = torch.cat([keys, keys.new_zeros(count - remembered, *keys.shape[1:])])
        masks = batch.memory_masks.flatten(1)
        masks = torch.stack([masks, torch.ones_like(masks)], dim=1)
        masks = torch.cat([masks, masks.new_zeros(count - remembered, *masks.shape[1:])])
        prompts = batch.prompts.float() / 255
        targets = batch.targets.float()[:, None] / 255

        def ask(rows: slice | Tensor, prompts: Tensor) -> PromptOutput:
            chosen = tuple(feature[rows] for feature in features)
            assert len(chosen) == 4
            output: PromptOutput = self.network.head(chosen, prompts, keys[rows], masks[rows])
            return output

        output = ask(slice(None), prompts)
        losses = _answer_losses(output, targets, "")
        if remembered:
            losses["recall"] = _recall_loss(output.recall[:remembered], targets[:remembered])
        rows = torch.from_numpy(
            rng.permutation(count)[: max(1, round(count * self.recipe.prompt.corrected_share))]
        ).to(targets.device)
        prompts, logits = prompts[rows], output.mask_logits[rows]
        if rng.random() < _CORRECTED_TWICE:
            with torch.no_grad():
                prompts = _corrected(prompts, logits, targets[rows])
                logits = ask(rows, prompts).mask_logits
        prompts = _corrected(prompts, logits, targets[rows])
        again = _answer_losses(ask(rows, prompts), targets[rows], "again_")
        return losses | {name: loss * 0.5 for name, loss in again.items()}


def _start(path: Path) -> tuple[PromptNetwork, BlendMaskLite]:
    """A head that begins, or one that goes on, and the blendmask-lite below it."""
    from weights.registry import weights_path

    if read_weights(path)[1].get("architecture") == PROMPT:
        network, lite, _ = build_prompt_network(path, weights_path(_TRUNK))
        return network, lite
    found, _ = build_network(path)
    if not isinstance(found, BlendMaskLite):
        raise ConfigError(f"{path}: {PROMPT} stands on the trunk of {_TRUNK}, not on this one")
    network = PromptNetwork(found)
    start_head(network, found)
    return network, found


class _FrozenTrunk:
    """Trunk and pyramid as quickly as they can be had; they need no gradients.

    On the CPU OpenVINO computes them in a third of PyTorch's time.
    """

    def __init__(self, lite: BlendMaskLite) -> None:
        self._network = PromptNetwork(folded(lite)).eval().requires_grad_(False)
        self._requests: dict[tuple[int, ...], Any] = {}

    @torch.no_grad()
    def __call__(self, images: Tensor) -> tuple[Tensor, ...]:
        """Stem and P3 to P5 of (B, h, w, 3) uint8."""
        if images.device.type == "cpu" and find_spec("openvino"):
            shape = tuple(images.shape)
            if shape not in self._requests:
                self._requests[shape] = self._compile(images)
            results = self._requests[shape].infer({0: images.numpy()}, share_inputs=True)
            return tuple(torch.from_numpy(results[i]) for i in range(4))
        network = self._network.to(images.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        found: tuple[Tensor, ...] = network.features(images.permute(0, 3, 1, 2).float())
        return found

    def _compile(self, images: Tensor) -> Any:
        from blendmask_live.runtime.openvino_core import CORE
        from blendmask_live.runtime.openvino_from_torch import convert

        with torch.autocast("cpu", enabled=False):
            graph = convert(_Features(self._network), images)
        graph.reshape(tuple(images.shape))
        settings = {
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "ENABLE_CPU_PINNING": False,
            "PERFORMANCE_HINT": "LATENCY",
        }
        return CORE.compile_model(graph, "CPU", settings).create_infer_request()


class _Features(nn.Module):
    def __init__(self, network: PromptNetwork) -> None:
        super().__init__()
        self.network = network
        self.eval()

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        return self.network.features(images.permute(0, 3, 1, 2).float())


def _answer_losses(output: PromptOutput, targets: Tensor, prefix: str) -> dict[str, Tensor]:
    """Cross entropy and dice of masks (B, 1, h / 2, w / 2), and how well they were judged."""
    logits = F.interpolate(
        output.mask_logits.float(), scale_factor=2.0, mode="bilinear", align_corners=False
    )
    soft = logits.sigmoid()
    shared = (soft * targets).sum(dim=(1, 2, 3))
    both = soft.sum(dim=(1, 2, 3)) + targets.sum(dim=(1, 2, 3))
    with torch.no_grad():
        ours, truth = logits > 0, targets >= 0.5
        union = (ours | truth).sum(dim=(1, 2, 3))
        iou = (ours & truth).sum(dim=(1, 2, 3)) / union.clamp(min=1)
    return {
        f"{prefix}mask": 2 * F.binary_cross_entropy_with_logits(logits, targets),
        f"{prefix}dice": (1 - (2 * shared + 1) / (both + 1)).mean(),
        f"{prefix}confidence": _CONFIDENCE_WEIGHT
        * F.binary_cross_entropy_with_logits(output.confidence_logits.float(), iou),
    }


def _recall_loss(recall: Tensor, targets: Tensor) -> Tensor:
    cells = F.adaptive_avg_pool2d(targets, recall.shape[-1])
    with torch.autocast(recall.device.type, enabled=False):
        share = recall[:, :1].float().clamp(1e-4, 1 - 1e-4)
        return _RECALL_WEIGHT * F.binary_cross_entropy(share, cells)


def _corrected(prompts: Tensor, logits: Tensor, targets: Tensor) -> Tensor:
    """The prompts with the answer as earlier mask, and a click on its largest error."""
    soft = logits.detach().float().sigmoid()
    maps = prompts.clone()
    maps[:, 3:4] = soft
    answers = F.interpolate(soft, scale_factor=2.0, mode="bilinear", align_corners=False) > 0.5
    drawn = maps.cpu().numpy()
    per_cell = targets.shape[-1] / maps.shape[-1]
    ours, truths = answers[:, 0].cpu().numpy(), (targets[:, 0] >= 0.5).cpu().numpy()
    for own, answer, truth in zip(drawn, ours, truths, strict=True):
        click = correcting_click(truth, answer)
        if click is not None:
            draw_click(own[1 if click[2] else 2], click[0] / per_cell, click[1] / per_cell)
    return torch.from_numpy(drawn).to(prompts.device)
