"""Overlays that are drawn on the planes of a video look like those that are drawn in RGB."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.datatypes import ColorInfo, Frame, TrackedFrame, TrackedInstances
from blendmask_live.drawing.canvas import core_of
from blendmask_live.drawing.overlay import (
    OverlayStyle,
    TrackTrails,
    draw_overlay,
    draw_overlay_on,
)
from blendmask_live.drawing.palette import track_color
from blendmask_live.drawing.yuv420_canvas import Yuv420Canvas, _cover
from blendmask_live.export.frame_size import fit_to_size
from blendmask_live.export.video_file import ColorPlanes
from tests.capture.clips import ClipSpec, write_clip
from tests.export.sequences import disc
from tests.export.test_overlay_drawing import tracked

SIZE = (180, 320)
NAMED = ColorInfo(matrix=1)


def smooth_picture(size: tuple[int, int]) -> NDArray[np.uint8]:
    y, x = np.mgrid[: size[0], : size[1]]
    planes = 90 + 60 * np.sin(x / 31), 110 + 50 * np.cos(y / 23), 120 + 40 * np.sin((x + y) / 41)
    return np.stack(planes, axis=2).astype(np.uint8)


def drawn_on_planes(
    image: NDArray[np.uint8], objects: TrackedInstances, style: OverlayStyle | None = None
) -> NDArray[np.uint8]:
    size = image.shape[0], image.shape[1]
    colors = ColorPlanes(NAMED, size)
    canvas = Yuv420Canvas(colors.planes(image), colors.matrix, size=size)
    draw_overlay_on(canvas, objects, style)
    return canvas.planes


def crowd(size: tuple[int, int]) -> TrackedInstances:
    """At edges and corners, in each other, with a hole, small, and one that is not confirmed."""
    height, width = size
    ring = disc(size, 100, 80, 50) & ~disc(size, 100, 80, 20)
    masks = [ring, disc(size, 0, 0, 30), disc(size, width - 1, height - 1, 40)]
    masks += [disc(size, 101, 79, 14), disc(size, 201, 61, 3), disc(size, 230, 100, 25)]
    return tracked(masks, [1, 2, 3, 4, 9, -1])


@pytest.mark.parametrize("size", [SIZE, (181, 321), (177, 322)])
@pytest.mark.parametrize(
    "style",
    [
        OverlayStyle(),
        OverlayStyle(opacity=1.0, show_labels=False),
        OverlayStyle(opacity=0.3, show_outlines=False, show_boxes=False),
    ],
)
def test_planes_look_like_the_rgb_picture(size: tuple[int, int], style: OverlayStyle) -> None:
    image, objects = smooth_picture(size), crowd(size)
    found = drawn_on_planes(image, objects, style).astype(int)
    in_rgb = draw_overlay(image, objects, style)
    expected = ColorPlanes(NAMED, size).planes(in_rgb).astype(int)
    rows = -(-size[0] // 2) * 2
    luma = np.abs(found - expected)[: size[0], : size[1]]
    # Where smooth lines, boxes and plates of several objects lie in one cell of chroma, the order
    # of mixing differs.
    chroma = np.abs(found - expected)[rows:]
    assert luma.max() <= 3 and luma.mean() < 0.2
    assert np.quantile(chroma, 0.98) <= 2 and chroma.mean() < 0.5


def test_what_is_covered_wholly_has_the_colour_and_what_is_not_stays() -> None:
    image, mask = smooth_picture(SIZE), disc(SIZE, 100, 80, 40)
    style = OverlayStyle(opacity=1.0, show_outlines=False, show_boxes=False, show_labels=False)
    before = ColorPlanes(NAMED, SIZE).planes(image)
    found = drawn_on_planes(image, tracked([mask], [1]), style)
    colored = np.full((*SIZE, 3), track_color(1), np.uint8)
    color = ColorPlanes(NAMED, SIZE).planes(colored)
    np.testing.assert_array_equal(found[:180][mask], color[:180][mask])
    np.testing.assert_array_equal(found[:180][~mask], before[:180][~mask])
    four = mask.reshape(90, 2, 160, 2).sum(axis=(1, 3))
    for plane in (slice(180, 225), slice(225, 270)):
        old, new, full = (p[plane].reshape(90, 160) for p in (before, found, color))
        np.testing.assert_array_equal(new[four == 4], full[four == 4])
        np.testing.assert_array_equal(new[four == 0], old[four == 0])
        half = (old[four == 2].astype(int) + full[four == 2]) / 2
        assert np.abs(new[four == 2] - half).max() <= 0.5


def test_the_last_column_and_row_of_an_odd_size_have_the_whole_colour() -> None:
    size = (181, 321)
    image, mask = smooth_picture(size), np.ones(size, np.bool_)
    style = OverlayStyle(opacity=1.0, show_outlines=False, show_boxes=False, show_labels=False)
    colors = ColorPlanes(NAMED, size)
    expected = colors.planes(np.full((*size, 3), track_color(1), np.uint8))
    np.testing.assert_array_equal(drawn_on_planes(image, tracked([mask], [1]), style), expected)
    canvas = Yuv420Canvas(colors.planes(image), colors.matrix, size=size)
    canvas.fill(0, 0, 321, 181, track_color(1))
    np.testing.assert_array_equal(canvas.planes, expected)


@pytest.mark.parametrize(("x", "y"), [(-90, 40), (400, 40), (60, -90), (60, 400)])
def test_what_lies_beside_the_picture_draws_nothing(x: int, y: int) -> None:
    colors = ColorPlanes(NAMED, SIZE)
    before = colors.planes(smooth_picture(SIZE))
    canvas = Yuv420Canvas(before.copy(), colors.matrix, size=SIZE)
    color, points = track_color(1), np.array([[x, y], [x + 9, y + 9]], np.int32)
    canvas.line(points, color, width_px=2)
    canvas.text("ab", x, y, color, scale=0.4, stroke_px=1)
    canvas.frame(x, y, x + 9, y + 9, color)
    np.testing.assert_array_equal(canvas.planes, before)


def test_trails_are_drawn() -> None:
    trails, image = TrackTrails(5), smooth_picture(SIZE)
    for x in (60, 90, 120):
        objects = tracked([disc(SIZE, x, 90, 20)], [1])
        trails.update(objects)
    colors = ColorPlanes(NAMED, SIZE)
    canvas = Yuv420Canvas(colors.planes(image), colors.matrix, size=SIZE)
    draw_overlay_on(canvas, objects, trails=trails.points)
    expected = colors.planes(draw_overlay(image, objects, trails=trails.points))
    assert np.abs(canvas.planes[:180].astype(int) - expected[:180]).max() <= 3


def test_a_frame_brings_the_planes_that_were_decoded(tmp_path: Path) -> None:
    images = [smooth_picture((48, 64))] * 2
    spec = ClipSpec(frames=2, width=64, height=48, images=images, pixel_format="yuv420p")
    path = write_clip(tmp_path / "clip.mp4", spec)
    with av.open(str(path)) as container:
        decoded = [picture.to_ndarray() for picture in container.decode(video=0)]
    source = open_source(path)
    colors = ColorPlanes(source.info.color, (48, 64))
    for planes in decoded:
        frame = source.read()
        assert frame is not None and frame.planes is not None
        np.testing.assert_array_equal(colors.planes_of(frame), planes)
        assert colors.planes_of(frame) is not frame.planes
    source.close()


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(frames=1, rotation_ccw_deg=90),
        ClipSpec(frames=1, rotation_ccw_deg=180),
        ClipSpec(frames=1, pixel_format="yuv420p10le"),
        ClipSpec(frames=1, pixel_format="yuv444p"),
    ],
)
def test_other_pictures_bring_no_planes(spec: ClipSpec, tmp_path: Path) -> None:
    source = open_source(write_clip(tmp_path / "clip.mp4", spec))
    frame = source.read()
    source.close()
    assert frame is not None and frame.planes is None


def test_planes_are_not_used_where_they_mean_something_else() -> None:
    image = smooth_picture((48, 64))
    marked = np.zeros((72, 64), np.uint8)
    frame = Frame(image, 0, Fraction(0), 0.0, planes=marked)
    # libav's 8 is YCgCo, which the video is not written with.
    for color, is_used in ((NAMED, True), (ColorInfo(), True), (ColorInfo(matrix=8), False)):
        planes = ColorPlanes(color, (48, 64)).planes_of(frame)
        assert np.array_equal(planes, marked) is is_used


def test_a_frame_of_another_size_loses_its_planes() -> None:
    frame = Frame(
        smooth_picture((48, 64)), 0, Fraction(0), 0.0, planes=np.zeros((72, 64), np.uint8)
    )
    other = fit_to_size(TrackedFrame(frame, tracked([disc((48, 64), 20, 20, 9)], [1])), (96, 128))
    assert other.frame.planes is None


@pytest.mark.parametrize("rim_px", [0, 1, 2, 5])
@pytest.mark.parametrize("size", [(1, 1), (3, 9), (9, 3), (40, 31)])
def test_a_mask_covers_its_rim_wholly_and_its_core_in_part(
    size: tuple[int, int], rim_px: int
) -> None:
    mask = (np.random.default_rng(1).random(size) < 0.9).astype(np.uint8)
    coverage = np.full(size, 7, np.uint8)
    _cover(mask, rim_px, 115, coverage)
    core = core_of(mask, rim_px) if rim_px else mask
    np.testing.assert_array_equal(coverage, np.where(core, 115, 255 * mask))


def test_a_text_looks_the_same_wherever_it_stands() -> None:
    colors = ColorPlanes(NAMED, SIZE)
    plain = colors.planes(np.full((*SIZE, 3), 90, np.uint8))
    found = []
    for _ in range(2):
        for x, y in ((20, 40), (21, 41), (320 - 15, 40), (20, 40)):
            canvas = Yuv420Canvas(plain.copy(), colors.matrix, size=SIZE)
            canvas.text("ab 1", x, y, track_color(1), scale=0.4, stroke_px=1)
            found.append(canvas.planes)
    np.testing.assert_array_equal(found[0], found[3])
    np.testing.assert_array_equal(found[0], found[4])
    np.testing.assert_array_equal(found[0][:179, :319], found[1][1:180, 1:])
