"""The overlay video, read by PyAV."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.datatypes import (
    ColorInfo,
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
)
from blendmask_live.export import ExportOptions, open_exporter
from blendmask_live.export.video_file import ColorPlanes, VideoFile, VideoTiming
from tests.capture.clips import read_all

SIZE = (36, 64)
STEADY = [Fraction(1001 * t, 30000) for t in range(30)]
VARIABLE = [Fraction(ms, 1000) for ms in (0, 33, 34, 150, 400, 401, 1000, 1517)]


@dataclass
class Clip:
    """What was read back from a video file."""

    pts_s: list[Fraction]
    images: list[NDArray[np.uint8]]
    audio: list[tuple[bytes, Fraction]]
    color: tuple[int, int, int, int]
    codec: str


def read_clip(path: Path) -> Clip:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        frames = list(container.decode(stream))
        return Clip(
            [frame.pts * frame.time_base for frame in frames],
            [frame.to_ndarray(format="yuv444p") for frame in frames],
            read_audio(path),
            (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range),
            codec.name,
        )


def read_audio(path: Path) -> list[tuple[bytes, Fraction]]:
    """Bytes and time of each audio packet."""
    with av.open(str(path)) as container:
        streams = container.streams.audio[:1]
        packets = container.demux(streams) if streams else ()
        return [(bytes(p), p.pts * p.time_base) for p in packets if p.size]


def make_clip(
    path: Path, pts_s: list[Fraction], time_base: Fraction, audio_codec: str | None
) -> SourceInfo:
    """A small H.264 clip with these frame times and a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = SIZE[1], SIZE[0], "yuv420p"
        video.codec_context.time_base = time_base
        audio = container.add_stream(audio_codec, rate=48000) if audio_codec else None
        for t, time_s in enumerate(pts_s):
            frame = av.VideoFrame.from_ndarray(np.full((*SIZE, 3), 8 * t, np.uint8), format="rgb24")
            frame.pts, frame.time_base = round(time_s / time_base), time_base
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            tone = np.sin(np.arange(1024 * 60) / 20).astype(np.float32) / 2
            for start in range(0, tone.size, 1024):
                sound = _audio_frame(tone[start : start + 1024], audio.codec_context.format.name)
                sound.pts, sound.sample_rate = start, 48000
                sound.time_base = Fraction(1, 48000)
                container.mux(audio.encode(sound))
            container.mux(audio.encode(None))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return SourceInfo(
            path.stem,
            SIZE[1],
            SIZE[0],
            path=path,
            frame_count=len(pts_s),
            average_fps=stream.average_rate,
            time_base=stream.time_base,
            has_audio=audio_codec is not None,
        )


def _audio_frame(samples: NDArray[np.float32], sample_format: str) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = 48000
    return av.AudioResampler(format=sample_format, layout="mono", rate=48000).resample(frame)[0]


def export_frames(
    source: SourceInfo,
    frames: list[tuple[int, Fraction | None]],
    directory: Path,
    *,
    image: NDArray[np.uint8] | None = None,
    options: ExportOptions | None = None,
) -> Path:
    """Write frames of (source index, time) without objects."""
    exporter = open_exporter("overlay", directory, source=source, labels=("a",), options=options)
    for index, pts_s in frames:
        picture = np.full((*SIZE, 3), 50, dtype=np.uint8) if image is None else image
        nothing = Instances.empty(picture.shape[:2], labels=("a",))
        tracked = TrackedInstances(nothing, np.zeros(0, dtype=np.int64), ())
        exporter.write(TrackedFrame(Frame(picture, index, pts_s, 0.0), tracked))
    exporter.close()
    return directory / "overlay.mp4"


@pytest.mark.parametrize("start", [0, 3])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(
    ("container", "pts_s", "time_base"),
    [
        ("a.mp4", STEADY, Fraction(1, 30000)),
        ("a.mp4", VARIABLE, Fraction(1, 1000)),
        ("a.mkv", VARIABLE, Fraction(1, 1000)),
        ("a.mp4", [t + 100 for t in STEADY], Fraction(1, 90000)),
    ],
)
def test_frame_times_equal_the_sources(
    tmp_path: Path,
    container: str,
    pts_s: list[Fraction],
    time_base: Fraction,
    start: int,
    stride: int,
) -> None:
    source = make_clip(tmp_path / container, pts_s, time_base, "aac")
    times = read_clip(tmp_path / container).pts_s
    frames = list(enumerate(times))[start::stride]
    clip = read_clip(export_frames(source, list(frames), tmp_path / "x"))
    assert clip.pts_s == [time - frames[0][1] for _, time in frames]
    assert clip.codec == "h264"


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "libopus", "flac"])
def test_audio_packets_are_copied_byte_for_byte(tmp_path: Path, codec: str) -> None:
    source = make_clip(tmp_path / "a.mkv", STEADY, Fraction(1, 1000), codec)
    original = read_clip(tmp_path / "a.mkv")
    clip = read_clip(export_frames(source, list(enumerate(original.pts_s)), tmp_path / "x"))
    assert len(original.audio) > 10
    assert [packet for packet, _ in clip.audio] == [packet for packet, _ in original.audio]


def test_audio_keeps_its_times_and_is_limited_to_the_exported_range(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mp4", STEADY, Fraction(1, 30000), "aac")
    original = read_clip(tmp_path / "a.mp4")
    frames = list(enumerate(original.pts_s))[10:20]
    clip = read_clip(export_frames(source, list(frames), tmp_path / "x"))
    begin_s, end_s = frames[0][1], frames[-1][1] + Fraction(1001, 30000)
    packet_s = Fraction(1024, 48000)
    assert clip.pts_s[0] == 0
    assert clip.audio == [
        (packet, time - begin_s)
        for packet, time in original.audio
        if time + packet_s > begin_s and time < end_s
    ]
    assert clip.audio


def test_audio_that_mp4_cannot_hold_is_left_out_with_a_word(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = make_clip(tmp_path / "a.mkv", STEADY[:5], Fraction(1, 1000), "pcm_u8")
    with caplog.at_level(logging.WARNING):
        clip = read_clip(export_frames(source, [(0, Fraction(0))], tmp_path / "x"))
    assert clip.audio == []
    assert len(clip.pts_s) == 1
    assert "mp4 cannot hold pcm_u8 audio" in caplog.text


def test_lost_source_file_costs_the_audio_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = replace(SourceInfo("a", 64, 36), path=tmp_path / "gone.mp4", has_audio=True)
    with caplog.at_level(logging.WARNING):
        export_frames(source, [(0, Fraction(0))], tmp_path / "x")
    assert "no audio" in caplog.text


def test_index_comes_before_the_pictures(tmp_path: Path) -> None:
    path = export_frames(SourceInfo("a", 64, 36), [(0, Fraction(0))], tmp_path / "x")
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_frames_without_times_follow_their_index(tmp_path: Path) -> None:
    source = SourceInfo("a", 64, 36, average_fps=Fraction(30000, 1001))
    path = export_frames(source, [(0, None), (2, None), (4, None)], tmp_path / "x")
    assert read_clip(path).pts_s == [Fraction(1001 * t, 30000) for t in (0, 2, 4)]


@pytest.mark.may_log("does not increase; moved", "did not increase")
def test_times_that_do_not_increase_are_moved_one_tick(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = SourceInfo("a", 64, 36, time_base=Fraction(1, 90000))
    times = [Fraction(0), Fraction(1, 25), Fraction(1, 25), Fraction(1, 50), Fraction(1)]
    path = export_frames(source, list(enumerate(times)), tmp_path / "x")
    tick = Fraction(1, 90000)
    expected = [times[0], times[1], times[1] + tick, times[1] + 2 * tick, times[4]]
    assert read_clip(path).pts_s == expected
    assert [record.message for record in caplog.records] == [
        "frame time 0.040000 s does not increase; moved",
        "overlay.mp4: 2 frame times did not increase",
    ]


def test_pause_that_no_player_waits_for_is_cut(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = SourceInfo("a", 64, 36, time_base=Fraction(1, 90000), average_fps=Fraction(25))
    times = [Fraction(0), Fraction(1, 25), Fraction(10**9), 10**9 + Fraction(1, 25)]
    path = export_frames(source, list(enumerate(times)), tmp_path / "x")
    assert read_clip(path).pts_s == [Fraction(t, 25) for t in range(4)]
    assert "the clock leaps ahead" in caplog.text


@pytest.mark.parametrize("container", ["a.mkv", "a.mp4", "a.ts"])
@pytest.mark.parametrize("begin_s", [Fraction(8), Fraction(1_715_587_200)])
def test_file_begins_at_zero_and_audio_keeps_its_distance_from_the_pictures(
    tmp_path: Path, container: str, begin_s: Fraction
) -> None:
    if container != "a.mkv" and begin_s > 100:
        pytest.skip("only Matroska counts so far")
    plain = make_clip(tmp_path / "plain.mkv", STEADY, Fraction(1, 1000), "aac")
    path = tmp_path / container
    with av.open(str(tmp_path / "plain.mkv")) as whole, av.open(str(path), "w") as late:
        streams = {s.index: late.add_stream_from_template(s) for s in whole.streams}
        for packet in whole.demux():
            if packet.size:
                # Sound begins 200 ms after the pictures.
                extra_s = begin_s + (Fraction(1, 5) if packet.stream.type == "audio" else 0)
                ticks = round(extra_s / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                packet.stream = streams[packet.stream.index]
                late.mux(packet)
    original = read_clip(path)
    source = replace(plain, path=path, time_base=open_source(path).info.time_base)
    clip = read_clip(export_frames(source, list(enumerate(original.pts_s)), tmp_path / "x"))
    assert clip.pts_s[0] == 0 and clip.pts_s[-1] < 2
    distances_s = [c.audio[5][1] - c.pts_s[5] for c in (clip, original)]
    assert abs(distances_s[0] - distances_s[1]) < Fraction(1, 10_000)
    assert len(clip.audio) == len(original.audio)


def test_negative_times_begin_at_zero_with_their_audio(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mkv", STEADY, Fraction(1, 1000), "libopus")
    shift_s = Fraction(1, 10)
    times = [t - shift_s for t in (Fraction(0), Fraction(1, 25), Fraction(2, 25))]
    clip = read_clip(export_frames(source, list(enumerate(times)), tmp_path / "x"))
    assert clip.pts_s == [t + shift_s for t in times]


@pytest.mark.parametrize(
    ("color", "height", "tags"),
    [
        (ColorInfo(1, 1, 1, False), 36, (1, 1, 1, 1)),
        (ColorInfo(6, 6, 6, False), 36, (6, 6, 6, 1)),
        (ColorInfo(5, 5, 6, True), 36, (5, 5, 6, 2)),
        (ColorInfo(9, 9, 16, False), 36, (9, 9, 16, 1)),
        (ColorInfo(), 36, (6, 2, 2, 1)),
        (ColorInfo(), 720, (1, 2, 2, 1)),
        (ColorInfo(0, 1, 13, True), 36, (6, 1, 13, 2)),
    ],
)
def test_colours_survive_and_are_tagged(
    tmp_path: Path, color: ColorInfo, height: int, tags: tuple[int, ...]
) -> None:
    bars = np.array(
        [[255, 255, 255], [255, 255, 0], [0, 255, 0], [255, 0, 0], [0, 0, 255], [40, 90, 200]],
        dtype=np.uint8,
    )
    image = np.repeat(np.repeat(bars[None], 16, axis=1), height, axis=0)
    source = SourceInfo("a", image.shape[1], height, color=color)
    options = ExportOptions(video_crf=1)
    path = export_frames(source, [(0, Fraction(0))], tmp_path / "x", image=image, options=options)
    clip = read_clip(path)
    assert clip.color == tags
    red, green, blue = (bars[:, channel] / 255 for channel in range(3))
    kr, kb = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}.get(tags[0], (0.299, 0.114))
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    chroma = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    full = tags[3] == 2
    expected = [luma * 255 if full else 16 + luma * 219]
    expected += [128 + c * (255 if full else 224) for c in chroma]
    found = clip.images[0][:, height // 2, 8::16]
    assert np.abs(found - np.array(expected)).max() <= 2


@pytest.mark.parametrize("size", [(35, 51), (36, 51), (35, 64), (17, 16), (1, 1)])
def test_odd_sizes_gain_a_repeated_row_or_column(tmp_path: Path, size: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), dtype=np.uint8)
    image[:, -1] = image[-1] = 255
    source = SourceInfo("a", size[1], size[0])
    options = ExportOptions(video_crf=1)
    path = export_frames(source, [(0, Fraction(0))], tmp_path / "x", image=image, options=options)
    luma = read_clip(path).images[0][0]
    height, width = size
    assert luma.shape == (height + height % 2, width + width % 2)
    assert luma[-1].min() > 225
    assert luma[:, -1].min() > 225


def test_later_frames_take_the_first_ones_size(tmp_path: Path) -> None:
    exporter = open_exporter(
        "overlay", tmp_path / "x", source=SourceInfo("a", 64, 36), labels=("a",)
    )
    for t, size in enumerate([(36, 64), (72, 128), (36, 64)]):
        tracked = TrackedInstances(Instances.empty(size), np.zeros(0, dtype=np.int64), ())
        image = np.full((*size, 3), 200, dtype=np.uint8)
        exporter.write(TrackedFrame(Frame(image, t, Fraction(t, 25), 0.0), tracked))
    exporter.close()
    images = read_clip(tmp_path / "x" / "overlay.mp4").images
    assert [image.shape for image in images] == [(3, 36, 64)] * 3


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ({"max_frames": 10}, 0, 9),
        ({"start_s": 0.3, "end_s": 0.6}, 9, 17),
        ({"end_s": 0.6}, 0, 17),
        ({"start_s": 0.3, "max_frames": 4}, 9, 12),
        ({"max_frames": 4, "stride": 3}, 0, 9),
    ],
)
@pytest.mark.parametrize("container", ["a.mp4", "a.mkv"])
def test_audio_of_a_part_ends_with_its_last_frame(
    tmp_path: Path, container: str, part: dict[str, Any], first: int, last: int
) -> None:
    make_clip(tmp_path / container, STEADY, Fraction(1, 30000), "aac")
    clip, original = export_part(tmp_path / container, **part)
    shift_s = original.pts_s[first] - clip.pts_s[0]
    begin_s = original.pts_s[first] if first else Fraction(-1)
    end_s = clip.pts_s[-1] + shift_s + Fraction(1001 * part.get("stride", 1), 30000)
    assert abs(clip.pts_s[-1] + shift_s - original.pts_s[last]) < Fraction(1, 999)
    packet_s = Fraction(1024, 48000)
    wanted = [
        packet
        for packet, time in original.audio
        if time + packet_s > begin_s and time < end_s - Fraction(1, 999)
    ]
    assert [packet for packet, _ in clip.audio] == wanted
    assert len(wanted) < len(original.audio)


@pytest.mark.parametrize(
    "part", [{}, {"stride": 7}, {"max_frames": 30}, {"end_s": 60}, {"start_s": 0}]
)
@pytest.mark.parametrize("container", ["a.mp4", "a.mkv"])
def test_audio_after_the_last_frame_of_the_source_is_kept(
    tmp_path: Path, container: str, part: dict[str, Any]
) -> None:
    make_clip(tmp_path / container, STEADY, Fraction(1, 30000), "aac")
    clip, original = export_part(tmp_path / container, **part)
    assert original.audio[-1][1] > original.pts_s[-1] + Fraction(1, 10)
    assert [packet for packet, _ in clip.audio] == [packet for packet, _ in original.audio]


def export_part(path: Path, **part: Any) -> tuple[Clip, Clip]:
    """The exported part of a file, and the file itself."""
    source = open_source(path, **part)
    info = source.info
    frames = [(frame.index, frame.pts_s) for frame in read_all(source)]
    return read_clip(export_frames(info, frames, path.parent / "x")), read_clip(path)


def test_few_pictures_wait_in_the_encoder(tmp_path: Path) -> None:
    # Each takes megabytes, in every process that annotates.
    timing = VideoTiming(Fraction(1, 30), Fraction(30))
    path = tmp_path / "a.mp4"
    video = VideoFile(path, frame_size=(360, 640), timing=timing, color=ColorInfo())
    noise = np.random.default_rng(0).integers(0, 255, (9, 360, 640, 3), np.uint8)
    for number, picture in enumerate(noise):
        video.write(picture, Fraction(number, 30))
    written = path.stat().st_size
    video.close()
    assert written > path.stat().st_size / 2


def test_what_moves_stays_sharp_at_the_usual_quality(tmp_path: Path) -> None:
    grain = np.random.default_rng(1).normal(0, 1, (200, 400)).astype(np.float32)
    texture = cv2.GaussianBlur(grain, (0, 0), 1.5) * 90 + 120
    drawn = [
        np.repeat(texture[t : t + 144, 3 * t : 3 * t + 256, None], 3, axis=2)
        .clip(0, 255)
        .astype(np.uint8)
        for t in range(24)
    ]
    for t, picture in enumerate(drawn):
        cv2.rectangle(picture, (20 + 4 * t, 40), (80 + 4 * t, 100), (230, 60, 20), 2)
    timing = VideoTiming(Fraction(1, 30), Fraction(30))
    path = tmp_path / "a.mp4"
    video = VideoFile(path, frame_size=(144, 256), timing=timing, color=ColorInfo(1, 1, 1))
    for number, picture in enumerate(drawn):
        video.write(picture, Fraction(number, 30))
    video.close()
    wanted = [ColorPlanes(ColorInfo(1, 1, 1), (144, 256)).planes(picture) for picture in drawn]
    with av.open(str(path)) as container:
        decoded = [frame.to_ndarray() for frame in container.decode(video=0)]
    errors = np.array(decoded, float)[:, :144] - np.array(wanted, float)[:, :144]
    mean_square = (errors**2).mean(axis=(1, 2))
    # Mean and 255 squared have a ratio of 41 dB.
    assert mean_square.mean() < 5.3
