"""What the library warns of while it writes files, to be told in the window."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["warnings_of_exports"]

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


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text not in self.texts:
            self.texts.append(text)
