"""Video files whose frames keep their exact times and colours."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter
from numpy.typing import NDArray

from blendmask_live.addresses import ffmpeg_name
from blendmask_live.datatypes import NOMINAL_FPS, ColorInfo, Frame, usual_matrix
from blendmask_live.export.audio_copy import PRIMING_S, AudioCopy
from blendmask_live.export.yuv420 import Yuv420, yuv420_planes, yuv_matrix
from blendmask_live.measuring.machine import usable_cores

__all__ = [
    "H264",
    "PRORES_ALPHA",
    "VP9_ALPHA",
    "ColorPlanes",
    "VideoCodec",
    "VideoFile",
    "VideoTiming",
]

logger = logging.getLogger(__name__)

# libav's matrix codes -> swscale's, which are the same but for the two names of BT.601. Sources
# of another matrix (RGB, YCgCo) have been converted to RGB on reading and are written with the
# usual matrix of their size.
_SWSCALE_MATRICES: Final[dict[int, int]] = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}
_UNSPECIFIED: Final = 2
_WORST_CRF: Final = 51
_LARGEST_TIMESCALE: Final = 2**24
"""Ticks per second; more would let a pause of minutes overflow mp4's 32-bit durations."""
_LONGEST_LEAD_S: Final = 60
"""Audio that begins so long before the first picture has another clock."""
_LONGEST_PAUSE_S: Final = 3600
_SMALLEST_TIMESCALE: Final = 10_000
"""Coarser ticks would also coarsen where the audio starts."""


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """A kind of video file."""

    suffix: str
    container: str
    encoder: str
    pixel_format: str
    options: tuple[tuple[str, str], ...] = ()
    quality_option: str = ""
    """The encoder's option for `crf`; empty where it has none."""
    quality_shift: float = 0.0
    """Added to every `crf` but 0, which is lossless."""
    shortest_tick_s: Fraction = Fraction(0)
    """Where the container has one clock for all files."""
    keeps_pixel_aspect: bool = True
    """Whether PyAV can store a pixel's shape in the container; pictures are stored with square
    pixels otherwise."""


# For 720p overlays this takes 3/4 to 9/10 of the processor time of "superfast" with one B-frame
# and a look-ahead of ten pictures, for files 5 to 16 % larger at the same SSIM, and holds ten
# pictures less. Two B-frames, which no other picture is made of, and more bits for what others are
# made of (the ratios) nearly make up for what looking ahead finds; see docs/benchmarks.md.
H264: Final = VideoCodec(
    ".mp4",
    "mp4",
    "libx264",
    "yuv420p",
    (
        ("preset", "ultrafast"),
        (
            "x264-params",
            "bframes=2:b-adapt=0:b-pyramid=none:ipratio=1.8:pbratio=1.4:qcomp=0.8:subme=1"
            ":partitions=i4x4:8x8dct=1:no-deblock=0:aq-mode=1",
        ),
    ),
    quality_option="crf",
    # As x264 counts it, without looking ahead the same number stands for better pictures.
    quality_shift=1.2,
)
PRORES_ALPHA: Final = VideoCodec(
    ".mov", "mov", "prores_ks", "yuva444p10le", (("profile", "4444"), ("alpha_bits", "16"))
)
# Alternate reference frames cannot be used with alpha; the plane would be lost.
VP9_ALPHA: Final = VideoCodec(
    ".webm",
    "webm",
    "libvpx-vp9",
    "yuva420p",
    (
        ("b", "0"),
        ("auto-alt-ref", "0"),
        ("deadline", "realtime"),
        ("cpu-used", "6"),
        ("row-mt", "1"),
    ),
    quality_option="crf",
    shortest_tick_s=Fraction(1, 1000),
    keeps_pixel_aspect=False,
)


@dataclass(frozen=True, slots=True)
class VideoTiming:
    """The clock of a video file."""

    time_base: Fraction
    """Seconds per tick; always 1/n."""
    fps: Fraction
    """Average frames per second, for encoders and players that want to know."""

    @classmethod
    def of_source(cls, *, time_base: Fraction | None, fps: Fraction | None) -> VideoTiming:
        """A clock in which every timestamp of such a source is a whole number of ticks."""
        fps = fps if fps and fps > 0 else NOMINAL_FPS
        ticks_per_s = time_base.denominator if time_base else fps.numerator
        if ticks_per_s > _LARGEST_TIMESCALE:
            ticks_per_s = 90_000
        while ticks_per_s < _SMALLEST_TIMESCALE:
            ticks_per_s *= 2
        return cls(Fraction(1, ticks_per_s), fps.limit_denominator(1001))


class ColorPlanes:
    """Turns pictures into the planes of a video file that is written with a source's colours.

    Attributes:
        matrix: (3, 4) of `yuv_matrix`.
    """

    def __init__(self, color: ColorInfo, frame_size: tuple[int, int]) -> None:
        """Prepare.

        Args:
            color: Of the source.
            frame_size: (height, width) px of every picture.
        """
        height, width = frame_size
        written = _video_color(color, width=width, height=height)
        self.matrix = yuv_matrix(written.matrix, full_range=written.full_range)
        # What names no matrix is read and written with the usual one of its size.
        self._keeps_matrix = color.matrix in (_UNSPECIFIED, written.matrix)

    def planes(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """New planes of an (H, W, 3) RGB picture; odd sides grow by repeating the last pixels."""
        return yuv420_planes(_with_even_sides(image), self.matrix)

    def planes_of(self, frame: Frame) -> NDArray[np.uint8]:
        """New planes of a frame of the source: as it was decoded, where that is known."""
        if frame.planes is not None and self._keeps_matrix:
            return frame.planes.copy()
        return self.planes(frame.image)


def _with_even_sides(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return image
    channels = ((0, 0),) * (image.ndim - 2)
    return np.pad(image, ((0, height % 2), (0, width % 2), *channels), mode="edge")


def _video_color(color: ColorInfo, *, width: int, height: int) -> ColorInfo:
    """The colour description to encode with: the source's, or BT.709 (HD) or BT.601 (SD)."""
    if color.matrix in _SWSCALE_MATRICES:
        return color
    matrix = usual_matrix(width=width, height=height)
    return ColorInfo(matrix, color.primaries, color.transfer, color.full_range)


class VideoFile:
    """A file being written: one video stream and, where given, copied audio.

    Odd sizes are made even by repeating the last column or row, since 4:2:0 chroma needs pairs.
    The file begins at 0, whatever the time of the first frame: with that frame, or with audio that
    begins earlier. WebM counts whole milliseconds; the other times are exact.
    libav's errors are raised as OSError.
    """

    def __init__(
        self,
        path: Path,
        *,
        frame_size: tuple[int, int],
        timing: VideoTiming,
        color: ColorInfo,
        pixel_aspect: Fraction = Fraction(1),
        codec: VideoCodec = H264,
        crf: int = 20,
        audio: AudioCopy | None = None,
        outlives_failure: bool = False,
    ) -> None:
        """Open the file; `frame_size` is (height, width) px of every frame to come.

        With `outlives_failure`, what is on the disk of an mp4 can be played at any time, so also
        when the disk is full; its index is then at the end instead of the beginning.
        """
        height, width = frame_size
        self._codec = codec
        if codec.shortest_tick_s:
            timing = VideoTiming(codec.shortest_tick_s, timing.fps)
        self._timing = timing
        self._pixel_aspect = pixel_aspect
        self._color = _video_color(color, width=width, height=height)
        self._color_planes = ColorPlanes(color, frame_size)
        self._audio = audio
        self._last_ticks: int | None = None
        self._duration_ticks = max(1, round(1 / (timing.fps * timing.time_base)))
        self._shift_s = Fraction(0)
        self._moved = 0
        self._reformatter = VideoReformatter()
        with _libav_errors(path):
            options = self._container_options(outlives_failure)
            self._container = av.open(
                ffmpeg_name(path), "w", format=codec.container, options=options
            )
            self._stream = self._add_video_stream(crf)
            self._stream.width, self._stream.height = self._stored_size(width, height)
            self._stream.pix_fmt = codec.pixel_format
            if audio:
                audio.add_streams(self._container)
            self._container.start_encoding()
        self._path = path

    def _container_options(self, outlives_failure: bool) -> dict[str, str]:
        if self._codec.container == "webm":
            # Without, every run would give the file a random name of its own.
            return {"fflags": "+bitexact"}
        ticks_per_s = self._timing.time_base.denominator
        movie_ticks_per_s = ticks_per_s
        for time_base in self._audio.time_bases if self._audio else ():
            common = math.lcm(movie_ticks_per_s, time_base.denominator)
            movie_ticks_per_s = common if common <= _LARGEST_TIMESCALE else movie_ticks_per_s
        # mp4 keeps the time of the first frame in movie ticks, 1/1000 s unless told otherwise.
        return {
            "movflags": "+hybrid_fragmented" if outlives_failure else "+faststart",
            "video_track_timescale": str(ticks_per_s),
            "movie_timescale": str(movie_ticks_per_s),
        }

    def _add_video_stream(self, crf: int) -> Any:
        options = dict(self._codec.options)
        if self._codec.quality_option:
            shift = self._codec.quality_shift if crf else 0
            options[self._codec.quality_option] = str(min(crf + shift, _WORST_CRF))
        encoder = self._codec.encoder
        stream: Any = self._container.add_stream(encoder, rate=self._timing.fps, options=options)
        codec = stream.codec_context
        codec.time_base = stream.time_base = self._timing.time_base
        # Half of the cores, so that the network keeps the other half.
        codec.thread_count = max(1, min(usable_cores() // 2, 8))
        codec.gop_size = max(1, min(250, round(2 * self._timing.fps)))
        if self._pixel_aspect != 1 and self._codec.keeps_pixel_aspect:
            codec.sample_aspect_ratio = self._pixel_aspect
        codec.color_range = self._color_range
        codec.colorspace = self._color.matrix
        codec.color_primaries = self._color.primaries
        codec.color_trc = self._color.transfer
        return stream

    def _stored_size(self, width: int, height: int) -> tuple[int, int]:
        """Even; the larger one grows where pixels have to become square."""
        aspect = Fraction(1) if self._codec.keeps_pixel_aspect else self._pixel_aspect
        wide, high = (
            round(width * max(aspect, Fraction(1))),
            round(height / min(aspect, Fraction(1))),
        )
        return wide + wide % 2, high + high % 2

    def write(self, image: NDArray[np.uint8] | Yuv420, pts_s: Fraction) -> None:
        """Add a frame; a time not after the last one's moves one tick past it.

        Args:
            image: (H, W, 3) RGB, (H, W, 4) RGB and straight alpha, or (H, W) grey; planes of
                `ColorPlanes` where the codec takes 4:2:0.
            pts_s: Presentation time.

        Raises:
            OSError: If the file cannot be written.
        """
        frame = self._yuv_frame(image)
        frame.pts = self._next_ticks(pts_s)
        frame.duration = self._duration_ticks
        frame.time_base = self._timing.time_base
        with _libav_errors(self._path):
            self._container.mux(self._stream.encode(frame))
            if self._audio:
                self._audio.copy(self._container, until_s=pts_s, shift_s=self._shift_s)

    def _next_ticks(self, pts_s: Fraction) -> int:
        if self._last_ticks is None:
            self._shift_s = -self._begin_s(pts_s)
        ticks = round((pts_s + self._shift_s) / self._timing.time_base)
        if self._last_ticks is not None:
            next_ticks = self._last_ticks + self._duration_ticks
            if ticks <= self._last_ticks:
                self._tell_moved(pts_s)
                ticks = self._last_ticks + 1
            elif (ticks - self._last_ticks) * self._timing.time_base > _LONGEST_PAUSE_S:
                logger.warning("the clock leaps ahead at %.3f s; the pause is cut", float(pts_s))
                self._shift_s = next_ticks * self._timing.time_base - pts_s
                ticks = next_ticks
            self._duration_ticks = ticks - self._last_ticks
        self._last_ticks = ticks
        return ticks

    def _begin_s(self, pts_s: Fraction) -> Fraction:
        """The time of the source that is 0 in the file."""
        if self._audio is None or (audio_s := self._audio.first_s) is None:
            return pts_s
        if pts_s - audio_s > _LONGEST_LEAD_S:
            self._audio.leave_out_before(pts_s)
        # A little audio before the first picture is an encoder's priming.
        elif pts_s - audio_s > PRIMING_S:
            return audio_s
        return pts_s

    def _tell_moved(self, pts_s: Fraction) -> None:
        self._moved += 1
        if self._moved == 1:
            logger.warning("frame time %.6f s does not increase; moved", float(pts_s))

    def _yuv_frame(self, image: NDArray[np.uint8] | Yuv420) -> av.VideoFrame:
        if isinstance(image, Yuv420):
            return _frame_of(image.planes)
        if image.ndim == 3 and image.shape[2] == 3 and self._codec.pixel_format == "yuv420p":
            return _frame_of(self._color_planes.planes(image))
        even = np.ascontiguousarray(_with_even_sides(image))
        source_format = "gray" if image.ndim == 2 else {3: "rgb24", 4: "rgba"}[image.shape[2]]
        source = av.VideoFrame.from_numpy_buffer(even, format=source_format)
        return self._reformatter.reformat(
            source,
            width=self._stream.width,
            height=self._stream.height,
            format=self._codec.pixel_format,
            dst_colorspace=_SWSCALE_MATRICES[self._color.matrix],
            src_color_range=ColorRange.JPEG,
            dst_color_range=self._color_range,
            # Rounds to the nearest code value; the default may be two off.
            interpolation=Interpolation.BILINEAR | Interpolation.ACCURATE_RND,
            threads=1,
        )

    @property
    def _color_range(self) -> ColorRange:
        return ColorRange.JPEG if self._color.full_range else ColorRange.MPEG

    def close(self, *, has_source_ended: bool = False) -> None:
        """Write what the encoder holds, the audio up to the video's end, and the index.

        Args:
            has_source_ended: Whether the last frame is the source's last, so that audio after
                it belongs to the video too.

        Raises:
            OSError: If the file cannot be written.
        """
        with _libav_errors(self._path):
            self._container.mux(self._stream.encode(None))
            if self._audio and self._last_ticks is not None:
                end_ticks = self._last_ticks + self._duration_ticks
                end_s = end_ticks * self._timing.time_base - self._shift_s
                source_end_s = None if has_source_ended else end_s
                self._audio.copy(self._container, until_s=source_end_s, shift_s=self._shift_s)
            self._container.close()
        if self._moved > 1:
            logger.warning("%s: %d frame times did not increase", self._path.name, self._moved)

    def abandon(self) -> None:
        """Release the file whatever its state; after `close` nothing happens."""
        with suppress(av.error.FFmpegError):
            self._container.close()


def _frame_of(planes: NDArray[np.uint8]) -> av.VideoFrame:
    """Planes that nobody changes any more, as libav has them."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    if height % 4 == 0:
        # Of other heights PyAV would lose the last two rows.
        return av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
    frame = av.VideoFrame(width, height, "yuv420p")
    parts = planes[:height], *planes[height:].reshape(2, height // 2, width // 2)
    for plane, part in zip(frame.planes, parts, strict=True):
        rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
        rows[: part.shape[0], : part.shape[1]] = part
    return frame


@contextmanager
def _libav_errors(path: Path) -> Iterator[None]:
    """Let libav's errors pass as OSError: those of the system are, its own become so."""
    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise OSError(error.errno, f"libav: {error.strerror}", str(path)) from error
