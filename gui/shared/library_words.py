"""Sentences that the library makes (acts, repairs, notices) in the language of the window.

The library speaks English, and the journal keeps its sentences. Here stand their patterns: a
sentence that fits one is put together again from the pattern's translation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from gui.shared.numbers import localized

__all__ = ["in_window_language"]

# pylupdate5 overlooks texts with a comma behind them, as the formatter would put it.
# fmt: off
_UNSURE: Final = QT_TRANSLATE_NOOP("Library",
    "track {n} was followed for {count} with a confidence of {m}%: delete its masks there")
_SWITCHED: Final = QT_TRANSLATE_NOOP("Library",
    "tracks {n} and {m} seem to have changed places: swap them from frame {count} on")
_TOO_MUCH: Final = QT_TRANSLATE_NOOP("Library",
    "{name}: too much for this computer, only keyframes are shown")
_NO_VIDEO: Final = QT_TRANSLATE_NOOP("Library",
    "{name}: expected a video file ({kinds}), found something else or a damaged file ({reason})")
_MOVED: Final = QT_TRANSLATE_NOOP("Library",
    "{name}: the source was moved or deleted; tell the project where it is now")
_ONE_SIDE: Final = QT_TRANSLATE_NOOP("Library",
    "track {n} has masks on one side of the cut only: "
    "go to the frame at which the second object begins")
# fmt: on
_PATTERNS: Final = (
    # Frames
    QT_TRANSLATE_NOOP("Library", "all frames"),
    QT_TRANSLATE_NOOP("Library", "frame {n} on"),
    QT_TRANSLATE_NOOP("Library", "up to frame {n}"),
    QT_TRANSLATE_NOOP("Library", "frame {n}"),
    QT_TRANSLATE_NOOP("Library", "frames {n} to {m}"),
    # Kinds of repairs
    QT_TRANSLATE_NOOP("Library", "id switch"),
    QT_TRANSLATE_NOOP("Library", "duplicate"),
    QT_TRANSLATE_NOOP("Library", "class flip"),
    QT_TRANSLATE_NOOP("Library", "area jump"),
    QT_TRANSLATE_NOOP("Library", "unsure"),
    QT_TRANSLATE_NOOP("Library", "flicker"),
    QT_TRANSLATE_NOOP("Library", "gap"),
    # Acts
    QT_TRANSLATE_NOOP("Library", "relabel track {n} as {word}, {where}"),
    QT_TRANSLATE_NOOP("Library", "add class {word}"),
    QT_TRANSLATE_NOOP("Library", "rename class {word} to {other}"),
    QT_TRANSLATE_NOOP("Library", "name track {n} {word}"),
    QT_TRANSLATE_NOOP("Library", "hide track {n}"),
    QT_TRANSLATE_NOOP("Library", "show track {n}"),
    QT_TRANSLATE_NOOP("Library", "delete masks of track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "delete track {n}"),
    QT_TRANSLATE_NOOP("Library", "swap tracks {n} and {m}, {where}"),
    QT_TRANSLATE_NOOP("Library", "merge track {n} into {m}, {where}"),
    QT_TRANSLATE_NOOP("Library", "give masks of track {n} to {m}, {where}"),
    QT_TRANSLATE_NOOP("Library", "split track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "confirm track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "unconfirm track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "draw track {n}, {count}"),
    QT_TRANSLATE_NOOP("Library", "draw track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "propagated track {n}, {count}"),
    QT_TRANSLATE_NOOP("Library", "follow track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "paint track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "erase from track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "add a polygon to track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "cut a polygon from track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "fill holes of track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "smooth track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "move track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "scale track {n} by {number}, {where}"),
    QT_TRANSLATE_NOOP("Library", "copy track {n} from frame {m}, {count}"),
    QT_TRANSLATE_NOOP("Library", "interpolate track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "fill gaps of track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "import masks"),
    QT_TRANSLATE_NOOP("Library", "re-blend ({word})"),
    QT_TRANSLATE_NOOP("Library", "reject {kind} of track {n}, {where}"),
    QT_TRANSLATE_NOOP("Library", "reject {kind} of tracks {n} and {m}, {where}"),
    # Older versions named no track.
    QT_TRANSLATE_NOOP("Library", "reject {kind}, {where}"),
    QT_TRANSLATE_NOOP("Library", "{act} ({n} masks)"),
    QT_TRANSLATE_NOOP("Library", "{act} (1 mask)"),
    _ONE_SIDE,
    # What hinders a source, and what is lowered to hold a frame rate
    QT_TRANSLATE_NOOP("Library", "{name}: lost, next try in {n} s ({reason})"),
    QT_TRANSLATE_NOOP("Library", "{name}: lost, trying to connect again"),
    QT_TRANSLATE_NOOP("Library", "{name}: no picture for {n} s"),
    QT_TRANSLATE_NOOP("Library", "{name}: 1 damaged packet skipped so far"),
    QT_TRANSLATE_NOOP("Library", "{name}: {n} damaged packets skipped so far"),
    _TOO_MUCH,
    QT_TRANSLATE_NOOP("Library", "input {n} px"),
    QT_TRANSLATE_NOOP("Library", "masks {n}"),
    QT_TRANSLATE_NOOP("Library", "network on 1 of {n} frames"),
    QT_TRANSLATE_NOOP("Library", "{kind}: {act}"),
    # Why a source cannot be opened
    QT_TRANSLATE_NOOP("Library", "{name}: no such file or folder; check the path"),
    QT_TRANSLATE_NOOP("Library", "{name}: no such file, folder or camera; check the path"),
    QT_TRANSLATE_NOOP("Library", "{name}: the file is empty"),
    QT_TRANSLATE_NOOP("Library", "{name}: cannot be opened: {reason}"),
    QT_TRANSLATE_NOOP("Library", "{name}: cannot be reached: {reason}"),
    _NO_VIDEO,
    _MOVED,
    QT_TRANSLATE_NOOP("Library", "opened for reading only"),
    QT_TRANSLATE_NOOP("Library", "open in another program, so only for reading here"),
    QT_TRANSLATE_NOOP("Library", "its folder cannot be written to ({reason})"),
    QT_TRANSLATE_NOOP("Library", "the file is write-protected"),
    QT_TRANSLATE_NOOP("Library", "No such file or directory"),
    QT_TRANSLATE_NOOP("Library", "Permission denied"),
    QT_TRANSLATE_NOOP("Library", "Read-only file system"),
    QT_TRANSLATE_NOOP("Library", "Connection refused"),
    QT_TRANSLATE_NOOP("Library", "Input/output error"),
    QT_TRANSLATE_NOOP("Library", "Invalid data found when processing input"),
    # What repairs say
    QT_TRANSLATE_NOOP("Library", "track {n} is missing for {count}: interpolate"),
    QT_TRANSLATE_NOOP("Library", "track {n} lives for {count} only: delete it"),
    QT_TRANSLATE_NOOP("Library", "track {n} vanishes {m} times: interpolate over the gaps"),
    QT_TRANSLATE_NOOP(
        "Library", "track {n} is {word} here, {other} in {m}% of its frames: relabel"
    ),
    QT_TRANSLATE_NOOP(
        "Library", "track {n} is {number} times off its usual area: interpolate over it"
    ),
    _UNSURE,
    QT_TRANSLATE_NOOP("Library", "tracks {n} and {m} cover the same object (IoU {number}): merge"),
    _SWITCHED,
    QT_TRANSLATE_NOOP("Library", "track {n} seems to go on where track {m} ends: merge"),
    QT_TRANSLATE_NOOP("Library", "1 frame"),
    QT_TRANSLATE_NOOP("Library", "{n} frames"),
)
_SHAPES: Final = {
    "n": r"\d+",
    "m": r"\d+",
    "number": r"[\d.]+",
    "count": r"\d+(?: frames?)?",
    "kind": "[a-z ]+",
    "where": "(?:all frames|frames? .*|up to frame .*)",
}
"""What may stand for a placeholder; any text for others."""
_SPOKEN: Final = ("count", "kind", "where", "act", "reason")
"""Placeholders that are translated themselves."""
_ONE_FRAMES: Final = re.compile(r"\b1 frames\b")


def in_window_language(text: str) -> str:
    """A sentence of the library in the language of the window; as it is if nobody knows it."""
    # So older versions wrote it into journals.
    text = _ONE_FRAMES.sub("1 frame", text)
    if "; " in text:
        # Several edits that were one act.
        parts = [in_window_language(part) for part in text.split("; ")]
        if all(_fitting(part) for part in text.split("; ")):
            return "; ".join(parts)
    found = _fitting(text)
    if found is None:
        return text
    pattern, values = found
    for name in _SPOKEN:
        if name in values:
            values[name] = in_window_language(values[name])
    if "number" in values:
        values["number"] = localized(values["number"])
    return QCoreApplication.translate("Library", pattern).format(**values)


def _fitting(text: str) -> tuple[str, dict[str, str]] | None:
    for pattern, expression in _expressions():
        match = expression.fullmatch(text)
        if match is not None:
            return pattern, match.groupdict()
    return None


@lru_cache(maxsize=1)
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((str(pattern), _expression(str(pattern))) for pattern in _PATTERNS)


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", pattern)
    found = [
        f"(?P<{part}>{_SHAPES.get(part, '.+')})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(found))
