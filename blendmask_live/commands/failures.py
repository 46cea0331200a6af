"""How a failure is told to the user."""

from __future__ import annotations

import sys

from blendmask_live.errors import one_line

__all__ = ["print_error"]


def print_error(error: Exception) -> None:
    """Write one line on stderr."""
    sys.stderr.write(f"error: {one_line(error)}\n")
