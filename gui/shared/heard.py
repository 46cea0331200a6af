"""What the library warns of while it writes files, to be told in the window."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from gui.shared.languages import translate as _tr
from gui.shared.library_words import in_window_language
from gui.shared.window_terms import in_window_terms

__all__ = ["told_by_exports", "warnings_of_exports"]

_LOGGER: Final = "blendmask_live.export"


@contextmanager
def warnings_of_exports() -> Iterator[list[str]]:
    """Collect the warnings that exporters log meanwhile, in any thread."""
    handler = _Collector()
    logger = logging.getLogger(_LOGGER)
    logger.addHandler(handler)
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)


def told_by_exports(warnings: Sequence[str]) -> list[str]:
    """The warnings, each in a sentence of the window's language."""
    return [
        _tr("While the files were written: {}").format(in_window_language(in_window_terms(text)))
        for text in warnings
    ]


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text not in self.texts:
            self.texts.append(text)
