"""Small videos whose frames carry their number in their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture import FrameSource
from blendmask_live.datatypes import Frame

BITS = 8


def numbered_image(number: int, *, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """(H, W, 3) RGB: BITS vertical stripes, white where the bit of `number` is set."""
    image = np.full((height, width, 3), 24, dtype=np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            image[:, bit * width // BITS : (bit + 1) * width // BITS] = 230
    return image


def number_in(image: NDArray[np.uint8]) -> int:
    """The number that `numbered_image` drew."""
    width = image.shape[1]
    stripes = [
        image[:, bit * width // BITS : (bit + 1) * width // BITS].mean() for bit in range(BITS)
    ]
    return sum(1 << bit for bit, level in enumerate(stripes) if level > 127)


def corner_image(*, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    image[: height // 2, : width // 2] = (220, 30, 30)
    image[: height // 2, width // 2 :] = (30, 200, 30)
    image[height // 2 :, : width // 2] = (30, 30, 220)
    image[height // 2 :, width // 2 :] = (230, 230, 230)
    return image


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """How to encode a clip."""

    frames: int = 12
    width: int = 64
    height: int = 48
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    fps: int = 25
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)
    ticks: Sequence[int] | None = None
    """Presentation times in 1/1000 s; constant frame rate where absent."""
    rotation_ccw_deg: int | None = None
    is_mirrored: bool = False
    images: Sequence[NDArray[np.uint8]] | None = None
    has_audio: bool = False
    has_video: bool = True
    color_range: int = 0
    colorspace: int = 2
    transfer: int = 2
    pixel_aspect: Fraction = Fraction(1)


def write_clip(path: Path, spec: ClipSpec) -> Path:
    """Encode a clip; the container is chosen by the suffix."""
    with av.open(str(path), "w", options=spec.container_options) as container:
        if spec.has_audio:
            audio = container.add_stream("aac", rate=16000)
        if spec.has_video:
            _write_video(container, spec)
        if spec.has_audio:
            sound = av.AudioFrame.from_ndarray(
                np.zeros((1, 8000), np.float32), format="fltp", layout="mono"
            )
            sound.sample_rate = 16000
            container.mux(audio.encode(sound))
            container.mux(audio.encode())
    return path


def _write_video(container: av.container.OutputContainer, spec: ClipSpec) -> None:
    stream = container.add_stream(spec.codec, rate=spec.fps, options=spec.options)
    stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, spec.pixel_format
    stream.codec_context.color_range = spec.color_range
    stream.codec_context.colorspace = spec.colorspace
    stream.codec_context.color_trc = spec.transfer
    if spec.pixel_aspect != 1:
        stream.codec_context.sample_aspect_ratio = spec.pixel_aspect
    if spec.ticks is not None:
        stream.codec_context.time_base = Fraction(1, 1000)
    if spec.rotation_ccw_deg is not None:
        stream.set_display_rotation(spec.rotation_ccw_deg, hflip=spec.is_mirrored)
    for number in range(spec.frames):
        image = (
            spec.images[number]
            if spec.images is not None
            else numbered_image(number, width=spec.width, height=spec.height)
        )
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image)).reformat(
            format=spec.pixel_format,
            dst_colorspace=None if spec.colorspace == 2 else spec.colorspace,
            dst_color_range=spec.color_range or None,
        )
        picture.pts = number if spec.ticks is None else spec.ticks[number]
        picture.time_base = Fraction(1, spec.fps if spec.ticks is None else 1000)
        container.mux(stream.encode(picture))
    container.mux(stream.encode())


def read_all(source: FrameSource) -> list[Frame]:
    """Every frame; closes the source."""
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    return frames
