"""Python that is compiled on its first call, by Numba; for loops over pixels and objects.

A crowd costs NumPy and OpenCV some ten microseconds for each object and step, whatever its size;
compiled, a loop costs what its pixels cost.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

__all__ = ["compiled", "compiled_in_place"]

Function = TypeVar("Function", bound=Callable[..., object])
_TURN: Final = threading.RLock()


class _Later:
    """A function of a module until the first call of one of them; then all get Numba's form.

    Numba takes as long to load as all else that the command line needs.
    """

    def __init__(self, function: Callable[..., object], *, is_inline: bool = False) -> None:
        functools.update_wrapper(self, function)
        self._function, self._is_inline = function, is_inline
        self._form: Any = None
        self._made: Any = None
        """The same, once all that it calls can be compiled."""

    def __call__(self, *arguments: Any) -> Any:
        return (self._made or self.made())(*arguments)

    def made(self) -> Any:
        """Numba's form."""
        with _TURN:
            if self._made is None:
                names = self._function.__globals__
                # Code that is compiled finds the functions that it calls by these names. All change
                # at once: other threads may call any of them meanwhile.
                names.update(
                    {
                        name: value._formed()
                        for name, value in list(names.items())
                        if isinstance(value, _Later) and value._function.__globals__ is names
                    }
                )
                # One that a test or a closure holds has no such name.
                self._made = self._formed()
        return self._made

    def _formed(self) -> Any:
        from blendmask_live.masks.kept_code import compile_function

        if self._form is None:
            self._form = compile_function(self._function, is_inline=self._is_inline)
        return self._form


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays; other threads go on while it runs.

    The machine code is kept beside the module, or in the user's cache where that cannot be
    written. It is compiled again when that module changes, but not when another one does: so it
    may call compiled functions and use constants of its own module only. Nothing checks that
    indices lie inside arrays. NaN and infinity keep their meaning.
    """
    return cast(Function, _Later(function))


def compiled_in_place(function: Function) -> Function:
    """Compile a small function as a part of those that call it, whose loops stay vector code."""
    return cast(Function, _Later(function, is_inline=True))
