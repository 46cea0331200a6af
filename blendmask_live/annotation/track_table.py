"""Boxes, areas and classes of all masks as arrays: what suggestions are found in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.project import Project

__all__ = ["TrackColumns", "read_tracks"]


@dataclass(frozen=True, slots=True, eq=False)
class TrackColumns:
    """A track's masks, by frame ascending; row i of every array is one mask.

    Attributes:
        places: (n,) int64 positions of the frames among those of the project.
        boxes: (n, 4) float64 xyxy frame px.
        areas: (n,) float64 px.
        scores: (n,) float64.
        class_ids: (n,) int64.
        is_keyframe: (n,) bool.
        origins: (n,) int64, see `Origin`.
    """

    places: NDArray[np.int64]
    boxes: NDArray[np.float64]
    areas: NDArray[np.float64]
    scores: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    is_keyframe: NDArray[np.bool_]
    origins: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.places)


def read_tracks(project: Project, *, hidden_too: bool = False) -> dict[int, TrackColumns]:
    """Track id -> its columns, without pixels; without hidden tracks unless asked."""
    with project.database.snapshot():
        masks = project.database.array(
            "SELECT strand, frame, area, score, x0, y0, x1, y1 FROM masks", columns=8
        )
        runs = project.database.array(
            "SELECT strand, first, last, track, class, is_keyframe, origin FROM runs "
            f"JOIN tracks ON tracks.id = track WHERE {int(hidden_too)} OR NOT is_hidden "
            "ORDER BY strand, first",
            columns=7,
        ).astype(np.int64)
    if not len(runs) or not len(masks):
        return {}
    # Numbers of strand and frame in one, to look up the run of every mask at once.
    span = max(int(masks[:, 1].max()), int(runs[:, 2].max())) + 1
    key = masks[:, 0] * span + masks[:, 1]
    owner = np.searchsorted(runs[:, 0] * span + runs[:, 1], key, side="right") - 1
    is_used = (owner >= 0) & (runs[owner, 0] == masks[:, 0]) & (masks[:, 1] <= runs[owner, 2])
    masks, owner = masks[is_used], owner[is_used]
    order = np.lexsort((masks[:, 1], runs[owner, 3]))
    masks, owned = masks[order], runs[owner[order]]
    places = np.searchsorted(project.frame_indices, masks[:, 1].astype(np.int64))
    ids, starts = np.unique(owned[:, 3], return_index=True)
    tracks = {}
    for track_id, start, end in zip(ids.tolist(), starts, [*starts[1:], len(owned)], strict=True):
        part = slice(start, end)
        tracks[track_id] = TrackColumns(
            places=places[part],
            boxes=masks[part, 4:8],
            areas=masks[part, 2],
            scores=masks[part, 3],
            class_ids=owned[part, 4],
            is_keyframe=owned[part, 5].astype(bool),
            origins=owned[part, 6],
        )
    return tracks
