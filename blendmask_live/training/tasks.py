"""What differs between blendmask-lite and the published family when they are trained."""

from __future__ import annotations

import copy
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from blendmask_live.errors import ConfigError
from blendmask_live.network.checkpoint import (
    ARCHITECTURE,
    adopt_classes,
    load_network,
    open_network,
    report_new_classes,
    save_network,
)
from blendmask_live.network.family.config import family_config
from blendmask_live.network.family.model import BlendMask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.training.fcos_losses import family_losses
from blendmask_live.training.fcos_targets import objects_from_batch
from blendmask_live.training.losses import compute_losses
from blendmask_live.training.masks_alone import MaskBatch, mask_losses, prepare_mask_batches
from blendmask_live.training.norms import remeasure_norms
from blendmask_live.training.processes import Processes
from blendmask_live.training.prompt_samples import PromptBatch
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.samples import DataSets, prepare_batches
from blendmask_live.training.targets import Batch

__all__ = ["AnyBatch", "FamilyTask", "LiteTask", "Task"]

AnyBatch = Batch | PromptBatch | MaskBatch
_log = logging.getLogger(__name__)
CLASS_LAYERS = (("proposal_generator.fcos_head.cls_logits", 0), ("basis_module.seg_head.6", 1))
"""The family's layers with a row per class, and how many rows come before the classes'."""


class Task(nn.Module, ABC):
    """A network and its losses as one module, as gradients of several processes need it.

    Attributes:
        trunk: Parts of the network that learn slower, and from `recipe.trunk_start` on.
        has_fixed_norms: The trunk's BatchNorm statistics stay those of the initial weights;
            small batches would spoil them.
    """

    network: BlendMaskLite | BlendMask | PromptNetwork
    trunk: tuple[str, ...]
    has_fixed_norms: bool

    def __init__(self, recipe: Recipe, processes: Processes) -> None:
        super().__init__()
        self.recipe, self.processes = recipe, processes
        self.trunk_learns = True

    def prepare(self, sets: DataSets, *, first_step: int) -> Iterator[AnyBatch]:
        """This process' batches from a step on, prepared by other processes."""
        return prepare_batches(self.recipe, sets, self.processes, first_step=first_step)

    def save(self, network: nn.Module, path: Path, *, labels: tuple[str, ...]) -> None:
        """Write weights of this task's network atomically."""
        assert isinstance(network, BlendMaskLite | BlendMask)
        save_network(network, path, labels=labels)

    @abstractmethod
    def losses(self, batch: AnyBatch, draw: int) -> dict[str, Tensor]:
        """Weighted losses by name.

        Args:
            draw: Number of this batch in the run, from which random choices follow.
        """

    def forward(self, batch: AnyBatch, draw: int) -> dict[str, Tensor]:
        """Losses whose sum has a gradient, even if the pictures teach nothing."""
        losses = self.losses(batch, draw)
        # Every process must run the backward pass, or the others would wait for it.
        anchor = next(p for p in self.network.parameters() if p.requires_grad)
        name = next(iter(losses))
        losses[name] = losses[name] + 0.0 * anchor.sum()
        return losses

    def set_trunk(self, *, learns: bool) -> None:
        """Put the network into training mode, with or without its trunk."""
        self.trunk_learns = learns
        self.network.train()
        for name in self.trunk:
            part = self.network.get_submodule(name)
            if self.has_fixed_norms:
                part.eval()
            for key, parameter in part.named_parameters():
                parameter.requires_grad_(learns and self.may_learn(f"{name}.{key}"))

    def may_learn(self, name: str) -> bool:
        """Whether a parameter is trained at all."""
        return True

    def finish(self, network: nn.Module, pictures: Iterable[Tensor]) -> None:
        """Last touch to the averaged network.

        Args:
            pictures: Batches (B, 3, H, W) RGB 0..255, float, prepared only if they are used.
        """


class LiteTask(Task):
    """blendmask-lite: masks learn beside a detector that is held near its teacher."""

    network: BlendMaskLite
    trunk = ("backbone", "fpn", "head")
    has_fixed_norms = True

    def __init__(
        self,
        recipe: Recipe,
        processes: Processes,
        labels: tuple[str, ...],
        initial_weights: Path | None,
    ) -> None:
        super().__init__(recipe, processes)
        self.network = BlendMaskLite(recipe.network)
        # In a tuple, so that it is no part of what is trained.
        self._teacher: tuple[BlendMaskLite, ...] = ()
        if initial_weights is not None:
            load_network(self.network, initial_weights, partial=True, labels=labels)
            if recipe.losses.distill_classes or recipe.losses.distill_distances:
                self._teacher = (copy.deepcopy(self.network).eval().requires_grad_(False),)

    def prepare(self, sets: DataSets, *, first_step: int) -> Iterator[AnyBatch]:
        """See `Task.prepare`."""
        if not self.recipe.reuse:
            return super().prepare(sets, first_step=first_step)
        # A copy: the worker's must stay as it is.
        network = copy.deepcopy(self.network).cpu().eval()
        return prepare_mask_batches(
            self.recipe, sets, self.processes, network, first_step=first_step
        )

    def losses(self, batch: AnyBatch, draw: int) -> dict[str, Tensor]:
        """See `Task.losses`."""
        if isinstance(batch, MaskBatch):
            return mask_losses(self.network, batch, self.recipe, self.processes.mean)
        assert isinstance(batch, Batch)
        pictures = batch.images.float().contiguous(memory_format=torch.channels_last)
        dense = self.network(pictures)
        taught = None
        if self._teacher and self.trunk_learns:
            with torch.no_grad():
                taught = self._teacher[0].to(pictures.device)(pictures)
        return compute_losses(
            self.network,
            dense,
            batch,
            taught,
            self.recipe.losses,
            mask_size=self.recipe.mask_size,
            masks_per_picture=self.recipe.masks_per_picture,
            generator=torch.Generator().manual_seed(self.recipe.seed * 1_000_003 + draw),
            average=self.processes.mean,
        )

    def finish(self, network: nn.Module, pictures: Iterable[Tensor]) -> None:
        """See `Task.finish`."""
        assert isinstance(network, BlendMaskLite)
        # What lies below the masks stays as it is, to the last digit, if it never learned.
        if not self.recipe.reuse:
            remeasure_norms(network, pictures)


class FamilyTask(Task):
    """The published family, with the losses of its paper."""

    network: BlendMask
    trunk = ("backbone.bottom_up",)

    def __init__(
        self,
        recipe: Recipe,
        processes: Processes,
        labels: tuple[str, ...],
        initial_weights: Path | None,
    ) -> None:
        super().__init__(recipe, processes)
        if recipe.network.blender != "blend":
            raise ConfigError(
                f"{recipe.architecture} has the blender 'blend'; leave --blender "
                f"{recipe.network.blender} out, or train {ARCHITECTURE}"
            )
        self.has_fixed_norms = initial_weights is not None
        config = family_config(recipe.architecture, classes=len(labels))
        if initial_weights is None:
            # Constants would have to come from somewhere.
            config = replace(config, has_frozen_norm=False)
        self.network = BlendMask(config)
        if initial_weights is not None:
            _load_family(self.network, initial_weights, labels)
        if self.network.panoptic_module is not None:
            _log.warning("%s: its stuff classes are not trained", recipe.architecture)
            self.network.panoptic_module.requires_grad_(False)
        self._constant = {n for n, p in self.network.named_parameters() if not p.requires_grad}

    def may_learn(self, name: str) -> bool:
        """See `Task.may_learn`; the first stages of most trunks are constant, as published."""
        return name not in self._constant

    def losses(self, batch: AnyBatch, draw: int) -> dict[str, Tensor]:
        """See `Task.losses`."""
        assert isinstance(batch, Batch)
        pictures = batch.images.float().contiguous(memory_format=torch.channels_last)
        return family_losses(
            self.network,
            self.network(pictures),
            objects_from_batch(batch, self.recipe.mask_size),
            average=self.processes.mean,
        )


def _load_family(model: BlendMask, path: Path, labels: tuple[str, ...]) -> None:
    """Load initial weights; classes are taken over by name.

    Raises:
        WeightsError: If they are not of this architecture.
    """
    network, known = open_network(path, model.config.name)
    tensors = network.state_dict()
    if known != labels:
        report_new_classes(labels, known)
        ours = model.state_dict()
        for layer, before in CLASS_LAYERS:
            for name in (f"{layer}.weight", f"{layer}.bias"):
                rows = adopt_classes(ours[name][before:], tensors[name][before:], labels, known)
                tensors[name] = torch.cat([tensors[name][:before], rows])
    model.load_state_dict(tensors)
