"""Finds places that probably need a person, with the edit that would repair each.

for suggestion in find_suggestions(project):
    project.apply(AcceptSuggestion(suggestion))   # or RejectSuggestion
"""

from __future__ import annotations

from collections.abc import Sequence

from blendmask_live.annotation import doubts, pair_doubts
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.suggestion import KINDS, Suggestion
from blendmask_live.annotation.track_table import read_tracks

__all__ = ["find_suggestions"]

_FINDERS = {
    "id switch": pair_doubts.id_switches,
    "duplicate": pair_doubts.duplicates,
    "class flip": doubts.class_flips,
    "area jump": doubts.area_jumps,
    "unsure": doubts.unsure_stretches,
    "flicker": doubts.flicker,
    "gap": doubts.gaps,
}


def find_suggestions(project: Project, *, kinds: Sequence[str] = KINDS) -> tuple[Suggestion, ...]:
    """All that looks wrong and has no verdict yet, the surest first.

    Args:
        kinds: Some of `KINDS`.
    """
    tracks = read_tracks(project)
    judged = {key for (key,) in project.database.rows("SELECT suggestion FROM verdicts")}
    found = [s for kind in kinds for s in _FINDERS[kind](project, tracks) if s.key not in judged]
    return tuple(sorted(found, key=lambda s: (-round(s.doubt, 2), KINDS.index(s.kind), s.key)))
