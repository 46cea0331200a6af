"""Decoding of video by the graphics processor, where there is one that can."""

from __future__ import annotations

import logging

import av
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.video.stream import VideoStream

__all__ = ["decoding_device", "find_accelerator"]

logger = logging.getLogger(__name__)


def find_accelerator() -> HWAccel | None:
    """The first kind of device that can be used here; None, with a warning, if there is none.

    Pictures are copied back to main memory. A codec or profile that the device does not know
    is decoded on the CPU.
    """
    for kind in hwdevices_available():
        try:
            # A codec that every device knows: this opens the device itself.
            HWAccel(kind).create(Codec("h264", "r"))
        except (av.FFmpegError, NotImplementedError, RuntimeError, ValueError) as failure:
            logger.debug("no decoding on %s: %s", kind, failure)
        else:
            return HWAccel(kind, allow_software_fallback=True)
    logger.warning("no hardware decoder can be used here; video is decoded on the CPU")
    return None


def decoding_device(stream: VideoStream, accelerator: HWAccel | None) -> str:
    """What decodes `stream`, "gpu" or "cpu"; warns where an accelerator does not help."""
    if accelerator is None:
        return "cpu"
    if stream.codec_context.is_hwaccel:
        # Each would hold back pictures of the device, which has few.
        stream.thread_count = 1
        return "gpu"
    logger.warning(
        "%s video is unknown to the hardware decoder; it is decoded on the CPU",
        stream.codec_context.name,
    )
    return "cpu"
