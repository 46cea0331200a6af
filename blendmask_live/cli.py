"""The command line: `blendmask-live COMMAND`.

Exit codes: 0 done; 1 failed, with one line on stderr; 2 wrong usage; 130 interrupted.
Building the parser imports no heavy library, so that --help is instant.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import logging
import os
import re
import sys
import tomllib
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from blendmask_live import __version__, require_own
from blendmask_live.addresses import SafeFormatter, safe_values, without_secrets_in
from blendmask_live.commands.failures import print_error, print_traceback
from blendmask_live.commands.interrupts import interruptible
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.ahead import compile_beside

__all__ = ["main"]

COMMANDS = {
    "live": "show the window: live view of cameras, files, streams, the screen or the demo",
    "stream": "send what live view shows: streams, files, virtual cameras",
    "annotate": "segment, track and export videos and folders of images",
    "follow": "follow objects that are pointed at through a video",
    "demo": "make the built-in example clip and annotate it",
    "export": "write an annotation project in other tools' formats",
    "re-blend": "change a project's mask size, thresholds or classes without the network",
    "import": "bring other tools' annotations into a project",
    "validate": "check an export as its format's readers would",
    "evaluate": "measure box and mask AP on COCO-format data",
    "evaluate-tracking": "measure HOTA, IDF1 and identity switches of tracked masks",
    "train": "train or fine-tune on COCO-format data",
    "bench": "measure speed: per stage, end to end, per runtime",
    "weights": "list, fetch, verify and convert weights: the model zoo",
    "doctor": "report versions, devices, runtimes, codecs and cameras",
}


_COMPILING = ("live", "stream", "annotate", "follow", "demo")
"""Commands whose first start on a machine compiles for long."""
_INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells give it."""
_STDOUT = Path("-")
"""With this --json, everything else that would be printed goes to stderr."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    # Spinning OpenMP threads slow a busy machine down several times.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # So do NumPy's, and its matrices here are too small to gain from a second one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A path that the terminal cannot show must not fail a finished job; stderr does so too.
        sys.stdout.reconfigure(errors="backslashreplace")
    is_program = arguments is None
    if is_program:
        sys.excepthook = print_traceback
    try:
        require_own("tracking", "weights")
    except ImportError as error:
        print_error(ConfigError(str(error)))
        return 1
    # Without a command: the window.
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["live"]
    with interruptible(ends_program=is_program):
        try:
            return _parse_and_run(arguments)
        except KeyboardInterrupt:
            # Before or after the work, or a second time.
            sys.stderr.write("interrupted\n")
            return _INTERRUPTED


def _parse_and_run(arguments: list[str]) -> int:
    parser = _parser(arguments[0])
    try:
        _apply_config_file(parser, arguments)
        options = parser.parse_args(arguments)
    except ConfigError as error:
        print_error(error)
        return 1
    if options.command is None:
        parser.print_help(sys.stderr)
        return 2
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    if options.command in _COMPILING:
        compile_beside()
    level = logging.DEBUG if options.debug else logging.ERROR if options.quiet else logging.WARNING
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    logging.captureWarnings(True)
    try:
        if options.json:
            _require_place_of(options.json)
        with redirect_stdout(sys.stderr if options.json == _STDOUT else sys.stdout):
            result = _result(options)
        if result.get("status") == "interrupted":
            result["exit_code"] = _INTERRUPTED
            sys.stderr.write("interrupted; what was finished is kept\n")
        if options.json:
            _write_json(options.json, result)
    except BrokenPipeError:
        # The reader of our output is gone; nobody is left to read an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if options.debug:
            raise
        print_error(error)
        return 1
    return int(result.get("exit_code", 0))


def _result(options: argparse.Namespace) -> dict[str, Any]:
    try:
        result: dict[str, Any] = _command(options.command).run(options)
    except KeyboardInterrupt:
        return {"status": "interrupted"}
    return result


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in one line: the list of all options would bury what is wrong."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # Here, so that a command names its own help, not the program's.
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {without_secrets_in(message)}; see '{self.prog} --help'\n")


def _parser(command: str | None) -> argparse.ArgumentParser:
    parser = _Parser(prog="blendmask-live", description="Real-time video instance segmentation.")
    parser.add_argument("--version", action="version", version=f"blendmask-live {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:] + "."
        )
        # A place may lie left of the picture: -5,20 is no flag.
        sub._negative_number_matcher = re.compile(r"-\.?\d")
        if name == command:
            _command(name).add_arguments(sub)
            for part in (sub, *_actions_of(sub)):
                _add_common(part)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("common")
    group.add_argument("--config", type=Path, metavar="FILE.toml", help="settings; flags override")
    group.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the result as JSON; - is the standard output",
    )
    group.add_argument("--quiet", action="store_true", help="no progress, no warnings")
    group.add_argument("--debug", action="store_true", help="log everything, show tracebacks")


def _actions_of(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of a command's own sub-commands."""
    return [
        part
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for part in action.choices.values()
    ]


def _command(name: str) -> ModuleType:
    # "import" cannot be the name of a module that others import.
    name = {"import": "import_annotations"}.get(name, name)
    return importlib.import_module(f"blendmask_live.commands.{name.replace('-', '_')}")


def _apply_config_file(parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    """Make the values of --config the command's defaults."""
    finder = argparse.ArgumentParser(add_help=False)
    finder.add_argument("--config", type=Path)
    path = finder.parse_known_args(arguments)[0].config
    if path is None or not arguments or arguments[0] not in COMMANDS:
        return
    values = _read_config(path)
    sub = _command_parser(parser, arguments[0])
    flags = {flag: action for action in sub._actions for flag in action.option_strings}
    for name, value in values.items():
        action = flags.get("--" + name.replace("_", "-"))
        if action is None or action.dest in {"config", "help"}:
            raise ConfigError(f"{path}: {name!r} is not an option of '{arguments[0]}'")
        sub.set_defaults(**{action.dest: _config_value(action, value, f"{path}: {name}")})
        action.required = False


def _command_parser(parser: argparse.ArgumentParser, command: str) -> argparse.ArgumentParser:
    (subparsers,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    found: argparse.ArgumentParser = subparsers.choices[command]
    return found


def _read_config(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error})") from error


def _config_value(action: argparse.Action, value: Any, place: str) -> Any:
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise ConfigError(f"{place}: expected true or false, found {value!r}")
        return value
    if isinstance(value, bool | dict):
        raise ConfigError(f"{place}: {value!r} cannot be used (expected text or a number)")
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    convert: Any = action.type or str
    try:
        converted = convert(text)
    except (TypeError, ValueError, argparse.ArgumentTypeError) as error:
        raise ConfigError(f"{place}: {value!r} cannot be used ({error})") from error
    if action.choices is not None and converted not in action.choices:
        raise ConfigError(f"{place}: {value!r} is not one of {', '.join(map(str, action.choices))}")
    return converted


def _require_place_of(json_path: Path) -> None:
    # Before the work: an hour of video must not end with a result that has no place.
    if json_path == _STDOUT:
        return
    if not json_path.parent.is_dir():
        raise ConfigError(f"--json {json_path}: cannot be written, its folder does not exist")
    if json_path.is_dir():
        raise ConfigError(f"--json {json_path}: cannot be written, it is a folder")
    if not os.access(json_path if json_path.exists() else json_path.parent, os.W_OK):
        raise ConfigError(f"--json {json_path}: cannot be written, you are not allowed to")


def _write_json(path: Path, result: dict[str, Any]) -> None:
    text = json.dumps(safe_values(result), indent=2, default=str) + "\n"
    if path == _STDOUT:
        sys.stdout.write(text)
        return
    # Written in place, not renamed: the path may be a pipe.
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--json {path}: cannot be written ({error.strerror})") from error
