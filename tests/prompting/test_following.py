"""How following decides, with a stand-in for the network that sees one bright colour."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.followed import Followed
from blendmask_live.prompting.following import (
    FollowedFrame,
    Following,
    FollowSettings,
    follow,
)
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Memory, Prompter
from blendmask_live.runtime.prompts import Answers, Questions
from tests.prompting.conftest import prompter_on, untrained_network
from tests.prompting.sees_red import SeesRed

SIZE = (96, 160)


@pytest.fixture(scope="module")
def seeing() -> Prompter:
    return prompter_on(SeesRed(), untrained_network())


def _frame(x: int | None, *, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A textured picture with a red block at x."""
    rng = np.random.default_rng(3)
    image = rng.integers(60, 120, (*size, 3)).astype(np.uint8)
    if x is not None:
        image[30:60, x : x + 24] = (230, 20, 30)
    return image


def _x(frame: FollowedFrame) -> float:
    x0, _, x1, _ = frame.objects[0].crop.tight().box
    return (x0 + x1) / 2 - 12


def _follow(
    prompter: Prompter, places: Sequence[int | None], **settings: float
) -> list[FollowedFrame]:
    prompts = [Prompt(box=(18, 28, 48, 62))]
    chosen = FollowSettings(**settings)  # type: ignore[arg-type]
    return list(follow([_frame(x) for x in places], prompts, prompter, settings=chosen))


def test_a_moving_object_is_followed(seeing: Prompter) -> None:
    places = [20, 24, 30, 37, 45, 54]
    found = _follow(seeing, places)
    assert [frame.index for frame in found] == list(range(6))
    assert [_x(frame) for frame in found] == pytest.approx(places, abs=1)
    assert all(frame.frame_size == SIZE for frame in found)


def test_an_object_that_goes_is_lost_and_found_again(seeing: Prompter) -> None:
    found = _follow(seeing, [20, 24, None, None, 90, 94])
    assert [frame.objects[0].is_lost for frame in found] == [False] * 2 + [True] * 2 + [False] * 2
    assert [frame.objects[0].confidence > 0.5 for frame in found] == [
        not frame.objects[0].is_lost for frame in found
    ]
    assert found[2].objects[0].crop.area == 0
    assert _x(found[4]) == pytest.approx(90, abs=1)


def test_a_lost_object_is_given_up_when_told_to(seeing: Prompter) -> None:
    assert len(_follow(seeing, [20, *[None] * 8], stop_after=3)) == 5


def test_a_mask_that_is_given_is_the_first_mask(seeing: Prompter) -> None:
    mask = np.zeros(SIZE, dtype=bool)
    mask[31:59, 22:40] = True
    frames = [_frame(20), _frame(22)]
    first, second = follow(frames, [Prompt(previous=mask)], seeing)
    assert first.objects[0].crop.tight().box == (22, 31, 40, 59)
    assert _x(second) == pytest.approx(22, abs=1)


def test_an_object_may_be_pointed_at_later(seeing: Prompter) -> None:
    frames = [_frame(20 + 3 * step) for step in range(4)]
    found = list(follow(frames, [Prompt(frame=2, box=(24, 28, 52, 62))], seeing))
    assert [frame.objects[0].crop.area > 0 for frame in found] == [False, False, True, True]
    assert not any(frame.objects[0].is_lost for frame in found)


def test_frames_that_change_size_do_not_end_it(seeing: Prompter) -> None:
    frames = [_frame(20), _frame(22), _frame(40, size=(120, 200)), _frame(42, size=(120, 200))]
    found = list(follow(frames, [Prompt(box=(18, 28, 48, 62))], seeing))
    assert found[2].frame_size == (120, 200)
    assert _x(found[2]) == pytest.approx(40, abs=1)


class _StaysWhereItWas(SeesRed):
    """Answers with the earlier mask, whatever is there now."""

    def ask(self, questions: Questions) -> Answers:
        answers = super().ask(questions)
        earlier = questions.maps[:, 3]
        is_given = np.asarray(earlier.any(axis=(1, 2)))
        confidences = np.where(is_given, 0.9, answers.confidences)
        return Answers(
            np.where(is_given[:, None, None], earlier * 16 - 8, answers.logits),
            confidences.astype(np.float32),
            answers.keys,
            answers.recall,
        )


def test_what_is_in_its_place_after_a_cut_is_not_taken_for_it() -> None:
    prompter = prompter_on(_StaysWhereItWas(), untrained_network())
    other_scene = 255 - _frame(None)
    frames = [_frame(20), _frame(22), other_scene, other_scene, _frame(90)]
    found = list(follow(frames, [Prompt(box=(18, 28, 48, 62))], prompter))
    assert [one.objects[0].is_lost for one in found] == [False, False, True, True, False]
    assert _x(found[4]) == pytest.approx(90, abs=1)


def test_an_empty_first_mask_is_refused(seeing: Prompter) -> None:
    with pytest.raises(ValueError, match="with a pixel"):
        list(follow([_frame(20)], [Prompt(previous=np.zeros(SIZE, dtype=bool))], seeing))


def test_settings_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match="lost_below"):
        FollowSettings(lost_below=1.5)
    for name in ("remember_every", "look_every"):
        with pytest.raises(ValueError, match=name):
            FollowSettings(**{name: 0})


def test_a_detection_finds_again_what_the_memory_does_not(seeing: Prompter) -> None:
    """The object returns so small that no crop of the whole picture shows enough of it."""

    def frame(x: int | None, *, size: int) -> NDArray[np.uint8]:
        image = _frame(None, size=(384, 640))
        if x is not None:
            image[200 : 200 + size, x : x + size] = (230, 20, 30)
        return image

    def detect(image: NDArray[np.uint8]) -> Instances:
        red = (image[..., 0] > 180) & (image[..., 1] < 80)
        masks = red[None] if red.any() else np.zeros((0, *red.shape), dtype=bool)
        return Instances.from_masks(masks, class_ids=[0] * len(masks), scores=[0.4] * len(masks))

    frames = [frame(100, size=60), frame(None, size=0), frame(500, size=8), frame(500, size=8)]
    prompts = [Prompt(box=(98, 198, 162, 262))]
    blind = FollowSettings(uses_detector=False)
    without = list(follow(frames, prompts, seeing, settings=blind))
    assert without[3].objects[0].is_lost
    helped = prompter_on(SeesRed(), untrained_network(), detect=detect)
    found = list(follow(frames, prompts, helped))
    assert found[1].objects[0].is_lost
    assert _x(found[2]) == pytest.approx(492, abs=2)


def _red(image: NDArray[np.uint8]) -> Instances:
    """Detects each red block."""
    red = ((image[..., 0] > 180) & (image[..., 1] < 80)).astype(np.uint8)
    count, labels = cv2.connectedComponents(red)
    masks = np.array([labels == number for number in range(1, count)]).reshape(-1, *red.shape)
    return Instances.from_masks(masks, class_ids=[0] * (count - 1), scores=[0.6] * (count - 1))


def _pair(x: int | None, other_x: int) -> NDArray[np.uint8]:
    """The red block at x, and one just like it."""
    image = _frame(x)
    image[30:60, other_x : other_x + 24] = (230, 20, 30)
    return image


def test_what_was_seen_beside_an_object_is_not_taken_for_it_when_it_is_lost() -> None:
    prompter = prompter_on(SeesRed(), untrained_network(), detect=_red)
    others = [110, 112, *range(114, 132)]
    places = [20, 22, *[None] * 14, 24, 26, 28, 30]
    frames = [_pair(x, other) for x, other in zip(places, others, strict=True)]
    found = list(follow(frames, [Prompt(box=(18, 28, 48, 62))], prompter))
    assert [frame.objects[0].is_lost for frame in found][:16] == [False] * 2 + [True] * 14
    assert _x(found[-1]) == pytest.approx(30, abs=1)


def test_while_an_object_is_steady_little_is_asked() -> None:
    network, looks = SeesRed(), []
    asked = []

    def detect(image: NDArray[np.uint8]) -> Instances:
        looks.append(image)
        return _red(image)

    class Counting(SeesRed):
        def ask(self, questions: Questions) -> Answers:
            asked.append(len(questions.crops))
            return network.ask(questions)

    prompter = prompter_on(Counting(), untrained_network(), detect=detect)
    frames = [_frame(20 + 2 * step) for step in range(11)]
    mask = np.zeros(SIZE, dtype=bool)
    mask[30:60, 20:44] = True
    list(follow(frames, [Prompt(previous=mask)], prompter, settings=FollowSettings(look_every=5)))
    assert len(looks) == 3
    # The first mask is remembered; one question for each frame, and at two looks where it was
    # before. What is detected is what was found.
    assert asked.count(1) >= 9 and sum(asked) <= 1 + 10 + 2


def test_a_lost_object_is_not_asked_for_twice_at_the_same_place() -> None:
    class Counting(SeesRed):
        asked = 0

        def ask(self, questions: Questions) -> Answers:
            self.asked += len(questions.crops)
            return super().ask(questions)

    network = Counting()
    prompter = prompter_on(network, untrained_network(), detect=_red)
    following = Following([Prompt(box=(18, 28, 48, 62))], prompter)
    for index, x in enumerate([20, None]):
        following.step(_frame(x), index)
    before = network.asked
    # Where it is now, the detector sees it, and most of the windows that are sought through.
    assert _x(following.step(_frame(90), 2)) == pytest.approx(90, abs=1)
    assert network.asked - before <= 13


def _memory() -> Memory:
    return Memory(np.zeros((4, 9), np.float32), np.zeros(9, np.float32))


def _block(x: int, y: int, width: int, height: int) -> CroppedMask:
    return CroppedMask(x, y, np.ones((height, width), dtype=bool))


def test_a_detection_that_holds_the_rest_of_an_object_and_is_as_large_as_it_may_be_it() -> None:
    state = Followed(_memory(), _block(0, 0, 40, 40), 0.9, remembered_at=0)
    state.mask = _block(10, 10, 8, 8)
    whole, huge, aside = _block(1, 1, 40, 40), _block(0, 0, 160, 160), _block(60, 0, 40, 40)
    assert state.may_hold(whole) == pytest.approx(1)
    assert state.may_hold(huge) == pytest.approx(1 / 16)
    assert state.may_hold(aside) == 0


def test_after_a_cut_nothing_is_near_until_the_object_is_seen() -> None:
    state = Followed(_memory(), _block(40, 30, 24, 30), 0.9, remembered_at=0)
    state.forget_places(growth=1.0)
    assert state.nearness(_block(40, 30, 24, 30)) == 1
    state.is_elsewhere = True
    assert state.nearness(_block(40, 30, 24, 30)) < 0.5


def test_a_lost_object_may_be_farther_off_the_longer_it_is_lost() -> None:
    state = Followed(_memory(), _block(0, 0, 20, 20), 0.9, remembered_at=0)
    far, small = _block(80, 0, 20, 20), _block(0, 0, 5, 5)
    assert state.nearness(_block(4, 0, 20, 20)) == 1
    at_once = state.nearness(far)
    for _ in range(5):
        state.lose(stop_after=None)
    assert at_once < state.nearness(far) < 1
    assert state.nearness(small) == pytest.approx(1 / 4)
    state.forget_places(growth=4.0)
    assert state.nearness(far) == 1 and state.usual_px == 1600
