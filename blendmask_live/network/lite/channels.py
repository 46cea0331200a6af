"""Which channels a stage of the trunk works on, so that none need be shuffled.

A shuffle only renames channels, yet costs as much as a convolution, because every byte of the
feature moves. So channels stay where they were made; each unit collects those that it works on,
and the weights that meet them are put into that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

__all__ = ["StagePlan", "plan_stage"]


class _Channel(NamedTuple):
    """A channel, named by the place where it was made."""

    maker: int
    """0 and 1: the branches of the stage's first unit; then one per unit."""
    row: int


@dataclass(frozen=True, slots=True)
class StagePlan:
    """How the channels of a stage travel.

    Attributes:
        pieces: Per maker, (channels, reader) of each piece of what it made; the last reader is
            the stage's output, the others are the units after the first.
        worked: Per unit after the first, which of the channels that it works on in the shuffled
            network each of its inputs is.
        order: Which channel of the shuffled feature each channel of the output is.
    """

    pieces: tuple[tuple[tuple[int, int], ...], ...]
    worked: tuple[list[int], ...]
    order: list[int]


def plan_stage(units: int, half: int) -> StagePlan:
    """The plan of a stage.

    Args:
        units: How many, the first included.
        half: Channels that each branch of a unit makes.
    """
    made = [[_Channel(maker, row) for row in range(half)] for maker in range(units + 1)]
    readers: dict[_Channel, int] = {}
    orders = []
    feature = _shuffled(made[0], made[1])
    for reader, new in enumerate(made[2:]):
        kept, worked = feature[:half], feature[half:]
        readers |= dict.fromkeys(worked, reader)
        orders.append(_sorting(worked))
        feature = _shuffled(kept, new)
    readers |= dict.fromkeys(feature, units - 1)
    pieces = tuple(
        tuple((len(list(run)), reader) for reader, run in groupby(readers[c] for c in channels))
        for channels in made
    )
    return StagePlan(pieces, tuple(orders), _sorting(feature))


def _shuffled(kept: list[_Channel], worked: list[_Channel]) -> list[_Channel]:
    """As `channel_shuffle` with two groups."""
    return [channel for pair in zip(kept, worked, strict=True) for channel in pair]


def _sorting(channels: list[_Channel]) -> list[int]:
    """Positions of the channels in the order in which they are collected."""
    return sorted(range(len(channels)), key=channels.__getitem__)
