"""Tracking by mask overlap: instances of single frames in, identities over a video out."""

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
