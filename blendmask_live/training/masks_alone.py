"""Training of bottom and top alone: everything below them is computed once for each picture.

While trunk, pyramid and detector stay as they are, a picture always gives the same features and
boxes. Workers compute them beside the targets of the masks, and each prepared batch is learned
from several times (`Recipe.reuse`) while others arrive. A step then costs a third of one through
the whole network.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from blendmask_live.errors import DatasetError
from blendmask_live.network.blender import blend_logits
from blendmask_live.network.lite.choosing import patches_around
from blendmask_live.network.lite.detections import (
    decode_boxes,
    distances_from_logits,
    location_grid,
)
from blendmask_live.network.lite.folding import folded
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.lite.plain import PlainLite
from blendmask_live.training.losses import (
    Average,
    blended_losses,
    cover_targets,
    jitter_boxes,
    paired_iou,
    semantic_loss,
)
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.samples import DataSets, SampleBatches, batches_of, calm_worker
from blendmask_live.training.targets import Batch, assign

__all__ = ["KEPT_BATCHES", "MaskBatch", "mask_losses", "prepare_mask_batches"]

KEPT_BATCHES = 64
"""Prepared batches that are learned from in turn; each takes some 35 MB."""


@dataclass(frozen=True, slots=True)
class MaskBatch:
    """What bottom and top see of B pictures, and n masks that they learn; features are float16.

    Attributes:
        stem: (B, C, h / 2, w / 2).
        p3, p4, p5: (B, C, h', w') of the pyramid.
        patches: (n, 9 * F + 4), see `patches_around`.
        rois: (n, 4) x0 y0 x1 y1 network px, where the masks are blended.
        pictures: (n,) int64 row of each mask's picture.
        quality: (n,) IoU of the detector's box there with the object's.
        own, others: (n, R, R) uint8 0..255, coverage by the object and by all others.
        semantic: (B, h / 8, w / 8) int64 as in `Batch`.
    """

    stem: Tensor
    p3: Tensor
    p4: Tensor
    p5: Tensor
    patches: Tensor
    rois: Tensor
    pictures: Tensor
    quality: Tensor
    own: Tensor
    others: Tensor
    semantic: Tensor

    def to(self, device: str) -> MaskBatch:
        """The batch on another device."""
        return MaskBatch(*(getattr(self, field.name).to(device) for field in fields(self)))


def mask_losses(
    network: BlendMaskLite, batch: MaskBatch, recipe: Recipe, average: Average
) -> dict[str, Tensor]:
    """Weighted losses by name, as `compute_losses` has them for masks."""
    levels = [
        level.float().contiguous(memory_format=torch.channels_last)
        for level in (batch.stem, batch.p3, batch.p4, batch.p5)
    ]
    bases, semantic = network.bottom(levels[0], levels[1:])
    losses = semantic_loss(semantic, batch.semantic, recipe.losses, average)
    patches = batch.patches.float()
    config = network.config
    attention = patches.new_zeros((len(patches), config.bases, 1, 1))
    if network.top is not None:
        attention = network.top(patches[:, :-4], patches[:, -4:])
    logits = blend_logits(
        bases.float(),
        batch.rois,
        attention.float(),
        mask_size=recipe.mask_size,
        image_index=batch.pictures,
        blender=config.blender,
    )
    own, others = batch.own.float() / 255, batch.others.float() / 255
    return losses | blended_losses(logits, own, others, batch.quality, recipe.losses, average)


def prepare_mask_batches(
    recipe: Recipe,
    sets: DataSets,
    processes: Processes,
    network: BlendMaskLite,
    *,
    first_step: int,
) -> Iterator[MaskBatch]:
    """This process' batches, from a step on.

    A batch follows from (seed, step) alone: a run that goes on prepares again what was kept.

    Raises:
        ConfigError: If the samples of a step cannot be shared out evenly.
        DatasetError: While iterating, if a picture cannot be used.
    """
    learned = first_step * recipe.accumulate
    newest = learned // recipe.reuse
    oldest = max(0, newest - KEPT_BATCHES + 1)
    views = _Views(SampleBatches(recipe, sets, processes), network)
    loader = DataLoader(
        views,
        batch_size=None,
        sampler=range(oldest, len(views)),
        num_workers=1,
        prefetch_factor=8,
        worker_init_fn=_calm_worker,
        # A fork of a process that has used OpenVINO would wait for threads that are not there.
        multiprocessing_context="spawn",
    )
    fresh = batches_of(loader)
    kept = deque((next(fresh) for _ in range(oldest, newest)), maxlen=KEPT_BATCHES)
    for number in range(learned, recipe.steps * recipe.accumulate):
        if number % recipe.reuse == 0 or number == learned:
            kept.append(next(fresh))
        turn = np.random.default_rng([recipe.seed, number, processes.rank])
        yield kept[turn.integers(len(kept))]


def _calm_worker(worker: int) -> None:
    calm_worker(worker)
    torch.set_num_threads(1)


class _Views(Dataset["MaskBatch | DatasetError"]):
    """Prepared batches by number."""

    def __init__(self, batches: SampleBatches, network: BlendMaskLite) -> None:
        self._batches, self._network = batches, network
        self._below: _Below | None = None

    def __len__(self) -> int:
        recipe = self._batches.recipe
        return -(-recipe.steps * recipe.accumulate // recipe.reuse)

    def __getitem__(self, index: int) -> MaskBatch | DatasetError:
        batch = self._batches[index]
        if isinstance(batch, DatasetError):
            return batch
        # Made here, in the worker.
        self._below = self._below or _Below(self._network)
        recipe = self._batches.recipe
        generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + index)
        return _view(self._below, batch, recipe, generator)


def _view(below: _Below, batch: Batch, recipe: Recipe, generator: torch.Generator) -> MaskBatch:
    height, width = batch.images.shape[-2:]
    points, strides = location_grid(height, width, torch.device("cpu"))
    levels: list[tuple[Tensor, ...]] = []
    patches, rois, pictures, objects = [], [], [], []
    first_object = 0
    for row, image in enumerate(batch.images):
        seen = below(image.permute(1, 2, 0).numpy()[None])
        levels.append(tuple(torch.from_numpy(level).half() for level in seen.features))
        logits = torch.from_numpy(seen.logits[0])
        classes = below.classes
        distances = distances_from_logits(logits[:, classes:].unflatten(-1, (4, -1)))
        boxes = decode_boxes(points, distances * strides[:, None])
        scores = logits[:, :classes].sigmoid()
        found = assign(points, scores, boxes, batch.boxes[row], batch.class_ids[row])
        order = torch.randperm(len(found.locations), generator=generator)
        order = order[: recipe.masks_per_picture]
        chosen = found.locations[order]
        around = patches_around(seen.top_features, chosen.numpy(), distances[chosen].numpy())
        patches.append(torch.from_numpy(around).half())
        rois.append(boxes[chosen])
        pictures.append(torch.full_like(chosen, row))
        objects.append(found.objects[order] + first_object)
        first_object += len(batch.boxes[row])
    predicted, learned = torch.cat(rois), torch.cat(objects)
    truth = torch.cat(batch.boxes)[learned]
    quality = paired_iou(predicted, truth)
    # As in training of the whole network: a box that misses teaches nothing about the mask.
    places = torch.where((quality > 0.5)[:, None], predicted, jitter_boxes(truth, generator))
    picture = torch.cat(pictures)
    own, others = cover_targets(batch, places, learned, picture, recipe.mask_size)
    stem, p3, p4, p5 = (torch.cat(parts) for parts in zip(*levels, strict=True))
    return MaskBatch(
        stem=stem,
        p3=p3,
        p4=p4,
        p5=p5,
        patches=torch.cat(patches),
        rois=places,
        pictures=picture,
        quality=quality,
        own=(own * 255).round().byte(),
        others=(others * 255).round().byte(),
        semantic=batch.semantic,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of one picture: stem and P3 to P5, (P, classes + distances) logits, and top features."""

    features: list[NDArray[np.float32]]
    logits: NDArray[np.float32]
    top_features: list[NDArray[np.float32]]


class _Below:
    """Everything below bottom and top, on one core; OpenVINO takes a third of PyTorch's time."""

    def __init__(self, network: BlendMaskLite) -> None:
        self.classes = network.config.classes
        self._network = network
        self._request: Any = None
        if find_spec("openvino"):
            from blendmask_live.runtime.openvino_core import CORE
            from blendmask_live.runtime.plain_openvino import seen_graph

            hints = {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"}
            graph = seen_graph(PlainLite.of(network))
            self._request = CORE.compile_model(graph, "CPU", hints).create_infer_request()
        else:
            self._network = folded(network).requires_grad_(False)

    @torch.no_grad()
    def __call__(self, pictures: NDArray[np.uint8]) -> _Seen:
        """Of (1, h, w, 3) uint8."""
        if self._request is not None:
            results = self._request.infer({0: np.ascontiguousarray(pictures)})
            stem, logits, p3, p4, p5, _, *tops = (results[i].copy() for i in range(10))
            return _Seen([stem, p3, p4, p5], logits, tops)
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float()
        stem, pyramid, heads, flat = self._network.see(x)
        tops = [
            torch.cat(pair, dim=1).permute(0, 2, 3, 1).contiguous().numpy()
            for pair in zip(heads, pyramid, strict=True)
        ]
        features = [level.numpy() for level in (stem, *pyramid[:3])]
        return _Seen(features, flat.numpy(), tops)
