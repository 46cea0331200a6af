"""Batches of augmented samples, prepared by worker processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from torch.utils.data import DataLoader, Dataset

from blendmask_live.errors import ConfigError, DatasetError
from blendmask_live.measuring.machine import usable_cores
from blendmask_live.training.augment import make_sample
from blendmask_live.training.dataset import DataSet, load_data_set
from blendmask_live.training.processes import Processes
from blendmask_live.training.recipe import Recipe
from blendmask_live.training.targets import Batch, collate

__all__ = [
    "DataSets",
    "SampleBatches",
    "batches_of",
    "calm_worker",
    "load_data_sets",
    "prepare_batches",
    "samples_per_part",
]

AnyBatch = TypeVar("AnyBatch")

DataSets = list[tuple[DataSet, float]]
"""Data sets with their shares of the samples."""


def load_data_sets(recipe: Recipe, data_root: Path, labels: tuple[str, ...]) -> DataSets:
    """Read what a recipe names.

    Raises:
        DatasetError: If it names nothing, or the data cannot be used.
    """
    if not recipe.data:
        raise DatasetError("the recipe names no data; give --images and --annotations")
    return [
        (
            load_data_set(
                data_root / d.images, data_root / d.annotations if d.annotations else None, labels
            ),
            d.share,
        )
        for d in recipe.data
    ]


def samples_per_part(recipe: Recipe, processes: Processes) -> int:
    """Samples that a process learns at once.

    Raises:
        ConfigError: If the samples of a step cannot be shared out evenly.
    """
    parts = processes.count * recipe.accumulate
    if recipe.batch_size % parts:
        raise ConfigError(
            f"batch_size {recipe.batch_size}: {processes.count} processes with "
            f"{recipe.accumulate} parts each need a multiple of {parts}"
        )
    return recipe.batch_size // parts


def prepare_batches(
    recipe: Recipe, sets: DataSets, processes: Processes, *, first_step: int
) -> Iterator[Batch]:
    """This process' share of the samples: `recipe.accumulate` batches for each step.

    Raises:
        ConfigError: If the samples of a step cannot be shared out evenly.
        DatasetError: While iterating, if a picture cannot be used.
    """
    samples_per_part(recipe, processes)
    loader = DataLoader(
        SampleBatches(recipe, sets, processes),
        batch_size=None,
        sampler=range(first_step * recipe.accumulate, recipe.steps * recipe.accumulate),
        num_workers=max(1, min(8, usable_cores() // processes.count - 1)),
        worker_init_fn=calm_worker,
    )
    return batches_of(loader)


class SampleBatches(Dataset["Batch | DatasetError"]):
    """A sample is a function of (seed, step, number) alone.

    So a run can be stopped and resumed anywhere, and any number of processes learns from the
    same samples. Unusable data are returned, not raised: the loader would bury them in a
    worker's traceback.
    """

    def __init__(self, recipe: Recipe, sets: DataSets, processes: Processes) -> None:
        self.recipe, self.processes = recipe, processes
        self.sets = [data for data, _ in sets]
        shares = np.array([share for _, share in sets], dtype=np.float64)
        self.shares = shares / shares.sum()
        self.donors = tuple(
            picture for data in self.sets for picture in data.pictures if picture.annotations
        )

    def __len__(self) -> int:
        return self.recipe.steps * self.recipe.accumulate

    def __getitem__(self, index: int) -> Batch | DatasetError:
        step, part = divmod(index, self.recipe.accumulate)
        count = samples_per_part(self.recipe, self.processes)
        first = (part * self.processes.count + self.processes.rank) * count
        try:
            return self._batch(step, range(first, first + count))
        except DatasetError as error:
            return error

    def _batch(self, step: int, numbers: range) -> Batch:
        sizes, seed = self.recipe.sizes, self.recipe.seed
        size = sizes[np.random.default_rng([seed, step]).integers(len(sizes))]
        samples = []
        for number in numbers:
            rng = np.random.default_rng([seed, step, number + 1])
            pictures = self.sets[rng.choice(len(self.sets), p=self.shares)].pictures
            picture = pictures[rng.integers(len(pictures))]
            samples.append(
                make_sample(picture, self.donors, size=size, config=self.recipe.augment, rng=rng)
            )
        return collate(samples)


def calm_worker(worker: int) -> None:
    """Called in a new worker: one core is enough for it, and its parent alone ends it."""
    cv2.setNumThreads(1)
    if os.name == "posix":
        # Who signals all processes of a group means the run: it would take a worker's end for an
        # error before it has saved. A worker whose parent has gone ends by itself.
        os.setpgid(0, 0)


def batches_of(loader: DataLoader[AnyBatch | DatasetError]) -> Iterator[AnyBatch]:
    """What a loader's workers prepare, begun now; raises the errors that they return."""
    threads = cv2.getNumThreads()
    # OpenCV's threads do not survive a fork: a worker would wait for them forever.
    cv2.setNumThreads(1)
    try:
        prepared = iter(loader)
    finally:
        cv2.setNumThreads(threads)
    return _without_errors(prepared)


def _without_errors(prepared: Iterator[AnyBatch | DatasetError]) -> Iterator[AnyBatch]:
    try:
        for batch in prepared:
            if isinstance(batch, DatasetError):
                raise batch
            yield batch
    finally:
        # Ends the workers now: the error's traceback would keep them.
        del prepared
