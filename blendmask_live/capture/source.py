"""What every source of frames promises."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Frame, SourceInfo

__all__ = [
    "SOUND_RATE",
    "CameraChoice",
    "FrameSource",
    "HeardSource",
    "NoticingSource",
    "PreparingSource",
    "SeekableSource",
    "Sound",
    "notice_of",
    "refuse_negative",
    "sound_of",
]

SOUND_RATE: Final = 48_000
"""Samples per second of all sound."""


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """What is asked of a camera; it gives what it can."""

    width: int | None = None
    height: int | None = None
    fps: float | None = None


class FrameSource(Protocol):
    """Frames of a file, a folder, a camera; read by one thread.

    Adding a source: one module here, one line in `capture.open_source`, and the contract
    suite in tests/capture passes.
    """

    @property
    def info(self) -> SourceInfo:
        """What is known before reading."""
        ...

    def read(self) -> Frame | None:
        """The next frame, or None after the last one (again and again).

        Raises:
            SourceReadError: If the source broke; frames read before stay valid.
        """
        ...

    def interrupt(self) -> None:
        """Make a blocked and every later `read` return None soon; from any thread."""
        ...

    def close(self) -> None:
        """Release the device or file; safe to call twice."""
        ...


@runtime_checkable
class SeekableSource(FrameSource, Protocol):
    """A source with a past and a future: files, folders, the demo."""

    def seek(self, index: int) -> None:
        """Make the next `read` return the frame of this index, exactly; by the reading thread.

        Raises:
            ValueError: If `index` is negative. Past the end, `read` returns None.
            SourceReadError: If the place cannot be reached.
        """
        ...


@runtime_checkable
class PreparingSource(SeekableSource, Protocol):
    """A source where some frames take long to reach: videos with few keyframes."""

    def is_near(self, index: int) -> bool:
        """Whether a frame can be read within some milliseconds; by the reading thread."""
        ...

    def prepare(self, index: int, *, goes_on: Callable[[], bool]) -> None:
        """Make frames near this one, which was read, quick to read; by the reading thread.

        The next `read` is not another one for that.

        Args:
            index: A frame that was read.
            goes_on: Asked every few milliseconds; where it says no, this ends early.

        Raises:
            SourceReadError: If the source broke.
        """
        ...


def refuse_negative(index: int) -> None:
    """For `SeekableSource.seek`.

    Raises:
        ValueError: If `index` is negative.
    """
    if index < 0:
        raise ValueError(f"frame indexes start at 0, got {index}")


@runtime_checkable
class NoticingSource(FrameSource, Protocol):
    """A source that goes on in spite of trouble: cameras, streams, damaged files."""

    @property
    def notice(self) -> str:
        """What hinders the source now, or what is missing of it, for people; "" if nothing.

        "camera lost, next try in 4 s", or "clip.mp4: 3 damaged packets skipped".
        Safe to read from any thread.
        """
        ...


def notice_of(source: FrameSource) -> str:
    """`NoticingSource.notice`; "" of a source that never has trouble."""
    return source.notice if isinstance(source, NoticingSource) else ""


class Sound(Protocol):
    """The sound of a source; used by one thread."""

    def read(self, start_s: float, samples: int) -> NDArray[np.int16]:
        """(samples, 2) at `SOUND_RATE` from this time of the source on; zeros where none is."""
        ...


@runtime_checkable
class HeardSource(FrameSource, Protocol):
    """A source that may have sound."""

    def sound(self) -> Sound | None:
        """Its sound, by the `pts_s` of its frames; None where it has none. From any thread."""
        ...


def sound_of(source: FrameSource) -> Sound | None:
    """`HeardSource.sound`; None of a source that never has sound."""
    return source.sound() if isinstance(source, HeardSource) else None
