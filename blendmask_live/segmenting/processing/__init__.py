"""What differs between blendmask-lite and the published family around the network itself."""

from __future__ import annotations

from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.runtime import Network
from blendmask_live.segmenting.processing.family import FamilyProcessing
from blendmask_live.segmenting.processing.lite import LiteProcessing
from blendmask_live.segmenting.processing.protocol import Blended, Processing

__all__ = ["Blended", "FamilyProcessing", "LiteProcessing", "Processing", "processing_for"]


def processing_for(network: Network, precision: str = "fp32") -> Processing:
    """What belongs around a network whose dense part runs in that precision."""
    if isinstance(network, BlendMaskLite):
        return LiteProcessing(network, precision)
    return FamilyProcessing(network)
