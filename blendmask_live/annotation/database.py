"""One `.bml` file: its connection, its lock, its transactions, its errors."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from blendmask_live.annotation.schema import APPLICATION_ID, MIGRATIONS
from blendmask_live.errors import ProjectError

__all__ = [
    "DAMAGED",
    "Database",
    "Row",
    "move_aside",
    "put_in_place",
    "refuse_open_elsewhere",
]

Row = tuple[Any, ...]
DAMAGED = "the file is damaged ({}); go back to a copy of it"
_ARRAY_ROWS = 20_000
_HEADER = b"SQLite format 3\x00"
_LOGS = ("-wal", "-shm", "-journal")
_COPIES = 3


class Database:
    """A connection that any thread may use; calls wait for each other.

    The writer holds an operating-system lock on a file beside the project, which the system
    releases however the program ends. Readers see the last finished act.

    Attributes:
        path: The project file.
        read_only_reason: Why nothing can be changed; "" if it can.
    """

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False) -> None:
        """Open a project, or make an empty one.

        Raises:
            ProjectError: If it is missing, no project, damaged, from a newer version, or (with
                `create`) exists or cannot be made.
        """
        self.path = path.absolute()
        self._serial = threading.RLock()
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self.read_only_reason = "opened for reading only" if read_only else ""
        self._lock_path = _lock_path(self.path)
        self._file_lock = _file_lock(self.path)
        if create:
            self._refuse_existing()
        else:
            self._check_header()
        if not read_only:
            self._lock(create=create)
        try:
            with self._reported():
                self._connection = self._connect(create=create)
                self._prepare(create=create)
        except BaseException:
            self.close()
            raise

    def _refuse_existing(self) -> None:
        if os.path.lexists(self.path):
            raise ProjectError(f"{self.path}: exists already; choose another name")
        if not self.path.parent.is_dir():
            raise ProjectError(f"{self.path}: cannot be made, its folder does not exist")

    def _check_header(self) -> None:
        try:
            with self.path.open("rb") as file:
                head = file.read(100)
        except OSError as error:
            beside = self.path.with_name(f"{self.path.name}.bml")
            hint = f"; the project is {beside}" if beside.is_file() else ""
            raise ProjectError(f"{self.path}: cannot be opened ({error.strerror}){hint}") from error
        mark = int.from_bytes(head[68:72], "big")
        if not head.startswith(_HEADER) or mark != APPLICATION_ID:
            raise ProjectError(
                f"{self.path}: expected an annotation project (.bml), found another kind of file"
            )

    def _lock(self, *, create: bool) -> None:
        try:
            self._file_lock.acquire()
        except Timeout as error:
            if create:
                raise ProjectError(f"{self.path}: another program is making it") from error
            self.read_only_reason = "open in another program, so only for reading here"
        except OSError as error:
            if create:
                raise ProjectError(f"{self.path}: cannot be made ({error.strerror})") from error
            self.read_only_reason = f"its folder cannot be written to ({error.strerror})"
        if not create and not self.read_only_reason and not os.access(self.path, os.W_OK):
            self.read_only_reason = "the file is write-protected"

    def _connect(self, *, create: bool) -> sqlite3.Connection:
        # Readers connect for writing too where they can: only then does SQLite tidy up after
        # the last one. `query_only` keeps them from changing anything.
        mode = "rwc" if create else "rw"
        if not os.access(self.path.parent, os.W_OK):
            return self._connect_without_room()
        if not create and not os.access(self.path, os.W_OK):
            mode = "ro"
        return _open(self.path, mode)

    def _connect_without_room(self) -> sqlite3.Connection:
        """Connect where nothing can be made beside the project.

        SQLite reads the log with the newest acts only if its index (shared memory) is there
        too or can be made. Without a log the file is at rest; with a log alone, a copy of both
        is read.
        """
        log = _beside(self.path, "-wal")
        if not log.is_file() or not log.stat().st_size:
            return _open(self.path, "ro&immutable=1")
        with suppress(sqlite3.Error):
            connection = _open(self.path, "ro")
            try:
                connection.execute("SELECT count(*) FROM sqlite_master")
                return connection
            except sqlite3.Error:
                connection.close()
        self._copy = tempfile.TemporaryDirectory(prefix="blendmask-live-")
        copy = Path(self._copy.name) / self.path.name
        try:
            _copy_with_log(self.path, copy)
        except OSError as error:
            raise ProjectError(
                f"{self.path}: has acts in {log.name} and can be read only as a copy, which "
                f"cannot be made ({error.strerror}); free some space or copy both files"
            ) from error
        return _open(copy, "rw")

    def _prepare(self, *, create: bool) -> None:
        if create:
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if self.read_only_reason:
            self._connection.execute("PRAGMA query_only = ON")
        else:
            self._connection.execute("PRAGMA journal_mode = WAL")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise ProjectError(
                f"{self.path}: made by a newer version (format {version}, this one knows "
                f"{len(MIGRATIONS)}); update BlendMask Live"
            )
        if version < len(MIGRATIONS) and self.read_only_reason:
            self._connection = _copied(self._connection)
        for number in range(version, len(MIGRATIONS)):
            self._connection.executescript(
                f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
            )

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn SQLite's refusals into one line."""
        try:
            yield
        except sqlite3.Error as error:
            raise ProjectError(f"{self.path}: {_explained(error)}") from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query.

        Raises:
            ProjectError: If the file is damaged.
        """
        with self._serial, self._reported():
            return self._connection.execute(sql, values).fetchall()

    def array(self, sql: str, *, columns: int) -> NDArray[np.float64]:
        """All rows of a query of numbers, (n, columns), without a Python object for each."""
        with self._serial, self._reported():
            cursor = self._connection.execute(sql)
            chunks = [np.zeros((0, columns))]
            while rows := cursor.fetchmany(_ARRAY_ROWS):
                chunks.append(np.array(rows, dtype=np.float64))
            return np.concatenate(chunks)

    def run(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Execute one statement."""
        with self._serial, self._reported():
            self._connection.execute(sql, values)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute one statement for each row."""
        with self._serial, self._reported():
            self._connection.executemany(sql, rows)

    def meta(self, key: str) -> Any:
        """A value of the table `meta`."""
        ((value,),) = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return json.loads(value)

    def set_meta(self, **values: Any) -> None:
        """Write values of the table `meta`; inside a transaction."""
        self.run_many(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [(key, json.dumps(value)) for key, value in values.items()],
        )

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[None]:
        """All or nothing; other threads wait.

        Args:
            durable: Whether what was done also survives a power cut, at the price of waiting
                for the disk. A killed program loses no finished transaction either way.

        Raises:
            ProjectError: If the project is open for reading only, or the disk is full.
        """
        if self.read_only_reason:
            raise ProjectError(f"{self.path}: cannot be changed: {self.read_only_reason}")
        with self._serial, self._reported():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several reads of one state, whatever other threads and programs write meanwhile."""
        with self._serial, self._reported():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close and release; safe to call twice."""
        with self._serial:
            connection = getattr(self, "_connection", None)
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
            if self._copy is not None:
                self._copy.cleanup()
            if self._file_lock.is_locked:
                # Deleted before the lock is released, so that a program that opened it meanwhile
                # sees it.
                with suppress(OSError):
                    self._lock_path.unlink()
                self._file_lock.release()


def put_in_place(project: Path, place: Path) -> None:
    """Give a closed project the name of another one, which it replaces.

    Nothing of the old one stays beside it: SQLite would take its log for the new one's.

    Raises:
        ProjectError: If the old one is open in another program.
    """
    with _held(place):
        # A kill between the next steps loses nothing that was done in the old one.
        _empty_log(place)
        for suffix in _LOGS:
            _beside(place, suffix).unlink(missing_ok=True)
        project.replace(place)


def refuse_open_elsewhere(place: Path) -> None:
    """For what is going to replace a project.

    Raises:
        ProjectError: If it is open in another program.
    """
    with _held(place):
        pass


def move_aside(project: Path, place: Path) -> None:
    """Rename a project that no program has open for writing, with its log."""
    _empty_log(project)
    project.replace(place)
    for suffix in _LOGS:
        with suppress(FileNotFoundError):
            _beside(project, suffix).replace(_beside(place, suffix))


def _empty_log(project: Path) -> None:
    """Bring the log's acts into the project, if it is one."""
    with suppress(sqlite3.Error):
        connection = _open(project, "rw")
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


@contextmanager
def _held(place: Path) -> Iterator[None]:
    """Keep other programs from opening a project for writing."""
    lock = _file_lock(place)
    try:
        lock.acquire()
    except Timeout as error:
        raise ProjectError(
            f"{place}: is open in another program; close it there before it is replaced"
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            _lock_path(place).unlink()
        lock.release()


def _lock_path(project: Path) -> Path:
    return project.with_name(f".{project.name}.lock")


def _file_lock(project: Path) -> FileLock:
    return FileLock(_lock_path(project), timeout=0, is_singleton=False, thread_local=False)


def _beside(project: Path, suffix: str) -> Path:
    return project.with_name(f"{project.name}{suffix}")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=5.0,
    )


def _copy_with_log(project: Path, copy: Path) -> None:
    """Copy a project and its log as they were at one moment, unless it changes all the time."""
    pairs = [(_beside(project, suffix), _beside(copy, suffix)) for suffix in ("", "-wal")]
    for _ in range(_COPIES):
        before = [(s.st_size, s.st_mtime_ns) for s in (path.stat() for path, _ in pairs)]
        for source, target in pairs:
            shutil.copyfile(source, target)
        if before == [(s.st_size, s.st_mtime_ns) for s in (path.stat() for path, _ in pairs)]:
            return


def _copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Go on with a temporary copy: what may not be written to is brought up to date there."""
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    connection.backup(copy)
    connection.close()
    return copy


def _explained(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full: this act is not kept, all before it is; free some space"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DAMAGED.format(error)
    if "decode to UTF-8" in str(error):
        # Python's own message has no error code and holds all of the text that cannot be read.
        return DAMAGED.format("text that cannot be read")
    if code == sqlite3.SQLITE_IOERR:
        return f"cannot be read or written ({error}); is the disk still there?"
    return str(error)
