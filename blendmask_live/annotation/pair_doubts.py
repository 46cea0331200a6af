"""Doubts about pairs of tracks: exchanged identities, broken tracks, duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.project import Project
from blendmask_live.annotation.runs import FrameRange
from blendmask_live.annotation.suggestion import Suggestion
from blendmask_live.annotation.track_edits import MergeTracks, SwapTracks
from blendmask_live.annotation.track_table import TrackColumns
from blendmask_live.masks.crops import crops_iou

__all__ = ["duplicates", "id_switches"]

_LONGEST_ABSENCE = 45
"""Frames between the end of a track and its continuation under another id."""
_HISTORY = 8
"""Frames before and after an encounter that motion and size are read from."""
_DUPLICATE_IOU = 0.7
_CONTACT_IOU = 0.05
_LEAST_EVIDENCE = 0.35

Tracks = Mapping[int, TrackColumns]
Boxes = NDArray[np.float64]


def id_switches(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Two tracks that exchanged objects, and objects that went on under a new id."""
    for track_id, other_id, ours, theirs in _shared_frames(tracks):
        yield from _exchanges(project, tracks, (track_id, other_id), ours, theirs)
    yield from _continuations(project, tracks)


def duplicates(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Two tracks on one object."""
    for track_id, other_id, ours, theirs in _shared_frames(tracks):
        a, b = tracks[track_id], tracks[other_id]
        shorter = min(len(a), len(b))
        iou = _iou(a.boxes[ours], b.boxes[theirs])
        if len(ours) < 3 or (iou > _DUPLICATE_IOU).sum() < 0.6 * shorter:
            continue
        places = a.places[ours]
        likeness = _mask_iou(project, track_id, other_id, places[iou > _DUPLICATE_IOU])
        if likeness < _DUPLICATE_IOU:
            continue
        into, other = (track_id, other_id) if len(a) >= len(b) else (other_id, track_id)
        yield Suggestion(
            kind="duplicate",
            frames=_range(project, int(places[0]), int(places[-1])),
            tracks=(into, other),
            doubt=likeness,
            text=f"tracks {into} and {other} cover the same object (IoU {likeness:.2f}): merge",
            edit=MergeTracks(into, other),
        )


def _exchanges(
    project: Project,
    tracks: Tracks,
    ids: tuple[int, int],
    ours: NDArray[np.intp],
    theirs: NDArray[np.intp],
) -> Iterator[Suggestion]:
    """Frames from which each of two tracks fits the other's past better than its own."""
    a, b = tracks[ids[0]], tracks[ids[1]]
    places = a.places[ours]
    boxes_a, boxes_b = a.boxes[ours], b.boxes[theirs]
    for last, first in _encounters(boxes_a, boxes_b):
        keep, swap = _costs(places, boxes_a, boxes_b, last, first)
        evidence = (keep - swap) / max(keep + swap, 1e-9)
        if keep < 0.5 or evidence < _LEAST_EVIDENCE:
            continue
        frame = int(project.frame_indices[places[first]])
        yield Suggestion(
            kind="id switch",
            frames=_range(project, int(places[last]), int(places[first])),
            tracks=ids,
            doubt=float(min(evidence, 1.0)),
            text=f"tracks {ids[0]} and {ids[1]} seem to have changed places: swap them from "
            f"frame {frame} on",
            edit=SwapTracks(*ids, FrameRange(frame)),
        )


def _encounters(boxes_a: Boxes, boxes_b: Boxes) -> list[tuple[int, int]]:
    """Rows before and after each moment at which two tracks could have been exchanged.

    Either they touched for a while, or both jumped at once to where the other was.
    """
    contact = np.concatenate([[False], _iou(boxes_a, boxes_b) > _CONTACT_IOU, [False]])
    edges = np.flatnonzero(np.diff(contact.astype(np.int8)))
    touched = [(int(s) - 1, int(e)) for s, e in zip(edges[::2], edges[1::2], strict=True)]
    kept = _iou(boxes_a[:-1], boxes_a[1:]) + _iou(boxes_b[:-1], boxes_b[1:])
    crossed = _iou(boxes_a[:-1], boxes_b[1:]) + _iou(boxes_b[:-1], boxes_a[1:])
    jumps = np.flatnonzero(crossed > kept + 0.5).tolist()
    # A jump gives the exact frame; the touching around it then adds nothing.
    inner = [
        (start, end)
        for start, end in touched
        if start >= 0 and end < len(boxes_a) and not any(start <= row < end for row in jumps)
    ]
    return sorted([*inner, *((row, row + 1) for row in jumps)])


def _costs(
    places: NDArray[np.int64], boxes_a: Boxes, boxes_b: Boxes, last: int, first: int
) -> tuple[float, float]:
    """How badly two tracks continue as they are, and exchanged."""
    before = slice(max(last + 1 - _HISTORY, 0), last + 1)
    after = slice(first, first + _HISTORY)

    def cost(past: Boxes, future: Boxes) -> float:
        return _mismatch(places[before], past[before], places[after], future[after])

    keep = cost(boxes_a, boxes_a) + cost(boxes_b, boxes_b)
    return keep, cost(boxes_a, boxes_b) + cost(boxes_b, boxes_a)


def _mismatch(
    past_places: NDArray[np.int64],
    past: Boxes,
    future_places: NDArray[np.int64],
    future: Boxes,
) -> float:
    """How far a future is from a past: way off the predicted place, and change of shape."""
    middle = (past_places[-1] + future_places[0]) / 2
    before, after = (
        _at(p, _centres(b), middle) for p, b in ((past_places, past), (future_places, future))
    )
    sides_before, sides_after = (np.median(b[:, 2:] - b[:, :2], axis=0) for b in (past, future))
    diagonal = max(float(np.hypot(*sides_before)), 1.0)
    shape = np.abs(np.log(sides_after.clip(min=1) / sides_before.clip(min=1))).sum()
    return float(np.hypot(*(after - before)) / diagonal + shape)


def _at(places: NDArray[np.int64], centres: Boxes, place: float) -> NDArray[np.float64]:
    """Where straight motion through the centres (least squares) is at another time."""
    if len(places) < 3:
        nearest: NDArray[np.float64] = centres[np.abs(places - place).argmin()]
        return nearest
    middle = places.mean()
    times = places - middle
    velocity = times @ centres / (times @ times)
    return np.asarray(centres.mean(axis=0) + velocity * (place - middle))


def _continuations(project: Project, tracks: Tracks) -> Iterator[Suggestion]:
    """Tracks that begin soon after another ended, where that one was heading."""
    begins = sorted(tracks, key=lambda track_id: int(tracks[track_id].places[0]))
    first_places = np.array([tracks[track_id].places[0] for track_id in begins])
    for track_id, a in tracks.items():
        end = int(a.places[-1])
        low, high = np.searchsorted(first_places, [end + 1, end + _LONGEST_ABSENCE + 1])
        best: tuple[float, int] | None = None
        for other_id in begins[low:high]:
            b = tracks[other_id]
            if a.class_ids[-1] != b.class_ids[0]:
                continue
            past, future = slice(-_HISTORY, None), slice(0, _HISTORY)
            cost = _mismatch(a.places[past], a.boxes[past], b.places[future], b.boxes[future])
            absence = int(b.places[0]) - end
            doubt = float(np.exp(-cost) * np.exp(-absence / _LONGEST_ABSENCE))
            if doubt >= _LEAST_EVIDENCE and (best is None or doubt > best[0]):
                best = doubt, other_id
        if best is not None:
            doubt, other_id = best
            yield Suggestion(
                kind="id switch",
                frames=_range(project, end, int(tracks[other_id].places[0])),
                tracks=(track_id, other_id),
                doubt=doubt,
                text=f"track {other_id} seems to go on where track {track_id} ends: merge",
                edit=MergeTracks(track_id, other_id),
            )


def _shared_frames(
    tracks: Tracks,
) -> Iterator[tuple[int, int, NDArray[np.intp], NDArray[np.intp]]]:
    """Pairs of tracks of the same time, with their rows of common frames."""
    by_begin = sorted(tracks, key=lambda track_id: int(tracks[track_id].places[0]))
    for position, track_id in enumerate(by_begin):
        a = tracks[track_id]
        for other_id in by_begin[position + 1 :]:
            b = tracks[other_id]
            if b.places[0] > a.places[-1]:
                break
            _, ours, theirs = np.intersect1d(
                a.places, b.places, assume_unique=True, return_indices=True
            )
            if len(ours):
                yield track_id, other_id, ours, theirs


def _mask_iou(project: Project, track_id: int, other_id: int, places: NDArray[np.int64]) -> float:
    """Mean mask IoU in a few of the frames."""
    some = places[np.unique(np.linspace(0, len(places) - 1, 3).astype(int))]
    values = []
    for frame in project.frame_indices[some].tolist():
        masks = [project.mask(frame, track) for track in (track_id, other_id)]
        values += [
            float(crops_iou([a], [b])[0, 0]) for a, b in [masks] if a is not None and b is not None
        ]
    return float(np.mean(values)) if values else 0.0


def _iou(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """(n,) IoU of boxes row by row."""
    sides = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared = sides.clip(min=0).prod(axis=1)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    iou: NDArray[np.float64] = shared / (areas - shared).clip(min=1e-9)
    return iou


def _centres(boxes: Boxes) -> Boxes:
    centres: Boxes = (boxes[:, :2] + boxes[:, 2:]) / 2
    return centres


def _range(project: Project, first_place: int, last_place: int) -> FrameRange:
    indices = project.frame_indices
    return FrameRange(int(indices[first_place]), int(indices[last_place]))
