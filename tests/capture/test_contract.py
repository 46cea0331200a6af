"""What every source promises, over every kind of source."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.capture import FrameSource, open_source
from tests.capture.clips import ClipSpec, numbered_image, read_all, write_clip

VARIABLE_TICKS = [0, 40, 55, 200, 201, 350, 700, 710, 720, 900, 1500, 1501]
CLIPS = {
    "h264.mp4": ClipSpec(),
    "b_frames.mp4": ClipSpec(options={"bf": "3", "g": "6", "x264-params": "b-adapt=0"}),
    "variable_rate.mp4": ClipSpec(ticks=VARIABLE_TICKS),
    "variable_rate.mkv": ClipSpec(ticks=VARIABLE_TICKS),
    "with_audio.mov": ClipSpec(has_audio=True),
    "mpeg4.avi": ClipSpec(codec="mpeg4"),
    "b_frames.avi": ClipSpec(),
    "vp9.webm": ClipSpec(codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}),
    "hevc.mp4": ClipSpec(codec="libx265", options={"x265-params": "log-level=none"}),
    "transport.ts": ClipSpec(),
    "raw.h264": ClipSpec(),
    "rotated.mp4": ClipSpec(rotation_ccw_deg=90),
    "odd_size.mp4": ClipSpec(width=65, height=47, pixel_format="yuv444p"),
}


Request = pytest.FixtureRequest


def _open_clip(name: str) -> Callable[[Path, Request], FrameSource]:
    return lambda folder, request: open_source(write_clip(folder / name, CLIPS[name]))


def _open_folder(folder: Path, request: Request) -> FrameSource:
    for number in range(12):
        Image.fromarray(numbered_image(number)).save(folder / f"frame{number}.png")
    return open_source(folder)


def _open_image(folder: Path, request: Request) -> FrameSource:
    Image.fromarray(numbered_image(0)).save(folder / "picture.png")
    return open_source(folder / "picture.png")


def _open_part(folder: Path, request: Request) -> FrameSource:
    path = write_clip(folder / "clip.mp4", ClipSpec(frames=30))
    return open_source(path, start_s=0.2, stride=3, max_frames=5)


def _open_demo(folder: Path, request: Request) -> FrameSource:
    return open_source("demo", max_frames=5)


def _open_stream(folder: Path, request: Request) -> FrameSource:
    port = request.getfixturevalue("live_sender")
    return open_source(f"tcp://127.0.0.1:{port}", max_frames=5)


def _open_screen(folder: Path, request: Request) -> FrameSource:
    request.getfixturevalue("display")
    return open_source("screen", fps=100, max_frames=5)


SOURCES: dict[str, Callable[[Path, Request], FrameSource]] = {
    **{name: _open_clip(name) for name in CLIPS},
    "folder": _open_folder,
    "image": _open_image,
    "part": _open_part,
    "demo": _open_demo,
    "stream": _open_stream,
    "screen": _open_screen,
}


@pytest.fixture(params=list(SOURCES))
def source(request: pytest.FixtureRequest, tmp_path: Path) -> FrameSource:
    return SOURCES[request.param](tmp_path, request)


def test_frames_are_contiguous_rgb_of_the_announced_size_in_order(source: FrameSource) -> None:
    info = source.info
    frames = read_all(source)
    assert frames
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.image.shape == (info.height, info.width, 3)
        assert frame.image.flags.c_contiguous
    indexes = [frame.index for frame in frames]
    assert indexes == sorted(set(indexes))
    times = [frame.pts_s for frame in frames if frame.pts_s is not None]
    assert times == sorted(times)
    assert all(isinstance(time_s, Fraction) for time_s in times)
    assert len(times) in (0, len(frames))
    captured = [frame.captured_at for frame in frames]
    assert captured == sorted(captured)


def test_announced_frame_count_is_right_or_absent(
    source: FrameSource, request: pytest.FixtureRequest
) -> None:
    expected = source.info.frame_count
    if "variable_rate.mkv" in request.node.name:
        pytest.skip("Matroska keeps no frame count: an estimate from its nominal rate")
    assert expected is None or expected == len(read_all(source))


def test_read_returns_none_again_and_again_after_the_end(source: FrameSource) -> None:
    while source.read() is not None:
        pass
    assert [source.read() for _ in range(3)] == [None] * 3
    source.close()


def test_interrupt_from_another_thread_ends_reading(source: FrameSource) -> None:
    assert source.read() is not None
    interrupter = threading.Thread(target=source.interrupt)
    interrupter.start()
    interrupter.join()
    assert source.read() is None
    assert source.read() is None
    source.close()


def test_close_twice_and_reading_after_it_do_no_harm(source: FrameSource) -> None:
    source.read()
    source.close()
    source.close()
    assert source.read() is None
    source.interrupt()


def test_name_is_safe_for_file_systems(source: FrameSource) -> None:
    assert source.info.name
    assert not set(source.info.name) & set('/\\:*?"<>| ')
    source.close()
