"""Python that is compiled on its first call, by Numba; for loops over pixels and objects.

A crowd costs NumPy and OpenCV some ten microseconds for each object and step, whatever its size;
compiled, a loop costs what its pixels cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numba

__all__ = ["compiled", "compiled_in_place"]

Function = TypeVar("Function", bound=Callable[..., object])

_OPTIONS: Final[dict[str, Any]] = {
    "nogil": True,
    # Division by zero gives infinity, as in NumPy.
    "error_model": "numpy",
    # Sums may be taken in any order and products be fused, so that loops become vector code.
    "fastmath": {"contract", "nsz", "reassoc"},
}


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays; other threads go on while it runs.

    The machine code is kept beside the module, or in the user's cache where that cannot be
    written, and made anew when that module changes: so it may call compiled functions of its own
    module only. Nothing checks that indices lie inside arrays. NaN and infinity keep their meaning.
    """
    try:
        return numba.njit(cache=True, **_OPTIONS)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        # Neither folder can be written: compiled once in every process.
        return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def compiled_in_place(function: Function) -> Function:
    """Compile a small function as a part of those that call it, whose loops stay vector code."""
    return numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]
