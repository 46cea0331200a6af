"""What is asked by pointing, answered in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from queue import Queue

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.runtime.prompts import Answers, Questions
from gui.editor.answering import Answer, Answerer, PrompterHolder, Question
from tests.gui.blobs import SeesBlobs, blob_frame, finds_red
from tests.prompting.conftest import prompter_on, untrained_network


class _Interrupted(SeesBlobs):
    """Something happens while the first question is looked at."""

    def __init__(self) -> None:
        self.looks = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def ask(self, questions: Questions) -> Answers:
        self.looks += 1
        if self.looks == 1:
            self.meanwhile()
        return super().ask(questions)


def answerer_for(answers: Queue[Answer]) -> Answerer:
    return Answerer(
        PrompterHolder(),
        on_loaded=lambda: None,
        on_answer=answers.put,
        on_classes=lambda number, names: None,
        on_error=lambda error: pytest.fail(str(error)),
    )


def test_while_the_pointer_moves_a_first_look_is_shown_and_where_it_rests_what_a_click_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, answers = _Interrupted(), Queue[Answer]()
    prompter = prompter_on(network, untrained_network(), detect=finds_red)
    monkeypatch.setattr("gui.editor.answering.load", lambda: prompter)
    image = blob_frame(0)
    passed = Question(1, image, points=((25.0, 45.0, True),), is_hover=True)
    rests = Question(2, image, points=((35.0, 50.0, True),), is_hover=True)
    answerer = answerer_for(answers)
    try:
        network.meanwhile = lambda: answerer.ask(rests)
        answerer.ask(passed)
        shown = [answers.get(timeout=60) for _ in range(3)]
        assert [answer.question.number for answer in shown] == [1, 2, 2]
        assert network.looks == 3
        answerer.ask(Question(3, image, points=rests.points))
        taken = answers.get(timeout=60)
    finally:
        answerer.close()
    assert network.looks == 3 and taken.crop is not None
    assert taken.crop.box == prompter.open(image).mask(points=rests.points).crop.tight().box
    assert shown[-1].crop is not None
    assert np.array_equal(shown[-1].crop.mask, taken.crop.mask)
    assert all(answer.crop is not None and answer.crop.area for answer in shown)


def test_the_detector_looks_at_the_newest_picture_before_it_is_clicked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at, answers = Queue[NDArray[np.uint8]](), Queue[Answer]()

    def detect(image: NDArray[np.uint8]) -> Instances:
        looked_at.put(image)
        return finds_red(image)

    prompter = prompter_on(SeesBlobs(), untrained_network(), detect=detect)
    monkeypatch.setattr("gui.editor.answering.load", lambda: prompter)
    passed, shown = blob_frame(0), blob_frame(3)
    answerer = answerer_for(answers)
    try:
        answerer.look_ahead(passed)
        answerer.look_ahead(None)
        answerer.look_ahead(shown)
        assert np.array_equal(looked_at.get(timeout=60), shown)
        answerer.ask(Question(1, shown, points=((35.0, 50.0, True),)))
        assert answers.get(timeout=60).crop is not None
    finally:
        answerer.close()
    assert looked_at.empty()
