"""Training samples of the prompted head: a crop, what is asked, and the mask that answers.

Every batch holds the same kinds of questions, in fixed places, so that those with a memory
come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from blendmask_live.errors import DatasetError
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.network.prompt.config import (
    CROP_SIDE,
    KEY_STRIDE,
    PROMPT_CHANNELS,
    PROMPT_STRIDE,
)
from blendmask_live.prompting.maps import draw_box, draw_click
from blendmask_live.training.augment import FILL, change_colours, warp_pixels
from blendmask_live.training.dataset import Annotation, Picture
from blendmask_live.training.processes import Processes
from blendmask_live.training.prompt_prompts import (
    damage,
    jittered_box,
    random_clicks,
    tight_box,
)
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.samples import (
    DataSets,
    batches_of,
    calm_worker,
    samples_per_part,
)

__all__ = ["TARGET_STRIDE", "PromptBatch", "prepare_prompt_batches"]

TARGET_STRIDE = 2
"""Crop px per cell of the answers that are learned."""
_PER_MAP = PROMPT_STRIDE // TARGET_STRIDE
_LEAST_SIDE_PX = 14
"""Smaller objects teach nothing but their outlines' roundings."""
_LARGEST_CACHE_BYTES = 1_500_000_000
"""Decoded photographs that the worker keeps."""
_SHARES = {"follow": 0.25, "box": 0.34, "click": 0.28, "look": 0.13}
"""Of the questions of a batch; `look` is a second look at a detection."""


@dataclass(frozen=True, slots=True)
class PromptBatch:
    """B questions; the first F of them have a memory.

    Attributes:
        images: (B, h, w, 3) uint8 RGB crops.
        prompts: (B, 5, h / 4, w / 4) uint8, see `PROMPT_CHANNELS`; 255 is 1.
        targets: (B, h / 2, w / 2) uint8, share of each cell that is object.
        memory_images: (F, h, w, 3) uint8 RGB crops that show the same object otherwise.
        memory_masks: (F, h / 16, w / 16) float share of each cell that is object.
    """

    images: Tensor
    prompts: Tensor
    targets: Tensor
    memory_images: Tensor
    memory_masks: Tensor

    def to(self, device: str) -> PromptBatch:
        """The batch on another device."""
        return PromptBatch(
            self.images.to(device),
            self.prompts.to(device),
            self.targets.to(device),
            self.memory_images.to(device),
            self.memory_masks.to(device),
        )


@dataclass(frozen=True, slots=True)
class _Subject:
    """One object that may be asked for."""

    picture: Picture
    number: int
    """Among the picture's annotations."""


def prepare_prompt_batches(
    sets: DataSets, recipe: Recipe, processes: Processes, *, first_step: int
) -> Iterator[PromptBatch]:
    """This process' batches from a step on: `recipe.accumulate` for each, by one worker process.

    Raises:
        ConfigError: If the questions of a step cannot be shared out evenly.
        DatasetError: If there are no objects, or while iterating, if a picture cannot be used.
    """
    numbers = range(
        first_step * recipe.accumulate * processes.count + processes.rank,
        recipe.steps * recipe.accumulate * processes.count,
        processes.count,
    )
    count = samples_per_part(recipe, processes)
    loader = DataLoader(
        _PromptSamples(sets, recipe, batch_size=count, end=numbers.stop),
        batch_size=None,
        sampler=numbers,
        num_workers=1,
        prefetch_factor=4,
        worker_init_fn=calm_worker,
    )
    return batches_of(loader)


class _PromptSamples(Dataset["PromptBatch | DatasetError"]):
    """A batch is a function of (seed, number) alone, so a run can go on anywhere."""

    def __init__(self, sets: DataSets, recipe: Recipe, *, batch_size: int, end: int) -> None:
        self.seed, self.batch_size, self.end = recipe.seed, batch_size, end
        self.learning = recipe.prompt
        self.subjects = [
            [
                _Subject(picture, number)
                for picture in data.pictures
                for number, annotation in enumerate(picture.annotations)
                if not annotation.is_crowd
            ]
            for data, _ in sets
        ]
        if not any(self.subjects):
            raise DatasetError("the data hold no objects with masks; name others")
        shares = np.array(
            [share if found else 0.0 for found, (_, share) in zip(self.subjects, sets, strict=True)]
        )
        self.shares = shares / shares.sum()
        self.photos = _Photos()
        self.kinds = _kinds(batch_size)

    def __len__(self) -> int:
        return self.end

    def __getitem__(self, index: int) -> PromptBatch | DatasetError:
        try:
            return self._batch(index)
        except DatasetError as error:
            return error

    def _batch(self, index: int) -> PromptBatch:
        is_early = index < self.learning.first_share * self.end
        side = self.learning.first_side if is_early else CROP_SIDE
        made = []
        for number, kind in enumerate(self.kinds):
            rng = np.random.default_rng([self.seed, index, number])
            question = None
            while question is None:
                question = self._question(kind, side, rng)
            made.append(question)
        memories = [q.memory for q in made if q.memory is not None]
        images = [m[0] for m in memories]
        return PromptBatch(
            images=torch.from_numpy(np.stack([q.image for q in made])),
            prompts=torch.from_numpy(np.stack([q.prompts for q in made])),
            targets=torch.from_numpy(np.stack([q.target for q in made])),
            memory_images=torch.from_numpy(
                np.stack(images) if images else np.zeros((0, side, side, 3), np.uint8)
            ),
            memory_masks=torch.from_numpy(
                np.stack([m[1] for m in memories])
                if memories
                else np.zeros((0, side // KEY_STRIDE, side // KEY_STRIDE), np.float32)
            ),
        )

    def _subject(self, rng: Generator) -> _Subject:
        found = self.subjects[rng.choice(len(self.subjects), p=self.shares)]
        return found[rng.integers(len(found))]

    def _question(self, kind: str, side: int, rng: Generator) -> _Question | None:
        subject = self._subject(rng)
        scene = self.photos.scene(subject, side)
        if scene is None:
            return None
        if kind == "follow":
            elsewhere = self.photos.scene(self._subject(rng), side) if rng.random() < 0.1 else None
            return _follow(scene, elsewhere, rng)
        make = {"box": _ask_by_box, "click": _ask_by_click, "look": _look_again}[kind]
        return make(scene, rng)


def _kinds(batch_size: int) -> list[str]:
    ends = np.round(np.cumsum(list(_SHARES.values())) * batch_size).astype(int)
    return [
        kind
        for kind, count in zip(_SHARES, np.diff(ends, prepend=0), strict=True)
        for _ in range(count)
    ]


@dataclass(frozen=True, slots=True)
class _Scene:
    """A photograph, the object that is asked for, and the others."""

    image: NDArray[np.uint8]
    mask: CroppedMask
    others: tuple[CroppedMask, ...]
    crop_side: int
    """Of the crops that are cut from it, px."""


@dataclass(frozen=True, slots=True)
class _Question:
    image: NDArray[np.uint8]
    prompts: NDArray[np.uint8]
    target: NDArray[np.uint8]
    memory: tuple[NDArray[np.uint8], NDArray[np.float32]] | None = None


class _Photos:
    """Decoded photographs and masks, as many as may be kept."""

    def __init__(self) -> None:
        self._images: dict[str, NDArray[np.uint8]] = {}
        self._masks: dict[str, list[CroppedMask | None]] = {}
        self._bytes = 0

    def scene(self, subject: _Subject, crop_side: int) -> _Scene | None:
        """None for objects that are too small."""
        key = str(subject.picture.path)
        image = self._images.get(key)
        if image is None:
            image = subject.picture.load()
            if self._bytes < _LARGEST_CACHE_BYTES:
                self._images[key] = image
                self._bytes += image.nbytes
        if key not in self._masks:
            self._masks[key] = [
                _mask(annotation, image.shape[:2]) for annotation in subject.picture.annotations
            ]
        masks = self._masks[key]
        mask = masks[subject.number]
        if mask is None or max(mask.mask.shape) < _LEAST_SIDE_PX or mask.area < 60:
            return None
        others = tuple(m for m in masks if m is not None and m is not mask)
        return _Scene(image, mask, others, crop_side)


def _mask(annotation: Annotation, size: tuple[int, int]) -> CroppedMask | None:
    if annotation.is_crowd:
        return None
    mask = annotation.mask(*size)
    return mask if mask.area else None


@dataclass(frozen=True, slots=True)
class _View:
    """A crop of a scene; masks at `TARGET_STRIDE`, 0 to 1."""

    image: NDArray[np.uint8]
    mask: NDArray[np.float32]
    others: NDArray[np.float32]
    inside: NDArray[np.float32]
    """Where the crop shows the picture."""


def _view(
    scene: _Scene,
    middle: tuple[float, float],
    side: float,
    rng: Generator,
    *,
    turn: float = 8.0,
    flips: bool = True,
) -> _View:
    """Cut a square around `middle`, turned, stretched, perhaps mirrored, in other colours.

    Args:
        side: Of the square, frame px.
        turn: Standard deviation of the angle, degrees.
    """
    crop = scene.crop_side
    scale = crop / side
    stretch = np.exp(rng.uniform(-0.2, 0.2) / 2)
    angle = np.deg2rad(float(np.clip(rng.normal(0, turn), -3 * turn, 3 * turn)))
    mirrored = -1.0 if flips and rng.random() < 0.5 else 1.0
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turned @ np.diag([scale * stretch * mirrored, scale / stretch])
    shift = crop / 2 - linear @ np.array(middle)
    matrix = np.column_stack([linear, shift])
    image = _warp(scene.image, matrix, 0, 0, crop, FILL)
    if rng.random() < 0.7:
        image = change_colours(image, rng)
    cells, to_target = crop // TARGET_STRIDE, matrix / TARGET_STRIDE
    others = np.zeros((cells, cells), dtype=np.float32)
    for other in scene.others:
        if _is_near(other, middle, side):
            np.maximum(others, _warp_mask(other, to_target, cells), out=others)
    full = np.full(scene.image.shape[:2], 255, dtype=np.uint8)
    inside = _warp(full, to_target, 0, 0, cells, 0)
    return _View(image, _warp_mask(scene.mask, to_target, cells), others, _share(inside))


def _warp(
    pixels: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    x0: int,
    y0: int,
    side: int,
    fill: object,
) -> NDArray[np.uint8]:
    """Warp the part that is seen; `x0`, `y0` is where the pixels begin in the frame."""
    back = np.linalg.inv(matrix[:, :2])
    corners = np.array([[0, side, 0, side], [0, 0, side, side]], dtype=np.float64)
    seen = back @ (corners - matrix[:, 2:])
    height, width = pixels.shape[:2]
    left, top = (seen.min(axis=1) - (x0, y0) - 3).astype(int).clip(0, (width - 1, height - 1))
    right, bottom = (seen.max(axis=1) - (x0, y0) + 4).astype(int).clip((left + 1, top + 1), None)
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ np.array([x0 + left, y0 + top], dtype=np.float64)
    return warp_pixels(part, moved, (side, side), fill)


def _is_near(mask: CroppedMask, middle: tuple[float, float], side: float) -> bool:
    x0, y0, x1, y1 = mask.box
    reach = side * 0.75
    return bool(
        x0 < middle[0] + reach
        and x1 > middle[0] - reach
        and y0 < middle[1] + reach
        and y1 > middle[1] - reach
    )


def _warp_mask(mask: CroppedMask, matrix: NDArray[np.float64], cells: int) -> NDArray[np.float32]:
    pixels = mask.mask.astype(np.uint8) * 255
    warped = _warp(pixels, matrix, mask.x0, mask.y0, cells, 0)
    return _share(warped)


def _share(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 to 1 of 0 to 255."""
    return levels.astype(np.float32) / np.float32(255)


def _middle_and_size(scene: _Scene) -> tuple[tuple[float, float], float, float]:
    x0, y0, x1, y1 = scene.mask.box
    return ((x0 + x1) / 2, (y0 + y1) / 2), float(x1 - x0), float(y1 - y0)


def _log_uniform(rng: Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _near(
    middle: tuple[float, float], reach: tuple[float, float], rng: Generator
) -> tuple[float, float]:
    return middle[0] + rng.uniform(-1, 1) * reach[0], middle[1] + rng.uniform(-1, 1) * reach[1]


def _around_object(
    scene: _Scene, rng: Generator, *, most_margin: float
) -> tuple[_View, tuple[float, float, float, float]] | None:
    """A crop that shows the object with a margin, and its box there; None where it is too thin."""
    middle, width, height = _middle_and_size(scene)
    size = max(width, height)
    side = size * (1 + 2 * _log_uniform(rng, 0.08, most_margin))
    view = _view(scene, _near(middle, (size * 0.05, size * 0.05), rng), side, rng)
    box = tight_box(view.mask)
    return None if box is None else (view, box)


def _ask_by_box(scene: _Scene, rng: Generator) -> _Question | None:
    seen = _around_object(scene, rng, most_margin=0.5)
    if seen is None:
        return None
    view, box = seen
    spread = 0.012 if rng.random() < 0.5 else 0.06
    maps = _Maps(view)
    maps.add_box(jittered_box(box, spread, rng))
    if rng.random() < 0.15:
        maps.add_clicks(random_clicks(view.mask, view.others, rng, more=1))
    return maps.question()


def _ask_by_click(scene: _Scene, rng: Generator) -> _Question | None:
    middle, width, height = _middle_and_size(scene)
    size = max(width, height)
    kind = rng.random()
    if kind < 0.5:
        # The zoom that a second look chooses.
        side = size * _log_uniform(rng, 1.15, 2.5)
        place = _near(middle, (side * 0.2, side * 0.2), rng)
    elif kind < 0.8:
        # The user's click in the middle of a zoom that knows nothing of the object.
        side = size * _log_uniform(rng, 0.9, 7)
        place = _near(middle, (width * 0.4, height * 0.4), rng)
    else:
        frame_h, frame_w = scene.image.shape[:2]
        side, place = (
            float(max(frame_h, frame_w)) * rng.uniform(0.9, 1.1),
            (frame_w / 2, frame_h / 2),
        )
    # An object of a few cells cannot be drawn.
    side = min(side, size * scene.crop_side / 20)
    view = _view(scene, place, side, rng)
    clicks = random_clicks(view.mask, view.others, rng, more=0 if rng.random() < 0.6 else 2)
    if not clicks:
        return None
    maps = _Maps(view)
    maps.add_clicks(clicks)
    if rng.random() < 0.15:
        maps.add_previous(damage(view.mask, view.others, rng, strength=1.0))
    return maps.question()


def _look_again(scene: _Scene, rng: Generator) -> _Question | None:
    seen = _around_object(scene, rng, most_margin=0.4)
    if seen is None:
        return None
    view, box = seen
    maps = _Maps(view)
    maps.add_box(jittered_box(box, 0.04, rng))
    maps.add_previous(damage(view.mask, view.others, rng, strength=0.5))
    return maps.question()


def _follow(scene: _Scene, elsewhere: _Scene | None, rng: Generator) -> _Question | None:
    """The object again after it moved; with `elsewhere`, after it has gone."""
    middle, width, height = _middle_and_size(scene)
    size = max(width, height)
    memory = _view(scene, middle, size * (1 + 2 * rng.uniform(0.2, 0.6)), rng, turn=10, flips=False)
    seek = rng.random() < 0.3
    margin = _log_uniform(rng, 0.6, 2.5) if seek else rng.uniform(0.2, 0.6)
    side = size * (1 + 2 * margin)
    reach = (side - size) / 2 * (0.9 if seek else 0.3)
    shown = scene if elsewhere is None else elsewhere
    place = _near(middle, (reach, reach), rng) if elsewhere is None else _middle_and_size(shown)[0]
    view = _view(shown, place, side, rng, turn=10, flips=False)
    if view.mask.max() < 0.5:
        return None
    maps = _Maps(view)
    if not seek:
        maps.add_previous(damage(view.mask, view.others, rng, strength=1.0))
    question = maps.question(is_gone=elsewhere is not None)
    if rng.random() < 0.15:
        memory = _View(memory.image[:, ::-1], memory.mask[:, ::-1], memory.others, memory.inside)
    cells = scene.crop_side // KEY_STRIDE
    recalled = cv2.resize(memory.mask, (cells, cells), interpolation=cv2.INTER_AREA)
    return _Question(
        question.image,
        question.prompts,
        question.target,
        (np.ascontiguousarray(memory.image), np.asarray(recalled, dtype=np.float32)),
    )


class _Maps:
    """Collects what is said about a view."""

    def __init__(self, view: _View) -> None:
        self._view = view
        cells = view.mask.shape[0] // _PER_MAP
        self._maps = np.zeros((len(PROMPT_CHANNELS), cells, cells), dtype=np.float32)
        self._maps[4] = _to_cells(view.inside)

    def add_box(self, box: tuple[float, float, float, float]) -> None:
        draw_box(self._maps[0], [value / _PER_MAP for value in box])

    def add_clicks(self, clicks: list[tuple[float, float, bool]]) -> None:
        for x, y, is_inside in clicks:
            draw_click(self._maps[1 if is_inside else 2], x / _PER_MAP, y / _PER_MAP)

    def add_previous(self, mask: NDArray[np.float32]) -> None:
        self._maps[3] = _to_cells(mask)

    def question(self, *, is_gone: bool = False) -> _Question:
        target = np.zeros_like(self._view.mask) if is_gone else self._view.mask
        return _Question(
            self._view.image,
            (self._maps * 255).round().astype(np.uint8),
            (target * 255).round().astype(np.uint8),
        )


def _to_cells(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    cells = mask.shape[0] // _PER_MAP
    return np.asarray(
        cv2.resize(mask, (cells, cells), interpolation=cv2.INTER_AREA), dtype=np.float32
    )
