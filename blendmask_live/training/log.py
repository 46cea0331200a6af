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
    """progress.csv: one row every few steps.

    A run that goes on drops rows that it will write again, and what a power cut left of others.
    """

    def __init__(self, path: Path, first_step: int) -> None:
        kept: list[list[str]] = []
        if first_step and path.exists():
            with path.open(newline="") as old:
                rows = csv.reader(line.replace("\0", "") for line in old)
                kept = [row for row in rows if _is_whole(row) and int(row[0]) <= first_step]
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


def _is_whole(row: list[str]) -> bool:
    """Whether a row is one of losses; neither the head of the table nor a part."""
    return len(row) == 4 and row[0].isdecimal()
