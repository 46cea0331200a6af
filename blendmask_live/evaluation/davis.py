"""Folders of the DAVIS benchmark: sequences with masks, and how well results meet them.

    for sequence in davis_sequences("DAVIS", subset="val"):
        measure_davis(sequence, Path("results") / sequence.name)

Read are DAVIS-2016 and 2017 (JPEGImages/480p/NAME, Annotations/480p/NAME, ImageSets), the same
without a folder for the resolution (YouTube-VOS), and folders NAME/img with NAME/mask. Results
are as the benchmark's own programs read them: NAME/<frame>.png, whose values are object numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import DatasetError
from blendmask_live.evaluation.following import SequenceAccuracy, measure_sequence
from blendmask_live.importing.davis import objects_by_number
from blendmask_live.importing.mask_pictures import object_values
from blendmask_live.picture_names import is_picture, pictures_in

__all__ = ["DavisSequence", "davis_sequences", "measure_davis"]

_RESOLUTION = "480p"
"""What is taken where a data set has several."""
_PLAIN = (("img", "images", "JPEGImages"), ("mask", "masks", "Annotations"))
"""What folders of pictures and masks are called in a folder of their own for each sequence."""


@dataclass(frozen=True, slots=True)
class DavisSequence:
    """One sequence, with object numbers in its first frame or in all.

    Attributes:
        name: Of its folder.
        pictures: In the order of the frames.
        annotations: Stem of a picture -> picture of object numbers.
    """

    name: str
    pictures: tuple[Path, ...]
    annotations: Mapping[str, Path]

    @property
    def first_index(self) -> int:
        """The first frame with an annotation; objects begin there."""
        return next(i for i, path in enumerate(self.pictures) if path.stem in self.annotations)

    def first_masks(self) -> dict[int, NDArray[np.bool_]]:
        """(H, W) mask of each object; a single one in white has number 1.

        Raises:
            AnnotationError: If the picture cannot be used.
        """
        return objects_by_number(self._first)

    def truth(self, number: int) -> list[NDArray[np.bool_]]:
        """(H, W) mask of an object in each annotated frame.

        Raises:
            AnnotationError: If a picture cannot be used.
        """
        # Of an only object in white, white stays the object in frames that show nothing else.
        is_white = number not in object_values(self._first)
        pictures = map(object_values, self.annotations.values())
        return [values >= 128 if is_white else values == number for values in pictures]

    @property
    def _first(self) -> Path:
        return self.annotations[self.pictures[self.first_index].stem]


def davis_sequences(folder: str | Path, *, subset: str | None = None) -> list[DavisSequence]:
    """The sequences of a data set that have a first mask, sorted by name.

    Args:
        subset: A list in its folder ImageSets, as "val" or "2017/val"; all sequences where
            absent.

    Raises:
        DatasetError: If there are none, or the list is missing or ambiguous.
    """
    folder = Path(folder)
    places = dict(_places(folder))
    names = sorted(places) if subset is None else _listed(folder, subset)
    if missing := [name for name in names if name not in places]:
        raise DatasetError(f"{folder}: {subset} lists {missing[0]}, which has no pictures or masks")
    found = [_sequence(name, *places[name]) for name in names]
    chosen = [sequence for sequence in found if sequence is not None]
    if not chosen:
        raise DatasetError(
            f"{folder}: expected JPEGImages/480p/NAME with Annotations/480p/NAME, or NAME/img with "
            "NAME/mask, with a mask for the first picture; found none"
        )
    return chosen


def measure_davis(sequence: DavisSequence, results: Path) -> dict[int, SequenceAccuracy]:
    """J and F of each object; nothing where fewer than three frames have an annotation.

    Args:
        results: Folder with a picture of object numbers for each frame.

    Raises:
        DatasetError: If one is missing or of another size.
        AnnotationError: If one cannot be read.
    """
    if len(sequence.annotations) < 3:
        return {}
    found = [_result(results / f"{stem}.png") for stem in sequence.annotations]
    measured = {}
    for number in sequence.first_masks():
        truth = sequence.truth(number)
        for mask, values in zip(truth, found, strict=True):
            if mask.shape != values.shape:
                raise DatasetError(f"{results}: {values.shape} px, expected {mask.shape}")
        measured[number] = measure_sequence(truth, [values == number for values in found])
    return measured


def _result(path: Path) -> NDArray[np.int64]:
    if not path.is_file():
        raise DatasetError(f"{path}: expected a result for every annotated frame, found none here")
    return object_values(path)


def _places(folder: Path) -> Iterator[tuple[str, tuple[Path, Path]]]:
    """Names with their folders of pictures and masks."""
    images, masks = folder / "JPEGImages", folder / "Annotations"
    if not images.is_dir():
        for inside in _folders(folder):
            pictures, annotated = (_first_folder(inside, names) for names in _PLAIN)
            if pictures and annotated:
                yield inside.name, (pictures, annotated)
        return
    resolution = _resolution(images, masks)
    for inside in _folders(images / resolution):
        if (masks / resolution / inside.name).is_dir():
            yield inside.name, (inside, masks / resolution / inside.name)


def _first_folder(inside: Path, names: Sequence[str]) -> Path | None:
    return next((inside / name for name in names if (inside / name).is_dir()), None)


def _resolution(images: Path, masks: Path) -> str:
    """The folder between, "" where there is none."""
    if (images / _RESOLUTION).is_dir():
        return _RESOLUTION
    inside = [path for path in _folders(images) if (masks / path.name).is_dir()]
    deeper = [path.name for path in inside if not any(map(is_picture, path.iterdir()))]
    return deeper[0] if deeper else ""


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder")
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _sequence(name: str, images: Path, masks: Path) -> DavisSequence | None:
    pictures = pictures_in(images)
    files = {path.stem: path for path in pictures_in(masks)}
    annotated = {path.stem: files[path.stem] for path in pictures if path.stem in files}
    return DavisSequence(name, tuple(pictures), annotated) if annotated else None


def _listed(folder: Path, subset: str) -> list[str]:
    """The names in a list; those of 2016 name every picture."""
    lists = sorted((folder / "ImageSets").glob(f"**/{subset}.txt"))
    if len(lists) != 1:
        shown = ", ".join(str(p.relative_to(folder / "ImageSets").with_suffix("")) for p in lists)
        found = f"found {shown}; say which" if lists else "found none"
        raise DatasetError(f"{folder}: expected one list {subset}.txt in ImageSets, {found}")
    words = [line.split()[0] for line in lists[0].read_text().splitlines() if line.strip()]
    paths = map(Path, words)
    names: Sequence[str] = [path.parent.name if is_picture(path) else path.name for path in paths]
    return list(dict.fromkeys(names))
