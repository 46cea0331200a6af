"""Decides which frame of the source a picture's name means.

Where the source is a folder of pictures, names are compared. Else the number that differs from
name to name counts, with the first number that all of them support.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blendmask_live.counting import counted
from blendmask_live.errors import AnnotationError, FirstFrameUnknown
from blendmask_live.picture_names import IMAGE_SUFFIXES, natural_key

__all__ = ["Placing", "number_in_names", "place_names", "place_numbers"]

_SUFFIXES: Final = IMAGE_SUFFIXES | {".gif", ".heic", ".json", ".txt", ".xml"}
_ROBOFLOW: Final = re.compile(r"_[a-z]{3,4}\.rf\.[\w-]+$", re.ASCII | re.IGNORECASE)
_HASH: Final = re.compile(
    r"(?<![^\W_])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?![a-f]+[0-9]+(?![^\W_]))(?=[0-9]*[a-f])[0-9a-f]*[0-9][0-9a-f]*(?<=[0-9a-f]{8})"
    r"|(?!0000)[0-9a-f]{16,})(?![^\W_])",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2}([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    # A time with separators or letters; six digits may as well be a frame.
    r"(?:[-_ T.]+[0-2]?[0-9](?:[-_:.]|h)[0-5][0-9](?:[-_:.]|m)[0-5][0-9](?:s[0-9]*|\.[0-9]+)?"
    r"(?![0-9a-z]))?",
    re.IGNORECASE,
)
_SIZE_OR_RATE: Final = re.compile(r"[0-9]+(?:p|i|k|fps|hz|x[0-9]+)|h26[45]|mp4|m4v", re.IGNORECASE)
_FRAME_WORDS: Final = frozenset({"f", "fr", "frm", "frame", "frames", "im", "image", "img"})
_OTHER_WORDS: Final = frozenset(
    "cam camera ch channel clip id mp object part scene seq sequence shot take track v vid video "
    "view".split()
)
_LONGEST_NUMBER: Final = 9
# Names that tools always count from 0: Roboflow's of videos, CVAT's of the frames of a video.
_FROM_0: Final = re.compile(
    r".*_(?:avi|m4v|mkv|mov|mp4|mpe?g|webm|wmv)-[0-9]+|frame_[0-9]{6}(?=\.PNG)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the pictures of a file belong.

    Attributes:
        frames: Frame of the source for each name; None for a picture that is not in the folder.
        assumption: How they were found, for people.
    """

    frames: list[int | None]
    assumption: str


def place_names(
    spellings: Sequence[Sequence[str]],
    pictures: Sequence[str],
    *,
    frame_count: int,
    first_frame: int | None,
    place: str,
) -> Placing:
    """Find the frame of each picture.

    Args:
        spellings: Names of the annotated pictures; further lists name the same pictures in
            another way (the file of the annotation, the original picture).
        pictures: Names of the source's pictures by frame; empty where it is a video.
        frame_count: Of the source.
        first_frame: Number that the first frame of the source has in the names, if told.
        place: Of the names, for errors.

    Raises:
        AnnotationError: If they do not fit the source, or in more than one way.
    """
    names = spellings[0]
    if first_frame is None and (named := _by_name(spellings, pictures, place)):
        return named
    numbers = next((found for n in spellings if (found := number_in_names(n, frame_count))), None)
    if numbers is None:
        return _in_order(names, frame_count, place)
    if first_frame is None and len(names) == frame_count <= max(numbers) - min(numbers):
        return _in_order(names, frame_count, place)
    return place_numbers(
        numbers,
        pictures,
        frame_count=frame_count,
        first_frame=first_frame,
        usual=0 if _count_from_0(names) else None,
        place=place,
    )


def place_numbers(
    numbers: Sequence[int],
    pictures: Sequence[str],
    *,
    frame_count: int,
    first_frame: int | None,
    usual: int | None,
    place: str,
) -> Placing:
    """Find the frame that each number means.

    Args:
        numbers: All that a file names, at least one, each once.
        pictures: As of `place_names`.
        frame_count: Of the source.
        first_frame: Number of the first frame of the source, if told.
        usual: The same as the format has it; taken where others are possible too.
        place: Of the numbers, for errors.

    Raises:
        AnnotationError: If they do not fit the source, or in more than one way.
    """
    if first_frame is None:
        known = number_in_names(pictures, frame_count) if pictures else None
        if known and set(numbers) <= set(known):
            if usual is not None and usual != min(known) and _fit(numbers, usual, frame_count):
                raise FirstFrameUnknown(
                    f"{place}: the frames have numbers from {usual} up, the folder's pictures "
                    f"from {min(known)} up",
                    "say which number the first picture of the folder has in the annotations",
                    range(min(usual, *known), max(usual, min(known)) + 1),
                )
            frames: list[int | None] = [known.index(number) for number in numbers]
            return Placing(frames, "frames are found by the numbers in the pictures' names")
        first_frame = _first_number(numbers, frame_count, usual, place)
        frames = [number - first_frame for number in numbers]
    else:
        frames = [number - first_frame for number in numbers]
        if pictures:
            # Pictures may have been taken away.
            frames = [at if at is not None and 0 <= at < frame_count else None for at in frames]
    return Placing(frames, f"the first frame has number {first_frame} in the annotations")


def _first_number(numbers: Sequence[int], frame_count: int, usual: int | None, place: str) -> int:
    low, high = min(numbers), max(numbers)
    there = counted(frame_count, "frame")
    seen = f"{place}: the frames have numbers {low} to {high}, the video has {there}"
    if high - low >= frame_count:
        raise AnnotationError(f"{seen}; give the video that was annotated")
    if high - low == frame_count - 1:
        return low
    fitting = [first for first in (0, 1) if _fit(numbers, first, frame_count)]
    if len(fitting) == 1:
        return fitting[0]
    if usual is not None and usual in fitting:
        return usual
    reason = "which fits counting from 0 and from 1" if fitting else "which begins elsewhere"
    raise FirstFrameUnknown(
        f"{seen}, {reason}",
        "say which number the video's first frame has",
        _first_frames(low, high, frame_count),
    )


def _first_frames(low: int, high: int, frame_count: int) -> range:
    """Numbers of the first frame with which all from `low` to `high` are in the video."""
    return range(max(0, high - frame_count + 1), low + 1)


def _fit(numbers: Sequence[int], first: int, frame_count: int) -> bool:
    return first <= min(numbers) and max(numbers) < first + frame_count


# --- by name


def _by_name(
    spellings: Sequence[Sequence[str]], pictures: Sequence[str], place: str
) -> Placing | None:
    """The frames of the names in a folder, by the strictest way of comparing that finds most."""
    best: list[int | None] = []
    for key in _KEYS:
        frames_of = {key(name): frame for frame, name in enumerate(pictures)}
        counts = Counter(key(name) for name in pictures)
        for names in spellings:
            keys = [key(name) for name in names]
            # A key that two names share tells nothing.
            found = [frames_of[k] if k and counts[k] == 1 else None for k in keys]
            known = [frame for frame in found if frame is not None]
            if len(set(known)) == len(known) > sum(frame is not None for frame in best):
                best = found
    if _count_from_0(spellings[0]) and any(
        at is not None and _bare(name).casefold() != _stem(pictures[at]).casefold()
        for name, at in zip(spellings[0], best, strict=False)
    ):
        # Only the numbers are alike, and the folder's may count from 1.
        return None
    if None in best:
        _refuse_shifted(spellings[0], pictures, place)
    return Placing(best, "frames are found by the pictures' names") if best else None


def _refuse_shifted(names: Sequence[str], pictures: Sequence[str], place: str) -> None:
    """Some names are not in the folder: by numbers counted otherwise, all may be."""
    numbers = number_in_names(names, len(pictures))
    if numbers and max(numbers) - min(numbers) < len(pictures):
        skeletons = {_skeleton(name) for name in (*names, *pictures)}
        if len(skeletons) == 1:
            raise FirstFrameUnknown(
                f"{place}: names pictures that are not in the folder, but all fit with numbers "
                f"counted otherwise ({min(numbers)} to {max(numbers)})",
                "say which number the first picture of the folder has in the file",
                _first_frames(min(numbers), max(numbers), len(pictures)),
            )


def _count_from_0(names: Sequence[str]) -> bool:
    return all(_FROM_0.match(_basename(name)) for name in names)


def _skeleton(name: str) -> str:
    return re.sub(r"[0-9]+", "#", _stem(name).casefold())


def _basename(name: str) -> str:
    # Written on another system, perhaps.
    return re.split(r"[/\\]", name)[-1]


def _stem(name: str) -> str:
    """Without folder and without the suffixes of pictures and annotations."""
    path = Path(_basename(name))
    while path.suffix.lower() in _SUFFIXES and path.stem:
        path = Path(path.stem)
    return path.name


def _natural(stem: str) -> str:
    return re.sub(r"[0-9]+", lambda digits: str(int(digits[0])), stem.casefold())


def _bare(name: str) -> str:
    """The stem without what tools add: hashes, before or behind."""
    without = _HASH.sub("", _ROBOFLOW.sub("", _stem(name)))
    return without.strip("._- ")


def _bare_path(name: str) -> str:
    *folders, _ = re.split(r"[/\\]", name)
    return "_".join([*folders, _bare(name)])


_KEYS: Final[tuple[Callable[[str], str], ...]] = (
    _basename,
    lambda name: _basename(name).casefold(),
    _stem,
    lambda name: _stem(name).casefold(),
    lambda name: _natural(_stem(name)),
    lambda name: _natural(_bare(name)),
)


# --- by number


@dataclass(frozen=True, slots=True)
class _Field:
    """A number at one place of all names."""

    numbers: tuple[int, ...]
    word: str
    """What stands before it, in small letters."""
    from_right: int

    def rank(self, frame_count: int) -> tuple[int, bool, int]:
        """Smaller is likelier to be the frame."""
        low, high = min(self.numbers), max(self.numbers)
        kind = 0 if self.word in _FRAME_WORDS else 2 if self.word in _OTHER_WORDS else 1
        return kind, not (high - low < frame_count and high <= frame_count), self.from_right


def number_in_names(names: Sequence[str], frame_count: int) -> list[int] | None:
    """The frame number in each name; None where there is none that tells all names apart.

    Digits of hashes, dates, sizes and what is the same in all names do not count; behind a word
    like "frame" they count first, behind one like "cam" last. Two that may be the frame and
    differ tell none.
    """
    stems = [_DATE.sub("", _bare(name)) for name in names]
    found = _fields([re.findall(r"[^\W_]+", stem) for stem in stems])
    told_apart = [field for field in found if len(set(field.numbers)) == len(names)]
    if not told_apart:
        return None
    ranked = sorted(told_apart, key=lambda field: field.rank(frame_count))
    best, rank = ranked[0], ranked[0].rank(frame_count)[:2]
    if any(f.rank(frame_count)[:2] == rank and not _alike(f, best) for f in ranked[1:]):
        return None
    return list(best.numbers)


def _alike(a: _Field, b: _Field) -> bool:
    """Whether two numbers count in the same way, wherever they begin."""
    return len({first - second for first, second in zip(a.numbers, b.numbers, strict=True)}) == 1


def _fields(tokens: list[list[str]]) -> list[_Field]:
    """Numbers whose surroundings are the same in all names, counted from the right and left."""
    fields = []
    shortest = min(map(len, tokens), default=0)
    for position in (*range(-1, -shortest - 1, -1), *range(shortest)):
        column = [row[position].casefold() for row in tokens]
        if len({re.sub(r"[0-9]+", "#", token) for token in column}) > 1:
            continue
        if any(_SIZE_OR_RATE.fullmatch(token) for token in column):
            continue
        pieces = [re.split(r"([0-9]+)", token) for token in column]
        for place in range(1, len(pieces[0]), 2):
            digits = [row[place] for row in pieces]
            if any(len(number.lstrip("0")) > _LONGEST_NUMBER for number in digits):
                continue
            word = pieces[0][place - 1]
            if place == 1 and not word and position not in (0, -len(tokens[0])):
                word = tokens[0][position - 1].casefold()
            from_right = (-position - 1 if position < 0 else 1000 - position) * 100 - place
            fields.append(_Field(tuple(map(int, digits)), word, from_right))
    return fields


def _in_order(names: Sequence[str], frame_count: int, place: str) -> Placing:
    if len(names) != frame_count:
        raise AnnotationError(
            f"{place}: the names of {counted(len(names), 'picture')} tell no frame, the video "
            f"has {counted(frame_count, 'frame')}; give the folder of these pictures as --video, "
            "or put the number of the frame into each name"
        )
    keys = [natural_key(Path(_bare_path(name))) for name in names]
    if len({*map(str, keys)}) < len(names):
        raise AnnotationError(
            f"{place}: the names of the pictures have no order; give the folder of these "
            "pictures as --video, or put the number of the frame into each name"
        )
    order = sorted(range(len(names)), key=keys.__getitem__)
    frames: list[int | None] = [0] * len(names)
    for frame, row in enumerate(order):
        frames[row] = frame
    return Placing(frames, "frames are the pictures in the order of their names")
