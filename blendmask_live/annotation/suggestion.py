"""A place that probably needs a person, with its remedy; and what the person says to it."""

from __future__ import annotations

from dataclasses import dataclass

from blendmask_live.annotation.change import Change
from blendmask_live.annotation.contents import Edit
from blendmask_live.annotation.runs import FrameRange

__all__ = ["KINDS", "AcceptSuggestion", "RejectSuggestion", "Suggestion"]

KINDS = ("id switch", "duplicate", "class flip", "area jump", "unsure", "flicker", "gap")
"""Kinds of suggestions, gravest first."""


@dataclass(frozen=True, slots=True, eq=False)
class Suggestion:
    """A doubt and its remedy."""

    kind: str
    """One of `KINDS`."""
    frames: FrameRange
    """Where to look; both ends are set."""
    tracks: tuple[int, ...]
    doubt: float
    """How sure it is that something is wrong, 0 to 1."""
    text: str
    """For people: what looks wrong and what the repair does."""
    edit: Edit

    @property
    def key(self) -> str:
        """The same for the same place, so that a verdict is remembered."""
        tracks = "+".join(map(str, self.tracks))
        return f"{self.kind}:{tracks}:{self.frames.first}-{self.frames.last}"


@dataclass(frozen=True, slots=True, eq=False)
class AcceptSuggestion:
    """Do what a suggestion suggests."""

    suggestion: Suggestion

    @property
    def text(self) -> str:
        return f"{self.suggestion.kind}: {self.suggestion.edit.text}"

    def apply(self, change: Change) -> None:
        self.suggestion.edit.apply(change)
        change.set_verdict(self.suggestion.key, "accepted")


@dataclass(frozen=True, slots=True, eq=False)
class RejectSuggestion:
    """Say that nothing is wrong there; it is not suggested again."""

    suggestion: Suggestion

    @property
    def text(self) -> str:
        suggestion = self.suggestion
        first, *others = suggestion.tracks
        whose = f"tracks {first} and {others[0]}" if others else f"track {first}"
        return f"reject {suggestion.kind} of {whose}, {suggestion.frames}"

    def apply(self, change: Change) -> None:
        change.set_verdict(self.suggestion.key, "rejected")
