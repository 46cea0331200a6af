"""`weights`: the model zoo."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from blendmask_live.commands.failures import print_error
from blendmask_live.commands.progress_line import progress_line
from blendmask_live.counting import counted
from blendmask_live.errors import ConfigError, WeightsError, one_line

Result = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, summary: str) -> argparse.ArgumentParser:
        # No defaults here: they would override flags given before the action.
        return actions.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            argument_default=argparse.SUPPRESS,
        )

    action("list", "weights that are built in and that can be fetched")
    action("verify", "compare every file with its checksum")
    fetch = action("fetch", "download the authors' weights (after showing their licence)")
    fetch.add_argument("name", metavar="NAME", help="see 'weights list'")
    fetch.add_argument(
        "--accept-licence", action="store_true", default=False, help="do not ask (scripts)"
    )
    fetch.add_argument("--again", action="store_true", default=False, help="even if it is here")
    fetch.add_argument("--mirror", metavar="URL", default=None, help="instead of the authors' page")
    convert = action("convert", "turn a published checkpoint into a file for --weights")
    convert.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="PyTorch file")
    convert.add_argument("output", type=Path, metavar="OUT", help="safetensors file to write")
    convert.add_argument("--architecture", required=True, metavar="A", help="see 'weights list'")


def run(options: argparse.Namespace) -> Result:
    """Do what was asked and print the outcome."""
    actions: dict[str, Callable[[argparse.Namespace], Result]] = {
        "list": _list,
        "verify": _verify,
        "fetch": _fetch,
        "convert": _convert,
    }
    return actions[options.action](options)


def _list(options: argparse.Namespace) -> Result:
    from rich.console import Console
    from rich.table import Table

    from weights.own import list_own
    from weights.published import list_published
    from weights.registry import list_weights

    table = Table()
    for title in ("name", "size", "licence", "mask AP", "time"):
        table.add_column(title, no_wrap=True)
    entries, published = list_weights(), list_published().values()
    listed = []
    for entry in entries:
        size = _size(entry.path)
        table.add_row(
            entry.name,
            "missing" if size is None else f"{size / 1e6:.1f} MB",
            entry.licence,
            _figure(entry.accuracy.get("mask", {}).get("AP")),
            "-" if entry.network_time is None else f"{entry.network_time:.2f}",
        )
        listed.append(asdict(entry) | {"path": str(entry.path), "bytes": size})
    offered = []
    for paper in published:
        size = _size(paper.path)
        table.add_row(
            paper.name,
            "to fetch" if size is None else f"{size / 1e6:.1f} MB",
            "non-commercial",
            _figure(paper.accuracy.get("mask_AP")),
            "-",
        )
        offered.append(asdict(paper) | {"path": str(paper.path), "bytes": size})
    own = list_own()
    for name, path in own.items():
        table.add_row(name, f"{(_size(path) or 0) / 1e6:.1f} MB", "your own", "-", "-")
    console = Console()
    console.print(table)
    for entry in entries:
        console.print(f"{entry.name}: measured on {entry.accuracy['measured_on']}", highlight=False)
    console.print("published ones: as their paper measured on COCO", highlight=False)
    console.print("time: of the network alone, beside blendmask-lite's", highlight=False)
    own_paths = {name: str(path) for name, path in own.items()}
    return {"weights": listed, "published": offered, "own": own_paths}


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _figure(average_precision: float | None) -> str:
    return "-" if average_precision is None else f"{average_precision:.3f}"


def _verify(options: argparse.Namespace) -> Result:
    from weights.fetch import verify_fetched
    from weights.published import list_published
    from weights.registry import list_weights, verify_weights

    checks: list[tuple[str, Path, Callable[[], object]]] = [
        (entry.name, entry.path, lambda entry=entry: verify_weights(entry))  # type: ignore[misc]
        for entry in list_weights()
    ]
    checks += [
        (paper.name, paper.path, lambda paper=paper: verify_fetched(paper))  # type: ignore[misc]
        for paper in list_published().values()
        if paper.path.is_file()
    ]
    problems: dict[str, str | None] = {}
    for name, path, check in checks:
        try:
            check()
        except WeightsError as error:
            problems[name] = one_line(error)
            print_error(error)
        else:
            problems[name] = None
            if not options.quiet:
                print(f"{name}: ok ({path.name})")
    verified = [
        {"name": name, "verified": problem is None, "problem": problem}
        for name, problem in problems.items()
    ]
    return {"weights": verified, "exit_code": 1 if any(problems.values()) else 0}


def _fetch(options: argparse.Namespace) -> Result:
    from weights.fetch import fetch_weights, published_weights

    entry = published_weights(options.name)
    if entry.path.is_file() and not options.again:
        print(f"{entry.name}: already here ({entry.path}); --again fetches it once more")
        return {"name": entry.name, "path": str(entry.path), "fetched": False}
    print(f"{entry.name}: {entry.origin}.\nLicence: {entry.licence}.", flush=True)
    if not options.accept_licence:
        _ask_for_consent()
    with progress_line(f"{entry.file}, MB", rate="MB/s", quiet=options.quiet) as progress:

        def show(done: int, total: int | None) -> None:
            progress.update(_megabytes(done), None if total is None else _megabytes(total))

        fetched = fetch_weights(entry, mirror=options.mirror, report=show)
    print(f"{fetched.path} ({_held(fetched.architecture, entry.architecture)})")
    return asdict(fetched) | {"name": entry.name, "path": str(fetched.path), "fetched": True}


def _megabytes(size: int) -> int:
    return math.ceil(size / 1e6)


def _ask_for_consent() -> None:
    if not sys.stdin.isatty():
        raise ConfigError("the licence must be accepted first: add --accept-licence")
    if input("Fetch under these terms? [y/N] ").strip().lower() not in ("y", "yes"):
        raise ConfigError("not fetched: the licence was not accepted")


def _convert(options: argparse.Namespace) -> Result:
    from blendmask_live.network.conversion import convert_checkpoint

    if not options.output.absolute().parent.is_dir():
        raise ConfigError(f"{options.output}: cannot be written, its folder does not exist")
    if options.output.is_dir() or options.output.absolute() == options.checkpoint.absolute():
        raise ConfigError(f"{options.output}: cannot be written there; give a new file's name")
    made = convert_checkpoint(options.checkpoint, options.output, options.architecture)
    held = _held(made.architecture, made.asked)
    print(f"{options.output}: {counted(made.tensors, 'tensor')}, {held}")
    if made.report.unknown:
        print(f"left out, unknown to this architecture: {', '.join(made.report.unknown)}")
    return asdict(made) | {"output": str(options.output)}


def _held(architecture: str, asked: str) -> str:
    if architecture == asked:
        return architecture
    return f"{architecture}: that is what its keys say, not {asked}"
