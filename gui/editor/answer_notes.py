"""What is said of an answer in the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.editor.answering import Answer
from gui.shared.languages import translate as _tr
from gui.shared.library_words import in_window_language

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask

__all__ = ["note_on"]


def note_on(answer: Answer) -> str:
    """What the user should know of an answer to a click or a box; "" if nothing."""
    before, missed = answer.question.corrects, answer.question.size_step - answer.size_step
    if answer.crop is None:
        return in_window_language(answer.refusal)
    if missed > 0:
        return _tr("No larger mask is found at this click: draw a box, or click more")
    if missed < 0:
        return _tr("No smaller mask is found at this click: draw a box, or click more")
    if not answer.crop.area:
        return _tr("Nothing is found there: draw a box, or click elsewhere")
    if before is not None and _are_same(before, answer.crop):
        return _tr("This click changes nothing: try one further on")
    return ""


def _are_same(one: CroppedMask, other: CroppedMask) -> bool:
    one, other = one.tight(), other.tight()
    return one.box == other.box and bool((one.mask == other.mask).all())
