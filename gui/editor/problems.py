"""Errors as the editor shows them."""

from __future__ import annotations

from dataclasses import replace

from blendmask_live.errors import AnnotationError, ExportError, SourceError
from gui.shared.languages import translate as _tr
from gui.shared.problems import Problem, problem_of

__all__ = ["editor_problem"]


def editor_problem(error: BaseException) -> Problem:
    """As `problem_of`, with the actions that the editor has."""
    problem = replace(problem_of(error), action="")
    if isinstance(error, SourceError):
        return replace(problem, title=_tr("The video cannot be shown"), action="relink")
    if isinstance(error, ExportError):
        return replace(problem, title=_tr("The export failed"))
    if isinstance(error, AnnotationError):
        return replace(problem, title=_tr("These annotations cannot be imported"))
    return problem
