"""Seeking: the frame asked for, never one beside it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from blendmask_live.capture import FrameSource, open_source, picture_reader
from blendmask_live.capture.file import FileSource
from blendmask_live.capture.source import PreparingSource, SeekableSource
from blendmask_live.datatypes import Frame
from tests.capture.clips import ClipSpec, number_in, numbered_image, read_all, write_clip
from tests.capture.test_bad_input import _noise_clip
from tests.capture.test_contract import CLIPS

MakeClip = Callable[..., Path]

COUNT = 60
_UNEVEN_TICKS = [i * 40 + (i * 7919) % 31 for i in range(COUNT)]
_X264_PARAMS = "open-gop=1:keyint=10:min-keyint=10:bframes=3:b-adapt=0:scenecut=0"
LONG_CLIPS = {
    "constant.mp4": ClipSpec(frames=COUNT, options={"g": "12"}),
    "uneven.mp4": ClipSpec(frames=COUNT, ticks=_UNEVEN_TICKS, options={"g": "9", "bf": "2"}),
    "uneven.mkv": ClipSpec(frames=COUNT, ticks=_UNEVEN_TICKS, options={"g": "9", "bf": "2"}),
    "b_pyramid.mp4": ClipSpec(
        frames=COUNT, options={"bf": "4", "x264-params": "keyint=15:b-adapt=0:b-pyramid=normal"}
    ),
    "open_group.mp4": ClipSpec(frames=COUNT, options={"x264-params": _X264_PARAMS}),
    "open_group.mkv": ClipSpec(frames=COUNT, options={"x264-params": _X264_PARAMS}),
    "open_group.ts": ClipSpec(frames=COUNT, options={"x264-params": _X264_PARAMS}),
    "one_group.mp4": ClipSpec(frames=COUNT, options={"g": "250"}),
    "intra_refresh.mp4": ClipSpec(
        frames=COUNT, options={"x264-params": "intra-refresh=1:keyint=12:bframes=0"}
    ),
    "edited.mp4": ClipSpec(frames=COUNT, ticks=[i * 40 - 200 for i in range(COUNT)]),
    "open_group_hevc.mp4": ClipSpec(
        frames=COUNT,
        codec="libx265",
        options={"x265-params": "log-level=none:open-gop=1:keyint=10:min-keyint=10:bframes=3"},
    ),
    "mpeg2.mpg": ClipSpec(frames=COUNT, codec="mpeg2video", options={"g": "10", "bf": "2"}),
    "mpeg4.avi": ClipSpec(frames=COUNT, codec="mpeg4", options={"g": "10"}),
    "mpeg4_b.avi": ClipSpec(frames=COUNT, codec="mpeg4", options={"g": "10", "bf": "2"}),
    "b_frames.avi": ClipSpec(frames=COUNT, options={"g": "10"}),
    "mjpeg.avi": ClipSpec(frames=COUNT, codec="mjpeg", pixel_format="yuvj420p"),
    "vp8.webm": ClipSpec(
        frames=COUNT,
        codec="libvpx",
        options={"g": "10", "auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8"},
    ),
    "vp9.webm": ClipSpec(
        frames=COUNT,
        codec="libvpx-vp9",
        options={"g": "10", "auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "8"},
    ),
    "raw.h264": ClipSpec(frames=COUNT, options={"g": "10"}),
    "fragmented.mp4": ClipSpec(
        frames=COUNT,
        options={"g": "10"},
        container_options={"movflags": "frag_keyframe+empty_moov"},
    ),
}


@pytest.fixture(params=[0, 2**28], ids=["nothing kept", "pictures kept"])
def cache_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(picture_reader, "_CACHE_BYTES", request.param)
    if not request.param:
        # Clips are short: pass over frames on the shortest way.
        monkeypatch.setattr(picture_reader, "_RUN_UP_FRAMES", 2)
        monkeypatch.setattr(picture_reader, "_NEAR_FRAMES", 2)
    return int(request.param)


MUST_COUNT = {"raw.h264", "mpeg2.mpg", "b_frames.avi", "mpeg4_b.avi", "vp8.webm"}


def assert_seeks_like_sequential_reading(
    source: FrameSource, frames: list[Frame], *, seed: int
) -> None:
    """Random seeks, each followed by one to three reads, give what reading in order gave."""
    assert isinstance(source, SeekableSource)
    choose = random.Random(seed)
    for start in choose.sample(range(len(frames)), k=len(frames)):
        source.seek(frames[start].index)
        for expected in frames[start : start + choose.randint(1, 3)]:
            found = source.read()
            assert found is not None
            assert (found.index, found.pts_s) == (expected.index, expected.pts_s)
            assert np.array_equal(found.image, expected.image)
    source.close()


@pytest.mark.parametrize("name", list(LONG_CLIPS))
def test_every_frame_is_reached_in_any_order(clip: MakeClip, name: str, cache_bytes: int) -> None:
    path = clip(name, LONG_CLIPS[name])
    frames = read_all(open_source(path))
    # Five frames lie before the start that the edit list sets.
    assert len(frames) == (COUNT - 5 if name == "edited.mp4" else COUNT)
    source = open_source(path)
    assert_seeks_like_sequential_reading(source, frames, seed=1)
    assert (source._reader._table is None) == (name in MUST_COUNT)


@pytest.mark.parametrize("name", list(CLIPS))
def test_short_clips_of_every_container_are_seekable(
    clip: MakeClip, name: str, cache_bytes: int
) -> None:
    path = clip(name, CLIPS[name])
    frames = read_all(open_source(path))
    assert_seeks_like_sequential_reading(open_source(path), frames, seed=2)


@pytest.mark.may_log("clock restarts")
def test_joined_streams_of_two_sizes_are_seekable(tmp_path: Path, cache_bytes: int) -> None:
    small = write_clip(tmp_path / "small.ts", ClipSpec(frames=20))
    large = write_clip(tmp_path / "large.ts", ClipSpec(frames=20, width=128, height=96))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())
    frames = read_all(open_source(joined))
    assert_seeks_like_sequential_reading(open_source(joined), frames, seed=3)


@pytest.mark.may_log("damaged packet")
@pytest.mark.parametrize("is_read_before", [True, False])
def test_damaged_file_is_seekable(clip: MakeClip, cache_bytes: int, is_read_before: bool) -> None:
    path = _noise_clip(clip)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + len(content) // 10] = bytes(len(content) // 10)
    path.write_bytes(content)
    frames = read_all(open_source(path))
    assert len(frames) < 40
    source = open_source(path)
    while is_read_before and source.read() is not None:
        pass
    # Before damage is met, indexes behind it would count the lost frames too.
    source.seek(frames[22].index)
    source.read()
    assert_seeks_like_sequential_reading(source, frames, seed=4)


def test_seek_past_the_end_reads_none_and_a_seek_back_goes_on(clip: MakeClip) -> None:
    source = open_source(clip("a.mp4", LONG_CLIPS["constant.mp4"]))
    for past in (COUNT, COUNT + 5, 10**9):
        source.seek(past)
        assert source.read() is None
        assert source.read() is None
    source.seek(COUNT - 1)
    frame = source.read()
    assert frame is not None and number_in(frame.image) == COUNT - 1
    assert source.read() is None
    source.seek(0)
    assert len(read_all(source)) == COUNT


@pytest.mark.parametrize("pictures_kept", [12, 1000], ids=["few kept", "all kept"])
@pytest.mark.parametrize(
    "name", ["b_pyramid.mp4", "open_group.ts", "open_group_hevc.mp4", "uneven.mkv", "vp8.webm"]
)
def test_preparing_for_any_time_changes_no_frame(
    clip: MakeClip, name: str, pictures_kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_reader, "_CACHE_BYTES", pictures_kept * 64 * 48 * 3 // 2)
    monkeypatch.setattr(picture_reader, "_RUN_UP_FRAMES", 2)
    monkeypatch.setattr(picture_reader, "_STEPS_AHEAD", 3)
    path = clip(name, LONG_CLIPS[name])
    frames = read_all(open_source(path))
    source = open_source(path)
    assert isinstance(source, PreparingSource)
    choose = random.Random(8)
    for expected in choose.choices(frames, k=COUNT):
        source.seek(expected.index)
        found = source.read()
        assert found is not None and found.index == expected.index
        assert np.array_equal(found.image, expected.image)
        turns = iter(range(choose.choice([0, 5, 20, 200])))
        source.prepare(expected.index, goes_on=lambda turns=turns: next(turns, None) is not None)
    assert_seeks_like_sequential_reading(source, frames, seed=9)


@pytest.mark.parametrize(
    ("pictures_kept", "prepared", "first", "end"),
    [(24, 50, 36, COUNT), (24, 30, 12, 36), (1000, 50, 0, COUNT)],
)
def test_nothing_is_decoded_near_a_frame_that_was_prepared(
    clip: MakeClip,
    pictures_kept: int,
    prepared: int,
    first: int,
    end: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {"x264-params": "keyint=250:scenecut=0"}
    source = open_source(clip("a.mp4", ClipSpec(frames=COUNT, options=options)))
    assert isinstance(source, FileSource)
    planes = source._reader.first.planes
    picture_bytes = sum(plane.buffer_size for plane in planes)
    monkeypatch.setattr(picture_reader, "_CACHE_BYTES", pictures_kept * picture_bytes)
    source.seek(prepared)
    source.read()
    source.prepare(prepared, goes_on=lambda: True)
    decoded = _decoded_pictures(source, monkeypatch)
    for index in reversed(range(first, end)):
        source.seek(index)
        frame = source.read()
        assert frame is not None and number_in(frame.image) == index
    source.prepare(prepared, goes_on=lambda: True)
    assert not decoded
    source.close()


def test_preparing_ends_when_told(clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(clip("a.mp4", LONG_CLIPS["one_group.mp4"]))
    assert isinstance(source, FileSource)
    source.seek(40)
    source.read()
    decoded = _decoded_pictures(source, monkeypatch)
    source.prepare(40, goes_on=lambda: len(decoded) < 5)
    assert len(decoded) == 5
    source.close()


def test_a_table_not_finished_while_preparing_is_made_later(clip: MakeClip) -> None:
    source = open_source(clip("a.mp4", LONG_CLIPS["one_group.mp4"]))
    assert isinstance(source, FileSource)
    source.read()
    turns = iter(range(COUNT // 2))
    source.prepare(0, goes_on=lambda: next(turns, None) is not None)
    assert source._reader._table is None
    source.prepare(0, goes_on=lambda: True)
    assert source._reader._table is not None
    source.close()


def _decoded_pictures(source: FileSource, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by the index of every picture that the decoder gives from now on."""
    decoded: list[int] = []
    take = source._reader._take

    def note_and_take(picture: av.VideoFrame, index: int) -> None:
        decoded.append(index)
        take(picture, index)

    monkeypatch.setattr(source._reader, "_take", note_and_take)
    return decoded


def test_steps_back_decode_a_group_once(clip: MakeClip, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(clip("a.mp4", LONG_CLIPS["one_group.mp4"]))
    assert isinstance(source, FileSource)
    decoded = _decoded_pictures(source, monkeypatch)
    for index in reversed(range(COUNT)):
        source.seek(index)
        frame = source.read()
        assert frame is not None and number_in(frame.image) == index
    # The group, and what the way to its last frame needed before.
    assert len(decoded) <= 2 * COUNT
    source.close()


def test_pictures_on_a_long_way_that_no_other_one_needs_are_not_decoded(
    clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clip("a.mp4", LONG_CLIPS["one_group.mp4"])
    expected = read_all(open_source(path))[COUNT - 2]
    source = open_source(path)
    assert isinstance(source, FileSource)
    decoded = _decoded_pictures(source, monkeypatch)
    source.seek(COUNT - 2)
    frame = source.read()
    assert frame is not None and np.array_equal(frame.image, expected.image)
    assert len(decoded) < 0.75 * COUNT
    source.close()


def test_nothing_is_read_after_interrupt_even_if_sought(clip: MakeClip) -> None:
    source = open_source(clip())
    source.interrupt()
    source.seek(3)
    assert source.read() is None
    source.close()


def _folder(path: Path) -> Path:
    for number in range(12):
        Image.fromarray(numbered_image(number)).save(path / f"frame{number}.png")
    (path / "frame3.png").write_bytes(b"no picture")
    return path


@pytest.mark.may_log("left out, cannot be read")
def test_folder_is_seekable(tmp_path: Path) -> None:
    _folder(tmp_path)
    frames = read_all(open_source(tmp_path))
    assert_seeks_like_sequential_reading(open_source(tmp_path), frames, seed=5)
    source = open_source(tmp_path)
    source.seek(3)
    following = source.read()
    assert following is not None and following.index == 4


def test_demo_is_seekable() -> None:
    frames = read_all(open_source("demo", max_frames=6))
    assert_seeks_like_sequential_reading(open_source("demo"), frames, seed=6)


@pytest.mark.parametrize(
    "part",
    [
        {"start_s": 0.5},
        {"end_s": 1.0},
        {"stride": 3},
        {"max_frames": 10},
        {"start_s": 0.3, "end_s": 2.0, "stride": 4, "max_frames": 7},
    ],
)
def test_part_of_a_file_is_seekable_by_true_indexes(clip: MakeClip, part: dict[str, float]) -> None:
    path = clip("a.mp4", LONG_CLIPS["uneven.mp4"])
    frames = read_all(open_source(path, **part))  # type: ignore[arg-type]
    source = open_source(path, **part)  # type: ignore[arg-type]
    for index in (COUNT - 1, 0, frames[-1].index, frames[-1].index + 1):
        source.seek(index)
        expected = [frame.index for frame in frames if frame.index >= index]
        found = [frame.index for frame in iter(source.read, None)]
        assert found == expected
    assert_seeks_like_sequential_reading(source, frames, seed=7)


@pytest.mark.parametrize("kind", ["file", "folder", "demo", "part"])
def test_negative_index_is_refused(clip: MakeClip, tmp_path: Path, kind: str) -> None:
    source = {
        "file": lambda: open_source(clip()),
        "folder": lambda: open_source(_folder(tmp_path)),
        "demo": lambda: open_source("demo"),
        "part": lambda: open_source(clip(), stride=2),
    }[kind]()
    with pytest.raises(ValueError, match="start at 0"):
        source.seek(-1)
    source.close()
