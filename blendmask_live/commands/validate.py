"""`validate`: does an export hold what its format's readers ask for?"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from blendmask_live.commands.flags import whole
from blendmask_live.commands.format_flags import add_input_format
from blendmask_live.errors import AnnotationError
from blendmask_live.export import EXPORTERS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        help="a file, the folder of a format, of a source, or of several sources",
    )
    add_input_format(parser, tuple(EXPORTERS))
    parser.add_argument(
        "--show", type=whole(1), default=20, metavar="N", help="violations shown (default: 20)"
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """List what is wrong; exit code 1 if there is anything."""
    from blendmask_live.validation import validate

    reports = [validate(path, format=options.format) for path in _exports(options)]
    for report in reports:
        if not options.quiet:
            sys.stdout.write(f"{report.path}: {report.format}, {_verdict(report.violations)}\n")
        for violation in report.violations[: options.show]:
            sys.stdout.write(f"  {violation.place}\n    {violation.problem}\n")
            sys.stdout.write(f"    -> {violation.cure}\n")
        if len(report.violations) > options.show:
            sys.stdout.write(f"  and {len(report.violations) - options.show} more\n")
    is_valid = all(report.is_valid for report in reports)
    return {
        "valid": is_valid,
        "reports": [asdict(report) for report in reports],
        "exit_code": int(not is_valid),
    }


def _exports(options: argparse.Namespace) -> list[Path]:
    """The path itself, or the formats' folders of the one source or the sources in it."""
    path = options.path
    if options.format is not None or not path.is_dir() or _is_export(path):
        return [path]
    folders = _exports_in(path)
    for source in sorted(path.iterdir()):
        # An export may hold a folder that is named after its format.
        folders += [] if source in folders else _exports_in(source)
    return folders or [path]


def _exports_in(source: Path) -> list[Path]:
    folders = [source / name for name in EXPORTERS]
    return [folder for folder in folders if folder.is_dir() and not _is_of_source(folder)]


def _is_of_source(folder: Path) -> bool:
    """Whether a folder that is named after a format is of a source of that name."""
    return any((folder / name).is_dir() for name in EXPORTERS) and not _is_export(folder)


def _is_export(folder: Path) -> bool:
    from blendmask_live.importing.detect import detect_format

    try:
        detect_format(folder)
    except AnnotationError:
        return False
    return True


def _verdict(violations: tuple[Any, ...]) -> str:
    count = len(violations)
    return "valid" if not count else f"{count} violation{'s' if count > 1 else ''}"
