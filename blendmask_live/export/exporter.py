"""What every output format promises."""

from pathlib import Path
from typing import Protocol

from blendmask_live.datatypes import TrackedFrame

__all__ = ["Exporter"]


class Exporter(Protocol):
    """Writes tracked frames in one format; used by one thread.

    Files appear under their final names only when complete.
    """

    def write(self, tracked: TrackedFrame) -> None:
        """Add one frame; frames arrive in order. Every row has a final, positive track id.

        Raises:
            ExportError: If the output cannot be written (full disk, lost permission).
        """
        ...

    def close(self) -> tuple[Path, ...]:
        """Finish with the frames written so far and return the files made.

        Called after an interruption too: what was written so far becomes readable.
        """
        ...

    def discard(self) -> None:
        """Remove unfinished files; nothing appears under a final name. After `close`: no-op."""
        ...
