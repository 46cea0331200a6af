from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.prompting.clicks import correcting_click

NOTHING = np.zeros((50, 80), dtype=bool)


def _block(y0: int, y1: int, x0: int, x1: int) -> np.ndarray:
    mask = NOTHING.copy()
    mask[y0:y1, x0:x1] = True
    return mask


def test_the_first_click_goes_to_the_middle_of_the_object() -> None:
    assert correcting_click(_block(10, 31, 20, 41), NOTHING) == (30.5, 20.5, True)


def test_the_larger_error_is_clicked() -> None:
    truth, answer = _block(0, 20, 0, 20), _block(0, 20, 8, 60)
    click = correcting_click(truth, answer)
    assert click is not None
    assert click[2] is False
    assert 20 < click[0] < 60


def test_what_is_missed_is_clicked_inside() -> None:
    assert correcting_click(_block(0, 21, 0, 61), _block(0, 21, 40, 61)) is not None
    click = correcting_click(_block(0, 21, 0, 61), _block(0, 21, 40, 61))
    assert click is not None and click[2] and click[0] < 40


def test_the_pictures_edge_counts_as_an_edge() -> None:
    click = correcting_click(_block(0, 50, 0, 80), NOTHING)
    assert click is not None
    assert click[1] == pytest.approx(25, abs=1)


def test_nothing_is_clicked_where_all_is_right() -> None:
    assert correcting_click(_block(3, 9, 3, 9), _block(3, 9, 3, 9)) is None
