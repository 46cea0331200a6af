"""What may be said of an object, and what is told where it makes no sense."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.prompt import Prompt, SoftMask, checked

SIZE = (60, 100)


def _mask(*, value: float = 1.0) -> Any:
    mask = np.zeros(SIZE, dtype=np.float32)
    mask[10:20, 30:50] = value
    return mask


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        (Prompt(), "needs a box.*found none"),
        (Prompt(points=[(5, 5, False)]), "found 1 point outside"),
        (Prompt(box=(10, 10, 10, 20)), "x0 < x1 and y0 < y1"),
        (Prompt(box=(30, 10, 20, 20)), "x0 < x1 and y0 < y1"),
        (Prompt(box=(120, 10, 140, 20)), r"box \(120, 10, 140, 20\): lies outside.* 100 x 60 px"),
        (Prompt(box=(float("nan"), 0, 5, 5)), "four numbers"),
        (Prompt(box=(1, 2, 3)), "four numbers"),
        (Prompt(points=[(100, 5, True)]), r"point \(100, 5\): lies outside the picture"),
        (Prompt(points=[(-1, 5, True)]), "outside the picture"),
        (Prompt(points=[(5, 60, True)]), "outside the picture"),
        (Prompt(points=[(float("nan"), 5, True)]), "outside the picture"),
        (Prompt(points=[(5, 5)]), "must be x, y and whether"),  # type: ignore[list-item]
        (Prompt(points=[(5.2, 5.7, True), (5.9, 5.1, False)]), "inside and outside"),
        (Prompt(previous=np.zeros(SIZE, dtype=bool)), "earlier mask with a pixel"),
        (Prompt(previous=_mask(value=0.4)), "earlier mask with a pixel"),
        (Prompt(previous=[]), "earlier mask with a pixel"),
        (Prompt(previous=np.ones((60, 99), dtype=bool)), "picture, 100 x 60 px; got 99 x 60 px"),
        (Prompt(previous=_mask(value=255.0)), "probabilities.*0 to 1"),
        (Prompt(previous=_mask(value=-1.0)), "probabilities.*0 to 1"),
        (Prompt(previous=_mask(value=float("nan"))), "probabilities.*0 to 1"),
        (Prompt(previous=SoftMask(30, 10, _mask(value=2.0))), "probabilities.*0 to 1"),
        (Prompt(previous="mask.png"), "as large as the picture.*shape"),  # type: ignore[arg-type]
        (
            Prompt(previous=CroppedMask(500, 10, np.ones((9, 9), dtype=bool))),
            "earlier mask with a pixel",
        ),
        (Prompt(box="abcd"), "four numbers"),  # type: ignore[arg-type]
    ],
)
def test_prompts_that_make_no_sense_are_refused(prompt: Prompt, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        checked(prompt, SIZE)


def test_a_box_that_leaves_the_picture_is_cut() -> None:
    assert checked(Prompt(box=(-10, 50, 20, 90)), SIZE).box == (0, 50, 20, 60)


@pytest.mark.parametrize(
    "previous",
    [
        _mask(),
        _mask() > 0,
        CroppedMask(30, 10, np.ones((10, 20), dtype=bool)),
        SoftMask(30, 10, np.full((10, 20), 0.9, dtype=np.float32)),
        [_mask(), _mask(), np.zeros(SIZE, dtype=bool)],
        # As pictures hold masks.
        (_mask() * 255).astype(np.uint8),
        (_mask() * 7).astype(np.int64),
    ],
)
def test_an_earlier_mask_may_come_in_any_form(previous: Any) -> None:
    found = checked(Prompt(previous=previous), SIZE)
    assert found.extent == (30, 10, 50, 20)
    assert found.previous is not None
    whole = found.previous.whole(SIZE)
    assert whole.shape == SIZE
    assert np.array_equal(whole >= 0.5, _mask() > 0)


@pytest.mark.parametrize(
    ("x0", "y0", "extent"), [(-15, -8, (0, 0, 5, 2)), (90, 55, (90, 55, 100, 60))]
)
def test_an_earlier_mask_that_leaves_the_picture_is_cut(
    x0: int, y0: int, extent: tuple[int, int, int, int]
) -> None:
    pixels = np.ones((10, 20), dtype=bool)
    for mask in (CroppedMask(x0, y0, pixels), SoftMask(x0, y0, pixels.astype(np.float32))):
        found = checked(Prompt(previous=mask), SIZE)
        assert found.extent == extent
        assert found.previous is not None
        width, height = extent[2] - extent[0], extent[3] - extent[1]
        assert found.previous.whole(SIZE).sum() == width * height


def test_of_several_masks_the_mean_counts() -> None:
    found = checked(Prompt(previous=[_mask(), np.zeros(SIZE, dtype=bool)]), SIZE)
    assert found.previous is not None
    assert np.allclose(found.previous.whole(SIZE), _mask(value=0.5))


def test_an_empty_earlier_mask_says_nothing_beside_a_box() -> None:
    found = checked(Prompt(box=(1, 1, 9, 9), previous=np.zeros(SIZE, dtype=bool)), SIZE)
    assert found.previous is None


@pytest.mark.parametrize("step", ["1", 1.5, 1.0, float("nan"), None, True, np.bool_(True), [1]])
@pytest.mark.parametrize("box", [None, (1, 1, 9, 9)])
def test_a_size_step_must_be_a_whole_number(step: object, box: Any) -> None:
    prompt = Prompt(points=[(5, 5, True)], box=box, size_step=step)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"size_step .*: must be a whole number, 1 for the next"):
        checked(prompt, (20, 30))
    assert checked(Prompt(points=[(5, 5, True)], size_step=np.int64(-2)), (20, 30)).size_step == -2
