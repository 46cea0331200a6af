"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Report", "Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule of a format that a file breaks."""

    place: str
    """File, and line or element in it."""
    problem: str
    """What was expected and what was found."""
    cure: str
    """What to do."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of `validate`."""

    path: Path
    format: str
    violations: tuple[Violation, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the format's readers take it."""
        return not self.violations
