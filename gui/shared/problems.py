"""Errors in words for people: what happened, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from blendmask_live.errors import (
    AnnotationError,
    BlendMaskLiveError,
    ConfigError,
    ExportError,
    ProjectError,
    SourceError,
    StageFailed,
    WeightsError,
)
from gui.shared.languages import translate as _tr
from gui.shared.library_words import in_window_language, is_known
from gui.shared.window_terms import in_window_terms

__all__ = ["Problem", "error_text", "problem_of"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What the banner says."""

    title: str
    """What happened, in a few words."""
    advice: str
    """Details and what can be done."""
    action: str = ""
    """What the button does: "open", "retry", "demo", "network", "record", "send", "report",
    "folder"; "" for no button."""
    is_error: bool = True
    """If not, it is news: a file was saved, the program waits for a camera."""
    target: str = ""
    """Path that the action is about."""
    stays: bool = False
    """Whether also news are shown until they are closed, since they have to be read."""

    @property
    def is_news(self) -> bool:
        """Whether the user need not do anything."""
        return not self.is_error and self.action in ("", "folder") and not self.stays


def error_text(error: BaseException) -> str:
    """What an error says, on one line, in the language of the window.

    The library speaks English. Where there is no translation of what it says, a sentence in the
    window's language says what can be done, and that the rest is English.
    """
    text = in_window_terms(" ".join(str(error).split())) or type(error).__name__
    spoken = in_window_language(text)
    around = _tr("{advice} Message of the program, in English: {text}")
    is_english = around.startswith("{advice} Message")
    if is_english or is_known(text):
        return spoken
    cause = error.__cause__ if isinstance(error, StageFailed) else error
    return around.format(advice=_advice(cause), text=text)


def _advice(error: BaseException | None) -> str:
    if isinstance(error, SourceError):
        return _tr("Check the file or the address, or choose another source.")
    if isinstance(error, WeightsError):
        return _tr("Choose other weights or another runtime.")
    if isinstance(error, ExportError):
        return _tr("Choose another folder or other formats.")
    if isinstance(error, ConfigError):
        return _tr("Choose another value.")
    if isinstance(error, AnnotationError):
        return _tr("Choose other annotations.")
    if isinstance(error, ProjectError):
        return _tr("The project is as it was.")
    return _tr("Try again, or in another way.")


def problem_of(error: BaseException) -> Problem:
    """The problem behind an error; if a stage failed, behind its cause."""
    cause = error.__cause__ if isinstance(error, StageFailed) else error
    text = error_text(error)
    if isinstance(cause, SourceError):
        return Problem(_tr("The source cannot be shown"), text, "open")
    if isinstance(cause, WeightsError):
        return Problem(_tr("The network cannot be loaded"), text, "network")
    if isinstance(cause, ExportError):
        return Problem(_tr("The recording failed"), text, "record")
    if isinstance(cause, ConfigError):
        return Problem(_tr("This setting cannot be used"), text, "network")
    if isinstance(cause, MemoryError) or "out of memory" in str(error).lower():
        advice = _tr("Choose a smaller input size or another device, then try again.")
        return Problem(_tr("Memory ran out"), f"{text}. {advice}", "retry")
    if isinstance(cause, ProjectError):
        return Problem(_tr("The project cannot do this"), text)
    if isinstance(cause, BlendMaskLiveError):
        return Problem(_tr("This did not work"), text, "retry")
    detail = text if isinstance(error, StageFailed) else f"{type(error).__name__}: {text}"
    return Problem(_tr("Something unexpected happened"), detail, "retry")
