"""Finds out before anything is written what would not work."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from blendmask_live.errors import ExportError
from blendmask_live.export import ExportOptions, heeded_options
from blendmask_live.export.background import check_background
from gui.shared.languages import translate as _tr

__all__ = ["formats_trouble"]

_MOTS_CLASSES = {"person", "car"}


def formats_trouble(
    formats: Sequence[str], options: ExportOptions, class_names: Collection[str]
) -> str:
    """Why these formats would not be as wanted, and what to do, for people; "" if they would.

    Args:
        formats: Names of the formats.
        options: How they are written.
        class_names: What there can be in the pictures.
    """
    heeded = heeded_options(formats, options)
    if options.background and "background" in heeded:
        try:
            check_background(options.background)
        except ExportError as error:
            return str(error)
    if (
        "mots_all_classes" in heeded
        and not options.mots_all_classes
        and _MOTS_CLASSES.isdisjoint(class_names)
    ):
        return _tr(
            "MOTS knows only people and cars, so nothing would be written; switch on "
            "“MOTS: all classes”"
        )
    return ""
