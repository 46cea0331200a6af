"""J and F against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.evaluation.following import boundary_f, measure_sequence, region_j

SIZE = (100, 150)
NOTHING = np.zeros(SIZE, dtype=bool)


def _block(y0: int, y1: int, x0: int, x1: int) -> NDArray[np.bool_]:
    mask = NOTHING.copy()
    mask[y0:y1, x0:x1] = True
    return mask


def test_j_is_the_iou() -> None:
    assert region_j(_block(0, 10, 0, 10), _block(0, 10, 5, 15)) == pytest.approx(50 / 150)
    assert region_j(NOTHING, NOTHING) == 1
    assert region_j(NOTHING, _block(0, 1, 0, 1)) == 0


def test_f_is_1_within_the_tolerance() -> None:
    # 0.008 of the diagonal of 180.3 px is 1.44, rounded up: 2 px.
    assert boundary_f(_block(20, 60, 30, 90), _block(20, 60, 32, 92)) == 1
    assert boundary_f(_block(20, 60, 30, 90), _block(20, 60, 33, 93)) < 1


def test_f_of_a_side_that_moved() -> None:
    truth, found = _block(20, 60, 30, 90), _block(20, 60, 30, 110)
    # Outlines lie on the pixels before an edge: rows 19..59 and columns 29..89 or 29..109.
    ours, theirs = 2 * 41 + 2 * 79, 2 * 41 + 2 * 59
    # The right side does not meet, but where it nears the corners, and the 18 px beside it of
    # the top and bottom sides are farther than 2 px from the true outline.
    right_met = 2 * 3
    precision = (41 + 2 * 61 + 2 * 0) / ours
    recall = (41 + 2 * 59 + right_met) / theirs
    expected = 2 * precision * recall / (precision + recall)
    assert boundary_f(truth, found) == pytest.approx(expected, abs=0.02)


def _ellipse(x0: int, y0: int, a: int, b: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[:120, :213]
    return np.asarray(((x - x0) / a) ** 2 + ((y - y0) / b) ** 2 < 1)


def _corner(below: int, *, from_x: int = 0, to_y: int = 120) -> NDArray[np.bool_]:
    y, x = np.mgrid[:120, :213]
    return np.asarray((x + y < below) & (x >= from_x) & (y < to_y))


@pytest.mark.parametrize(
    ("truth", "found", "j", "f"),
    [
        (
            _ellipse(60, 50, 40, 25),
            _ellipse(62, 49, 41, 27),
            0.8865329512893982,
            0.6374691414464662,
        ),
        (_corner(90, from_x=4), _corner(94, to_y=70), 0.8381771681004417, 0.06259484066767829),
    ],
)
def test_values_are_those_of_the_benchmarks_own_code(
    truth: NDArray[np.bool_], found: NDArray[np.bool_], j: float, f: float
) -> None:
    """Computed with TrackEval 1.3.0, which has taken J and F of a pair of masks over from it."""
    assert region_j(truth, found) == pytest.approx(j, abs=1e-12)
    assert boundary_f(truth, found) == pytest.approx(f, abs=1e-12)


def test_f_of_nothing() -> None:
    assert boundary_f(NOTHING, NOTHING) == 1
    assert boundary_f(NOTHING, _block(5, 9, 5, 9)) == 0
    assert boundary_f(_block(5, 9, 5, 9), NOTHING) == 0


def test_first_and_last_frame_do_not_count() -> None:
    truth = [_block(10, 30, 10, 30)] * 5
    found = [NOTHING, truth[0], _block(10, 30, 20, 40), truth[0], NOTHING]
    measured = measure_sequence(truth, found)
    assert measured.frames == 3
    assert measured.j == pytest.approx((1 + 1 / 3 + 1) / 3)


def test_sequences_must_be_as_long() -> None:
    with pytest.raises(ValueError, match="2 true and 3 found"):
        measure_sequence([NOTHING] * 2, [NOTHING] * 3)
