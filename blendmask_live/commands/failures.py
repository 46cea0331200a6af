"""How a failure is told to the user."""

from __future__ import annotations

import sys

from blendmask_live.errors import BlendMaskLiveError

__all__ = ["one_line", "print_error"]


def one_line(error: Exception) -> str:
    """What went wrong; a programming mistake with its type, and where to find more."""
    if isinstance(error, BlendMaskLiveError):
        return " ".join(str(error).split())
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{text} (details with --debug)"


def print_error(error: Exception) -> None:
    """Write one line on stderr."""
    sys.stderr.write(f"error: {one_line(error)}\n")
