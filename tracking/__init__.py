"""Tracking by mask overlap: instances of single frames in, identities over a video out."""

from tracking.config import TrackerConfig
from tracking.confirmation import ConfirmationBuffer
from tracking.summary import TrackLedger, TrackSummary
from tracking.tracker import MaskTracker

__all__ = ["ConfirmationBuffer", "MaskTracker", "TrackLedger", "TrackSummary", "TrackerConfig"]
