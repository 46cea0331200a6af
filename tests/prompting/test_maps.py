"""Where things of the picture lie in a crop, and back."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.prompting.maps import FILL, Window, cut_crop, paste_logits, prompt_maps
from blendmask_live.prompting.prompt import Prompt, checked

SIZE = (90, 140)


@pytest.mark.parametrize("side", [13.0, 40.0, 64.5, 200.0])
@pytest.mark.parametrize("middle", [(40.0, 50.0), (3.25, 5.5), (130.0, 80.0)])
def test_a_mask_comes_back_from_its_window(side: float, middle: tuple[float, float]) -> None:
    window = Window(middle[0] - side / 2, middle[1] - side / 2, side)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    mask = np.hypot(x - middle[0], y - middle[1]) < side * 0.4
    maps = prompt_maps(checked(Prompt(previous=mask), SIZE), window, 192, SIZE)
    soft = paste_logits((maps[3] * 8 - 4).astype(np.float32), window, SIZE)
    found = soft.whole(SIZE) >= 0.5
    assert np.count_nonzero(found ^ mask) / np.count_nonzero(mask) < 0.06


def test_box_clicks_and_picture_lie_where_they_were_said() -> None:
    window = Window(10, 20, 48)
    prompt = checked(Prompt(box=(22, 26, 34, 38), points=[(16, 26, True), (40, 56, False)]), SIZE)
    box, inside, outside, previous, shown = prompt_maps(prompt, window, 192, SIZE)
    assert box.sum() == pytest.approx(12 * 12)
    assert box[6:18, 12:24].min() == 1
    assert np.unravel_index(inside.argmax(), inside.shape) in {(5, 5), (6, 6), (5, 6), (6, 5)}
    assert np.unravel_index(outside.argmax(), outside.shape)[0] in {35, 36}
    assert previous.max() == 0
    assert shown.min() == 1


def test_a_click_outside_the_window_is_not_drawn() -> None:
    prompt = checked(Prompt(points=[(100, 80, True)]), SIZE)
    assert prompt_maps(prompt, Window(0, 0, 30), 192, SIZE)[1].max() == 0


def test_outside_the_picture_the_crop_is_grey_and_said_to_be() -> None:
    image = np.zeros((*SIZE, 3), dtype=np.uint8)
    window = Window(-40, 0, 80)
    crop = cut_crop(image, window, 192)
    assert (crop[:, :90] == FILL).all()
    assert (crop[4:-4, 102:-4] == 0).all()
    shown = prompt_maps(checked(Prompt(box=(1, 1, 9, 9)), SIZE), window, 192, SIZE)[4]
    assert shown[:, :24].max() == 0
    assert shown[:, 24:].min() == 1


@pytest.mark.parametrize("window", [Window(-500, 10, 40), Window(10, 400, 40)])
def test_a_window_beside_the_picture_shows_nothing_of_it(window: Window) -> None:
    image = np.zeros((*SIZE, 3), dtype=np.uint8)
    assert (cut_crop(image, window, 64) == FILL).all()
    assert paste_logits(np.zeros((16, 16), np.float32), window, SIZE).values.size == 0


@pytest.mark.parametrize("side", [20.0, 60.0, 500.0])
def test_a_crop_shows_the_place_that_it_was_cut_from(side: float) -> None:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    image = np.dstack([x, y, np.zeros(SIZE)]).astype(np.uint8)
    window = Window(70 - side / 2, 45 - side / 2, side)
    middle = cut_crop(image, window, 192)[96, 96].astype(float)
    # A pixel's colour is that of its middle, half a px beyond its number.
    expected = np.array([70, 45]) - 0.5 + side / 192 / 2
    assert np.abs(middle[:2] - expected).max() <= max(1.0, side / 192)


@pytest.mark.parametrize("window", [Window(20, 10, 60), Window(-30, -10, 300), Window(60, 40, 9.5)])
def test_what_an_answer_says_nothing_of_is_left_out_and_nothing_else(window: Window) -> None:
    logits = np.full((48, 48), -9, dtype=np.float32)
    logits[20:31, 15:22] = np.random.default_rng(0).normal(0, 4, (11, 7))
    everywhere = logits.copy()
    # Hardly worth carrying, in opposite corners.
    everywhere[0, 0] = everywhere[-1, -1] = -3.8
    whole, soft = paste_logits(everywhere, window, SIZE), paste_logits(logits, window, SIZE)
    assert soft.values.size < 0.2 * whole.values.size
    assert np.abs(soft.whole(SIZE) - whole.whole(SIZE)).max() < 0.025
