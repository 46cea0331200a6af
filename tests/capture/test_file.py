"""Video files: exact frames, exact times, right pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from blendmask_live.capture import hardware, open_source
from tests.capture.clips import ClipSpec, corner_image, number_in, read_all, write_clip
from tests.capture.test_contract import CLIPS, VARIABLE_TICKS

MakeClip = Callable[..., Path]


@pytest.mark.parametrize("name", [name for name in CLIPS if not name.startswith("rotated")])
def test_frame_i_shows_picture_i(clip: MakeClip, name: str) -> None:
    frames = read_all(open_source(clip(name, CLIPS[name])))
    assert [number_in(frame.image) for frame in frames] == list(range(12))
    assert [frame.index for frame in frames] == list(range(12))


@pytest.mark.parametrize("name", ["variable_rate.mp4", "variable_rate.mkv"])
def test_variable_frame_times_are_kept_exactly(clip: MakeClip, name: str) -> None:
    frames = read_all(open_source(clip(name, CLIPS[name])))
    assert [frame.pts_s for frame in frames] == [Fraction(ms, 1000) for ms in VARIABLE_TICKS]


@pytest.mark.parametrize("name", ["h264.mp4", "b_frames.mp4", "mpeg4.avi", "b_frames.avi"])
def test_constant_rate_times_are_multiples_of_the_frame_duration(clip: MakeClip, name: str) -> None:
    frames = read_all(open_source(clip(name, CLIPS[name])))
    assert [frame.pts_s for frame in frames] == [Fraction(i, 25) for i in range(12)]


def test_transport_stream_keeps_its_own_start_time(clip: MakeClip) -> None:
    first, second, *_ = read_all(open_source(clip("a.ts", ClipSpec())))
    assert first.pts_s is not None and second.pts_s is not None and first.pts_s > 0
    assert second.pts_s - first.pts_s == Fraction(1, 25)


def test_stream_without_timestamps_counts_frames(clip: MakeClip) -> None:
    source = open_source(clip("a.h264", ClipSpec()))
    frames = read_all(source)
    assert source.info.average_fps == 25
    assert [frame.pts_s for frame in frames] == [Fraction(i, 25) for i in range(12)]


def test_info_describes_the_stream(clip: MakeClip) -> None:
    path = clip("my clip (1).mov", ClipSpec(has_audio=True, colorspace=1, color_range=1))
    info = open_source(path).info
    assert (info.width, info.height, info.frame_count) == (64, 48, 12)
    assert info.name == "my_clip_1"
    assert info.path == path
    assert info.average_fps == 25
    assert info.time_base is not None and info.has_audio
    assert (info.color.matrix, info.color.full_range) == (1, False)
    assert not open_source(clip("silent.mp4")).info.has_audio


# Stored corners, as they must look when shown: top left, top right, bottom left, bottom right.
@pytest.mark.parametrize(
    ("rotation_ccw_deg", "is_mirrored", "corners", "clockwise_deg"),
    [
        (0, False, "RGBW", 0),
        (90, False, "GWRB", 270),
        (180, False, "WBGR", 180),
        (-90, False, "BRWG", 90),
        (0, True, "GRWB", 0),
        (90, True, "WGBR", 90),
        (180, True, "BWRG", 180),
        (-90, True, "RBGW", 270),
    ],
)
def test_display_matrix_is_applied_once(
    clip: MakeClip, rotation_ccw_deg: int, is_mirrored: bool, corners: str, clockwise_deg: int
) -> None:
    path = clip(
        "phone.mp4",
        ClipSpec(
            frames=1,
            images=[corner_image()],
            rotation_ccw_deg=rotation_ccw_deg,
            is_mirrored=is_mirrored,
        ),
    )
    source = open_source(path)
    (frame,) = read_all(source)
    is_turned = abs(rotation_ccw_deg) == 90
    assert frame.size == ((64, 48) if is_turned else (48, 64))
    assert (source.info.height, source.info.width) == frame.size
    assert _corners(frame.image) == corners
    assert source.info.rotation_deg == clockwise_deg


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_data_of_motion_jpeg_turns_the_picture(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "a camera"
    photo = io.BytesIO()
    Image.fromarray(corner_image()).save(photo, "JPEG", exif=exif, quality=95)
    path = tmp_path / "camera.mjpeg"
    path.write_bytes(photo.getvalue() * 3)
    frames = read_all(open_source(path))
    shown = np.asarray(ImageOps.exif_transpose(Image.open(photo)))
    assert [frame.size for frame in frames] == [shown.shape[:2]] * 3
    assert {_corners(frame.image) for frame in frames} == {_corners(shown)}


def _corners(image: np.ndarray) -> str:
    named = {"R": (220, 30, 30), "G": (30, 200, 30), "B": (30, 30, 220), "W": (230, 230, 230)}
    found = ""
    for y, x in ((0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)):
        pixel = image[int(y * image.shape[0]), int(x * image.shape[1])].astype(int)
        found += min(named, key=lambda name: int(np.abs(pixel - named[name]).sum()))
    return found


@pytest.mark.parametrize(
    ("colorspace", "color_range", "pixel_format"),
    [
        (1, 1, "yuv420p"),
        (1, 2, "yuv420p"),
        (5, 1, "yuv420p"),
        (5, 2, "yuv422p"),
        (9, 1, "yuv420p10le"),
        (1, 1, "yuv422p10le"),
        (5, 1, "yuv444p"),
        (1, 1, "yuv444p10le"),
    ],
)
def test_colours_survive_matrix_range_and_depth(
    clip: MakeClip, colorspace: int, color_range: int, pixel_format: str
) -> None:
    spec = ClipSpec(
        frames=1,
        images=[corner_image()],
        colorspace=colorspace,
        color_range=color_range,
        pixel_format=pixel_format,
        options={"qp": "0" if "10" not in pixel_format else "1"},
    )
    (frame,) = read_all(open_source(clip("colour.mkv", spec)))
    inside = (slice(4, 20), slice(4, 28))
    assert np.abs(frame.image[inside].astype(int) - (220, 30, 30)).max() <= 4
    assert np.abs(frame.image[-8:, -8:].astype(int) - 230).max() <= 4


@pytest.mark.parametrize(
    ("width", "height", "colorspace"), [(64, 480, 5), (64, 720, 1), (1280, 64, 1), (1024, 576, 5)]
)
def test_unspecified_matrix_is_709_for_hd_and_601_below(
    clip: MakeClip, width: int, height: int, colorspace: int
) -> None:
    image = np.full((height, width, 3), (30, 200, 30), dtype=np.uint8)
    spec = ClipSpec(frames=1, width=width, height=height, images=[image], colorspace=colorspace)
    tagged = clip("tagged.mp4", spec)
    (frame,) = read_all(open_source(tagged))
    untagged = _write_untagged(tagged)
    source = open_source(untagged)
    assert source.info.color.matrix == 2
    (same,) = read_all(source)
    assert np.abs(frame.image.astype(int) - same.image).max() <= 1
    assert np.abs(frame.image[5, 5].astype(int) - (30, 200, 30)).max() <= 4


def _write_untagged(tagged: Path) -> Path:
    """The same YUV samples, encoded without colour description."""
    path = tagged.with_name("untagged.mp4")
    with av.open(str(tagged)) as source, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0"})
        picture = next(source.decode(video=0))
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        picture.colorspace = 2
        container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def test_greyscale_video_has_equal_channels(clip: MakeClip) -> None:
    frames = read_all(open_source(clip("grey.mp4", ClipSpec(pixel_format="gray"))))
    assert [number_in(frame.image) for frame in frames] == list(range(12))
    assert np.ptp(frames[5].image, axis=2).max() == 0


def test_alpha_of_a_video_is_ignored(clip: MakeClip) -> None:
    path = clip("alpha.mov", ClipSpec(codec="prores_ks", pixel_format="yuva444p10le"))
    frames = read_all(open_source(path))
    assert [number_in(frame.image) for frame in frames] == list(range(12))


def test_rgb_video_is_delivered_as_it_is(clip: MakeClip) -> None:
    spec = ClipSpec(frames=1, codec="libx264rgb", pixel_format="rgb24", images=[corner_image()])
    (frame,) = read_all(open_source(clip("rgb.mkv", spec)))
    assert _corners(frame.image) == "RGBW"


@pytest.mark.parametrize(("width", "height"), [(16, 16), (7680, 4320), (65, 47), (2, 2)])
def test_tiny_huge_and_odd_sizes_work(clip: MakeClip, width: int, height: int) -> None:
    spec = ClipSpec(frames=1, width=width, height=height, codec="ffv1", pixel_format="yuv420p")
    if width == 7680:
        spec = ClipSpec(frames=1, width=width, height=height, options={"preset": "ultrafast"})
    (frame,) = read_all(open_source(clip("size.mkv", spec)))
    assert frame.size == (height, width)


def test_frames_whose_size_changes_are_delivered_as_decoded(tmp_path: Path) -> None:
    small = write_clip(tmp_path / "small.ts", ClipSpec(frames=3))
    large = write_clip(tmp_path / "large.ts", ClipSpec(frames=3, width=128, height=96))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())
    source = open_source(joined)
    frames = read_all(source)
    assert (source.info.height, source.info.width) == (48, 64)
    assert [frame.size for frame in frames] == [(48, 64)] * 3 + [(96, 128)] * 3
    assert [number_in(frame.image) for frame in frames] == [0, 1, 2, 0, 1, 2]
    times = [frame.pts_s for frame in frames if frame.pts_s is not None]
    assert times == sorted(times)


def test_hardware_decoding_that_is_not_there_is_said_and_changes_nothing(
    clip: MakeClip, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "hwdevices_available", lambda: [])
    path = clip("a.mp4", ClipSpec(colorspace=1))
    expected = read_all(open_source(path))
    source = open_source(path, hardware=True)
    assert source.info.decoded_on == "cpu"
    found = read_all(source)
    assert caplog.messages == ["no hardware decoder can be used here; video is decoded on the CPU"]
    assert len(found) == len(expected)
    for frame, same in zip(found, expected, strict=True):
        assert np.array_equal(frame.image, same.image)


@pytest.mark.may_log("it is decoded on the CPU", "no hardware decoder can be used here")
def test_hardware_decoding_gives_the_frames_of_the_cpu(clip: MakeClip) -> None:
    # H.264 is decoded to the bit, wherever it is done; small pictures are not every device's.
    path = clip("a.mp4", ClipSpec(width=256, height=256, colorspace=1))
    source = open_source(path, hardware=True)
    if source.info.decoded_on == "cpu":
        source.close()
        pytest.skip("needs a graphics processor that decodes video")
    expected = read_all(open_source(path))
    for frame, same in zip(read_all(source), expected, strict=True):
        assert (frame.index, frame.pts_s) == (same.index, same.pts_s)
        assert np.abs(frame.image.astype(int) - same.image).max() <= 1


def test_frames_that_an_edit_list_leaves_out_are_not_announced(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", ClipSpec(frames=30, options={"bf": "0", "g": "4"}))
    path = tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(path), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                ticks = round(Fraction(8, 25) / packet.time_base)
                packet.pts, packet.dts = packet.pts - ticks, packet.dts - ticks
                packet.stream = stream
                container.mux(packet)
    source = open_source(path)
    announced = source.info.frame_count
    assert announced == len(read_all(source)) == 22
