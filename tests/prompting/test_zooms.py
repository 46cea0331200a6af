"""A click that may mean a thing or a part of it."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.datatypes import Instances
from blendmask_live.network.prompt.model import PromptNetwork
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.runtime.prompts import Answers, Questions
from tests.prompting.conftest import prompter_on
from tests.prompting.sees_nested import BLUE, RED, SeesNested, nested_picture

CLICK = (50.0, 45.0, True)


@pytest.mark.parametrize(
    ("surer", "size_step", "taken", "box"),
    [
        ("red", 0, 0, RED),
        ("red", 1, 1, BLUE),
        ("red", 7, 1, BLUE),
        ("red", -1, 0, RED),
        ("both", 0, 0, BLUE),
        ("both", -1, -1, RED),
        ("both", -7, -1, RED),
        ("both", 1, 0, BLUE),
    ],
)
def test_a_click_offers_other_sizes_up_to_the_largest_and_the_smallest(
    network: PromptNetwork, surer: str, size_step: int, taken: int, box: tuple[int, ...]
) -> None:
    runtime = SeesNested(**{surer: 0.9, "both" if surer == "red" else "red": 0.6})
    picture = prompter_on(runtime, network).open(nested_picture())
    (found,) = picture.masks([Prompt(points=[CLICK], size_step=size_step)])
    assert found.crop.tight().box == pytest.approx(box, abs=3)
    assert found.size_step == taken
    glimpse = picture.glimpse(Prompt(points=[CLICK], size_step=size_step))
    assert picture.look_closer(glimpse).size_step == taken


class _ShrinksBoth(SeesNested):
    """A closer look at both finds a part in the middle of them."""

    def __init__(self, *, share: float) -> None:
        super().__init__(red=0.9, both=0.6)
        self.share = share

    def ask(self, questions: Questions) -> Answers:
        answers = super().ask(questions)
        for row, earlier in enumerate(questions.maps[:, 3] > 0.5):
            if answers.confidences[row] == np.float32(self.both) and earlier.any():
                middle = earlier.shape[0] // 2
                half = int(middle * self.share)
                part = slice(middle - half, middle + half)
                answers.logits[row] = -8
                answers.logits[row, part, part] = 8
        return answers


@pytest.mark.parametrize(("size_step", "taken"), [(1, 0), (-1, -1), (-2, -1)])
def test_sizes_are_those_of_the_masks_that_are_shown(
    network: PromptNetwork, size_step: int, taken: int
) -> None:
    picture = prompter_on(_ShrinksBoth(share=0.2), network).open(nested_picture())
    likeliest = picture.mask(points=[CLICK])
    found = picture.mask(points=[CLICK], size_step=size_step)
    assert found.size_step == taken
    assert np.sign(found.crop.area - likeliest.crop.area) == np.sign(taken)


def test_another_size_is_doubtful_only_where_the_place_is(network: PromptNetwork) -> None:
    picture = prompter_on(SeesNested(red=0.9, both=0.5), network).open(nested_picture())
    larger = picture.mask(points=[CLICK], size_step=1)
    assert (larger.size_step, larger.is_doubtful) == (1, False)
    assert larger.confidence == pytest.approx(0.5)
    picture = prompter_on(SeesNested(red=0.6, both=0.5), network).open(nested_picture())
    assert picture.mask(points=[CLICK], size_step=1).is_doubtful


@pytest.mark.parametrize(
    ("score", "detected", "click", "completed"),
    [
        (0.5, (25, 25, 80, 70), CLICK, True),
        # Unsure, much larger, nearly the same, and not where the second click is.
        (0.3, (25, 25, 80, 70), CLICK, False),
        (0.5, (10, 10, 140, 110), CLICK, False),
        (0.5, (30, 30, 70, 61), CLICK, False),
        (0.5, (25, 25, 80, 70), (75.0, 65.0, False), False),
    ],
)
def test_a_large_part_of_a_sure_detection_becomes_the_whole(
    network: PromptNetwork,
    score: float,
    detected: tuple[int, int, int, int],
    click: tuple[float, float, bool],
    completed: bool,
) -> None:
    mask = np.zeros((1, 120, 200), dtype=bool)
    x0, y0, x1, y1 = detected
    mask[0, y0:y1, x0:x1] = True
    found = Instances.from_masks(mask, class_ids=[0], scores=[score])
    prompter = prompter_on(SeesNested(), network, detect=lambda image: found)
    prompt = Prompt(points=list({CLICK, click}))
    glimpse = prompter.open(nested_picture()).glimpse(prompt)
    assert glimpse.found is not None
    taken = glimpse.found.crop.tight().box
    assert taken == (detected if completed else pytest.approx(RED, abs=3))


@pytest.mark.parametrize(
    ("confidence", "is_detected", "told", "is_doubtful"),
    [(0.9, False, 0.9, False), (0.5, False, 0.25, True), (0.5, True, 0.5, False)],
)
def test_what_is_neither_sure_nor_detected_is_doubtful(
    network: PromptNetwork, confidence: float, is_detected: bool, told: float, is_doubtful: bool
) -> None:
    mask = np.zeros((1, 120, 200), dtype=bool)
    mask[0, 30:60, 30:70] = is_detected
    seen = Instances.from_masks(mask, class_ids=[0], scores=[0.2])
    runtime = SeesNested(red=confidence, both=0.1)
    picture = prompter_on(runtime, network, detect=lambda image: seen).open(nested_picture())
    first = picture.mask(points=[CLICK])
    assert (first.confidence, first.is_doubtful) == (pytest.approx(told), is_doubtful)
    glimpse = picture.glimpse(Prompt(points=[CLICK]))
    assert glimpse.found is not None and glimpse.found.is_doubtful is is_doubtful
    # Who says more is believed.
    again = picture.mask(points=[CLICK, (60.0, 50.0, True)], previous=first.soft)
    assert (again.confidence, again.is_doubtful) == (pytest.approx(confidence), False)
    assert not picture.mask(box=RED).is_doubtful


def test_boxes_and_earlier_masks_say_the_size_themselves(network: PromptNetwork) -> None:
    picture = prompter_on(SeesNested(), network).open(nested_picture())
    first = picture.mask(points=[CLICK])
    for prompt in (
        Prompt(points=[CLICK], previous=first.soft, size_step=1),
        Prompt(box=RED, points=[CLICK], size_step=1),
    ):
        (found,) = picture.masks([prompt])
        assert found.size_step == 0 and found.crop.tight().box == pytest.approx(RED, abs=3)
