"""A click changes a mask where it is made, whatever the network says of the rest."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.masks.crops import CroppedMask, crop_mask
from blendmask_live.prompting.correcting import corrected
from blendmask_live.prompting.naming import is_doubtful, likeliest_class, things_in

SIZE = (60, 100)
ARM, BODY, LEG = (0, 10, 20, 20), (20, 10, 50, 50), (50, 40, 80, 50)


def _mask(*boxes: tuple[int, int, int, int]) -> CroppedMask:
    mask = np.zeros(SIZE, dtype=bool)
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = True
    return crop_mask(mask)


def _is(found: CroppedMask, wanted: CroppedMask) -> bool:
    one, other = found.tight(), wanted.tight()
    return one.box == other.box and bool((one.mask == other.mask).all())


def test_only_the_piece_at_a_click_is_added() -> None:
    found = corrected(_mask(BODY), _mask(ARM, BODY, LEG), [(60.0, 45.0, True)], SIZE)
    assert _is(found, _mask(BODY, LEG))


def test_only_the_piece_at_a_click_is_taken_away() -> None:
    found = corrected(_mask(ARM, BODY, LEG), _mask(BODY), [(5.0, 15.0, False)], SIZE)
    assert _is(found, _mask(BODY, LEG))


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_click_does_not_do_the_opposite(is_inside: bool) -> None:
    answer = _mask(BODY) if is_inside else _mask(BODY, LEG)
    mask = _mask(BODY, LEG) if is_inside else _mask(BODY)
    assert _is(corrected(mask, answer, [(60.0, 45.0, is_inside)], SIZE), mask)


def test_a_click_just_beside_a_piece_means_it() -> None:
    found = corrected(_mask(BODY), _mask(BODY, LEG), [(80.5, 45.0, True)], SIZE)
    assert _is(found, _mask(BODY, LEG))
    assert _is(corrected(_mask(BODY), _mask(BODY, LEG), [(95.0, 45.0, True)], SIZE), _mask(BODY))


def test_a_class_is_named_only_if_it_is_sure() -> None:
    assert likeliest_class([("dog", 0.5), ("cat", 0.1)]) == "dog"
    assert likeliest_class([("dog", 0.2)]) == "object"
    assert likeliest_class([], "wolf") == "wolf"


def test_a_class_is_a_guess_where_little_decides_whether_it_is_told() -> None:
    doubtful = [[("dog", 0.31)], [("dog", 0.29)], [("dog", 0.6), ("cat", 0.5)], []]
    assert all(map(is_doubtful, doubtful))
    assert not is_doubtful([("dog", 0.5)]) and not is_doubtful([("dog", 0.6), ("cat", 0.3)])


def test_a_mask_tells_the_separate_things_that_it_holds() -> None:
    cat, dog, again = _mask((10, 10, 40, 40)), _mask((50, 10, 80, 40)), _mask((12, 10, 42, 42))
    both, collar = _mask((10, 10, 40, 40), (52, 10, 80, 40)), _mask((10, 20, 15, 25))
    seen = [("cat", 0.6, cat), ("dog", 0.9, dog), ("bear", 0.4, again), ("tie", 0.8, collar)]
    assert things_in(both, seen) == ["dog", "cat"]
    assert things_in(cat, seen) == ["cat"]
    # Half of a thing, or what hardly seems to be there, is not held.
    assert things_in(_mask((10, 10, 65, 40)), seen) == ["cat"]
    assert things_in(both, [("cat", 0.2, cat), ("dog", 0.9, dog)]) == ["dog"]
    assert things_in(_mask(), seen) == []
