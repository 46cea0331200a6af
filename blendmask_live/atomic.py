"""Writing beside a file and renaming: under its name there is the old file or the whole new one."""

from __future__ import annotations

import os
import platform
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import platformdirs

__all__ = [
    "HOST",
    "cache_folder",
    "flush_to_disk",
    "name_beside",
    "remove",
    "remove_leftovers",
    "scratch_folder",
    "written_beside",
]

HOST: Final = re.sub(r"[^\w-]", "-", platform.node()) or "localhost"
"""This machine, as part of file names."""


def cache_folder() -> Path:
    """Where prepared networks and pictures of videos are kept; `XDG_CACHE_HOME` is honoured."""
    try:
        return platformdirs.user_cache_path("blendmask-live", appauthor=False)
    except RuntimeError:
        # A user without a home directory.
        return Path(tempfile.gettempdir()) / "blendmask-live"


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """A path to write to; what is there when the block ends takes the place of `path`.

    It has the name of `path`, in a folder of its own, so that whatever else the writer makes
    beside it is removed with the folder. An error leaves `path` as it was.

    Raises:
        OSError: If the folder cannot be made, or the file cannot be renamed.
    """
    with scratch_folder(path) as folder:
        yield folder / path.name
        (folder / path.name).replace(path)


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """A folder beside `path` that is removed when the block ends; also those of killed runs.

    Raises:
        OSError: If it cannot be made.
    """
    with suppress(OSError):
        remove_leftovers(path)
    folder = name_beside(path)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def name_beside(path: Path) -> Path:
    """A name beside `path` that no other process uses, and that says which process made it."""
    owner = f"{HOST}.{os.getpid()}.{secrets.token_hex(4)}"
    return path.with_name(f".{path.name}.{owner}.partial")


def remove_leftovers(path: Path) -> None:
    """Remove what processes of this machine that are no more have left beside `path`.

    Raises:
        OSError: If it cannot be removed.
    """
    if os.name == "nt":
        # There, os.kill would interrupt the process instead of looking for it.
        return
    owner = rf"\.{re.escape(path.name)}\.{re.escape(HOST)}\.(\d+)\.[0-9a-f]+\.(partial|replaced)"
    for other in path.parent.iterdir():
        found = re.fullmatch(owner, other.name)
        if found and not _is_alive(int(found[1])):
            remove(other)


def remove(path: Path) -> None:
    """Remove a file, or a folder and all in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def flush_to_disk(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk.

    Raises:
        OSError: If the disk refuses.
    """
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except OSError as error:
        # Asking about another user's process is forbidden, but then there is one.
        return not isinstance(error, ProcessLookupError)
    return True
