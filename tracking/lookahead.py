"""A second look at a whole video, for work that is not live.

The first look (`MaskTracker` and `ConfirmationBuffer`) is stored. Knowing all of it, tracks
are joined across gaps, flicker is dropped, short holes are filled and each track has one class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import (
    NOMINAL_FPS,
    Instances,
    TrackedFrame,
    TrackedInstances,
    TrackState,
)
from blendmask_live.masks.crops import CroppedMask, crop_mask, crops_iou, shared_px
from tracking.appearance import describe
from tracking.config import LookAheadConfig
from tracking.frame_store import FrameStore, StoredFrame
from tracking.motion import move_crop
from tracking.summary import Tally
from tracking.tracklets import Tracklet, is_flicker, join_tracklets

__all__ = ["FirstLook", "SecondLook", "between"]

_LONGEST_TRUSTED_GAP_S = 0.25
"""Over a longer gap it is decided again whether the track was followed rightly."""
_LARGEST_COVERED_SHARE = 0.3
"""Of a mask made for a hole, by masks of its frame: beyond it the object is hidden."""
_LEAST_AGREEMENT = 0.5
"""Mask IoU with the interpolated mask from which a coasted one is preferred to it."""


class FirstLook:
    """Stores a video's tracked frames; closed with its `SecondLook`, or by `close`."""

    def __init__(self, labels: tuple[str, ...], folder: Path | None = None) -> None:
        """For instances with these class names; the frames are stored in `folder`."""
        self._labels = labels
        self._store = FrameStore(folder)
        self._tracklets: list[Tracklet] = []
        self._newest_piece: dict[int, int] = {}

    def add(self, frame: TrackedFrame, time_s: float) -> None:
        """The next frame, with final track ids.

        A time that is not later than the one before counts as a frame later (`NOMINAL_FPS`).

        Raises:
            ExportError: If it cannot be stored.
        """
        if len(self._store) and not time_s > self._store.times_s[-1]:
            time_s = self._store.times_s[-1] + float(1 / NOMINAL_FPS)
        instances = frame.instances
        crops = instances.cropped_masks()
        is_coasted = np.array([s is TrackState.COASTED for s in frame.tracked.states], dtype=bool)
        pieces = [
            self._piece(track_id, time_s, instances.frame_size)
            for track_id in frame.track_ids.tolist()
        ]
        seen = np.flatnonzero(~is_coasted).tolist()
        looks = describe(frame.frame.image, [crops[row] for row in seen])
        for row, look in zip(seen, looks, strict=True):
            self._tracklets[pieces[row]].see(
                len(self._store),
                time_s,
                box=instances.boxes[row],
                area=crops[row].area,
                score=float(instances.scores[row]),
                class_id=int(instances.class_ids[row]),
                appearance=look,
            )
        self._store.append(
            StoredFrame(
                time_s,
                instances.frame_size,
                np.array(pieces, dtype=np.int64),
                is_coasted,
                instances.class_ids,
                instances.scores,
                instances.boxes,
                crops,
            )
        )

    def _piece(self, track_id: int, time_s: float, frame_size: tuple[int, int]) -> int:
        """Number of the tracklet that a row belongs to.

        Over a longer gap the tracker may have been wrong, so a new one begins there.
        """
        piece = self._newest_piece.get(track_id, -1)
        if piece < 0 or time_s - self._tracklets[piece].tally.last_s > _LONGEST_TRUSTED_GAP_S:
            piece = self._newest_piece[track_id] = len(self._tracklets)
            self._tracklets.append(Tracklet(piece, track_id, frame_size, Tally(time_s)))
        return piece

    def second_look(self, config: LookAheadConfig | None = None) -> SecondLook:
        """Decide about the whole; nothing can be added afterwards."""
        config = config or LookAheadConfig()
        seen = [part for part in self._tracklets if part.tally.seen]
        chains = join_tracklets(seen, config)
        chains = [chain for chain in chains if not is_flicker(chain, config)]
        return SecondLook(self._store, self._labels, chains, config)

    def close(self) -> None:
        self._store.close()


@dataclass(frozen=True, slots=True)
class _Identity:
    """What a tracklet is called in the end."""

    track_id: int
    class_id: int


@dataclass(frozen=True, slots=True)
class _Hole:
    """Frames between two sightings of a track; their tracklets may differ."""

    identity: _Identity
    before: int
    after: int
    part_before: int
    part_after: int


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """The two sightings around a hole."""

    hole: _Hole
    times_s: tuple[float, float]
    crops: tuple[CroppedMask, CroppedMask]
    scores: tuple[float, float]


class SecondLook:
    """The stored frames as they are after looking at all of them.

    Frames are read in order, which is fast, or in any other.
    """

    def __init__(
        self,
        store: FrameStore,
        labels: tuple[str, ...],
        chains: Sequence[Sequence[Tracklet]],
        config: LookAheadConfig,
    ) -> None:
        self._store = store
        self._labels = labels
        self._identities: dict[int, _Identity] = {}
        holes: list[_Hole] = []
        for track_id, chain in enumerate(chains, start=1):
            votes: dict[int, float] = {}
            for part in chain:
                for class_id, vote in part.tally.class_votes.items():
                    votes[class_id] = votes.get(class_id, 0.0) + vote
            identity = _Identity(track_id, max(votes, key=votes.__getitem__))
            self._identities |= {part.number: identity for part in chain}
            holes += _holes(chain, identity, store.times_s, config.max_fill_s)
        # From its end, the next hole to come.
        self._holes = sorted(holes, key=lambda hole: -hole.before)
        self._waiting = list(self._holes)
        self._open: list[_Ends] = []
        self._next = 0

    def __len__(self) -> int:
        return len(self._store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def frame(self, number: int) -> TrackedInstances:
        """The objects of a frame by its position, from 0; masks made for holes are COASTED."""
        if number != self._next:
            self._waiting, self._open = list(self._holes), []
        self._next = number + 1
        stored = self._store.read(number)
        is_kept = np.array([i in self._identities for i in stored.parts.tolist()], dtype=bool)
        rows = np.flatnonzero(is_kept & ~stored.is_coasted).tolist()
        identities = [self._identities[int(stored.parts[row])] for row in rows]
        crops = [stored.crops[row] for row in rows]
        scores = stored.scores[rows].tolist()
        seen_count = len(rows)
        for ends in self._around(number):
            crop = _filling(ends, stored, crops[:seen_count])
            if crop is not None:
                identities.append(ends.hole.identity)
                crops.append(crop)
                scores.append(min(ends.scores))
        boxes = [stored.boxes[row] for row in rows] + [c.box for c in crops[seen_count:]]
        instances = Instances(
            boxes=np.array(boxes, dtype=np.float32).reshape(-1, 4),
            scores=np.array(scores, dtype=np.float32),
            class_ids=np.array([identity.class_id for identity in identities], dtype=np.int64),
            frame_size=stored.frame_size,
            labels=self._labels,
            exact_masks=tuple(crops),
        )
        states = [TrackState.CONFIRMED] * seen_count
        states += [TrackState.COASTED] * (len(crops) - seen_count)
        track_ids = np.array([identity.track_id for identity in identities], dtype=np.int64)
        return TrackedInstances(instances, track_ids, tuple(states))

    def _around(self, number: int) -> list[_Ends]:
        """The holes that a frame lies in."""
        while self._waiting and self._waiting[-1].before < number:
            hole = self._waiting.pop()
            if number < hole.after:
                self._open.append(self._ends(hole))
        self._open = [ends for ends in self._open if number < ends.hole.after]
        return self._open

    def _ends(self, hole: _Hole) -> _Ends:
        before, after = self._store.read(hole.before), self._store.read(hole.after)
        row_before = int(np.flatnonzero(before.parts == hole.part_before)[0])
        row_after = int(np.flatnonzero(after.parts == hole.part_after)[0])
        return _Ends(
            hole,
            (before.time_s, after.time_s),
            (before.crops[row_before].tight(), after.crops[row_after].tight()),
            (float(before.scores[row_before]), float(after.scores[row_after])),
        )

    def close(self) -> None:
        """Remove the stored frames."""
        self._store.close()


def _holes(
    chain: Sequence[Tracklet], identity: _Identity, times_s: Sequence[float], max_fill_s: float
) -> list[_Hole]:
    runs = [(first, last, part.number) for part in chain for first, last in part.runs]
    return [
        _Hole(identity, last, first, part_before, part_after)
        for (_, last, part_before), (first, _, part_after) in pairwise(runs)
        if times_s[first] - times_s[last] <= max_fill_s
    ]


def _filling(
    ends: _Ends, stored: StoredFrame, present: Sequence[CroppedMask]
) -> CroppedMask | None:
    """The mask of an object in a hole, unless something that was seen there hides it."""
    begin_s, end_s = ends.times_s
    share = (stored.time_s - begin_s) / (end_s - begin_s)
    crop = _inside(between(*ends.crops, share), stored.frame_size)
    is_ours = np.isin(stored.parts, (ends.hole.part_before, ends.hole.part_after))
    for row in np.flatnonzero(is_ours & stored.is_coasted).tolist():
        coasted = stored.crops[row].tight()
        if crops_iou([coasted], [crop])[0, 0] >= _LEAST_AGREEMENT:
            crop = coasted
    covered = sum(shared_px(crop, other) for other in present)
    return crop if crop.area and covered <= _LARGEST_COVERED_SHARE * crop.area else None


def between(first: CroppedMask, second: CroppedMask, share: float) -> CroppedMask:
    """The mask on the way from one mask to another: box and outline are interpolated.

    Both masks are brought into the interpolated box; there, the signed distances from their
    outlines are averaged.

    Args:
        first, second: Tight masks with at least one pixel.
        share: Of the way, 0 (`first`) to 1 (`second`).
    """
    boxes = np.array([first.box, second.box], dtype=np.float64)
    box = (1 - share) * boxes[0] + share * boxes[1]
    x0, y0, x1, y1 = np.round(box).astype(int).tolist()
    shape = max(y1 - y0, 1), max(x1 - x0, 1)
    distances = [
        _signed_distance(_placed(crop, own, box, shape, (x0, y0)))
        for crop, own in zip((first, second), boxes, strict=True)
    ]
    blended = (1 - share) * distances[0] + share * distances[1] > 0
    crop = crop_mask(blended)
    return CroppedMask(crop.x0 + x0, crop.y0 + y0, crop.mask) if crop.area else crop


def _placed(
    crop: CroppedMask,
    own_box: NDArray[np.float64],
    box: NDArray[np.float64],
    shape: tuple[int, int],
    corner: tuple[int, int],
) -> NDArray[np.bool_]:
    """(h, w) canvas at `corner`, with the mask moved from its own box into another."""
    moved = move_crop(crop, own_box, box)
    canvas = np.zeros(shape, dtype=bool)
    left, top = moved.x0 - corner[0], moved.y0 - corner[1]
    x0, y0 = max(left, 0), max(top, 0)
    part = moved.mask[y0 - top : shape[0] - top, x0 - left : shape[1] - left]
    canvas[y0 : y0 + part.shape[0], x0 : x0 + part.shape[1]] = part
    return canvas


def _signed_distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(h, w) px to the outline, negative outside."""
    inside = np.pad(mask, 1).astype(np.uint8)
    to_outside = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    to_inside = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    return np.subtract(to_outside, to_inside, dtype=np.float32)[1:-1, 1:-1]


def _inside(crop: CroppedMask, frame_size: tuple[int, int]) -> CroppedMask:
    """The part within the frame."""
    height, width = frame_size
    x0, y0, x1, y1 = crop.box
    u0, v0 = max(x0, 0), max(y0, 0)
    mask = crop.mask[v0 - y0 : max(min(y1, height) - y0, 0), u0 - x0 : max(min(x1, width) - x0, 0)]
    return CroppedMask(u0, v0, mask).tight()
