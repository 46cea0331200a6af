"""Errors as the editor tells them."""

from __future__ import annotations

from dataclasses import replace

from PyQt5.QtCore import QCoreApplication

from blendmask_live.errors import AnnotationError, ExportError, SourceError
from gui.shared.problems import Problem, problem_of

__all__ = ["editor_problem"]


def editor_problem(error: BaseException) -> Problem:
    """As `problem_of`, with the ways out that the editor has."""
    problem = replace(problem_of(error), action="")
    if isinstance(error, SourceError):
        return replace(problem, title=_tr("The video cannot be shown"), action="relink")
    if isinstance(error, ExportError):
        return replace(problem, title=_tr("The export failed"))
    if isinstance(error, AnnotationError):
        return replace(problem, title=_tr("These annotations cannot be imported"))
    return problem


def _tr(text: str) -> str:
    # The name under which pylupdate5 files what is said outside of classes.
    return QCoreApplication.translate("@default", text)
