"""Masks as rows: compressed RLE, the soft mask it came from, and latents.

A written mask is never changed. Masks of one origin in time (a tracker's track, the masks that
one edit made) form a *strand*; `runs` says whose they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.database import Database, Row
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.masks.rle_text import run_lengths
from blendmask_live.masks.run_lengths import encode_rles

__all__ = [
    "PIXEL_COLUMNS",
    "MaskRecord",
    "SoftMask",
    "explained_damage",
    "insert_masks",
    "next_strand",
    "pack_soft_mask",
    "read_mask",
    "unpack_soft_mask",
]

_STEPS = 63
"""The largest number a probability is kept as: fewer steps halve the file."""
_SOFT_HEADER = struct.Struct("<HHf4f")


@dataclass(frozen=True, slots=True, eq=False)
class SoftMask:
    """A mask as the blender gave it.

    Attributes:
        probabilities: (R, R) float32; kept in 64 steps, so exact to 1/126.
        box: (4,) float32 xyxy frame px that it spans; may leave the frame.
        threshold: Probability from which a pixel belonged to the object.
        as_published: How it was pasted, see `Instances`.
    """

    probabilities: NDArray[np.float32]
    box: NDArray[np.float32]
    threshold: float
    as_published: bool


@dataclass(frozen=True, slots=True, eq=False)
class MaskRecord:
    """A mask on its way into the project.

    Attributes:
        frame: Source frame index.
        strand: Where it belongs.
        mask: Pixels; at least one.
        score: In [0, 1].
        box: (4,) xyxy frame px; the mask's bounds where absent.
        soft: What it was pasted from.
        attention: (K, M, M) where latents are kept.
    """

    frame: int
    strand: int
    mask: CroppedMask
    score: float = 1.0
    box: Sequence[float] | None = None
    soft: SoftMask | None = None
    attention: NDArray[np.float32] | None = None


def next_strand(database: Database) -> int:
    """A strand number that no mask has."""
    return int(database.rows("SELECT coalesce(max(strand), 0) + 1 FROM masks")[0][0])


def insert_masks(database: Database, records: Sequence[MaskRecord]) -> None:
    """Write masks; inside a transaction."""
    (last_id,) = database.rows("SELECT coalesce(max(id), 0) FROM pixels")[0]
    pixel_rows, mask_rows = [], []
    for pixels_id, record in enumerate(records, last_id + 1):
        crop = record.mask.tight()
        # RLE of the crop alone is smaller, and read many times as fast as that of the whole frame.
        (rle,) = encode_rles([CroppedMask(0, 0, crop.mask)], crop.mask.shape)
        soft = None if record.soft is None else pack_soft_mask(record.soft)
        attention = record.attention
        pixel_rows.append(
            (
                pixels_id,
                crop.x0,
                crop.y0,
                *crop.mask.shape[::-1],
                rle["counts"],
                soft,
                None if attention is None else attention.astype("<f2").tobytes(),
            )
        )
        box = crop.box if record.box is None else record.box
        mask_rows.append(
            (
                record.frame,
                record.strand,
                pixels_id,
                float(record.score),
                crop.area,
                *map(float, box),
            )
        )
    database.run_many("INSERT INTO pixels VALUES (?, ?, ?, ?, ?, ?, ?, ?)", pixel_rows)
    database.run_many("INSERT INTO masks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", mask_rows)


PIXEL_COLUMNS = "left, top, width, height, rle"
"""The columns of the table `pixels` that `read_mask` takes."""


def read_mask(row: Row) -> CroppedMask:
    """The mask of a row of `PIXEL_COLUMNS`.

    Raises:
        IndexError, TypeError, ValueError: If the bytes are damaged; see `explained_damage`.
    """
    left, top, width, height, counts = row
    runs = run_lengths(counts)
    # pycocotools would leave pixels that the runs do not fill as they happen to be in memory.
    if min(runs, default=-1) < 0 or sum(runs) != width * height:
        raise ValueError(f"run lengths do not fill {width} x {height} px")
    mask = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, height).T
    return CroppedMask(left, top, np.ascontiguousarray(mask))


@contextmanager
def explained_damage(database: Database, frame: int, track: int | None = None) -> Iterator[None]:
    """Turn what damaged bytes raise into one line.

    Args:
        frame: Where they are.
        track: Whose mask they are; None for the frame's bases.

    Raises:
        ProjectError: Says where the damage is, and that the rest can be used.
    """
    try:
        yield
    except (IndexError, TypeError, ValueError, struct.error, zlib.error) as error:
        told = (
            f"the mask of track {track} is damaged ({error}); other masks are not: delete it in "
            "the editor and draw it again"
        )
        if track is None:
            told = (
                f"what its masks are blended from is damaged ({error}); other masks are not: only "
                "this frame cannot be re-blended"
            )
        raise ProjectError(
            f"{database.path}: frame {frame}: {told}, or go back to a copy of the file"
        ) from error


def pack_soft_mask(soft: SoftMask) -> bytes:
    """Header (side, 1 if as published, threshold, box), then zlib of R x R numbers from 0 to 63."""
    header = _SOFT_HEADER.pack(
        soft.probabilities.shape[0], soft.as_published, soft.threshold, *soft.box.tolist()
    )
    numbers = np.rint(soft.probabilities * _STEPS).astype(np.uint8)
    return header + zlib.compress(numbers.tobytes(), 1)


def unpack_soft_mask(blob: bytes) -> SoftMask:
    """The inverse of `pack_soft_mask`, but for rounding."""
    side, as_published, threshold, *box = _SOFT_HEADER.unpack_from(blob)
    numbers = np.frombuffer(zlib.decompress(blob[_SOFT_HEADER.size :]), np.uint8)
    probabilities: NDArray[np.float32] = numbers.reshape(side, side).astype(np.float32)
    return SoftMask(
        probabilities=probabilities / np.float32(_STEPS),
        box=np.array(box, dtype=np.float32),
        threshold=threshold,
        as_published=bool(as_published),
    )
