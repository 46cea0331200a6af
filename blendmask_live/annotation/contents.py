"""What a project holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.mask_store import SoftMask
from blendmask_live.annotation.runs import Run
from blendmask_live.datatypes import TrackedInstances

__all__ = ["Edit", "FrameMasks", "JournalEntry", "Lane", "Outcome", "Together", "Track"]


class Edit(Protocol):
    """A command: what `Project.apply` does as one undoable act."""

    @property
    def text(self) -> str:
        """What it does, for people: "swap tracks 3 and 7 from frame 120 on"."""
        ...

    def apply(self, change: Change) -> None:
        """Do it.

        Raises:
            ProjectError: If it cannot be done; nothing is changed then.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Several edits as one act."""

    text: str
    edits: tuple[Edit, ...]

    def apply(self, change: Change) -> None:
        for edit in self.edits:
            edit.apply(change)


@dataclass(frozen=True, slots=True)
class Track:
    """An object followed through the video."""

    track_id: int
    name: str
    """As a person named it, else ""."""
    is_hidden: bool
    """Hidden tracks are neither drawn nor exported."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A track's line in a timeline."""

    track: Track
    runs: tuple[Run, ...]
    """Ascending; where there is none the track has no mask."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One act of editing."""

    number: int
    command: str
    text: str
    made_at: str
    """ISO 8601, UTC."""
    is_undone: bool


@dataclass(frozen=True, slots=True, eq=False)
class FrameMasks:
    """The masks of a frame with all that the project knows of them; row i is one mask.

    Attributes:
        tracked: As for exporters, masks exact.
        runs: Which run each belongs to: class, origin, keyframe.
        soft_masks: What each was pasted from, where known.
        attention: (K, M, M) of each, where latents are kept.
        bases: (K, h, w) of the frame, where latents are kept.
    """

    tracked: TrackedInstances
    runs: tuple[Run, ...]
    soft_masks: tuple[SoftMask | None, ...]
    attention: tuple[NDArray[np.float32] | None, ...]
    bases: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What an edit would do."""

    tracked: TrackedInstances
    """The masks of one frame as they would be, without hidden tracks."""
    spans: tuple[tuple[int, int], ...]
    """First and last frame of every stretch that would change."""
