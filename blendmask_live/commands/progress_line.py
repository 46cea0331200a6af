"""Progress bars on the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

__all__ = ["ProgressLine", "progress_line"]

_FIRST_LINE_S = 1.0
_LINE_PAUSE_S = 30.0
"""Between two lines; the first ones come sooner, each after twice the time."""


class _RateColumn(ProgressColumn):
    """Units per second."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} {self._unit}" if speed else f"- {self._unit}")


class ProgressLine:
    """One running bar.

    On a terminal it is redrawn in place; elsewhere (a log file, the window that learns from
    corrections) a line is written now and then, "title: done/total note".
    """

    def __init__(self, progress: Progress, task: TaskID, *, quiet: bool) -> None:
        self._progress, self._task = progress, task
        self._writes_lines = not quiet and not progress.console.is_terminal
        self._pause_s = min(_FIRST_LINE_S, _LINE_PAUSE_S)
        self._next_line_s = time.monotonic() + self._pause_s
        self._last, self._written = "", ""

    def update(self, done: int, total: int | None, note: str = "") -> None:
        """Show `done` of `total` (None: unknown) and a short note."""
        self._progress.update(self._task, completed=done, total=total, note=note)
        title = self._progress.tasks[0].description
        self._last = f"{title}: {done}/{'?' if total is None else total} {note}\n"
        if self._writes_lines and time.monotonic() >= self._next_line_s:
            self._pause_s = min(2 * self._pause_s, _LINE_PAUSE_S)
            self._next_line_s = time.monotonic() + self._pause_s
            self._write()

    def end(self) -> None:
        """Where lines were written, the last one says how far it came."""
        if self._written and self._written != self._last:
            self._write()

    def _write(self) -> None:
        self._written = self._last
        sys.stderr.write(self._written)


@contextmanager
def progress_line(title: str, *, rate: str, quiet: bool) -> Iterator[ProgressLine]:
    """A bar with count, rate, time left and a note, on stderr."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(rate),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        line = ProgressLine(progress, progress.add_task(title, total=None, note=""), quiet=quiet)
        try:
            yield line
        finally:
            line.end()
