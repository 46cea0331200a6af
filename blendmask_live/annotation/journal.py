"""The acts of editing, in order, and the way back and forth between them."""

from __future__ import annotations

from datetime import UTC, datetime

from blendmask_live.annotation.change import Change, changed_spans, joined, revert
from blendmask_live.annotation.contents import JournalEntry
from blendmask_live.annotation.database import Database
from blendmask_live.counting import counted

__all__ = ["Journal"]


class Journal:
    """The table `journal`; all but reading happens inside a transaction of the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def position(self) -> int:
        """Number of the last act that is not undone; 0 if there is none."""
        return int(self._database.meta("journal_position"))

    def entries(self) -> tuple[JournalEntry, ...]:
        """All acts, oldest first."""
        position = self.position
        rows = self._database.rows(
            "SELECT number, command, text, made_at FROM journal ORDER BY number"
        )
        return tuple(
            JournalEntry(number, command, text, made_at, number > position)
            for number, command, text, made_at in rows
        )

    def text_of(self, number: int) -> str:
        """Text of an act; "" if there is none of that number."""
        rows = self._database.rows("SELECT text FROM journal WHERE number = ?", (number,))
        return str(rows[0][0]) if rows else ""

    def spans_of(self, number: int) -> list[tuple[int, int]]:
        """Frames in which an act changed masks; see `changed_spans`."""
        rows = self._database.rows("SELECT changes FROM journal WHERE number = ?", (number,))
        return changed_spans(rows[0][0]) if rows else []

    def add(self, command: str, text: str, change: Change) -> bool:
        """Record what an edit did; False if that was nothing."""
        recorded = change.recorded()
        if recorded is None:
            return False
        number = self.position + 1
        if change.deleted:
            text += f" ({counted(change.deleted, 'mask')})"
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._database.run(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)",
            (number, command, text, made_at, change.first_new_strand, recorded),
        )
        self._database.set_meta(journal_position=number)
        return True

    def strand_of_last(self, command: str, text: str) -> int | None:
        """The first strand of the last act, if that is this one."""
        rows = self._database.rows(
            "SELECT next_strand FROM journal WHERE number = ? AND command = ? AND text = ?",
            (self.position, command, text),
        )
        return int(rows[0][0]) if rows else None

    def join(self, text: str, change: Change) -> bool:
        """Record what an edit did as a part of the last act; False if that was nothing."""
        recorded = change.recorded()
        if recorded is None:
            return False
        number = self.position
        ((first,),) = self._database.rows("SELECT changes FROM journal WHERE number = ?", (number,))
        self._database.run(
            "UPDATE journal SET text = ?, changes = ? WHERE number = ?",
            (text, joined(first, recorded), number),
        )
        return True

    def step(self, *, forward: bool) -> str:
        """Undo one act, or (`forward`) redo one; returns its text, "" if there is none."""
        position = self.position
        rows = self._database.rows(
            "SELECT text, changes FROM journal WHERE number = ?", (position + forward,)
        )
        if not rows:
            return ""
        ((text, recorded),) = rows
        revert(self._database, recorded, forward=forward)
        self._database.set_meta(journal_position=position + (1 if forward else -1))
        return str(text)

    def forget_undone(self) -> None:
        """Remove acts that were undone, with the masks they made."""
        position = self.position
        ((strand,),) = self._database.rows(
            "SELECT min(next_strand) FROM journal WHERE number > ?", (position,)
        )
        if strand is None:
            return
        self._database.run("DELETE FROM journal WHERE number > ?", (position,))
        orphans = "FROM masks WHERE strand >= ?"
        self._database.run(f"DELETE FROM pixels WHERE id IN (SELECT pixels {orphans})", (strand,))
        self._database.run(f"DELETE {orphans}", (strand,))
