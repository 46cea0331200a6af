"""Machine code of compiled functions, kept on disk by Numba."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import numba
from numba.core.caching import FunctionCache

__all__ = ["compile_function"]

_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    # Division by zero gives infinity, as in NumPy.
    "error_model": "numpy",
    # Sums may be taken in any order and products be fused, so that loops become vector code.
    "fastmath": {"contract", "nsz", "reassoc"},
}
_UNREADABLE: Final = (
    OSError,
    pickle.UnpicklingError,
    # What unpickling raises when the bytes are something else.
    EOFError,
    AttributeError,
    ImportError,
    LookupError,
    TypeError,
    ValueError,
)


class _Cache(FunctionCache):
    """Numba's, but all goes on without it: where files are damaged, or the disk is full."""

    def load_overload(self, sig: tuple[Any, ...], target_context: object) -> Any:
        try:
            kept = super().load_overload(sig, target_context)
        except _UNREADABLE:
            # Otherwise the same damage would be found on each start.
            with suppress(OSError):
                self.flush()
            return None
        # Processes that compile a function for different types at the same time may mix files up.
        return kept if kept is None or kept.signature.args == sig else None

    def save_overload(self, sig: tuple[Any, ...], data: object) -> None:
        with suppress(*_UNREADABLE):
            super().save_overload(sig, data)


def compile_function(function: Callable[..., object], *, is_inline: bool) -> Any:
    """Numba's form of a function, which compiles it for each kind of arguments.

    Args:
        is_inline: As a part of those that call it; then nothing is kept.
    """
    if is_inline:
        return numba.njit(inline="always", **_OPTIONS)(function)
    made = numba.njit(**_OPTIONS)(function)
    # Where neither folder can be written: compiled once in every process.
    with suppress(RuntimeError):
        # In place of njit(cache=True), which would set Numba's own.
        made._cache = _Cache(function)
    return made
