"""Finer masks of as many live objects as there is time for, with a stand-in that sees red."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from blendmask_live.datatypes import Frame, Instances
from blendmask_live.errors import WeightsError
from blendmask_live.live import LiveSettings
from blendmask_live.live.later_prompter import LaterPrompter
from blendmask_live.live.second_look import SecondLook
from blendmask_live.prompting.prompter import Prompter
from blendmask_live.runtime.prompts import Answers, Questions
from tests.live.parts import WAIT_S, ClipSource, Watcher
from tests.prompting.conftest import prompter_on, untrained_network
from tests.prompting.sees_red import SeesRed

PLACES = (10, 60, 110, 160)
MS_EACH = 4.0


class Slow(SeesRed):
    """Takes its time on a clock of its own."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def ask(self, questions: Questions) -> Answers:
        self.now_s += MS_EACH / 1000 * len(questions.crops)
        return super().ask(questions)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    clock = SimpleNamespace(perf_counter=lambda: made.now_s)
    monkeypatch.setattr("blendmask_live.live.second_look.time", clock)
    return made


@pytest.fixture
def prompter(slow: Slow) -> Prompter:
    return prompter_on(slow, untrained_network())


def _picture() -> np.ndarray:
    image = np.full((80, 200, 3), 90, dtype=np.uint8)
    for x in PLACES:
        image[30:50, x : x + 20] = (230, 20, 30)
    return image


def _found() -> Instances:
    """The blocks, each with a mask that fills a larger box; the surest is the last."""
    boxes = np.array([[x - 4, 26, x + 24, 54] for x in PLACES], dtype=np.float32)
    return Instances(
        boxes=boxes,
        scores=np.array([0.3, 0.5, 0.6, 0.9], dtype=np.float32),
        class_ids=np.zeros(4, dtype=np.int64),
        frame_size=(80, 200),
        soft_masks=np.ones((4, 28, 28), dtype=np.float32),
        mask_boxes=boxes,
    )


def _finer(instances: Instances) -> list[bool]:
    """Which masks end where their block does."""
    boxes = [crop.tight().box for crop in instances.cropped_masks()]
    return [box == (x, 30, x + 20, 50) for box, x in zip(boxes, PLACES, strict=True)]


def _ready(prompter: Prompter) -> SecondLook:
    later = LaterPrompter(lambda: prompter)
    later.wait()
    return SecondLook(later)


def test_the_surest_come_first_as_many_as_there_is_time_for(prompter: Prompter) -> None:
    look, image = _ready(prompter), _picture()

    def at(time_ms: float | None) -> list[bool]:
        return _finer(look(_found(), image, score_threshold=0.4, time_ms=time_ms))

    assert look.cost_ms is None
    assert at(1.0) == [False, False, False, True], "one, to see what it costs"
    assert look.cost_ms == pytest.approx(MS_EACH)
    assert look.summary == "second look at 1 of 3"
    assert at(9.0) == [False, False, True, True]
    assert at(-5.0) == [False] * 4
    assert at(100.0) == [False, True, True, True], "the first is below the threshold"
    assert look.summary == ""
    assert at(None) == [False, True, True, True]


def test_what_masks_were_blended_from_stays(prompter: Prompter) -> None:
    found = _found()
    finer = _ready(prompter)(found, _picture(), score_threshold=0.4, time_ms=None)
    assert finer.soft_masks is found.soft_masks and finer.exact_masks is None
    assert _finer(found) == [False] * 4


def test_without_weights_the_view_goes_on_and_says_so() -> None:
    def load() -> Prompter:
        raise WeightsError("blendmask-prompt.safetensors: missing")

    look = SecondLook(LaterPrompter(load))
    found = _found()
    assert look(found, _picture(), score_threshold=0.4, time_ms=None, waits=True) is found
    assert look.notice == "no second look: blendmask-prompt.safetensors: missing"


class RedSquares(ClipSource):
    """Where the segmenter finds a box of 12 x 16 px, there is a red one of 6 x 8 px."""

    def read(self) -> Frame | None:
        frame = super().read()
        if frame is None:
            return None
        image = np.zeros_like(frame.image)
        image[8:16, 3:9] = (230, 20, 30)
        return replace(frame, image=image)


def test_a_session_looks_again_where_it_is_asked_to() -> None:
    prompter = prompter_on(SeesRed(), untrained_network())
    with Watcher(RedSquares(), prompter=LaterPrompter(lambda: prompter)) as watcher:
        assert watcher.shown().instances.cropped_masks()[0].tight().box == (0, 4, 12, 20)
        watcher.session.settings = LiveSettings(refine=True)
        watcher.shown(lambda frame: frame.instances.cropped_masks()[0].tight().box == (3, 8, 9, 16))
        status = watcher.session.status()
        assert status.second_look_ms is not None and "second look" in status.stages


def test_a_picture_that_stands_still_gets_its_second_look_when_the_network_is_loaded() -> None:
    """All objects of it, whatever the time of a frame."""
    may_load = threading.Event()

    def load() -> Prompter:
        assert may_load.wait(WAIT_S)
        return prompter_on(SeesRed(), untrained_network())

    with Watcher(RedSquares(), prompter=LaterPrompter(load), is_paused=True) as watcher:
        watcher.shown()
        watcher.session.settings = LiveSettings(refine=True)
        before = watcher.shown(lambda frame: frame.frame.is_repeat)
        assert before.instances.cropped_masks()[0].tight().box == (0, 4, 12, 20)
        may_load.set()
        watcher.shown(lambda frame: frame.instances.cropped_masks()[0].tight().box == (3, 8, 9, 16))
