"""How a failure is reported to the user."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from blendmask_live.addresses import without_secrets_in
from blendmask_live.errors import one_line

__all__ = ["print_error", "print_traceback"]


def print_error(error: Exception) -> None:
    """Write one line on stderr."""
    sys.stderr.write(f"error: {one_line(error)}\n")


def print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write a traceback on stderr, as Python does, but for the secrets of addresses."""
    sys.stderr.write(without_secrets_in("".join(traceback.format_exception(kind, error, trace))))
