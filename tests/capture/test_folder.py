"""Folders of images, and the pixels of single images."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from blendmask_live.capture import open_source
from blendmask_live.capture.image_file import load_rgb
from blendmask_live.capture.source import SeekableSource, notice_of
from blendmask_live.errors import SourceOpenError
from tests.capture.clips import corner_image, number_in, numbered_image, read_all


def test_images_come_in_natural_order(tmp_path: Path) -> None:
    for number in (0, 1, 2, 9, 10, 11, 100):
        Image.fromarray(numbered_image(number)).save(tmp_path / f"img_{number}.png")
    frames = read_all(open_source(tmp_path))
    assert [number_in(frame.image) for frame in frames] == [0, 1, 2, 9, 10, 11, 100]
    assert [frame.index for frame in frames] == list(range(7))
    assert {frame.pts_s for frame in frames} == {None}


def test_other_and_hidden_files_are_ignored(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "A.JPG")
    (tmp_path / "._A.jpg").write_bytes(b"x")
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "sub").mkdir()
    source = open_source(tmp_path)
    assert source.info.frame_count == 1
    assert (source.info.width, source.info.height) == (8, 6)
    assert len(read_all(source)) == 1


def test_unreadable_images_are_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(4):
        Image.fromarray(numbered_image(number)).save(tmp_path / f"{number}.png")
    (tmp_path / "0.png").write_bytes(b"no picture")
    content = (tmp_path / "2.png").read_bytes()
    (tmp_path / "2.png").write_bytes(content[: len(content) // 2])
    frames = read_all(open_source(tmp_path))
    assert [frame.index for frame in frames] == [1, 3]
    assert [number_in(frame.image) for frame in frames] == [1, 3]
    assert caplog.text.count("left out, cannot be read") == 2


@pytest.mark.may_log("left out")
def test_folder_of_unreadable_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(SourceOpenError, match="none of the 1 image"):
        open_source(tmp_path)


def test_images_of_several_sizes_are_delivered_as_they_are(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    Image.new("RGB", (16, 12)).save(tmp_path / "b.png")
    assert [frame.size for frame in read_all(open_source(tmp_path))] == [(6, 8), (12, 16)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    upright = Image.fromarray(corner_image())
    # The inverse of what each EXIF value asks a viewer to do.
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_rgb(tmp_path / "a.png"), corner_image())


def test_every_kind_of_pixels_becomes_rgb(tmp_path: Path) -> None:
    colours = Image.fromarray(corner_image())
    for mode in ("1", "L", "RGB", "RGBA", "LA"):
        colours.convert(mode).save(tmp_path / f"{mode}.png")
    colours.quantize(16).save(tmp_path / "P.png")
    colours.convert("CMYK").save(tmp_path / "CMYK.tif")
    for path in sorted(tmp_path.iterdir()):
        image = load_rgb(path)
        assert image.shape == (48, 64, 3) and image.dtype == np.uint8
        assert image.flags.c_contiguous
        assert image[40, 50].min() >= 225, path.name
    assert np.abs(load_rgb(tmp_path / "CMYK.tif").astype(int) - corner_image()).max() <= 2


def test_transparent_pixels_become_black(tmp_path: Path) -> None:
    rgba = np.dstack([corner_image(), np.full((48, 64), 255, np.uint8)])
    rgba[:24, :, 3] = 0
    rgba[24:, :32, 3] = 128
    Image.fromarray(rgba).save(tmp_path / "a.png")
    image = load_rgb(tmp_path / "a.png")
    assert image[:24].max() == 0
    assert np.abs(image[30, 10].astype(int) - (15, 15, 110)).max() <= 1
    assert tuple(image[40, 50]) == (230, 230, 230)


def test_transparent_palette_colour_becomes_black(tmp_path: Path) -> None:
    picture = Image.fromarray(np.tile(np.arange(2, dtype=np.uint8), (4, 4)))
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.save(tmp_path / "a.png", transparency=0)
    assert load_rgb(tmp_path / "a.png")[0, :2].tolist() == [[0, 0, 0], [0, 255, 0]]


def test_16_bit_grey_is_scaled_to_8(tmp_path: Path) -> None:
    values = np.array([[0, 257, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "a.png")
    assert load_rgb(tmp_path / "a.png")[0, :, 1].tolist() == [0, 1, 128, 255]


def _write_tiff(path: Path, values: np.ndarray, *, white: int | None = None) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    if white is not None:
        tags[281] = white
    Image.fromarray(values).save(path, tiffinfo=tags)


@pytest.mark.parametrize("suffix", ["tif", "png"])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("bits", "taken"), [(12, 12), (10, 10), (13, 13), (16, 16)])
def test_bits_of_a_camera_in_16_are_scaled_alike_in_all_pictures(
    tmp_path: Path,
    suffix: str,
    channels: int,
    bits: int,
    taken: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    white = 2**bits - 1
    for number in range(12):
        # The first one is dark.
        level = white * (number + 1) // 12
        image = np.full((6, 8) if channels == 1 else (6, 8, channels), level, np.uint16)
        if channels == 3:
            image[..., 0] = 0
        if channels == 4:
            image[..., 3] = 65535
        cv2.imwrite(str(tmp_path / f"{number:02}.{suffix}"), image)
    frames = read_all(open_source(tmp_path))
    expected = [round(white * (n + 1) // 12 * 255 / (2**taken - 1)) for n in range(12)]
    assert [int(frame.image[2, 2, 1]) for frame in frames] == pytest.approx(expected, abs=1)
    if channels == 3:
        assert [int(frame.image[2, 2, 2]) for frame in frames] == [0] * 12
    said = [f"the value {2**taken - 1} is taken for white" in m for m in caplog.messages]
    assert said == [True] * (taken < 16)


@pytest.mark.may_log("is taken for white")
def test_few_bright_pixels_do_not_make_pictures_dark(tmp_path: Path) -> None:
    for number in range(3):
        values = np.full((60, 80), 700, np.uint16)
        values[:20] = 1800
        values[40, :number] = 4095
        cv2.imwrite(str(tmp_path / f"{number}.tif"), values)
    first, *_, last = read_all(open_source(tmp_path))
    assert first.image[10, 10, 0] == last.image[10, 10, 0] == round(1800 * 255 / 2047)
    assert last.image[40, 0, 0] == 255


@pytest.mark.may_log("is taken for white")
def test_white_that_a_tiff_names_counts_more_than_its_content(tmp_path: Path) -> None:
    for number in range(3):
        values = np.full((6, 8), 100 * (number + 1), np.uint16)
        _write_tiff(tmp_path / f"{number}.tif", values, white=1000)
    frames = read_all(open_source(tmp_path))
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [26, 51, 77]


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_16_bit_pictures_are_turned_too(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    values = np.zeros((6, 8), np.uint16)
    values[0] = 65535
    Image.fromarray(values).save(tmp_path / "a.png", exif=exif)
    image = load_rgb(tmp_path / "a.png")
    side = {1: image[0], 6: image[:, -1], 8: image[:, 0]}[orientation]
    assert image.shape[:2] == ((6, 8) if orientation == 1 else (8, 6))
    assert side.min() == 255 and image.sum() == side.sum()


def test_floating_point_image_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Image.fromarray(np.zeros((4, 4), np.float32)).save(tmp_path / "a.tif")
    Image.new("RGB", (4, 4)).save(tmp_path / "b.png")
    assert len(read_all(open_source(tmp_path))) == 1
    assert "floating-point" in caplog.text


def test_single_image_is_a_source_of_one_frame(tmp_path: Path) -> None:
    Image.fromarray(numbered_image(5)).save(tmp_path / "photo.jpg")
    source = open_source(tmp_path / "photo.jpg")
    assert (source.info.name, source.info.frame_count) == ("photo", 1)
    (frame,) = read_all(source)
    assert number_in(frame.image) == 5


def test_current_folder_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    Image.new("RGB", (4, 4)).save(folder / "a.png")
    monkeypatch.chdir(folder)
    assert open_source(".").info.name == "shots"


def _save_pictures(path: Path, *, kind: str) -> None:
    first, *others = (Image.fromarray(numbered_image(number)) for number in range(5))
    first.save(path, kind, save_all=True, append_images=others, duration=100)


@pytest.mark.parametrize(("name", "kind"), [("a.webp", "WEBP"), ("a.tif", "TIFF")])
def test_pictures_that_are_not_read_are_told(
    tmp_path: Path, name: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    _save_pictures(tmp_path / name, kind=kind)
    source = open_source(tmp_path / name)
    assert "only the first of its 5 pictures is read" in notice_of(source)
    assert notice_of(source) in caplog.text
    assert len(read_all(source)) == 1


def test_what_phones_add_to_a_photo_is_no_trouble(tmp_path: Path) -> None:
    _save_pictures(tmp_path / "a.jpg", kind="MPO")
    assert notice_of(open_source(tmp_path / "a.jpg")) == ""


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.gif", "GIF")])
def test_animation_is_a_video(tmp_path: Path, name: str, kind: str) -> None:
    _save_pictures(tmp_path / name, kind=kind)
    source = open_source(tmp_path / name)
    assert isinstance(source, SeekableSource)
    frames = [source.read() for _ in range(5)]
    assert [number_in(frame.image) for frame in frames if frame] == [0, 1, 2, 3, 4]
    assert [frame.pts_s for frame in frames if frame] == [Fraction(n, 10) for n in range(5)]
    source.seek(3)
    frame = source.read()
    assert frame is not None
    assert number_in(frame.image) == 3
    source.close()


def test_images_one_folder_deeper_are_named(tmp_path: Path) -> None:
    for name in ("img", "other"):
        (tmp_path / name).mkdir()
    Image.fromarray(numbered_image(0)).save(tmp_path / "img" / "1.png")
    with pytest.raises(SourceOpenError, match="found some in img; give one of these"):
        open_source(tmp_path)


def test_a_folder_inside_that_cannot_be_listed_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("img", "locked"):
        (tmp_path / name).mkdir()
    Image.fromarray(numbered_image(0)).save(tmp_path / "img" / "1.png")
    iterdir = Path.iterdir

    def iterdir_if_open(folder: Path) -> Iterator[Path]:
        if folder.name == "locked":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir_if_open)
    with pytest.raises(SourceOpenError, match="found some in img; give one of these"):
        open_source(tmp_path)
