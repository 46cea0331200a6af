"""The video that a project is about: where it is and whether it is still the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from blendmask_live.datatypes import ColorInfo, SourceInfo
from blendmask_live.errors import ProjectError
from blendmask_live.picture_names import is_picture

__all__ = ["MediaReference", "fingerprint", "refer_to"]

_END_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A source as a project remembers it."""

    name: str
    path: str | None
    """Absolute; "demo" for the built-in clip; None for what cannot be read again (a camera)."""
    relative_path: str | None
    """Relative to the project's folder, so that both can move together."""
    size_bytes: int
    fingerprint: str
    """See `fingerprint`; "" where there is no file."""
    width: int
    height: int
    time_base: str | None
    average_fps: str | None
    pixel_aspect: str = "1"
    """Width over height, and what follows: see `SourceInfo`."""
    rotation_deg: int = 0
    color: tuple[int, int, int, bool] = (2, 2, 2, False)
    """Matrix, primaries, transfer, full range."""
    has_audio: bool = False
    keeps_fields: bool = False

    @property
    def frame_size(self) -> tuple[int, int]:
        """(height, width) px."""
        return self.height, self.width

    def info(self, frame_count: int) -> SourceInfo:
        """As exporters want it."""
        return SourceInfo(
            name=self.name,
            width=self.width,
            height=self.height,
            path=None if self.path in (None, "demo") else Path(str(self.path)),
            frame_count=frame_count,
            average_fps=None if self.average_fps is None else Fraction(self.average_fps),
            time_base=None if self.time_base is None else Fraction(self.time_base),
            pixel_aspect=Fraction(self.pixel_aspect),
            rotation_deg=self.rotation_deg,
            color=ColorInfo(*self.color),
            has_audio=self.has_audio,
            keeps_fields=self.keeps_fields,
        )

    def locate(self, project: Path) -> str:
        """Where the source is now: its old place, or the same place seen from the project.

        Raises:
            ProjectError: If it was moved, changed, or cannot be read again.
        """
        if self.path is None:
            raise ProjectError(f"{self.name}: was a live source, so there are no pictures to read")
        if self.path == "demo":
            return self.path
        places = [Path(self.path)]
        if self.relative_path is not None:
            places.append(project.parent / self.relative_path)
        present = [place for place in places if place.exists()]
        for place in present:
            if self._is_same(place):
                return str(place)
        if present:
            raise ProjectError(
                f"{present[0]}: is not the source that was annotated (its content changed), so the "
                "masks may not fit; put the old one back, or tell the project where it is"
            )
        raise ProjectError(
            f"{self.path}: the source was moved or deleted; tell the project where it is now "
            "(--source PATH)"
        )

    def relinked(self, source: Path, project: Path) -> MediaReference:
        """The same media at another place.

        Raises:
            ProjectError: If that is another media.
        """
        if not source.exists():
            raise ProjectError(f"{source}: does not exist")
        if not self._is_same(source):
            raise ProjectError(
                f"{source}: is not the source that was annotated ({self.name}, "
                f"{self.size_bytes} bytes): its content differs"
            )
        return replace(self, path=str(source.absolute()), relative_path=_relative(source, project))

    def _is_same(self, place: Path) -> bool:
        if fingerprint(place) == self.fingerprint:
            return True
        # Older projects counted every file of a folder.
        return place.is_dir() and _fingerprint_of_folder(place, _files) == self.fingerprint

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def refer_to(info: SourceInfo, project: Path) -> MediaReference:
    """A reference to a source, as seen from a project file."""
    path = info.path
    # Only the built-in clip has this name and no file.
    spec = "demo" if path is None and info.name == "demo" and not info.is_live else None
    return MediaReference(
        name=info.name,
        path=spec if path is None else str(path.absolute()),
        relative_path=None if path is None else _relative(path, project),
        size_bytes=0 if path is None else _size_bytes(path),
        fingerprint="" if path is None else fingerprint(path),
        width=info.width,
        height=info.height,
        time_base=None if info.time_base is None else str(info.time_base),
        average_fps=None if info.average_fps is None else str(info.average_fps),
        pixel_aspect=str(info.pixel_aspect),
        rotation_deg=info.rotation_deg,
        color=astuple(info.color),
        has_audio=info.has_audio,
        keeps_fields=info.keeps_fields,
    )


def fingerprint(path: Path) -> str:
    """SHA-256 over the size and the first and last MiB of a file.

    Of a folder: over the names and sizes of its pictures, as nothing else in it is a frame.
    Empty if it cannot be read.
    """
    if path.is_dir():
        return _fingerprint_of_folder(path, _pictures)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file_content:
            size = os.fstat(file_content.fileno()).st_size
            digest.update(str(size).encode())
            digest.update(file_content.read(_END_BYTES))
            file_content.seek(max(size - _END_BYTES, 0))
            digest.update(file_content.read(_END_BYTES))
    except OSError:
        return ""
    return digest.hexdigest()


def _fingerprint_of_folder(folder: Path, files_of: Callable[[Path], list[Path]]) -> str:
    digest = hashlib.sha256()
    try:
        for file in sorted(files_of(folder)):
            digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
    except OSError:
        return ""
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _pictures(folder: Path) -> list[Path]:
    return [path for path in _files(folder) if is_picture(path)]


def _size_bytes(path: Path) -> int:
    try:
        files = [path] if path.is_file() else _pictures(path)
        return sum(file.stat().st_size for file in files)
    except OSError:
        return 0


def _relative(path: Path, project: Path) -> str | None:
    try:
        return os.path.relpath(path.absolute(), project.absolute().parent)
    except ValueError:
        # Another drive.
        return None
