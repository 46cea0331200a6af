"""HDR and wide-gamut video looks as an ordinary display shows it."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.datatypes import ColorInfo
from tests.capture.clips import read_all

WHITE_NITS = 203
# Columns: x, y of red, green and blue (ITU-T H.273).
GAMUTS = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
PATCHES = np.array(
    [(0, 0, 0), (60, 60, 60), (150, 150, 150), (200, 60, 50), (70, 160, 80), (50, 70, 200)],
    dtype=np.uint8,
)


def _to_xyz(gamut: int) -> NDArray[np.float64]:
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in GAMUTS[gamut]]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    return columns * np.linalg.solve(columns, white)


def _coded(nits: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Code values, 0 to 1, that show this light."""
    if transfer == 16:
        power = (nits / 10_000) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    if transfer == 18:
        luma = (nits / 1000) @ np.array([0.2627, 0.6780, 0.0593])
        scene = nits / 1000 * np.maximum(luma[..., None], 1e-9) ** (1 / 1.2 - 1)
        high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)
    return (nits / WHITE_NITS) ** (1 / 2.4)


def _write(path: Path, codes: NDArray[np.float64], *, transfer: int, gamut: int) -> Path:
    """One frame: a patch of 32 x 32 px for each of the codes, (patches, 3)."""
    image = np.repeat(np.round(codes * 65535).astype(np.uint16), 32, axis=0)[None]
    image = np.ascontiguousarray(np.repeat(image, 32, axis=0))
    matrix = 9 if gamut == 9 else 1
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = image.shape[1], 32, "yuv444p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc = matrix, gamut, transfer
        context.color_range = 1
        picture = av.VideoFrame.from_ndarray(image, format="rgb48le").reformat(
            format="yuv444p10le", dst_colorspace=matrix, dst_color_range=1
        )
        picture.pts, picture.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def _patches(path: Path) -> NDArray[np.int64]:
    (frame,) = read_all(open_source(path))
    return frame.image[16, 16::32].astype(np.int64)


@pytest.mark.may_log("turned into those of BT.709")
@pytest.mark.parametrize(
    ("transfer", "gamut"), [(16, 9), (18, 9), (16, 1), (1, 9), (14, 9), (1, 12)]
)
def test_colours_of_a_display_come_back(tmp_path: Path, transfer: int, gamut: int) -> None:
    light = WHITE_NITS * (PATCHES / 255.0) ** 2.4
    wide = light @ (np.linalg.inv(_to_xyz(gamut)) @ _to_xyz(1)).T
    path = _write(
        tmp_path / "a.mkv", _coded(np.maximum(wide, 0), transfer), transfer=transfer, gamut=gamut
    )
    assert np.abs(_patches(path) - PATCHES).max() <= 5


@pytest.mark.may_log("turned into those of BT.709")
def test_highlights_are_pressed_together_not_cut(tmp_path: Path) -> None:
    nits = np.repeat(np.array([[100.0], [203], [300], [500], [1000], [4000]]), 3, axis=1)
    levels = _patches(_write(tmp_path / "a.mkv", _coded(nits, 16), transfer=16, gamut=9))[:, 0]
    assert (np.diff(levels[:5]) > 0).all()
    assert levels[1] >= 235 and levels[4] >= 253 and levels[5] == 255


def test_outputs_are_told_what_the_pictures_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = _write(tmp_path / "a.mkv", PATCHES / 255, transfer=16, gamut=9)
    source = open_source(path)
    assert source.info.color == ColorInfo(1, 1, 1, full_range=False)
    read_all(source)
    assert [r.message for r in caplog.records if r.levelno >= logging.WARNING] == [
        "PQ video: its colours are turned into those of BT.709"
    ]


def test_ordinary_video_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = _write(tmp_path / "a.mkv", PATCHES / 255, transfer=1, gamut=1)
    assert np.abs(_patches(path) - PATCHES).max() <= 2
    assert not caplog.records
