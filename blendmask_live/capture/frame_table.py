"""Where each frame of a video file lies, so that a seek hits exactly the one asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

__all__ = ["FrameTable", "scan_frames", "stored_ticks"]


def stored_ticks(
    timed: av.Packet[VideoStream] | av.VideoFrame, *, decode_times_only: bool
) -> int | None:
    """The time that orders packets and pictures: presentation time, in AVI decode time."""
    return timed.dts if decode_times_only else timed.pts


@dataclass(frozen=True, slots=True, eq=False)
class FrameTable:
    """Times of all frames in presentation order, and those that decoding can start from.

    Attributes:
        ticks: (frames,) int64, strictly ascending, in the stream's time base.
        keyframes: (keyframes,) int64, ascending indexes into `ticks`.
    """

    ticks: NDArray[np.int64]
    keyframes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ticks)

    def index_of(self, ticks: int) -> int | None:
        """The frame that shows at exactly this time."""
        index = int(np.searchsorted(self.ticks, ticks))
        return index if index < len(self) and self.ticks[index] == ticks else None

    def keyframes_until(self, index: int) -> NDArray[np.int64]:
        """Indexes of the keyframes shown at or before frame `index`, nearest first.

        Pictures shown after a keyframe never need what was decoded before it; the leading
        pictures of an open group, which do, show before it.
        """
        return self.keyframes[: np.searchsorted(self.keyframes, index, side="right")][::-1]

    def group_of(self, index: int, *, run_up: int) -> tuple[int, int]:
        """First frame of the group that holds frame `index - run_up`, end of that of `index`."""
        before = np.searchsorted(self.keyframes, max(0, index - run_up), side="right")
        after = np.searchsorted(self.keyframes, index, side="right")
        first = int(self.keyframes[before - 1]) if before else 0
        return first, int(self.keyframes[after]) if after < len(self.keyframes) else len(self)


def scan_frames(
    packets: Iterable[av.Packet[VideoStream]],
    stream: VideoStream,
    *,
    first_ticks: int,
    decode_times_only: bool,
    goes_on: Callable[[], bool],
) -> FrameTable | None:
    """Table of a stream's frames, from its packets alone.

    Args:
        packets: All of the stream, in file order.
        stream: The stream.
        first_ticks: Of the first picture that the decoder gives: what is shown before it
            cannot be decoded (leading pictures of an open group).
        decode_times_only: Whether the container keeps decode times only.
        goes_on: Asked before each packet; the scan ends where it says no.

    Returns:
        None where packets do not identify the frames for sure: times are missing, ambiguous or
        jump back, pictures are reordered without presentation times, or some are never shown.
    """
    context = stream.codec_context
    if context.name == "vp8" or (decode_times_only and context.has_b_frames):
        return None
    ticks: list[int] = []
    keyframe_ticks: list[int] = []
    last_dts: int | None = None
    for packet in packets:
        if not goes_on():
            return None
        if packet.size == 0 and packet.dts is None:
            continue
        shown_at = stored_ticks(packet, decode_times_only=decode_times_only)
        decoded_at = last_dts if packet.dts is None else packet.dts
        is_back = decoded_at is not None and last_dts is not None and decoded_at < last_dts
        if shown_at is None or is_back or packet.is_corrupt:
            return None
        last_dts = decoded_at
        if not packet.is_discard and shown_at >= first_ticks:
            ticks.append(shown_at)
            if packet.is_keyframe:
                keyframe_ticks.append(shown_at)
    return _table(ticks, keyframe_ticks, first_ticks)


def _table(ticks: list[int], keyframe_ticks: list[int], first_ticks: int) -> FrameTable | None:
    ordered = np.unique(np.array(ticks, dtype=np.int64))
    if len(ordered) != len(ticks) or not len(ordered) or ordered[0] != first_ticks:
        return None
    return FrameTable(ordered, np.searchsorted(ordered, np.unique(keyframe_ticks)))
