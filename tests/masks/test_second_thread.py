"""Two threads find what one finds, whoever of them comes late."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from blendmask_live.masks import second_thread
from blendmask_live.masks.blending import blend_masks
from blendmask_live.masks.pasting import paste_soft_masks
from blendmask_live.masks.second_thread import for_all_rows, with_a_second_thread

LONGEST_S = 60


def test_every_row_is_worked_on_once_by_two_threads() -> None:
    visits, threads = np.zeros(100, dtype=int), set[int]()
    both = threading.Barrier(2)

    def work(first: int, end: int) -> None:
        if threading.get_ident() not in threads:
            threads.add(threading.get_ident())
            both.wait(LONGEST_S)
        visits[first:end] += 1

    with with_a_second_thread():
        for_all_rows(work, len(visits))
    assert (visits == 1).all() and len(threads) == 2


@pytest.mark.parametrize("count", [0, 1, 100])
def test_without_leave_all_rows_stay_in_one_thread(count: int) -> None:
    calls = list[tuple[int, int, int]]()
    for_all_rows(lambda first, end: calls.append((first, end, threading.get_ident())), count)
    assert calls == [(0, count, threading.get_ident())]


def test_what_goes_wrong_in_the_other_thread_is_raised_here() -> None:
    here, both = threading.get_ident(), threading.Barrier(2)

    def work(first: int, end: int) -> None:
        if first < 2 * second_thread._ROWS_AT_ONCE:
            both.wait(LONGEST_S)
            if threading.get_ident() != here:
                raise ValueError("in the other one")

    with with_a_second_thread(), pytest.raises(ValueError, match="in the other one"):
        for_all_rows(work, 100)


def test_where_no_thread_can_be_started_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = np.zeros(100, dtype=int)

    def work(first: int, end: int) -> None:
        visits[first:end] += 1

    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(second_thread, "_jobs", None)
    monkeypatch.setattr(threading.Thread, "start", fail)
    with with_a_second_thread():
        for_all_rows(work, len(visits))
        for_all_rows(work, len(visits))
    assert (visits == 2).all()
    # What nobody takes from there would be kept for ever.
    assert second_thread._jobs is None


def test_after_a_fork_the_child_has_a_helper_of_its_own() -> None:
    test_every_row_is_worked_on_once_by_two_threads()
    child = os.fork()
    if not child:
        # Nothing of pytest may go on here.
        try:
            test_every_row_is_worked_on_once_by_two_threads()
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


def test_masks_of_a_crowd_are_the_same_with_a_second_thread() -> None:
    rng, count = np.random.default_rng(5), 90
    bases = rng.normal(0, 3, (8, 24, 32)).astype(np.float32)
    attention = rng.normal(0, 2, (count, 8, 14, 14)).astype(np.float32)
    corners = rng.uniform(-3, 20, (count, 2))
    boxes = np.hstack([corners, corners + rng.uniform(0.5, 20, (count, 2))]).astype(np.float32)
    alone = blend_masks(bases, boxes, attention, mask_size=28)
    one_by_one = paste_soft_masks(alone, boxes * 4, frame_size=(96, 128), smallest_share=0.1)
    with with_a_second_thread():
        soft_masks = blend_masks(bases, boxes, attention, mask_size=28)
        pasted = paste_soft_masks(alone, boxes * 4, frame_size=(96, 128), smallest_share=0.1)
    np.testing.assert_array_equal(soft_masks, alone)
    assert [crop.area for crop in pasted] == [crop.mask.sum() for crop in one_by_one]
    for crop, same in zip(pasted, one_by_one, strict=True):
        assert crop.box == same.box
        np.testing.assert_array_equal(crop.mask, same.mask)
