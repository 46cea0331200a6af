"""What a training run reports while it goes on, and its progress.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TrainingLog", "TrainingProgress"]


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """One line of the training log."""

    step: int
    steps: int
    losses: dict[str, float]
    seconds_per_step: float


class TrainingLog:
    """progress.csv: one row every few steps; a resumed run drops rows it will write again."""

    def __init__(self, path: Path, first_step: int) -> None:
        kept: list[list[str]] = []
        if first_step and path.exists():
            with path.open(newline="") as old:
                rows = list(csv.reader(old))[1:]
            kept = [row for row in rows if int(row[0]) <= first_step]
        self._file = path.open("w", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["step", "rate", "loss", "value"])
        self._writer.writerows(kept)

    def write(self, step: int, losses: dict[str, float], rate: float) -> None:
        for name, value in losses.items():
            self._writer.writerow([step, f"{rate:.5f}", name, f"{value:.5f}"])
        self._file.flush()

    def close(self) -> None:
        self._file.close()
