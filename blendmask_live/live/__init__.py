"""The live session: a source played, segmented, tracked, shown and recorded as it comes.

The settings load alone, so that a window can open at once; the session loads what it computes with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blendmask_live.live.settings import (
    FollowedTrack,
    LiveSettings,
    LiveStatus,
    RecordingStatus,
)

if TYPE_CHECKING:
    from blendmask_live.live.session import LiveSession

__all__ = ["FollowedTrack", "LiveSession", "LiveSettings", "LiveStatus", "RecordingStatus"]


def __getattr__(name: str) -> Any:
    if name != "LiveSession":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from blendmask_live.live.session import LiveSession

    return LiveSession
