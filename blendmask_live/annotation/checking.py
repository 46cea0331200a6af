"""Whether a project keeps its promises, and what it holds as one number."""

from __future__ import annotations

import hashlib

from blendmask_live.annotation.mask_store import PIXEL_COLUMNS
from blendmask_live.annotation.project import Project

__all__ = ["content_hash", "problems"]

_RULES = {
    "a run without its track": "SELECT 1 FROM runs WHERE track NOT IN (SELECT id FROM tracks)",
    "a track without a mask": "SELECT 1 FROM tracks WHERE id NOT IN (SELECT track FROM runs)",
    "a run without its class": "SELECT 1 FROM runs WHERE class NOT IN (SELECT id FROM labels)",
    "a run that ends before it begins": "SELECT 1 FROM runs WHERE last < first",
    "two masks of a track in one frame": """
        SELECT 1 FROM (SELECT track, first, lag(last) OVER (PARTITION BY track ORDER BY first)
        AS before FROM runs) WHERE first <= before""",
    "a mask in two runs": """
        SELECT 1 FROM (SELECT strand, first, lag(last) OVER (PARTITION BY strand ORDER BY first)
        AS before FROM runs) WHERE first <= before""",
    "a mask without pixels": "SELECT 1 FROM masks WHERE pixels NOT IN (SELECT id FROM pixels)",
    "a journal with gaps": """
        SELECT 1 FROM (SELECT count(*) AS acts, coalesce(max(number), 0) AS latest FROM journal)
        WHERE acts <> latest""",
    "a journal position outside the journal": """
        SELECT 1 FROM meta WHERE key = 'journal_position'
        AND value + 0 > (SELECT count(*) FROM journal)""",
}


def problems(project: Project) -> list[str]:
    """What is wrong with the file; empty if nothing is. Reads all of it.

    Raises:
        ProjectError: If the file is too damaged to be read.
    """
    with project.database.snapshot():
        found = [text for (text,) in project.database.rows("PRAGMA integrity_check")]
        found = [] if found == ["ok"] else found
        found += [rule for rule, sql in _RULES.items() if project.database.rows(f"{sql} LIMIT 1")]
        return found + _missing_masks(project)


def _missing_masks(project: Project) -> list[str]:
    """Runs with a frame in which the strand has no mask."""
    rows = project.database.rows(
        "SELECT strand, first, last, (SELECT count(*) FROM masks "
        "WHERE masks.strand = runs.strand AND frame BETWEEN first AND last) FROM runs"
    )
    return [
        f"strand {strand} lacks masks in frames {first} to {last}"
        for strand, first, last, count in rows
        if count != len(project.frames.between(first, last))
    ]


def content_hash(project: Project) -> str:
    """SHA-256 of everything that edits can change and of every mask that is in use.

    Equal for two states that no reader of the project could tell apart.
    """
    digest = hashlib.sha256()
    with project.database.snapshot():
        for sql in (
            "SELECT * FROM tracks ORDER BY id",
            "SELECT * FROM labels ORDER BY id",
            "SELECT * FROM verdicts ORDER BY suggestion",
            "SELECT * FROM runs ORDER BY strand, first",
            "SELECT masks.frame, masks.strand, score, area, x0, y0, x1, y1, "
            f"{PIXEL_COLUMNS}, soft, attention FROM runs JOIN masks ON masks.strand = runs.strand "
            "AND masks.frame BETWEEN runs.first AND runs.last "
            "JOIN pixels ON pixels.id = masks.pixels ORDER BY masks.frame, masks.strand",
        ):
            for row in project.database.rows(sql):
                digest.update(repr(row).encode())
    return digest.hexdigest()
