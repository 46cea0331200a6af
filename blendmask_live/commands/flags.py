"""Flags that several commands share, made from the settings that they stand for."""

from __future__ import annotations

import argparse
from dataclasses import Field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from blendmask_live.capture.source_part import SourcePart
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.jobs.request import SourceChoice
from blendmask_live.option import (
    Option,
    checked,
    device,
    names,
    options_of,
    positive,
    share,
    whole,
)

if TYPE_CHECKING:
    from blendmask_live.segmenting.segmenter import Segmenter

T = TypeVar("T")
__all__ = [
    "add_flags",
    "add_range_flags",
    "add_runtime_flags",
    "add_segmenter_flags",
    "add_source_flags",
    "asked_for",
    "asked_segmenter",
    "checked",
    "device",
    "names",
    "positive",
    "share",
    "whole",
]


def add_flags(
    parser: argparse._ActionsContainer, kind: type[Any], *, leave_out: tuple[str, ...] = ()
) -> None:
    """A flag for each field of a dataclass that has one, but for those left out."""
    for one, option in options_of(kind):
        if one.name not in leave_out:
            _add_flag(parser, one, option)


def _add_flag(parser: argparse._ActionsContainer, one: Field[Any], option: Option) -> None:
    if _is_switch(option):
        parser.add_argument(option.flag, action="store_true", help=option.help)
        return
    parser.add_argument(
        option.flag,
        type=option.read or str,
        default=one.default,
        choices=option.choices,
        metavar=option.metavar,
        help=option.help or None,
    )


def _is_switch(option: Option) -> bool:
    return not (option.read or option.choices or option.metavar)


def asked_for(kind: type[T], parsed: argparse.Namespace, /, **known: Any) -> T:
    """The dataclass that the flags ask for; dataclasses inside it are made in the same way.

    Args:
        kind: Its fields without a flag here keep their defaults.
        parsed: The command line.
        known: Values of fields that have no flag.
    """
    hints = get_type_hints(kind)
    values = dict(known)
    flags = {one.name: option for one, option in options_of(kind)}
    for one in fields(kind):  # type: ignore[arg-type]
        if one.name in known:
            continue
        if one.name in flags:
            name = flags[one.name].flag.lstrip("-").replace("-", "_")
            if hasattr(parsed, name):
                values[one.name] = _value(one, flags[one.name], getattr(parsed, name))
        elif is_dataclass(hints[one.name]):
            values[one.name] = asked_for(hints[one.name], parsed)
    return kind(**values)


def _value(one: Field[Any], option: Option, given: Any) -> Any:
    if not _is_switch(option):
        return given
    return (not one.default) if given else one.default


def add_runtime_flags(parser: argparse.ArgumentParser, *, runtimes: tuple[str, ...] = ()) -> None:
    """Weights and how they are run; `NetworkChoice`.

    Args:
        parser: Gets the flags.
        runtimes: More words that --runtime takes.
    """
    group = parser.add_argument_group("network")
    add_flags(group, NetworkChoice)
    for action in group._group_actions:
        if action.dest == "runtime" and action.choices is not None:
            action.choices = (*action.choices, *runtimes)


def add_segmenter_flags(
    parser: argparse.ArgumentParser, *, leave_out: tuple[str, ...] = ("panoptic",)
) -> None:
    """What is segmented and how finely; `SegmenterChoice`."""
    add_flags(parser.add_argument_group("segmentation"), SegmenterChoice, leave_out=leave_out)


def add_source_flags(parser: argparse.ArgumentParser) -> None:
    """How a source is opened; `SourceChoice`."""
    add_flags(parser.add_argument_group("source"), SourceChoice)


def add_range_flags(parser: argparse.ArgumentParser, *, has_limit: bool = True) -> None:
    """Which frames of a source; `has_limit`: with --max-frames."""
    leave_out = () if has_limit else ("max_frames",)
    add_flags(parser.add_argument_group("range"), SourcePart, leave_out=leave_out)


def asked_segmenter(options: argparse.Namespace, *, drop_duplicates: bool = True) -> Segmenter:
    """The segmenter that the flags ask for, loaded."""
    from blendmask_live.segmenting.segmenter import open_segmenter

    wanted = asked_for(SegmenterChoice, options, drop_duplicates=drop_duplicates)
    return open_segmenter(asked_for(NetworkChoice, options), wanted)
