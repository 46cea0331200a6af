"""The live session: a source played, segmented, tracked, shown and recorded as it comes."""

from blendmask_live.live.session import LiveSession
from blendmask_live.live.settings import LiveSettings, LiveStatus, RecordingStatus

__all__ = ["LiveSession", "LiveSettings", "LiveStatus", "RecordingStatus"]
