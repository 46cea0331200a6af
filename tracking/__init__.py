"""Tracking by mask overlap: instances of single frames in, identities over a video out.

Importing this package loads no heavy library; the names below do when they are used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracking.config import LookAheadConfig, TrackerConfig
    from tracking.confirmation import ConfirmationBuffer
    from tracking.lookahead import FirstLook, SecondLook
    from tracking.summary import TrackLedger, TrackSummary
    from tracking.tracker import MaskTracker

__all__ = [
    "ConfirmationBuffer",
    "FirstLook",
    "LookAheadConfig",
    "MaskTracker",
    "SecondLook",
    "TrackLedger",
    "TrackSummary",
    "TrackerConfig",
]

_HOMES = {
    "ConfirmationBuffer": "confirmation",
    "FirstLook": "lookahead",
    "LookAheadConfig": "config",
    "MaskTracker": "tracker",
    "SecondLook": "lookahead",
    "TrackLedger": "summary",
    "TrackSummary": "summary",
    "TrackerConfig": "config",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
