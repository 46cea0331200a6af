"""What the rest of the program must know of an output format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL.Image import Image

from blendmask_live.export.options import ExportOptions

__all__ = ["Format"]


def _none(options: ExportOptions) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format as its writer describes it; help, checks and the window follow from this."""

    name: str
    """As people type it; also the name of the output folder."""
    validator: str
    """What lists the violations of a file or folder (Path -> Iterator[Violation]), as
    "module:function": it is loaded only where something is checked."""
    importer: str = ""
    """What reads it back ((Path, ImportTarget) -> ImportedSequence), as "module:function"; "" where
    nothing does."""

    signs: tuple[str, ...] = ()
    """Files in a folder that tell this format from all others, as patterns of `Path.glob`."""
    weak_signs: tuple[str, ...] = ()
    """Files that tell it where no format's `signs` are there."""
    picture_signs: Mapping[str, Callable[[Image | None], bool]] = field(default_factory=dict)
    """PNG files that tell it by what they are: pattern of their folders ("" for the folder itself)
    -> whether one can be of this format; None stands for one that cannot be read."""
    suffixes: tuple[str, ...] = ()
    """Suffixes of single files that can be of this format."""
    fits_json: Callable[[Any], bool] | None = None
    """Whether a JSON value can be of this format; where absent, the file's name decides."""

    has_tables_beside: bool = False
    """Whether frames.csv lies beside the folder (NAME.frames.csv), not in it: other tools that read
    the format take a folder with a CSV file for a table, or list every file as a frame."""

    options: frozenset[str] = frozenset()
    """The fields of `ExportOptions` that can change what is written."""
    idle_options: Callable[[ExportOptions], frozenset[str]] = _none
    """Those of them that other options make meaningless: a picture's codec, for example."""
    draws_pixels: bool = False
    """Whether the frame's pixels are in the output, whatever the options."""

    classes: tuple[str, ...] = ()
    """Class names that it has ids for; others are left out, but with `all_classes`."""
    ids_per_part: int | None = None
    """Most objects (of a class, where ids count within classes) in one folder; later ones go to
    `part2` and so on."""

    def heeded_options(self, options: ExportOptions) -> frozenset[str]:
        """Fields of `ExportOptions` that change what is written with these options."""
        return self.options - self.idle_options(options)

    def needs_pixels(self, options: ExportOptions) -> bool:
        """Whether more of a frame is needed than its size and time."""
        return self.draws_pixels or ("frames" in self.options and options.frames != "none")

    def left_out(self, labels: Iterable[str], options: ExportOptions) -> tuple[str, ...]:
        """Those of the class names that are not written."""
        if not self.classes or options.all_classes:
            return ()
        return tuple(label for label in labels if label not in self.classes)
