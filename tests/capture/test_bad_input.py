"""Damaged, missing and odd inputs: one clear line, or they simply work."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from blendmask_live.capture import open_source
from blendmask_live.errors import SourceOpenError
from tests.capture.clips import ClipSpec, number_in, read_all

MakeClip = Callable[..., Path]


def _refusal(spec: str | Path) -> str:
    with pytest.raises(SourceOpenError) as caught:
        open_source(spec)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert "gone.mp4: no such file" in _refusal(tmp_path / "gone.mp4")


def test_impossible_file_name_is_refused() -> None:
    assert "cannot be reached: File name too long" in _refusal("x" * 5000)


def test_text_file_called_mp4_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("not a video\n" * 100)
    assert "notes.mp4: expected a video file" in _refusal(path)


def test_text_file_is_not_rendered_as_video(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a video\n" * 100)
    assert "expected a video file" in _refusal(path)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    assert "the file is empty" in _refusal(path)


def test_folder_called_mp4_without_images_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "folder.mp4"
    path.mkdir()
    (path / "notes.txt").write_text("x")
    assert "expected a folder of images" in _refusal(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    assert "special file" in _refusal(path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything"
)
def test_file_without_permission_is_refused(clip: MakeClip) -> None:
    path = clip()
    path.chmod(0)
    assert "cannot be opened: Permission denied" in _refusal(path)


def test_audio_only_file_is_refused(clip: MakeClip) -> None:
    path = clip("song.m4a", ClipSpec(has_audio=True, has_video=False))
    assert "expected a video stream, found only audio" in _refusal(path)


def test_video_without_frames_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.mux(stream.encode())
        container.start_encoding()
    _refusal(path)


def test_video_of_one_frame_works(clip: MakeClip) -> None:
    source = open_source(clip("one.mp4", ClipSpec(frames=1)))
    assert source.info.frame_count == 1
    assert len(read_all(source)) == 1


def _noise_clip(clip: MakeClip) -> Path:
    """An mp4 with its index in front and frames of several kB each."""
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(40)]
    spec = ClipSpec(
        frames=40,
        width=320,
        height=240,
        images=images,
        options={"g": "10", "preset": "ultrafast"},
        container_options={"movflags": "faststart"},
    )
    return clip("noise.mp4", spec)


def test_mp4_without_its_index_is_refused(clip: MakeClip) -> None:
    path = clip("cut.mp4")
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov")])
    assert "cut.mp4: expected a video file" in _refusal(path)


def test_cut_mp4_delivers_the_frames_before_the_cut_and_warns(
    clip: MakeClip, caplog: pytest.LogCaptureFixture
) -> None:
    path = _noise_clip(clip)
    whole = read_all(open_source(path))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    caplog.clear()
    source = open_source(path)
    assert source.notice == ""
    frames = read_all(source)
    assert 10 < len(frames) < 25
    for frame, original in zip(frames[:-1], whole, strict=False):
        assert np.array_equal(frame.image, original.image)
    assert "cut short" in caplog.text
    assert source.notice == f"{path}: cut short, its last part is missing"


def test_damaged_packets_are_skipped_and_counted(
    clip: MakeClip, caplog: pytest.LogCaptureFixture
) -> None:
    path = _noise_clip(clip)
    whole = {frame.pts_s: frame for frame in read_all(open_source(path))}
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + len(content) // 10] = bytes(len(content) // 10)
    path.write_bytes(content)
    caplog.clear()
    source = open_source(path)
    frames = read_all(source)
    assert 30 <= len(frames) < 40
    # Frames that are lost leave a gap.
    assert [frame.index for frame in frames] == [whole[frame.pts_s].index for frame in frames]
    assert "damaged packets skipped" in caplog.text
    part = open_source(path, stride=3)
    read_all(part)
    assert "damaged packets skipped" in part.notice == source.notice
    # The keyframe after the damage makes everything right again.
    last = frames[-1]
    assert np.array_equal(last.image, whole[last.pts_s].image)


def test_damaged_pictures_are_told(clip: MakeClip, caplog: pytest.LogCaptureFixture) -> None:
    path = clip("half.avi", ClipSpec(frames=40, codec="mpeg4", width=320, height=240))
    with av.open(str(path)) as container:
        packet = [p for p in container.demux(video=0) if p.size][12]
    content = path.read_bytes()
    # Its second half, so that the decoder makes up the rest.
    half = bytes(packet)[packet.size // 2 :]
    path.write_bytes(content.replace(half, b"\xaa" * len(half)))
    caplog.clear()
    source = open_source(path)
    assert len(read_all(source)) == 40
    assert source.notice == f"{path}: 1 damaged picture, shown as far as possible"
    assert caplog.messages == [source.notice]


def test_leading_pictures_of_an_open_group_are_no_damage(clip: MakeClip) -> None:
    spec = ClipSpec(frames=90, options={"g": "10", "bf": "2", "x264-params": "open-gop=1"})
    source = open_source(clip("open.mp4", spec))
    for index in (85, 35, 62, 11):
        source.seek(index)
        assert number_in(source.read().image) == index
    assert source.notice == ""
    source.close()


def test_intact_file_logs_nothing(clip: MakeClip, caplog: pytest.LogCaptureFixture) -> None:
    read_all(open_source(clip("fine.mp4", ClipSpec(has_audio=True))))
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


def test_cover_picture_of_a_song_is_no_video(clip: MakeClip, tmp_path: Path) -> None:
    song = clip("song.m4a", ClipSpec(has_audio=True, has_video=False))
    cover = tmp_path / "cover.png"
    Image.new("RGB", (32, 32)).save(cover)
    path = tmp_path / "with_cover.m4a"
    with (
        av.open(str(song)) as source,
        av.open(str(cover)) as picture,
        av.open(str(path), "w", format="mp4") as container,
    ):
        audio = container.add_stream_from_template(source.streams.audio[0])
        image = container.add_stream_from_template(picture.streams.video[0])
        image.disposition = av.stream.Disposition.attached_pic
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = audio
                container.mux(packet)
        for packet in picture.demux(video=0):
            if packet.dts is not None:
                packet.stream = image
                container.mux(packet)
    assert "only audio" in _refusal(path)


def test_file_called_demo_is_reached_by_its_path(
    clip: MakeClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = clip("demo.mp4")
    monkeypatch.chdir(path.parent)
    (path.parent / "demo").mkdir()
    Image.new("RGB", (8, 8)).save(path.parent / "demo" / "a.png")
    assert len(read_all(open_source("./demo"))) == 1
    assert number_in(read_all(open_source("demo.mp4"))[3].image) == 3


@pytest.mark.may_log("cut short")
def test_header_that_counts_too_few_frames_hides_none(clip: MakeClip) -> None:
    spec = ClipSpec(frames=90, codec="mpeg4", options={"g": "10"}, fps=30)
    path = clip("recorder.avi", spec)
    content = bytearray(path.read_bytes())
    # Of the file, then of the stream.
    total = content.index(b"avih") + 8 + 16
    length = content.index(b"strh") + 8 + 32
    content[total : total + 4] = content[length : length + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    assert open_source(path).info.frame_count == 90
    source = open_source(path, start_s=2)
    assert source.info.frame_count == 30
    assert [frame.index for frame in read_all(source)] == list(range(60, 90))
    # Without the list of frames at the end, too.
    path.write_bytes(content[: content.index(b"idx1")])
    assert [f.index for f in read_all(open_source(path, start_s=2))] == list(range(60, 90))
    with pytest.raises(SourceOpenError, match=r"start \(9 s\) lies after the end"):
        open_source(path, start_s=9)


def test_late_clock_of_matroska_is_no_long_film(clip: MakeClip) -> None:
    begin_ms = 1_715_587_200_000
    path = clip("wall.mkv", ClipSpec(ticks=[begin_ms + 40 * n for n in range(12)]))
    source = open_source(path)
    assert source.info.frame_count == 12
    assert read_all(source)[0].pts_s == Fraction(begin_ms, 1000)


def test_pictures_after_their_sound_are_no_long_film(clip: MakeClip) -> None:
    path = clip("late.mkv", ClipSpec(ticks=[3000 + 40 * n for n in range(12)], has_audio=True))
    source = open_source(path)
    assert source.info.frame_count == len(read_all(source)) == 12


@pytest.mark.may_log("is interlaced")
def test_raw_dv_has_the_rate_of_its_pictures(clip: MakeClip) -> None:
    spec = ClipSpec(frames=10, width=720, height=576, codec="dvvideo")
    source = open_source(clip("tape.dv", spec))
    assert (source.info.average_fps, source.info.frame_count) == (25, 10)
    assert [frame.pts_s for frame in read_all(source)] == [Fraction(n, 25) for n in range(10)]


@pytest.mark.parametrize("name", ["a.mkv", "a.webm", "a.avi", "a.flv", "a.mxf"])
def test_file_that_is_cut_short_is_told(
    clip: MakeClip, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    codec = {"a.webm": "libvpx-vp9", "a.avi": "mpeg4", "a.mxf": "mpeg2video"}.get(name, "libx264")
    path = clip(name, ClipSpec(frames=60, codec=codec))
    whole = open_source(path)
    assert len(read_all(whole)) == 60 and not whole.notice
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    source = open_source(path)
    assert 0 < len(read_all(source)) < 60
    assert source.notice.startswith(f"{path}: ")
    assert source.notice.endswith("cut short, its last part is missing")
    assert source.notice in caplog.messages
