"""`follow`: objects that are pointed at, through a video."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from blendmask_live.capture import SourcePart
from blendmask_live.commands.annotate_one import shown_with_bar
from blendmask_live.commands.flags import (
    add_flags,
    add_range_flags,
    asked_for,
)
from blendmask_live.commands.follow_davis import follow_davis_with_bar
from blendmask_live.commands.format_flags import add_format_flags, chosen_options
from blendmask_live.config import DEFAULT_FORMATS, NetworkChoice
from blendmask_live.errors import AnnotationError, ConfigError
from blendmask_live.export import ExportOptions
from blendmask_live.jobs.request import AnnotateRequest, SourceChoice
from blendmask_live.prompting.prompt import Prompt

_Places = tuple[list[tuple[float, float]], int]
"""x and y of each place, and the frame."""
_EPILOG = (
    "Each --box, --point or --mask begins an object, whose track id is its place among them; FRAME "
    "is the frame's number in the source, from 0. Objects are followed forwards and backwards. "
    "Without --class, an object's class is the likeliest that the built-in network names there, "
    "and 'object' where it names none."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source", nargs="?", metavar="VIDEO", help="video file, image folder, or 'demo'"
    )
    parser.add_argument(
        "--davis",
        metavar="DIR",
        help="instead of VIDEO: every sequence of a DAVIS data set, from its first mask; writes "
        "OUT/SEQUENCE/FRAME.png, and J and F where there are masks to compare with",
    )
    parser.add_argument(
        "--subset",
        metavar="NAME",
        help="only the sequences that a list in its folder ImageSets names, as val or 2017/val",
    )
    group = parser.add_argument_group("objects")
    for flag, read, metavar, told in (
        ("--box", _box, "X0,Y0,X1,Y1@FRAME", "a box around an object, in px"),
        (
            "--point",
            _points,
            "X,Y@FRAME",
            "a point on an object, in px; X,Y,X,Y@FRAME are two points on one object",
        ),
        (
            "--mask",
            _masks,
            "FILE@FRAME",
            "a picture of its mask: any value but 0; object numbers, as DAVIS has them, begin an "
            "object each",
        ),
    ):
        group.add_argument(flag, action=_Begin, type=read, metavar=metavar, help=told)
    group.add_argument(
        "--class",
        action=_Say,
        dest="class_name",
        metavar="NAME",
        help="what was pointed at just before",
    )
    group.add_argument(
        "--size-step",
        action=_Say,
        type=int,
        metavar="N",
        help="a point may mean a thing or a part of it: of the masks found at the --point just "
        "before, take the one N sizes larger than the likeliest, or smaller with a minus",
    )
    add_flags(parser.add_argument_group("source"), SourceChoice, leave_out=("camera",))
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="OUT",
        help="folder; files go to OUT/<source name>/<format>/",
    )
    add_flags(group, AnnotateRequest, leave_out=("track", "two_pass", "refine", "latents"))
    add_format_flags(parser)
    add_range_flags(parser)
    add_flags(parser.add_argument_group("network"), NetworkChoice, leave_out=("architecture",))
    parser.set_defaults(weights="blendmask-prompt")
    parser.epilog = _EPILOG


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Follow what is pointed at, with a progress bar and a summary."""
    from blendmask_live.commands.annotate_many import requests_of
    from blendmask_live.jobs.follow import follow_unless_done

    if (options.source is None) == (options.davis is None):
        raise ConfigError("expected a VIDEO or --davis DIR, one of them")
    prompts = _prompts(options)
    wanted = asked_for(
        AnnotateRequest,
        options,
        source=options.source or options.davis,
        output=options.output,
        options=chosen_options(options, overwrite=False),
    )
    if options.davis:
        _refuse_unused(wanted, prompts)
        return follow_davis_with_bar(wanted, options.subset, quiet=options.quiet)
    if options.subset:
        raise ConfigError("--subset: goes with --davis only")
    (request,) = requests_of([options.source], wanted)
    return shown_with_bar(
        request,
        lambda report: follow_unless_done(request, prompts, report=report),
        quiet=options.quiet,
    )


def _refuse_unused(wanted: AnnotateRequest, prompts: Sequence[Prompt]) -> None:
    """Sequences of a benchmark say themselves what is followed, and what is written is fixed."""
    plain = replace(
        wanted,
        part=SourcePart(),
        opening=SourceChoice(),
        formats=DEFAULT_FORMATS,
        options=ExportOptions(),
        project=True,
    )
    if prompts or wanted != plain:
        raise ConfigError(
            "--davis: its masks say what is followed, and pictures of object numbers are written; "
            "leave out all but --subset, --resume, --overwrite and the options of the network"
        )


class _Begin(argparse.Action):
    """Adds the objects that a flag begins; a settings file's are in the namespace by name."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        # Lists of prompts, one for each flag: a --class counts for the last one.
        namespace.begun = [*getattr(namespace, "begun", ()), values]


class _Say(argparse.Action):
    """Says more of the objects of the last flag: the field of `Prompt` that is its `dest`."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        *before, last = getattr(namespace, "begun", None) or [()]
        if not last:
            raise argparse.ArgumentError(self, "comes after the object that it is about")
        if self.dest == "size_step" and not last[0].points:
            raise argparse.ArgumentError(self, "comes after a --point")
        namespace.begun = [*before, [replace(prompt, **{self.dest: values}) for prompt in last]]


def _prompts(options: argparse.Namespace) -> list[Prompt]:
    """Of the flags; without any what a settings file points at."""
    for flag, said in (("class", options.class_name), ("size-step", options.size_step)):
        if said is not None:
            raise ConfigError(
                f"{flag} {said} in a settings file: expected on the command line, as "
                f"--{flag} {said} right after the object that it is about"
            )
    in_file = [options.box or (), options.point or (), options.mask or ()]
    return [prompt for prompts in getattr(options, "begun", in_file) for prompt in prompts]


def _at_frame(text: str, wanted: str) -> tuple[str, int]:
    parts = re.fullmatch(r"(.+)@(\d+)", text)
    if parts is None:
        raise argparse.ArgumentTypeError(f"{text!r}: expected {wanted}")
    return parts[1], int(parts[2])


def _places(text: str, wanted: str, *, is_right: Callable[[int], bool]) -> _Places:
    """Pairs of numbers, of which the count must be right, and the frame."""
    listed, frame = _at_frame(text, wanted)
    try:
        values = [float(part) for part in listed.split(",")]
    except ValueError:
        values = []
    if not (is_right(len(values)) and all(map(math.isfinite, values))):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {wanted}")
    return list(zip(values[::2], values[1::2], strict=True)), frame


def _box(text: str) -> tuple[Prompt, ...]:
    wanted = "X0,Y0,X1,Y1@FRAME with X0 < X1 and Y0 < Y1, two corners in px"
    (first, last), frame = _places(text, wanted, is_right=lambda count: count == 4)
    if not (first[0] < last[0] and first[1] < last[1]):
        raise argparse.ArgumentTypeError(f"{text!r}: expected {wanted}")
    return (Prompt(frame=frame, box=(*first, *last)),)


def _points(text: str) -> tuple[Prompt, ...]:
    wanted = "X,Y@FRAME, or X,Y,X,Y,...@FRAME for several points on one object"
    places, frame = _places(text, wanted, is_right=lambda count: count > 0 and count % 2 == 0)
    return (Prompt(frame=frame, points=tuple((x, y, True) for x, y in places)),)


def _masks(text: str) -> tuple[Prompt, ...]:
    from blendmask_live.importing.davis import objects_in_picture

    name, frame = _at_frame(text, "FILE@FRAME")
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"{name}: no such file; expected a picture of a mask")
    try:
        masks = objects_in_picture(Path(name))
    except AnnotationError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if not masks:
        raise argparse.ArgumentTypeError(f"{name}: the mask is empty; expected an object in it")
    return tuple(Prompt(frame=frame, previous=mask) for mask in masks)
