"""What every source of frames promises."""

from typing import Protocol

from blendmask_live.datatypes import Frame, SourceInfo

__all__ = ["FrameSource"]


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
