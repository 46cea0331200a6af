"""What can be chosen for the output formats, shared by the commands that export."""

from __future__ import annotations

import argparse

from blendmask_live.commands.options import checked, whole
from blendmask_live.errors import ExportError
from blendmask_live.export import ExportOptions

__all__ = ["add_format_options", "chosen_options"]

_DEFAULTS = ExportOptions()


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """One flag for each choice of `ExportOptions`."""
    group = parser.add_argument_group("formats")
    add = group.add_argument
    add(
        "--frames",
        choices=("none", "jpg", "png"),
        default="none",
        help="also save the pictures: coco, youtube-vis, mots, mots-png, davis, cvat, yolo-seg, "
        "labelme",
    )
    add(
        "--all-classes",
        action="store_true",
        help="mots, mots-png: also other classes than person and car",
    )
    add(
        "--rle",
        choices=("compressed", "uncompressed"),
        help="youtube-vis: masks of both files (default: what readers of each expect; TrackEval "
        "refuses a compressed instances.json and an uncompressed results.json)",
    )
    add(
        "--shape",
        choices=("mask", "polygon"),
        default="mask",
        help="cvat, labelme: exact masks, or polygons (default: mask)",
    )
    add(
        "--polygon-tolerance",
        type=checked(float, lambda px: 0 <= px <= 100, "pixels from 0 to 100"),
        default=_DEFAULTS.polygon_tolerance_px,
        metavar="PX",
        help="cvat, labelme, yolo-seg: how far outlines may be off; 0 is exact (default: "
        "%(default)s)",
    )
    add(
        "--cutout",
        choices=("prores", "vp9", "png"),
        default="prores",
        help="cutout: ProRes 4444, VP9 or pictures, with alpha (default: prores)",
    )
    add("--matte", choices=("h264", "png"), default="h264", help="matte: kind (default: h264)")
    add(
        "--background",
        type=_background,
        default="",
        metavar="B",
        help="overlay, cutout: 'blur', a colour or a picture in place of what is no object",
    )
    add("--per-track", action="store_true", help="cutout, matte: a file for every track")
    add(
        "--tracks",
        type=_track_ids,
        default=(),
        metavar="N,N",
        help="cutout, matte: only these tracks",
    )
    add(
        "--video-crf",
        type=whole(0, 51),
        default=_DEFAULTS.video_crf,
        metavar="N",
        help="videos: quality, 0 is lossless (default: %(default)s)",
    )


def chosen_options(options: argparse.Namespace, *, overwrite: bool) -> ExportOptions:
    """What `add_format_options` has read."""
    return ExportOptions(
        overwrite=overwrite,
        video_crf=options.video_crf,
        mots_all_classes=options.all_classes,
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
