"""Finds out before anything is written what would not work."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions, heeded_options
from blendmask_live.export.background import check_background
from gui.shared.languages import translate as _tr
from gui.shared.problems import error_text

__all__ = ["formats_trouble"]


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
            return error_text(error)
    for name in formats:
        format = EXPORTERS[name].format
        if class_names and len(format.left_out(class_names, options)) == len(class_names):
            return _tr(
                "{format} knows only {classes}, so nothing would be written; switch on "
                "“All classes”"
            ).format(format=name, classes=", ".join(format.classes))
    return ""
