"""Numbers of things in sentences of the window."""

from __future__ import annotations

from gui.shared.languages import translate as _tr

__all__ = ["counted", "frames_text", "masks_text", "tracks_text"]


def counted(count: int, one: str, several: str) -> str:
    """The text for one thing, or that for several with their number in its "{count}"."""
    return one if count == 1 else several.format(count=count)


def frames_text(count: int) -> str:
    """So many frames."""
    return counted(count, _tr("1 frame"), _tr("{count} frames"))


def masks_text(count: int) -> str:
    """So many masks."""
    return counted(count, _tr("1 mask"), _tr("{count} masks"))


def tracks_text(count: int) -> str:
    """So many tracks."""
    return counted(count, _tr("1 track"), _tr("{count} tracks"))
