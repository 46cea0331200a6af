"""Overlay, cutout and matte, opened with libav as players do."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import av
import av.error
import numpy as np

from blendmask_live.addresses import ffmpeg_name
from blendmask_live.counting import counted
from blendmask_live.errors import AnnotationError
from blendmask_live.importing.reading import open_png
from blendmask_live.validation.common import EXPORT_AGAIN, check_frames_csv, read_frames_csv
from blendmask_live.validation.report import Violation

__all__ = ["check_cutout", "check_matte", "check_overlay"]

_VIDEO_SUFFIXES: Final = {".mp4", ".mov", ".webm", ".mkv"}
_UNDECIDED: Final = (80, 170)
"""Luma of a matte's pixels between these is neither inside nor outside."""


def check_overlay(path: Path) -> Iterator[Violation]:
    """H.264 in 4:2:0, index first, ascending times, as many frames as frames.csv."""
    yield from _check_all(path, "overlay", has_alpha=False)


def check_cutout(path: Path) -> Iterator[Violation]:
    """As overlay; .mov, .webm and .png must have alpha."""
    yield from _check_all(path, "cutout", has_alpha=True)


def check_matte(path: Path) -> Iterator[Violation]:
    """As overlay; every pixel must be clearly black or white."""
    yield from _check_all(path, "matte", has_alpha=False, is_matte=True)


def _check_all(
    path: Path, stem: str, *, has_alpha: bool, is_matte: bool = False
) -> Iterator[Violation]:
    if path.is_file():
        yield from _check_video(path, None, has_alpha=has_alpha, is_matte=is_matte)
        return
    counts = _frame_counts(path)
    files = [file for file in sorted(path.glob("*")) if file.stem.startswith((stem, "track_"))]
    if not files:
        yield Violation(str(path), f"holds no {stem}.* or track_*", EXPORT_AGAIN)
    for file in files:
        if file.suffix in _VIDEO_SUFFIXES:
            count = counts.get(file.name, counts.get(""))
            yield from _check_video(file, count, has_alpha=has_alpha, is_matte=is_matte)
        elif file.is_dir():
            yield from _check_pictures(file, counts.get(file.name, counts.get("")), has_alpha)
    yield from check_frames_csv(path, count=None)


def _frame_counts(folder: Path) -> dict[str, int]:
    """Frames of each file of a track; "" for one file of all."""
    table = read_frames_csv(folder)
    counts = {} if table is None else {"": len(table)}
    try:
        with (folder / "tracks.csv").open(encoding="utf-8", newline="") as stream:
            counts |= {row["file"]: int(row["frames"]) for row in csv.DictReader(stream)}
    except (OSError, KeyError, ValueError):
        pass
    return counts


def _check_video(
    path: Path, count: int | None, *, has_alpha: bool, is_matte: bool
) -> Iterator[Violation]:
    try:
        with av.open(ffmpeg_name(path)) as container:
            if not container.streams.video:
                yield Violation(str(path), "holds no video", EXPORT_AGAIN)
                return
            stream = container.streams.video[0]
            yield from _check_stream(path, stream, has_alpha=has_alpha)
            times, undecided = [], None
            for number, frame in enumerate(container.decode(stream)):
                times.append(frame.time)
                if is_matte and undecided is None and _is_undecided(frame):
                    undecided = number
    except av.error.FFmpegError as error:
        yield Violation(str(path), f"cannot be decoded ({error.strerror})", EXPORT_AGAIN)
        return
    if undecided is not None:
        problem = f"frame {undecided} has pixels neither black nor white"
        yield Violation(str(path), problem, "export with a smaller --video-crf")
    if any(time is None for time in times) or any(b <= a for a, b in pairwise(times)):
        yield Violation(str(path), "frame times do not ascend", EXPORT_AGAIN)
    if count is not None and count != len(times):
        problem = f"{counted(len(times), 'frame')}, the table beside it has {count}"
        yield Violation(str(path), problem, EXPORT_AGAIN)
    if path.suffix in (".mp4", ".mov"):
        yield from _check_index(path)


def _check_stream(path: Path, stream: Any, *, has_alpha: bool) -> Iterator[Violation]:
    codec, pixels = stream.codec_context.name, str(stream.codec_context.pix_fmt)
    wanted = {".mp4": "h264", ".mov": "prores", ".webm": "vp9"}.get(path.suffix)
    if wanted and codec.removeprefix("libvpx-") != wanted:
        problem = f"codec {codec} in {path.suffix}, expected {wanted}"
        yield Violation(str(path), problem, "encode again, or export again")
    if path.suffix == ".mp4" and pixels not in ("yuv420p", "yuvj420p"):
        problem = f"pixel format {pixels}; many players know only yuv420p"
        yield Violation(str(path), problem, "encode as yuv420p")
    # Alpha of VP9 is a stream of its own, announced in the container.
    found = "yuva" in pixels or stream.metadata.get("alpha_mode") == "1"
    if has_alpha and path.suffix != ".mp4" and not found:
        problem = f"no alpha (pixel format {pixels})"
        yield Violation(str(path), problem, "encode as ProRes 4444 or VP9 with alpha")


def _check_index(path: Path) -> Iterator[Violation]:
    with path.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind == b"moov":
                return
            if kind == b"mdat" or size < 8:
                problem = "the index comes after the pictures: it cannot play while it loads"
                yield Violation(str(path), problem, "write with faststart")
                return
            file.seek(size - 8, 1)


def _is_undecided(frame: Any) -> bool:
    luma = frame.reformat(format="gray").to_ndarray()
    low, high = _UNDECIDED
    return bool(((luma > low) & (luma < high)).any())


def _check_pictures(folder: Path, count: int | None, has_alpha: bool) -> Iterator[Violation]:
    files = sorted(folder.glob("*.png"))
    mode, wanted = ("RGBA", "an RGBA PNG") if has_alpha else ("L", "an 8-bit grey PNG")
    for file in files:
        try:
            values = open_png(file, modes=(mode,), wanted=wanted)
        except AnnotationError as error:
            yield Violation(str(file), str(error).removeprefix(f"{file}: "), EXPORT_AGAIN)
            continue
        levels = np.unique(values[..., 3] if has_alpha else values)
        if not np.isin(levels, (0, 255)).all():
            yield Violation(str(file), "values other than 0 and 255", "write 0 and 255")
    if count is not None and count != len(files):
        problem = f"{counted(len(files), 'picture')}, the table beside it has {count}"
        yield Violation(str(folder), problem, EXPORT_AGAIN)
