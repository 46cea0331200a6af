"""Small tracked sequences and their truth, as whole-frame masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import (
    Frame,
    Instances,
    SourceInfo,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.export import ExportOptions, open_exporter
from blendmask_live.labels import COCO_NAMES

PERSON, CAR, DOG = (COCO_NAMES.index(name) for name in ("person", "car", "dog"))


@dataclass
class MaskSequence:
    """Masks of one sequence: `frames[t]` is a list of (track id, class id, score, mask)."""

    size: tuple[int, int]
    frames: list[list[tuple[int, int, float, NDArray[np.bool_]]]]
    pts_s: list[Fraction | None] = field(default_factory=list)
    source_indices: list[int] = field(default_factory=list)
    labels: tuple[str, ...] = COCO_NAMES
    name: str = "clip"

    def tracked_frames(self) -> list[TrackedFrame]:
        return [self._tracked_frame(t) for t in range(len(self.frames))]

    def _tracked_frame(self, t: int) -> TrackedFrame:
        height, width = self.size
        rows = self.frames[t]
        masks = np.zeros((len(rows), height, width), dtype=bool)
        for row, (_, _, _, mask) in enumerate(rows):
            masks[row] = mask
        instances = Instances.from_masks(
            masks,
            class_ids=[class_id for _, class_id, _, _ in rows],
            scores=[score for _, _, score, _ in rows],
            labels=self.labels,
        )
        ramp = np.linspace(0, 255, width, dtype=np.uint8)
        image = np.broadcast_to(ramp[None, :, None], (height, width, 3)).copy()
        index = self.source_indices[t] if self.source_indices else t
        pts_s = self.pts_s[t] if self.pts_s else Fraction(index, 25)
        return TrackedFrame(
            Frame(image, index, pts_s, captured_at=0.0),
            TrackedInstances(
                instances,
                np.array([track_id for track_id, _, _, _ in rows], dtype=np.int64),
                (TrackState.CONFIRMED,) * len(rows),
            ),
        )

    def source(self) -> SourceInfo:
        height, width = self.size
        return SourceInfo(self.name, width, height, average_fps=Fraction(25))


def export(
    sequence: MaskSequence,
    format_name: str,
    directory: Path,
    options: ExportOptions | None = None,
) -> tuple[Path, ...]:
    """Write the whole sequence and close."""
    exporter = open_exporter(
        format_name,
        directory,
        source=sequence.source(),
        labels=sequence.labels,
        options=options or ExportOptions(),
    )
    for tracked_frame in sequence.tracked_frames():
        exporter.write(tracked_frame)
    return exporter.close()


def disc(size: tuple[int, int], x: float, y: float, radius: float) -> NDArray[np.bool_]:
    """A filled disc, clipped by the frame."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    inside: NDArray[np.bool_] = (columns - x) ** 2 + (rows - y) ** 2 <= radius**2
    return inside


def walkers(frame_count: int = 6, size: tuple[int, int] = (48, 64)) -> MaskSequence:
    """Two people and a car crossing; the ring-shaped car has a hole and two parts."""
    frames = []
    for t in range(frame_count):
        ring = disc(size, 32, 30, 12) & ~disc(size, 32, 30, 6)
        ring |= disc(size, 58, 6, 3)
        frames.append(
            [
                (1, PERSON, 0.9, disc(size, 8 + 5 * t, 24, 7)),
                (2, PERSON, 0.6, disc(size, 50 - 5 * t, 24, 8)),
                (3, CAR, 0.8, ring),
            ]
        )
    return MaskSequence(size, frames)


def awkward_sequences() -> dict[str, MaskSequence]:
    """Everything at the edge of what a sequence may be."""
    size = (48, 64)
    nothing = np.zeros(size, dtype=bool)
    pixel, corner = nothing.copy(), nothing.copy()
    pixel[0, 0] = True
    corner[-1, -1] = True
    everything = ~nothing
    gappy = walkers()
    gappy.frames[2] = []
    gappy.frames[3] = gappy.frames[3][1:]
    odd = walkers(3, (35, 51))
    unicode_labels = MaskSequence(
        size, [[(1, 0, 0.5, disc(size, 9, 9, 5))]], labels=("猫 äöü", "b,\"c'"), name="Straße 日本"
    )
    crowd = MaskSequence(
        size,
        [
            [(t * 100 + k + 1, PERSON, 0.5, _single_pixel(size, k)) for k in range(100)]
            for t in range(3)
        ],
    )
    return {
        "walkers": walkers(),
        "one frame": walkers(1),
        "frames without objects": MaskSequence(size, [[], [], []]),
        "gaps": gappy,
        "mask without pixels": MaskSequence(size, [[(1, PERSON, 0.9, nothing)], []]),
        "single pixels": MaskSequence(size, [[(4, DOG, 0.9, pixel), (9, PERSON, 0.4, corner)]]),
        "whole frame": MaskSequence(size, [[(1, PERSON, 0.9, everything), (2, CAR, 0.95, pixel)]]),
        "fully covered": MaskSequence(size, [[(1, PERSON, 0.9, everything), (2, CAR, 0.5, pixel)]]),
        "odd size": odd,
        "unicode": unicode_labels,
        "300 tracks": crowd,
        "no clock": MaskSequence(size, walkers(4).frames, pts_s=[None] * 4),
        "class changes": MaskSequence(
            size,
            [
                [(1, CAR, 0.4, disc(size, 9, 9, 5))],
                [(1, PERSON, 0.9, disc(size, 9, 9, 5))],
            ],
        ),
        "subsampled": MaskSequence(
            size,
            walkers(4).frames,
            pts_s=[Fraction(n, 1000) for n in (70, 171, 305, 1333)],
            source_indices=[7, 10, 13, 16],
        ),
    }


def _single_pixel(size: tuple[int, int], position: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, dtype=bool)
    mask.reshape(-1)[position * 7] = True
    return mask


def visible_rows(
    rows: Sequence[tuple[int, int, float, NDArray[np.bool_]]],
) -> list[tuple[int, int, float, NDArray[np.bool_]]]:
    """Rows with at least one pixel: all that an export holds."""
    return [row for row in rows if row[3].any()]


def owners(
    rows: Sequence[tuple[int, int, float, NDArray[np.bool_]]],
) -> dict[int, NDArray[np.bool_]]:
    """Track id -> its pixels after each contested one went to the better-scored mask."""
    owned: dict[int, NDArray[np.bool_]] = {}
    taken = None
    for track_id, _, _, mask in sorted(rows, key=lambda row: -row[2]):
        taken = np.zeros_like(mask) if taken is None else taken
        owned[track_id] = mask & ~taken
        taken = taken | mask
    return owned
