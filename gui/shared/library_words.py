"""Sentences that the library makes (acts, repairs, errors, notices) in the language of the window.

The library speaks English, and the journal keeps its sentences. Their patterns stand in the
modules `library_*` beside this one: a sentence that fits one is put together again from the
pattern's translation. tools/library_texts.py finds the sentences that fit none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from PyQt5.QtCore import QCoreApplication

from gui.shared import library_acts, library_imports, library_projects, library_sources
from gui.shared.numbers import localized

__all__ = ["in_window_language", "is_known"]

_TABLES: Final = (library_acts, library_projects, library_sources, library_imports)
_PATTERNS: Final = tuple(str(pattern) for table in _TABLES for pattern in table.PATTERNS)
_SHAPES: Final = {
    "n": r"\d+",
    "m": r"\d+",
    "number": r"[\d.]+",
    "count": r"\d+(?: [a-z]+){0,2}",
    "there": r"\d+(?: [a-z]+){0,2}",
    "kind": "[a-z ]+",
    "where": "(?:all frames|frames? .*|up to frame .*)",
    "act": ".+",
}
"""What may stand for a placeholder; any text for others."""
_NO_JOINT: Final = "(?:(?![:;] ).)+"
"""What may stand at the beginning: not the sentences or the place before this one."""
_SPOKEN: Final = ("count", "there", "kind", "where", "act", "reason")
"""Placeholders that are translated themselves."""
_MUST_BE_KNOWN: Final = ("kind", "where", "act")
"""A sentence fits only if these do; a reason may also be in the system's own words."""
_JOINT: Final = re.compile("[:;] ")
_MOST_JOINTS: Final = 12
"""Texts with more are no sentences, but what somebody's file holds."""


def in_window_language(text: str) -> str:
    """A sentence of the library in the language of the window; as it is if nobody knows it.

    Several sentences, joined by semicolons, and the place before a sentence are told apart.
    """
    # So older versions wrote it into journals.
    text = "1 frame" if text == "1 frames" else text
    parts = text.split("; ")
    if len(parts) > 1 and all(_fitting(part) for part in parts):
        return "; ".join(map(in_window_language, parts))
    if (found := _fitting(text)) is not None:
        return _translated(*found)
    if (joint := _joint(text)) is not None:
        head, sign, rest = joint
        head = in_window_language(head) if sign == "; " else head
        return f"{head}{sign}{in_window_language(rest)}"
    return text


@lru_cache(maxsize=4096)
def is_known(text: str) -> bool:
    """Whether a sentence, but for a place before it, can be translated."""
    return _fitting(text) is not None or _joint(text) is not None


def _translated(pattern: str, values: dict[str, str]) -> str:
    spoken: dict[str, str] = {
        name: in_window_language(values[name]) for name in _SPOKEN if name in values
    }
    if "number" in values:
        spoken["number"] = localized(values["number"])
    return QCoreApplication.translate("Library", pattern).format(**(values | spoken))


def _joint(text: str) -> tuple[str, str, str] | None:
    """Head, sign and rest of a text that is not one sentence, or begins with a place."""
    joints = list(_JOINT.finditer(text))
    if len(joints) > _MOST_JOINTS:
        return None
    for joint in joints:
        head, sign, rest = text[: joint.start()], joint[0], text[joint.end() :]
        if (sign == ": " or is_known(head)) and is_known(rest):
            return head, sign, rest
    return None


@lru_cache(maxsize=4096)
def _fitting(text: str) -> tuple[str, dict[str, str]] | None:
    for pattern, expression in _expressions():
        match = expression.fullmatch(text)
        if match is not None:
            values = match.groupdict()
            if all(is_known(values[name]) for name in _MUST_BE_KNOWN if name in values):
                return pattern, values
    return None


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((pattern, _expression(pattern)) for pattern in _PATTERNS)


def _expression(pattern: str) -> re.Pattern[str]:
    begin, *parts = re.split(r"{(\w+)}", pattern)
    found = re.escape(begin)
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        shape = _SHAPES.get(name, ".+" if found else _NO_JOINT)
        found += f"(?P<{name}>{shape}){re.escape(text)}"
    return re.compile(found)
