"""What can be chosen for the output formats, shared by the commands that export."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from blendmask_live.commands.flags import checked, names, whole
from blendmask_live.config import DEFAULT_FORMATS
from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions, formats_with_option

__all__ = ["add_format_flags", "add_input_format", "add_output_formats", "chosen_options"]

_DEFAULTS = ExportOptions()


def add_output_formats(parser: argparse._ActionsContainer) -> None:
    """--format of commands that write: some of `EXPORTERS`."""
    known = ", ".join(EXPORTERS)
    parser.add_argument(
        "--format",
        type=checked(names, lambda chosen: set(chosen) <= set(EXPORTERS), f"some of {known}"),
        default=DEFAULT_FORMATS,
        metavar="F,F",
        help=f"{known} (default: {','.join(DEFAULT_FORMATS)})",
    )


def add_input_format(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """--format of commands that read: one of these."""
    known = ", ".join(formats)
    parser.add_argument(
        "--format",
        type=checked(str, lambda name: name in formats, f"one of {known}"),
        metavar="F",
        help=f"{known} (default: found out)",
    )


def add_format_flags(parser: argparse.ArgumentParser) -> None:
    """One flag for each choice of `ExportOptions`."""
    group = parser.add_argument_group("formats")
    add = group.add_argument
    add(
        "--frames",
        choices=("none", "jpg", "png"),
        default="none",
        help=f"also save the pictures: {_of('frames')}",
    )
    add(
        "--all-classes",
        action="store_true",
        help=f"{_of('all_classes')}: all classes, not only those the format knows or that occur",
    )
    add(
        "--rle",
        choices=("compressed", "uncompressed"),
        help=f"{_of('rle')}: masks of both files (default: what readers of each expect; "
        "TrackEval refuses a compressed instances.json and an uncompressed results.json)",
    )
    add(
        "--shape",
        choices=("mask", "polygon"),
        help=f"{_of('shape')}: exact masks, or polygons (default: what loses nothing: labelme "
        "masks; cvat polygons of every pixel, as it keeps no tracks of masks)",
    )
    add(
        "--polygon-tolerance",
        type=checked(float, lambda px: 0 <= px <= 100, "pixels from 0 to 100"),
        default=_DEFAULTS.polygon_tolerance_px,
        metavar="PX",
        help=f"{_of('polygon_tolerance_px')}: how far outlines may be off; 0 is exact "
        "(default: %(default)s)",
    )
    add(
        "--cutout",
        choices=("prores", "vp9", "png"),
        default="prores",
        help=f"{_of('cutout')}: ProRes 4444, VP9 or pictures, with alpha (default: prores)",
    )
    add(
        "--matte",
        choices=("h264", "png"),
        default="h264",
        help=f"{_of('matte')}: one video, or exact pictures (default: h264)",
    )
    add(
        "--background",
        type=_background,
        default="",
        metavar="B",
        help=f"{_of('background')}: 'blur', a colour or a picture behind the objects",
    )
    add(
        "--per-track",
        action="store_true",
        help=f"{_of('one_file_per_track')}: a file for every track",
    )
    add(
        "--tracks",
        type=_track_ids,
        default=(),
        metavar="N,N",
        help=f"{_of('tracks')}: only these tracks",
    )
    add(
        "--video-crf",
        type=whole(0, 51),
        default=_DEFAULTS.video_crf,
        metavar="N",
        help=f"{_of('video_crf')}: quality, 0 is lossless (default: %(default)s)",
    )


def chosen_options(options: argparse.Namespace, *, overwrite: bool) -> ExportOptions:
    """What `add_format_flags` has read."""
    return ExportOptions(
        overwrite=overwrite,
        video_crf=options.video_crf,
        all_classes=options.all_classes,
        rle=options.rle,
        frames=options.frames,
        shape=options.shape,
        polygon_tolerance_px=options.polygon_tolerance,
        cutout=options.cutout,
        matte=options.matte,
        background=options.background,
        one_file_per_track=options.per_track,
        tracks=options.tracks,
    )


def _of(option: str) -> str:
    return ", ".join(formats_with_option(option))


def _background(text: str) -> str:
    from blendmask_live.export.background import Background

    try:
        if text:
            Background(text)
    except ExportError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _track_ids(text: str) -> tuple[int, ...]:
    try:
        ids = tuple(int(part) for part in text.split(","))
    except ValueError:
        ids = ()
    if not ids or min(ids) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r}: expected track ids separated by commas")
    return ids
