"""Interlaced video: whole pictures, one for each frame, the same however they are reached."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.capture.deinterlacing import without_second_field
from tests.capture.clips import ClipSpec, read_all

MakeClip = Callable[..., Path]
COUNT = 40
HEIGHT, WIDTH = 96, 256


def _scene(time: float) -> NDArray[np.uint8]:
    """A bright square that moves five px a frame, over a still pattern."""
    image = np.full((HEIGHT, WIDTH, 3), 40, dtype=np.uint8)
    image[8:16, ::16] = 150
    left = round(5 * time)
    image[30:70, left : left + 40] = 220
    return image


def _woven(time: int) -> NDArray[np.uint8]:
    """Two fields: the lower one shows half a frame later."""
    image = _scene(time).copy()
    image[1::2] = _scene(time + 0.5)[1::2]
    return image


CLIPS = {
    "a.mp4": ClipSpec(options={"x264-params": "tff=1:keyint=8:bframes=3", "qp": "4"}),
    "open_gop.mkv": ClipSpec(
        options={"x264-params": "tff=1:keyint=8:min-keyint=8:bframes=3:open-gop=1", "qp": "4"}
    ),
    "mpeg2.ts": ClipSpec(
        codec="mpeg2video", options={"flags": "+ildct+ilme", "g": "8", "bf": "2", "q": "2"}
    ),
    "mpeg4.avi": ClipSpec(codec="mpeg4", options={"flags": "+ildct+ilme", "g": "8", "q": "2"}),
    "prores.mov": ClipSpec(
        codec="prores_ks", pixel_format="yuv422p10le", options={"flags": "+ildct+ilme"}
    ),
}


@pytest.fixture(params=CLIPS)
def interlaced(clip: MakeClip, request: pytest.FixtureRequest) -> Path:
    spec = CLIPS[request.param]
    return clip(
        request.param,
        ClipSpec(
            frames=COUNT,
            width=WIDTH,
            height=HEIGHT,
            codec=spec.codec,
            pixel_format=spec.pixel_format,
            options=spec.options,
            images=[_woven(t) for t in range(COUNT)],
        ),
    )


def _comb(image: NDArray[np.uint8]) -> float:
    """How much neighbouring lines differ inside the square's rows."""
    lines = image[32:68, :, 1].astype(int)
    return float(np.abs(np.diff(lines, axis=0)).mean())


def test_pictures_have_no_comb_and_times_stay(
    interlaced: Path, caplog: pytest.LogCaptureFixture
) -> None:
    frames = read_all(open_source(interlaced))
    left = read_all(open_source(interlaced, deinterlace=False))
    assert [f.index for f in frames] == list(range(COUNT))
    assert [f.pts_s for f in frames] == [f.pts_s for f in left]
    assert min(_comb(f.image) for f in left) > 2.5
    assert max(_comb(f.image) for f in frames) < 1.5
    # What stands still keeps all its lines.
    assert np.abs(frames[20].image[8:16].astype(int) - _scene(20)[8:16]).mean() < 6
    assert [r.message for r in caplog.records] == [
        f"{interlaced}: is interlaced; its pictures are deinterlaced"
    ]


@pytest.mark.may_log("is interlaced")
def test_frames_sought_are_those_read_in_order(interlaced: Path) -> None:
    frames = read_all(open_source(interlaced))
    for seed in range(2):
        source = open_source(interlaced)
        places = random.Random(seed).sample(range(COUNT), 12)
        for place in [*places, 8, 7, 16, 0, COUNT - 1, COUNT - 2]:
            source.seek(place)
            frame = source.read()
            assert frame is not None and frame.index == place
            assert frame.pts_s == frames[place].pts_s
            assert np.array_equal(frame.image, frames[place].image), place
        source.close()


def test_live_pictures_are_made_whole_at_once(interlaced: Path) -> None:
    with av.open(str(interlaced)) as container:
        for picture in list(container.decode(video=0))[1::7]:
            shown = without_second_field(picture)
            assert (
                _comb(shown.to_ndarray(format="rgb24"))
                < 1.5
                < _comb(picture.to_ndarray(format="rgb24"))
            )
            assert (shown.pts, shown.time_base) == (picture.pts, picture.time_base)


def test_progressive_video_is_left_alone(clip: MakeClip, caplog: pytest.LogCaptureFixture) -> None:
    path = clip("a.mp4")
    pairs = zip(
        read_all(open_source(path)), read_all(open_source(path, deinterlace=False)), strict=True
    )
    assert all(np.array_equal(a.image, b.image) for a, b in pairs)
    assert not caplog.records
