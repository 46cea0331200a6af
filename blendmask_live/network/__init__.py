"""The networks: blendmask-lite and the published BlendMask family.

Importing this package loads no PyTorch; the names below do when they are used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blendmask_live.network.family.adelaidet import convert_adelaidet_state_dict
    from blendmask_live.network.family.model import build_blendmask

__all__ = ["build_blendmask", "convert_adelaidet_state_dict"]

_HOMES = {"build_blendmask": "family.model", "convert_adelaidet_state_dict": "family.adelaidet"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
