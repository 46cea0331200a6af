"""Python that is compiled on its first call, by Numba; for loops over pixels and objects.

A crowd costs NumPy and OpenCV some ten microseconds for each object and step, whatever its size;
compiled, a loop costs what its pixels cost.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

import numba
from numba.core.caching import FunctionCache

__all__ = ["compiled", "compiled_in_place"]

Function = TypeVar("Function", bound=Callable[..., object])

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


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays; other threads go on while it runs.

    The machine code is kept beside the module, or in the user's cache where that cannot be
    written. It is compiled again when that module changes, but not when another one does: so it
    may call compiled functions and use constants of its own module only. Nothing checks that
    indices lie inside arrays. NaN and infinity keep their meaning.
    """
    made = numba.njit(**_OPTIONS)(function)
    # Where neither folder can be written: compiled once in every process.
    with suppress(RuntimeError):
        # In place of njit(cache=True), which would set Numba's own.
        made._cache = _Cache(function)
    return made


def compiled_in_place(function: Function) -> Function:
    """Compile a small function as a part of those that call it, whose loops stay vector code."""
    return numba.njit(inline="always", **_OPTIONS)(function)
