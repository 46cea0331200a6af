"""`weights`: the model zoo."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from blendmask_live.commands.failures import one_line, print_error
from blendmask_live.errors import WeightsError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("list", "verify"),
        help="list: what there is; verify: compare every file with its checksum",
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Print the table or the outcome of each check."""
    return _list() if options.action == "list" else _verify(is_quiet=options.quiet)


def _list() -> dict[str, Any]:
    from rich.console import Console
    from rich.table import Table

    from weights.registry import list_weights

    table = Table()
    for title in ("name", "architecture", "size", "licence", "mask AP"):
        table.add_column(title, no_wrap=True)
    table.add_column("measured on", overflow="fold")
    entries = list_weights()
    listed = []
    for entry in entries:
        size = entry.path.stat().st_size if entry.path.is_file() else None
        mask_ap = entry.accuracy.get("mask", {}).get("AP")
        table.add_row(
            entry.name,
            entry.architecture,
            "missing" if size is None else f"{size / 1e6:.1f} MB",
            entry.licence,
            "-" if mask_ap is None else f"{mask_ap:.3f}",
            entry.accuracy.get("measured_on", "-"),
        )
        listed.append(asdict(entry) | {"path": str(entry.path), "bytes": size})
    Console().print(table)
    return {"weights": listed}


def _verify(*, is_quiet: bool) -> dict[str, Any]:
    from weights.registry import list_weights, verify_weights

    problems: dict[str, str | None] = {}
    for entry in list_weights():
        try:
            verify_weights(entry)
        except WeightsError as error:
            problems[entry.name] = one_line(error)
            print_error(error)
        else:
            problems[entry.name] = None
            if not is_quiet:
                print(f"{entry.name}: ok ({entry.path.name}, SHA-256 {entry.sha256[:12]}...)")
    verified = [
        {"name": name, "verified": problem is None, "problem": problem}
        for name, problem in problems.items()
    ]
    return {"weights": verified, "exit_code": 1 if any(problems.values()) else 0}
