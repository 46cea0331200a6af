"""Numbers in texts, as the language of the window writes them."""

from __future__ import annotations

import re
from typing import Final

from PyQt5.QtCore import QLocale

__all__ = ["localized"]

_POINT: Final = re.compile(r"(?<=\d)\.(?=\d)")
_PERCENT: Final = re.compile(r"(?<=\d)%")


def localized(text: str) -> str:
    """A text whose numbers Python has formatted: with decimal comma and "54 %" where usual."""
    locale = QLocale()
    text = _POINT.sub(locale.decimalPoint(), text)
    return _PERCENT.sub("\u00a0%", text) if locale.language() == QLocale.German else text
