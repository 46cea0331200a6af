"""Cutouts with real alpha, mattes, other backgrounds, files per track; read by PyAV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.errors import ExportError
from blendmask_live.export import ExportOptions
from blendmask_live.export.background import Background
from tests.export.sequences import MaskSequence, export, walkers


def union(rows: Any, size: tuple[int, int]) -> NDArray[np.bool_]:
    return np.any([np.zeros(size, bool), *(row[3] for row in rows)], axis=0)


def decoded(path: Path, pixel_format: str) -> list[NDArray[np.uint8]]:
    """Every frame; alpha of VP9 comes from libvpx's own decoder only."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        if stream.codec_context.name != "vp9" or pixel_format != "rgba":
            return [frame.to_ndarray(format=pixel_format) for frame in container.decode(stream)]
        decoder = av.codec.CodecContext.create("libvpx-vp9", "r")
        packets = [packet for packet in container.demux(stream) if packet.size]
        frames = [frame for packet in packets for frame in decoder.decode(packet)]
        return [frame.to_ndarray(format=pixel_format) for frame in frames]


def big_walkers() -> MaskSequence:
    sequence = walkers(4, (96, 128))
    sequence.frames[2] = []
    return sequence


@pytest.mark.parametrize(
    ("kind", "name", "alpha_error", "color_error"),
    [("prores", "cutout.mov", 0, 8), ("vp9", "cutout.webm", 60, 20)],
)
def test_alpha_is_the_masks_and_colour_the_frames(
    tmp_path: Path, kind: Any, name: str, alpha_error: int, color_error: int
) -> None:
    sequence = big_walkers()
    options = ExportOptions(cutout=kind, video_crf=4)
    export(sequence, "cutout", tmp_path / "x", options)
    frames = decoded(tmp_path / "x" / name, "rgba")
    assert len(frames) == 4
    for found, tracked_frame, rows in zip(
        frames, sequence.tracked_frames(), sequence.frames, strict=True
    ):
        inside = union(rows, sequence.size)
        np.testing.assert_array_equal(found[..., 3] > 127, inside)
        wanted = np.where(inside, 255, 0)
        assert np.abs(found[..., 3].astype(int) - wanted).max() <= alpha_error
        colors = np.abs(found[..., :3].astype(int) - tracked_frame.frame.image)
        assert colors[inside].max(initial=0) <= color_error


def test_png_cutout_is_exact(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "cutout", tmp_path / "x", ExportOptions(cutout="png"))
    for t, tracked_frame in enumerate(awkward.tracked_frames()):
        found = np.asarray(Image.open(tmp_path / "x" / "cutout" / f"{t:05d}.png"))
        inside = union(awkward.frames[t], awkward.size)
        np.testing.assert_array_equal(found[..., 3], np.where(inside, 255, 0))
        np.testing.assert_array_equal(found[inside, :3], tracked_frame.frame.image[inside])


def test_matte_thresholds_back_to_the_masks(awkward: MaskSequence, tmp_path: Path) -> None:
    export(awkward, "matte", tmp_path / "x")
    height, width = awkward.size
    frames = decoded(tmp_path / "x" / "matte.mp4", "gray")
    assert len(frames) == len(awkward.frames)
    for found, rows in zip(frames, awkward.frames, strict=True):
        np.testing.assert_array_equal(found[:height, :width] > 127, union(rows, awkward.size))


@pytest.mark.parametrize("kind", ["h264", "png"])
def test_each_track_gets_its_matte(tmp_path: Path, kind: Any) -> None:
    sequence = walkers()
    sequence.frames[0] = sequence.frames[0][:1]
    options = ExportOptions(matte=kind, one_file_per_track=True, tracks=(1, 3))
    export(sequence, "matte", tmp_path / "x", options)
    with (tmp_path / "x" / "tracks.csv").open(newline="") as stream:
        rows = {int(row["track_id"]): row for row in csv.DictReader(stream)}
    assert {i: (row["first_index"], row["frames"]) for i, row in rows.items()} == {
        1: ("0", "6"),
        3: ("1", "5"),
    }
    for track_id, row in rows.items():
        path = tmp_path / "x" / row["file"]
        if kind == "png":
            pictures = [np.asarray(Image.open(file)) for file in sorted(path.glob("*.png"))]
        else:
            pictures = decoded(path, "gray")
        for picture, frame in zip(
            pictures, sequence.frames[int(row["first_index"]) :], strict=True
        ):
            own = [item for item in frame if item[0] == track_id]
            np.testing.assert_array_equal(picture > 127, union(own, sequence.size))


def test_track_that_comes_back_late_continues_in_a_second_file(tmp_path: Path) -> None:
    seen = walkers(1).frames[0][:1]
    sequence = MaskSequence((48, 64), [seen, *([[]] * 60), seen, seen])
    export(sequence, "cutout", tmp_path / "x", ExportOptions(one_file_per_track=True))
    with (tmp_path / "x" / "tracks.csv").open(newline="") as stream:
        rows = [(r["file"], r["first_index"], r["frames"]) for r in csv.DictReader(stream)]
    assert rows == [("track_00001.mov", "0", "51"), ("track_00001-2.mov", "61", "2")]


@pytest.mark.parametrize(("wanted", "color"), [("green", (0, 128, 0)), ("#102030", (16, 32, 48))])
@pytest.mark.parametrize("format_name", ["cutout", "overlay"])
def test_colour_is_put_behind_the_objects(
    tmp_path: Path, format_name: str, wanted: str, color: tuple[int, ...]
) -> None:
    sequence = big_walkers()
    options = ExportOptions(background=wanted, video_crf=4, opacity=0.0)
    export(sequence, format_name, tmp_path / "x", options)
    frame = decoded(tmp_path / "x" / f"{format_name}.mp4", "rgb24")[2]
    assert np.abs(frame.astype(int) - color).max() <= 6


def test_picture_covers_the_frame_and_blur_hides_detail(tmp_path: Path) -> None:
    Image.new("RGB", (500, 40), (200, 10, 10)).save(tmp_path / "red.png")
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    before = noise.copy()
    crops = walkers(1, (96, 128)).tracked_frames()[0].instances.cropped_masks()
    inside = union(walkers(1, (96, 128)).frames[0], (96, 128))
    red = Background(str(tmp_path / "red.png")).behind(noise, crops)
    # The edge itself is soft, inwards only.
    deep = cv2.erode(inside.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert deep.any()
    np.testing.assert_array_equal(red[deep], noise[deep])
    assert (red[~inside] == (200, 10, 10)).all()
    blurred = Background("blur").behind(noise, crops)
    np.testing.assert_array_equal(blurred[deep], noise[deep])
    assert blurred[~inside].std() < noise.std() / 4
    np.testing.assert_array_equal(noise, before)


def test_unknown_background_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    for wanted in ("grene", str(tmp_path / "missing.png"), str(tmp_path / "notes.txt")):
        with pytest.raises(ExportError, match="expected 'blur', a colour"):
            Background(wanted)
