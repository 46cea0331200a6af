"""Answers what is asked about pictures by pointing, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import BlendMaskLiveError

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask
    from blendmask_live.prompting.prompt import Box, Masks, Point, Prompt
    from blendmask_live.prompting.prompter import Found, Picture, Prompter

__all__ = ["Answer", "Answerer", "PrompterHolder", "Question"]

_KEPT_ANSWERS: Final = 32
_IDLE_S: Final = 0.3
"""After so long without anything else to do, the detector runs on the picture that is shown."""
logger = logging.getLogger(__name__)


def load() -> Prompter:
    """The built-in prompter; takes seconds."""
    from blendmask_live.prompting.prompter import load_prompter

    return load_prompter()


class PrompterHolder:
    """One prompter for all that needs it, loaded when it is first used; for any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._loaded: Prompter | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether `get` returns at once."""
        return self._loaded is not None

    def get(self) -> Prompter:
        """The prompter.

        Raises:
            WeightsError, ConfigError: As `load_prompter`; the next call tries again.
        """
        with self._turn:
            if self._loaded is None:
                self._loaded = load()
            return self._loaded


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked about a picture.

    Attributes:
        number: Grows with every question.
        image: (H, W, 3) RGB; compared by identity.
        points, box, previous: As for `Picture.mask`.
        size_step: As in `Prompt`.
        corrects, corrected_at: A mask that shall change at these clicks alone.
        is_hover: Nothing was clicked yet.
    """

    number: int
    image: NDArray[np.uint8]
    points: tuple[Point, ...] = ()
    box: Box | None = None
    previous: Masks | None = None
    size_step: int = 0
    corrects: CroppedMask | None = None
    corrected_at: tuple[Point, ...] = ()
    is_hover: bool = False

    @property
    def key(self) -> object:
        """The same for questions with the same answer."""
        return id(self.image), self.points, self.box, id(self.previous), self.size_step


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was found, or why nothing was.

    Attributes:
        crop: The mask; without a pixel where nothing was found.
        previous: What the next question about this object brings along.
        confidence, is_doubtful, size_step: As in `Found`.
        refusal: Why the question makes no sense; "" if it does.
    """

    question: Question
    crop: CroppedMask | None = None
    previous: Masks | None = None
    confidence: float = 0.0
    is_doubtful: bool = False
    size_step: int = 0
    refusal: str = ""


class Answerer:
    """Answers the newest question; an older one that was not begun is dropped.

    What was clicked goes before what is hovered over, both before class names, and these before
    what makes the first ones quick.
    """

    def __init__(
        self,
        prompters: PrompterHolder,
        *,
        on_loaded: Callable[[], None],
        on_answer: Callable[[Answer], None],
        on_classes: Callable[[int, tuple[tuple[str, float], ...]], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Begin; all callbacks are called from the thread.

        Args:
            on_loaded: Prompter and classes are ready.
            on_answer: Takes answers.
            on_classes: Takes the number of a clicked question and likely classes.
            on_error: Takes why the prompter cannot be loaded or has failed.
        """
        self._prompters = prompters
        self._on_loaded, self._on_answer = on_loaded, on_answer
        self._on_classes, self._on_error = on_classes, on_error
        self._changed = threading.Condition()
        self._clicked: Question | None = None
        self._hovered: Question | None = None
        self._to_name: tuple[int, Found] | None = None
        self._to_prepare: NDArray[np.uint8] | None = None
        self._to_warm: Picture | None = None
        self._shown: NDArray[np.uint8] | None = None
        self._is_closed = False
        self._image: NDArray[np.uint8] | None = None
        self._picture: Picture | None = None
        # With the questions, so that no other `previous` can get the identity of an earlier one.
        self._found: OrderedDict[object, tuple[Question, Found]] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name="editor-pointing")
        self._thread.start()

    def prepare(self, image: NDArray[np.uint8]) -> None:
        """Load the prompter for pictures like this one; returns at once."""
        with self._changed:
            self._to_prepare = image
            self._changed.notify()

    def look_ahead(self, image: NDArray[np.uint8] | None) -> None:
        """Run the detector when there is nothing else to do, so that a first click need not wait.

        Args:
            image: The picture that is shown, in place of an earlier one; None while it changes.
        """
        with self._changed:
            self._shown = image
            self._changed.notify()

    def ask(self, question: Question) -> None:
        """Ask; returns at once."""
        with self._changed:
            if question.is_hover:
                self._hovered = question
            else:
                self._clicked, self._hovered, self._to_name = question, None, None
            self._changed.notify()

    def forget_hover(self) -> None:
        """The pointer has left: what it was over need not be answered."""
        with self._changed:
            self._hovered = None

    def close(self) -> None:
        """End the thread; waits for a question, not for the loading, which ends by itself."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._prompters.is_loaded:
            self._thread.join()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                task()
            except Exception as error:
                logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
                if not self._is_closed:
                    self._on_error(error)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._has_work():
                shown = self._shown
                is_idle = not self._changed.wait(None if shown is None else _IDLE_S)
                if is_idle and shown is not None:
                    self._shown = None
                    return lambda: self._look_ahead(shown)
            if self._is_closed:
                return None
            question = self._clicked or self._hovered
            if self._to_prepare is not None:
                image, self._to_prepare = self._to_prepare, None
                return lambda: self._prepare(image)
            if question is not None:
                if question is self._clicked:
                    self._clicked = None
                else:
                    self._hovered = None
                return lambda: self._answer(question)
            if self._to_name is None:
                picture, self._to_warm = self._to_warm, None
                assert picture is not None
                return lambda: self._warm(picture)
            (number, found), self._to_name = self._to_name, None
            return lambda: self._on_classes(number, found.classes)

    def _has_work(self) -> bool:
        tasks = self._to_prepare, self._clicked, self._hovered, self._to_name, self._to_warm
        return self._is_closed or any(task is not None for task in tasks)

    def _prepare(self, image: NDArray[np.uint8]) -> None:
        # The first questions compile what the later ones use.
        height, width = image.shape[:2]
        picture = self._prompters.get().open(image)
        if self._is_closed:
            return
        picture.mask(points=[(width / 2, height / 2, True)])
        self._image, self._picture, self._found = image, picture, OrderedDict()
        self._to_warm = picture

    def _warm(self, picture: Picture) -> None:
        """Load what names classes, too."""
        _ = picture.detections
        self._on_loaded()

    def _look_ahead(self, image: NDArray[np.uint8]) -> None:
        _ = self._picture_of(image).detections

    def _answer(self, question: Question) -> None:
        try:
            found = self._look_up(question)
        except ValueError as error:
            self._on_answer(Answer(question, refusal=str(error)))
            return
        if found is None:
            return
        self._on_answer(_answered(question, found))
        if not question.is_hover:
            with self._changed:
                if self._clicked is None:
                    self._to_name = question.number, found

    def _look_up(self, question: Question) -> Found | None:
        """As it was found before, if it was: mostly when what was hovered over is clicked.

        While the pointer moves on, a first look must do: then None.
        """
        picture = self._picture_of(question.image)
        if question.key not in self._found:
            glimpse = picture.glimpse(_prompt_of(question))
            if question.is_hover and glimpse.found is not None:
                self._on_answer(_answered(question, glimpse.found))
                if self._hovered or self._clicked:
                    return None
            found = picture.look_closer(glimpse)
            self._found[question.key] = question, found
            while len(self._found) > _KEPT_ANSWERS:
                self._found.popitem(last=False)
        return self._found[question.key][1]

    def _picture_of(self, image: NDArray[np.uint8]) -> Picture:
        if self._picture is None or self._image is not image:
            self._picture = self._prompters.get().open(image)
            self._image, self._found = image, OrderedDict()
        return self._picture


def _prompt_of(question: Question) -> Prompt:
    from blendmask_live.prompting.prompt import Prompt

    return Prompt(
        box=question.box,
        points=question.points,
        previous=question.previous,
        size_step=question.size_step,
    )


def _answered(question: Question, found: Found) -> Answer:
    crop = found.crop.tight()
    previous: Masks = found.soft
    if question.corrects is not None:
        from blendmask_live.prompting.correcting import corrected

        crop = corrected(question.corrects, found.crop, question.corrected_at, found.frame_size)
        previous = crop
    return Answer(question, crop, previous, found.confidence, found.is_doubtful, found.size_step)
