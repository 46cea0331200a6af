"""What the library calls acts and repairs, and what it lowers to hold a frame rate."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP

__all__ = ["PATTERNS"]

# pylupdate5 overlooks texts with a comma behind them, as the formatter would put it.
# fmt: off
_UNSURE: Final = QT_TRANSLATE_NOOP("Library",
    "track {n} was followed for {count} with a confidence of {m}%: delete its masks there")
_SWITCHED: Final = QT_TRANSLATE_NOOP("Library",
    "tracks {n} and {m} seem to have changed places: swap them from frame {count} on")
# fmt: on
PATTERNS: Final = (
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
    # What is lowered to hold a frame rate
    QT_TRANSLATE_NOOP("Library", "input {n} px"),
    QT_TRANSLATE_NOOP("Library", "one size of input"),
    QT_TRANSLATE_NOOP("Library", "masks {n}"),
    QT_TRANSLATE_NOOP("Library", "network on 1 of {n} frames"),
    QT_TRANSLATE_NOOP("Library", "{kind}: {act}"),
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
)
