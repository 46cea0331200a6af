"""`validate`: does an export hold what its format's readers ask for?"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from blendmask_live.commands.options import checked, whole

_FORMATS = (
    "overlay,youtube-vis,mots,mots-png,davis,coco,cvat,yolo-seg,labelme,csv,parquet,cutout,matte"
).split(",")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path", type=Path, help="a file, the folder of a format, or the folder of a source"
    )
    parser.add_argument(
        "--format",
        type=checked(str, lambda name: name in _FORMATS, f"one of {', '.join(_FORMATS)}"),
        metavar="F",
        help=f"{', '.join(_FORMATS)} (default: found out)",
    )
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
    """The path itself, or the formats' folders in the output folder of `annotate`."""
    if options.format is None and (options.path / "run.json").is_file():
        folders = [options.path / name for name in _FORMATS]
        return [folder for folder in folders if folder.is_dir()]
    return [options.path]


def _verdict(violations: tuple[Any, ...]) -> str:
    count = len(violations)
    return "valid" if not count else f"{count} violation{'s' if count > 1 else ''}"
