"""Doubts about single tracks: gaps, flicker, class flips, area jumps, unsure following."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.fill_edits import FillGaps, Interpolate
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.runs import FrameRange, Origin
from blendmask_live.annotation.suggestion import Suggestion
from blendmask_live.annotation.track_edits import DeleteMasks, DeleteTrack, Relabel
from blendmask_live.annotation.track_table import TrackColumns
from blendmask_live.counting import counted

__all__ = ["area_jumps", "class_flips", "flicker", "gaps", "unsure_stretches"]

_LONGEST_GAP = 5
"""Frames; after a longer absence the object was probably hidden or gone."""
_LEAST_SCORE = 0.43
"""Mean score of a track whose gaps are worth filling: fainter ones are often no object at all."""
_FLICKER_GAPS = 3
"""This many gaps..."""
_FLICKER_FRAMES = 30
"""...within this many frames of each other are one flicker."""
_SHORT_LIFE = 3
"""A track with at most this many masks is doubted."""
_JUMP_RATIO = 1.7
"""Area against the median of the neighbours."""
_JUMP_WINDOW = 15
_LONGEST_JUMP = 5
_LEAST_NEIGHBOURS = 5
"""Frames without a gap that show what a usual area is."""
_ALIKE_RATIO = 1.3
"""Areas on both sides of a jump."""
_UNSURE = 0.7
"""Confidence below which a mask that was followed is doubted: three of five of them share less
than half with the object (33 masks of four DAVIS sequences, in both directions)."""

Tracks = Mapping[int, TrackColumns]


def gaps(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Short absences that are no part of a flicker."""
    for track_id, columns in _sure(tracks):
        rows = _gap_rows(columns)
        for row in rows[~_in_flicker(columns, rows)].tolist():
            missing = int(columns.places[row + 1] - columns.places[row] - 1)
            frames = _frames(project, columns, row, row + 1)
            likeness = _likeness(columns, row, row + 1)
            yield Suggestion(
                kind="gap",
                frames=frames,
                tracks=(track_id,),
                doubt=likeness * float(np.exp(-missing / _LONGEST_GAP)),
                text=f"track {track_id} is missing for {counted(missing, 'frame')}: interpolate",
                edit=FillGaps(track_id, frames),
            )


def flicker(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Tracks that come and go, and tracks of a moment."""
    for track_id, columns in tracks.items():
        is_cut_off = columns.places[0] == 0 or columns.places[-1] == project.frame_count - 1
        if len(columns) <= _SHORT_LIFE and not (is_cut_off or columns.is_keyframe.any()):
            yield Suggestion(
                kind="flicker",
                frames=_frames(project, columns, 0, len(columns) - 1),
                tracks=(track_id,),
                doubt=float(np.clip(1 - columns.scores.mean() * len(columns) / 4, 0, 1)),
                text=f"track {track_id} lives for {counted(len(columns), 'frame')} only: delete it",
                edit=DeleteTrack(track_id),
            )
    for track_id, columns in _sure(tracks):
        rows = _gap_rows(columns)
        for first, last in _stretches(_in_flicker(columns, rows)):
            frames = _frames(project, columns, int(rows[first]), int(rows[last]) + 1)
            count = last - first + 1
            yield Suggestion(
                kind="flicker",
                frames=frames,
                tracks=(track_id,),
                doubt=1 - 1 / count,
                text=f"track {track_id} vanishes {count} times: interpolate over the gaps",
                edit=FillGaps(track_id, frames, longest=_LONGEST_GAP),
            )


def class_flips(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Stretches of a track in another class than most of it."""
    labels = project.labels
    for track_id, columns in tracks.items():
        votes = np.bincount(columns.class_ids, weights=columns.scores)
        majority = int(votes.argmax())
        share = float(votes[majority] / max(votes.sum(), 1e-9))
        for first, last in _stretches((columns.class_ids != majority) & ~columns.is_keyframe):
            frames = _frames(project, columns, first, last)
            was = labels[int(columns.class_ids[first])]
            yield Suggestion(
                kind="class flip",
                frames=frames,
                tracks=(track_id,),
                doubt=share,
                text=f"track {track_id} is {was} here, {labels[majority]} in "
                f"{share:.0%} of its frames: relabel",
                edit=Relabel(track_id, labels[majority], frames),
            )


def area_jumps(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """A few frames with a much larger or smaller mask than those right before and after.

    Only where the track has no gap, and the masks on both sides are alike: elsewhere the object
    comes, goes or hides, and a mask in between would be invented.
    """
    # Loaded when doubts are looked for: it takes longer than the rest of a project.
    from scipy.ndimage import median_filter

    for track_id, columns in tracks.items():
        for begin, end in pairwise([0, *_breaks(columns), len(columns)]):
            if end - begin < _LEAST_NEIGHBOURS:
                continue
            areas = columns.areas[begin:end]
            usual = median_filter(areas, min(_JUMP_WINDOW, len(areas)), mode="nearest")
            ratio = np.abs(np.log(areas / usual.clip(min=1)))
            is_odd = (ratio > np.log(_JUMP_RATIO)) & ~columns.is_keyframe[begin:end]
            for first, last in _stretches(is_odd):
                if first == 0 or last == len(areas) - 1 or last - first >= _LONGEST_JUMP:
                    continue
                if abs(np.log(areas[first - 1] / areas[last + 1])) > np.log(_ALIKE_RATIO):
                    continue
                worst = float(ratio[first : last + 1].max())
                frames = _frames(project, columns, begin + first - 1, begin + last + 1)
                yield Suggestion(
                    kind="area jump",
                    frames=frames,
                    tracks=(track_id,),
                    doubt=1 - float(np.exp(-worst)),
                    text=f"track {track_id} is {np.exp(worst):.1f} times off its usual area: "
                    "interpolate over it",
                    edit=Interpolate(track_id, frames),
                )


def unsure_stretches(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Frames through which an object was followed with little confidence."""
    for track_id, columns in tracks.items():
        was_followed = (columns.origins == Origin.PROPAGATED) & ~columns.is_keyframe
        is_unsure = was_followed & (columns.scores < _UNSURE)
        for begin, end in pairwise([0, *_breaks(columns), len(columns)]):
            for first, last in _stretches(is_unsure[begin:end]):
                frames = _frames(project, columns, begin + first, begin + last)
                confidence = float(columns.scores[begin + first : begin + last + 1].mean())
                span = counted(last - first + 1, "frame")
                yield Suggestion(
                    kind="unsure",
                    frames=frames,
                    tracks=(track_id,),
                    doubt=1 - confidence,
                    text=f"track {track_id} was followed for {span} with a confidence of "
                    f"{confidence:.0%}: delete its masks there",
                    edit=DeleteMasks(track_id, frames),
                )


def _breaks(columns: TrackColumns) -> list[int]:
    """Rows before which frames are missing."""
    breaks: list[int] = (np.flatnonzero(np.diff(columns.places) > 1) + 1).tolist()
    return breaks


def _sure(tracks: Tracks) -> Iterator[tuple[int, TrackColumns]]:
    for track_id, columns in tracks.items():
        if columns.scores.mean() >= _LEAST_SCORE:
            yield track_id, columns


def _gap_rows(columns: TrackColumns) -> NDArray[np.intp]:
    """Rows after which the track is missing for a short time."""
    steps = np.diff(columns.places)
    return np.flatnonzero((steps > 1) & (steps <= _LONGEST_GAP + 1))


def _in_flicker(columns: TrackColumns, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the gaps are one of several close together."""
    is_part = np.zeros(len(rows), dtype=bool)
    ahead = _FLICKER_GAPS - 1
    if len(rows) > ahead:
        places = columns.places[rows]
        close = np.flatnonzero(places[ahead:] - places[:-ahead] <= _FLICKER_FRAMES)
        for offset in range(_FLICKER_GAPS):
            is_part[close + offset] = True
    return is_part


def _likeness(columns: TrackColumns, before: int, after: int) -> float:
    """How alike in size and place two masks of a track are, 0 to 1."""
    area = np.sort(columns.areas[[before, after]])
    near, far = columns.boxes[before], columns.boxes[after]
    sides = near[2:] - near[:2]
    way = np.hypot(*((far[:2] + far[2:] - near[:2] - near[2:]) / 2))
    return float(area[0] / area[1] * np.exp(-way / max(np.hypot(*sides), 1)))


def _stretches(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last position of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _frames(project: Project, columns: TrackColumns, first: int, last: int) -> FrameRange:
    indices = project.frame_indices[columns.places[[first, last]]]
    return FrameRange(int(indices[0]), int(indices[1]))
