"""Frame i of an exported video is frame i of the source, at its time, in its colours."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances
from blendmask_live.export import ExportOptions, open_exporter
from tests.capture.clips import (
    ClipSpec,
    corner_image,
    number_in,
    numbered_image,
    write_clip,
)

LABELS = ("thing",)
LOSSLESS = ExportOptions(video_crf=0, opacity=0.0)
VARIABLE_TICKS = (0, 33, 34, 150, 400, 401, 640, 900, 901, 902, 1400, 1517)


def export_video(
    path: Path, folder: Path, format_name: str = "overlay", options: ExportOptions = LOSSLESS
) -> list[Frame]:
    """Every frame of a file through the exporter, without objects; returns the source's."""
    source = open_source(path)
    exporter = open_exporter(
        format_name, folder, source=source.info, labels=LABELS, options=options
    )
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
        tracked = TrackedInstances(Instances.empty(frame.size, LABELS), np.zeros(0, np.int64), ())
        exporter.write(TrackedFrame(frame, tracked))
    source.close()
    exporter.close()
    return frames


def decoded(path: Path) -> list[tuple[int, Fraction]]:
    """Number in the picture and time of every frame, by libav alone."""
    with av.open(str(path)) as container:
        return [
            (number_in(frame.to_ndarray(format="rgb24")), frame.pts * frame.time_base)
            for frame in container.decode(video=0)
        ]


def remuxed(path: Path, target: Path, *, shift_s: Fraction) -> Path:
    """The same packets at other times: negative ones are cut off by an edit list."""
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        streams = [container.add_stream_from_template(stream) for stream in source.streams]
        for packet in source.demux():
            if packet.size:
                ticks = int(shift_s / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                packet.stream = streams[packet.stream.index]
                container.mux(packet)
    return target


def cut_by_edit_list(folder: Path) -> Path:
    whole = write_clip(folder / "whole.mp4", ClipSpec(options={"bf": "0", "g": "4"}))
    return remuxed(whole, folder / "clip.mp4", shift_s=Fraction(-3, 25))


def delayed_by_edit_list(folder: Path) -> Path:
    whole = write_clip(folder / "whole.mp4", ClipSpec())
    return remuxed(whole, folder / "clip.mp4", shift_s=Fraction(1, 2))


def audio_first(folder: Path) -> Path:
    """Half a second of sound before the first picture, in the file and in time."""
    path = folder / "clip.mkv"
    spec = ClipSpec(ticks=[500 + 40 * t for t in range(12)])
    video = write_clip(folder / "video.mkv", spec)
    with av.open(str(video)) as source, av.open(str(path), "w") as container:
        audio = container.add_stream("aac", rate=16000)
        stream = container.add_stream_from_template(source.streams.video[0])
        sound = av.AudioFrame.from_ndarray(
            np.zeros((1, 16000), np.float32), format="fltp", layout="mono"
        )
        sound.sample_rate = 16000
        container.mux(audio.encode(sound))
        container.mux(audio.encode())
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    return path


def clip_of(name: str, spec: ClipSpec) -> Callable[[Path], Path]:
    return lambda folder: write_clip(folder / name, spec)


OPEN_GOP = {"x264-params": "open-gop=1:keyint=5:min-keyint=5:bframes=3:b-adapt=0"}
SOURCES: dict[str, Callable[[Path], Path]] = {
    "constant rate": clip_of("clip.mp4", ClipSpec(options={"bf": "0"})),
    "29.97": clip_of("clip.mkv", ClipSpec(ticks=[round(1001 * t / 30) for t in range(12)])),
    "variable rate": clip_of("clip.mp4", ClipSpec(ticks=VARIABLE_TICKS)),
    "variable rate mkv": clip_of("clip.mkv", ClipSpec(ticks=VARIABLE_TICKS)),
    "B-frames": clip_of("clip.mp4", ClipSpec(options={"bf": "4", "x264-params": "b-adapt=0"})),
    "B-frames avi": clip_of("clip.avi", ClipSpec(options={"bf": "3"})),
    "open GOP": clip_of("clip.mp4", ClipSpec(options=OPEN_GOP)),
    "open GOP ts": clip_of("clip.ts", ClipSpec(options=OPEN_GOP)),
    "cut by an edit list": cut_by_edit_list,
    "delayed by an edit list": delayed_by_edit_list,
    "audio first": audio_first,
    "ProRes": clip_of("clip.mov", ClipSpec(codec="prores_ks", pixel_format="yuv422p10le")),
    "VP9": clip_of("clip.webm", ClipSpec(codec="libvpx-vp9")),
}


@pytest.mark.parametrize("name", SOURCES)
def test_frame_i_of_the_export_is_frame_i_of_the_source(name: str, tmp_path: Path) -> None:
    path = SOURCES[name](tmp_path)
    frames = export_video(path, tmp_path / "x")
    expected = [(number_in(frame.image), frame.pts_s) for frame in frames]
    first = 3 if "cut" in name else 0
    assert [number for number, _ in expected] == list(range(first, 12))
    # Sound may come first; otherwise a file begins with its first picture.
    begin_s = 0 if name == "audio first" else expected[0][1]
    assert decoded(tmp_path / "x" / "overlay.mp4") == [(n, t - begin_s) for n, t in expected]
    # And as any player shows the source itself.
    if not name.endswith("avi"):
        shown = [item for item in decoded(path) if item[1] >= 0]
        assert [number for number, _ in shown][-len(expected) :] == [n for n, _ in expected]


@pytest.mark.parametrize("format_name", ["cutout", "matte"])
def test_alpha_and_matte_keep_variable_times(format_name: str, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", ClipSpec(ticks=VARIABLE_TICKS))
    export_video(path, tmp_path / "x", format_name)
    (video,) = [file for file in (tmp_path / "x").iterdir() if file.stem == format_name]
    times = [time for _, time in decoded(video)]
    assert times == [Fraction(ms, 1000) for ms in VARIABLE_TICKS]


def test_audio_before_the_first_picture_is_kept_bit_for_bit(tmp_path: Path) -> None:
    path = audio_first(tmp_path)
    export_video(path, tmp_path / "x")
    packets = []
    for file in (path, tmp_path / "x" / "overlay.mp4"):
        with av.open(str(file)) as container:
            packets.append([bytes(p) for p in container.demux(audio=0) if p.size])
    assert packets[0] == packets[1]
    assert len(packets[0]) > 10


def test_sound_that_an_edit_list_cuts_off_is_left_out(tmp_path: Path) -> None:
    spec = ClipSpec(frames=12, options={"bf": "0", "g": "12"}, has_audio=True)
    whole = write_clip(tmp_path / "whole.mp4", spec)
    path = remuxed(whole, tmp_path / "clip.mp4", shift_s=Fraction(-6, 25))
    assert open_source(path).info.frame_count == 6
    assert len(export_video(path, tmp_path / "x")) == 6
    assert decoded(tmp_path / "x" / "overlay.mp4")[0] == (6, 0)
    with av.open(str(tmp_path / "x" / "overlay.mp4")) as container:
        times_s = [p.pts * p.time_base for p in container.demux(audio=0) if p.size]
    # Half a second, of which 6/25 s are cut off, and what the encoder put before it.
    assert -0.1 <= times_s[0] <= 0
    assert 0.15 < times_s[-1] < 0.3


def transport_stream(path: Path, *, seconds: int = 1, first_number: int = 0) -> bytes:
    """Numbered pictures and a tone."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25, options={"bf": "2", "g": "10"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("aac", rate=48000)
        for number in range(25 * seconds):
            image = numbered_image(first_number + number)
            picture = av.VideoFrame.from_ndarray(image).reformat(format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            container.mux(video.encode(picture))
            tone = np.sin(np.arange(1920) / 9).astype(np.float32)[None] / 3
            sound = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 48000, 1920 * number
            container.mux(audio.encode(sound))
        container.mux(video.encode())
        container.mux(audio.encode())
    return path.read_bytes()


@pytest.mark.may_log("clock restarts", "packets of audio left out")
def test_joined_recordings_whose_clock_restarts_go_on(tmp_path: Path) -> None:
    parts = [
        transport_stream(tmp_path / f"{n}.ts", seconds=2, first_number=50 * n) for n in range(3)
    ]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(parts))
    frames = export_video(path, tmp_path / "x")
    video = decoded(tmp_path / "x" / "overlay.mp4")
    assert [number for number, _ in video] == [number_in(frame.image) for frame in frames]
    assert len(video) >= 145
    assert [time for _, time in video] == [Fraction(n, 25) for n in range(len(video))]
    with av.open(str(tmp_path / "x" / "overlay.mp4")) as container:
        times_s = [p.pts * p.time_base for p in container.demux(audio=0) if p.size]
    assert len(times_s) > 260
    steps = np.diff([float(time) for time in times_s])
    assert (steps > 0).all() and steps.max() < 0.2
    # Sound of each part begins where its pictures do.
    assert abs(times_s[-1] - video[-1][1]) < Fraction(1, 4)


def test_lost_and_damaged_audio_packets_cost_only_themselves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = bytearray(transport_stream(tmp_path / "whole.ts", seconds=3))
    packets = [bytearray(content[at : at + 188]) for at in range(0, len(content), 188)]
    audio = [p for p in packets if (p[1] & 0x1F) << 8 | p[2] == 0x101]
    assert len(audio) > 40
    for packet in audio[10:30:3]:
        packets.remove(packet)
    for packet in audio[31:40:3]:
        packet[100:188] = b"\xaa" * 88
    path = tmp_path / "lossy.ts"
    path.write_bytes(b"".join(packets))
    export_video(path, tmp_path / "x")
    assert [number for number, _ in decoded(tmp_path / "x" / "overlay.mp4")] == list(range(75))
    with av.open(str(tmp_path / "x" / "overlay.mp4")) as container:
        assert sum(1 for p in container.demux(audio=0) if p.size) > 100
    assert sum("packets of audio left out" in r.message for r in caplog.records) <= 1


def test_audio_that_a_file_refuses_costs_no_other_audio(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        # QuickTime has a name for Opus in libav's list, but its header is refused.
        tracks = [container.add_stream(kind, rate=48000) for kind in ("libopus", "aac")]
        for number in range(25):
            picture = av.VideoFrame.from_ndarray(numbered_image(number)).reformat(format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 25)
            container.mux(video.encode(picture))
            for track in tracks:
                silence = np.zeros((1, 1920), np.float32)
                sound = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
                sound.sample_rate, sound.pts = 48000, 1920 * number
                kind = track.format.name
                for part in av.AudioResampler(kind, "mono", 48000).resample(sound):
                    container.mux(track.encode(part))
        for stream in (video, *tracks):
            container.mux(stream.encode())
    export_video(path, tmp_path / "x", "cutout", ExportOptions())
    with av.open(str(tmp_path / "x" / "cutout.mov")) as container:
        assert [s.codec_context.name for s in container.streams.audio] == ["aac"]
        assert sum(1 for p in container.demux(audio=0) if p.size) > 40
    assert "mov cannot hold opus audio" in caplog.text


@pytest.mark.parametrize(
    ("format_name", "options"),
    [
        ("overlay", ExportOptions()),
        ("matte", ExportOptions()),
        ("cutout", ExportOptions()),
        ("cutout", ExportOptions(cutout="vp9")),
        ("cutout", ExportOptions(background="green")),
    ],
)
@pytest.mark.parametrize(("rotation", "shown"), [(None, (16, 11)), (90, (11, 16))])
def test_pixels_that_are_not_square_stay_so(
    tmp_path: Path,
    format_name: str,
    options: ExportOptions,
    rotation: int | None,
    shown: tuple[int, int],
) -> None:
    spec = ClipSpec(frames=3, pixel_aspect=Fraction(16, 11), rotation_ccw_deg=rotation)
    source = open_source(write_clip(tmp_path / "clip.mp4", spec))
    assert source.info.pixel_aspect == Fraction(*shown)
    source.close()
    export_video(tmp_path / "clip.mp4", tmp_path / "x", format_name, options)
    (video,) = [file for file in (tmp_path / "x").iterdir() if file.stem == format_name]
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        size = (64, 48) if rotation is None else (48, 64)
        if video.suffix != ".webm":
            assert (stream.width, stream.height) == size
        aspect = float(stream.sample_aspect_ratio) * stream.width / stream.height
        assert aspect == pytest.approx(size[0] / size[1] * shown[0] / shown[1], rel=0.02)


@pytest.mark.parametrize("rotation_ccw_deg", [0, 90, 180, 270])
def test_rotated_source_is_exported_upright_and_once(rotation_ccw_deg: int, tmp_path: Path) -> None:
    spec = ClipSpec(
        frames=2,
        images=[corner_image()] * 2,
        rotation_ccw_deg=rotation_ccw_deg,
        options={"crf": "0"},
    )
    path = write_clip(tmp_path / "clip.mp4", spec)
    frames = export_video(path, tmp_path / "x")
    wanted = np.rot90(corner_image(), rotation_ccw_deg // 90)
    with av.open(str(tmp_path / "x" / "overlay.mp4")) as container:
        pictures = list(container.decode(video=0))
        assert all(not picture.side_data.get("DISPLAYMATRIX") for picture in pictures)
    found = pictures[0].to_ndarray(format="rgb24")
    assert found.shape == wanted.shape == frames[0].image.shape
    middle = np.abs(found.astype(int) - wanted)[4:-4:4, 4:-4:4]
    assert np.median(middle) <= 6


BARS = np.array(
    [
        *([180, 180, 180], [180, 180, 16], [16, 180, 180], [16, 180, 16], [180, 16, 180]),
        *([180, 16, 16], [16, 16, 180], [16, 16, 16], [235, 235, 235], [128, 128, 128]),
    ],
    dtype=np.uint8,
)


def bars_image() -> NDArray[np.uint8]:
    return np.repeat(np.repeat(BARS[None], 8, axis=1), 48, axis=0)


def planes(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="yuv420p")


@pytest.mark.parametrize("matrix", [1, 6], ids=["BT.709", "BT.601"])
@pytest.mark.parametrize("color_range", [1, 2], ids=["limited", "full"])
def test_colour_bars_pass_within_one_code_value(
    matrix: int, color_range: int, tmp_path: Path
) -> None:
    image = bars_image()
    spec = ClipSpec(
        frames=1,
        width=image.shape[1],
        height=image.shape[0],
        images=[image],
        colorspace=matrix,
        color_range=color_range,
        pixel_format="yuv420p",
        options={"crf": "0"},
    )
    path = write_clip(tmp_path / "clip.mp4", spec)
    export_video(path, tmp_path / "x")
    before, after = planes(path), planes(tmp_path / "x" / "overlay.mp4")
    assert before.min() != before.max()
    assert np.abs(before.astype(int) - after).max() <= 1
    with av.open(str(tmp_path / "x" / "overlay.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.colorspace, codec.color_range) == (matrix, color_range)
