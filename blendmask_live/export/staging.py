"""Folders that appear under their final name only when complete."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, Final, TextIO, cast

from blendmask_live.atomic import flush_to_disk, name_beside, remove, remove_leftovers
from blendmask_live.errors import ExportError

__all__ = ["StagedFolder", "report_write_errors", "table_beside"]

_ADVICE: Final = {
    errno.ENOSPC: "free some space or choose another folder with -o",
    errno.EDQUOT: "free some of the quota or choose another folder with -o",
    errno.EFBIG: "raise the file size limit or choose another folder with -o",
}


def table_beside(folder: Path, name: str) -> Path:
    """Path of a table that lies beside an output folder, since readers trip over it inside."""
    folder = folder.resolve()
    return folder.parent / f"{folder.name}.{name}"


@contextmanager
def report_write_errors(target: Path) -> Iterator[None]:
    """Turn the operating system's (and libav's) refusals into one ExportError line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        advice = _ADVICE.get(error.errno or 0, "choose a folder that you may write to with -o")
        raise ExportError(f"{target}: cannot be written: {reason}; {advice}") from error


class StagedFolder:
    """An output folder that is filled under a temporary name of its own beside its final one.

    `commit` makes the files durable and renames the folder, so that readers see either the old
    output, or none, or the complete new one. Of several runs into one folder, the first to
    commit wins, or with `overwrite` the last. What a killed run left is removed by the next one
    on the same machine.

    Attributes:
        final: The folder's name once complete.
        path: Where to write until then.
        handles: Closed, in reverse order, before the folder is renamed or removed.
    """

    def __init__(self, final: Path, *, overwrite: bool) -> None:
        """Create the temporary folder.

        Raises:
            ExportError: If the output exists and `overwrite` is off, or cannot be made.
        """
        self.final = final
        self._overwrite = overwrite
        self._beside: list[str] = []
        self._refuse_existing()
        self.path = name_beside(final)
        self.handles = ExitStack()
        self._made_parents = [p for p in final.parents if not p.exists()]
        with report_write_errors(final):
            final.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(final)
            self.path.mkdir()

    def open_text(self, name: str) -> TextIO:
        """A new UTF-8 file in the folder, lines ended by a bare newline."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        stream = target.open("w", encoding="utf-8", newline="\n")
        return cast(TextIO, self.handles.enter_context(stream))

    def open_beside(self, name: str) -> TextIO:
        """As `open_text`, for a file that `commit` moves beside the folder; see `table_beside`."""
        self._beside.append(name)
        return self.open_text(name)

    def open_binary(self, name: str) -> BinaryIO:
        """A new file in the folder."""
        stream = (self.path / name).open("wb")
        return cast(BinaryIO, self.handles.enter_context(stream))

    def open_spool(self) -> BinaryIO:
        """A nameless file on the same disk for records that must wait until the end."""
        spool: IO[bytes] = tempfile.TemporaryFile(dir=self.path)  # noqa: SIM115
        return cast(BinaryIO, self.handles.enter_context(spool))

    def commit(self) -> tuple[Path, ...]:
        """Close, flush to disk, rename; returns the files under their final names.

        Raises:
            ExportError: If another run has made the output meanwhile and `overwrite` is off.
            OSError: If the disk refuses. In both cases the temporary folder is still there.
        """
        self.handles.close()
        self._refuse_existing()
        names = sorted(p.relative_to(self.path) for p in self.path.rglob("*") if p.is_file())
        if len(names) > 32 and hasattr(os, "sync"):
            # One flush of everything is far cheaper than a journal commit for each picture;
            # the calls below then only collect errors.
            os.sync()
        for name in names:
            flush_to_disk(self.path / name)
        flush_to_disk(self.path)
        self._rename()
        files = {self.final / name for name in names}
        for beside in self._beside:
            files.remove(self.final / beside)
            files.add((self.final / beside).replace(table_beside(self.final, beside)))
        flush_to_disk(self.final.parent)
        return tuple(sorted(files))

    def _rename(self) -> None:
        replaced = self.path.with_suffix(".replaced")
        if self._overwrite and os.path.lexists(self.final):
            self.final.rename(replaced)
        elif self.final.is_dir():
            # Refused by the system if another run has filled it just now.
            self.final.rmdir()
        try:
            self.path.rename(self.final)
        except OSError:
            if os.path.lexists(replaced):
                replaced.rename(self.final)
            raise
        remove(replaced)

    def _refuse_existing(self) -> None:
        if not self._overwrite and _holds_something(self.final):
            raise ExportError(f"{self.final}: exists already; replace it with --overwrite")

    def discard(self) -> None:
        """Close and remove everything unfinished, and the parents made for it if empty."""
        with suppress(OSError):
            # Buffers that cannot be flushed to a full disk are thrown away here anyway.
            self.handles.close()
        shutil.rmtree(self.path, ignore_errors=True)
        for parent in self._made_parents:
            with suppress(OSError):
                parent.rmdir()


def _holds_something(path: Path) -> bool:
    if path.is_dir():
        with report_write_errors(path):
            return any(path.iterdir())
    return os.path.lexists(path)
