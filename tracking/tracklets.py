"""Tracks seen as wholes: which go on as which, and which are only flicker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tracking.association import shape_agreement
from tracking.config import LookAheadConfig
from tracking.motion import Motion, kept_in_view
from tracking.summary import Tally

__all__ = ["Tracklet", "is_flicker", "join_tracklets"]

_DECAY_S = 1.0
_BEGINNING_SIGHTINGS = 15
"""A track's movement at its beginning is found from this many sightings."""
_APPEARANCE_MEMORY = 0.05
"""Share of a new sighting in what a track looks like."""
_LEAST_SHAPE_AGREEMENT = 0.3
_FOLLOWED_FIT = 0.2
"""What it counts that the tracker followed an object from one tracklet to the other."""
_LARGEST_SURPRISE = 3.0
"""As in the tracker: a lost object may come back half covered, and not from anywhere."""


@dataclass(slots=True, eq=False)
class Tracklet:
    """A part of a track of the first look without long gaps, built up sighting by sighting.

    Attributes:
        number: Its own, in order of beginning.
        track_id: Of the first look.
        frame_size: (height, width) px of its first frame.
        tally: Sums over its sightings, on the clock of the video.
        runs: First and last position of each row of frames that show it, in order.
        motion: How it moves, after its last sighting.
        appearance: (D,) float32, what it looks like; None before the first sighting.
    """

    number: int
    track_id: int
    frame_size: tuple[int, int]
    tally: Tally
    runs: list[list[int]] = field(default_factory=list)
    motion: Motion | None = None
    appearance: NDArray[np.float32] | None = None
    _beginning: list[tuple[float, NDArray[np.float32]]] = field(default_factory=list)

    def see(
        self,
        number: int,
        time_s: float,
        *,
        box: NDArray[np.float32],
        area: float,
        score: float,
        class_id: int,
        appearance: NDArray[np.float32],
    ) -> None:
        """Add a sighting in frame `number`, later than those before."""
        if self.motion is None or self.appearance is None:
            self.motion, self.appearance = Motion.at_rest(box), appearance
        else:
            self.motion = self.motion.observed(
                box, time_s - self.tally.last_s, frame_size=self.frame_size, decay_s=_DECAY_S
            )
            self.appearance = self.appearance + _APPEARANCE_MEMORY * (appearance - self.appearance)
        self.tally.see(time_s, box=box, area=area, score=score, class_id=class_id)
        if self.runs and self.runs[-1][1] == number - 1:
            self.runs[-1][1] = number
        else:
            self.runs.append([number, number])
        if len(self._beginning) < _BEGINNING_SIGHTINGS:
            self._beginning.append((time_s, box))

    def backwards(self) -> Motion:
        """How it moves into the past, before its first sighting."""
        later_s, box = self._beginning[-1]
        motion = Motion.at_rest(box)
        for time_s, box in reversed(self._beginning[:-1]):
            motion = motion.observed(
                box, later_s - time_s, frame_size=self.frame_size, decay_s=_DECAY_S
            )
            later_s = time_s
        return motion


def is_flicker(chain: Sequence[Tracklet], config: LookAheadConfig) -> bool:
    """Whether a track, perhaps joined of several, is too short and unsure to be believed."""
    shown_s = chain[-1].tally.last_s - chain[0].tally.first_s
    sightings = sum(part.tally.seen for part in chain)
    score = sum(part.tally.score_sum for part in chain) / sightings
    return shown_s < config.flicker_s and score < config.sure_score


def join_tracklets(tracklets: Sequence[Tracklet], config: LookAheadConfig) -> list[list[Tracklet]]:
    """Chains of tracklets of one object each, by the largest total of how well they fit."""
    ordered = sorted(tracklets, key=lambda part: (part.tally.first_s, part.number))
    fits = _fits(ordered, config)
    follower = _best_followers(fits, len(ordered))
    begins = set(range(len(ordered))) - set(follower.values())
    chains = []
    for row in sorted(begins):
        chain = [ordered[row]]
        while (row := follower.get(row, -1)) >= 0:
            chain.append(ordered[row])
        chains.append(chain)
    return chains


def _fits(ordered: Sequence[Tracklet], config: LookAheadConfig) -> dict[tuple[int, int], float]:
    """(earlier, later) -> fit above 0, of tracklets sorted by their begin."""
    begins_s = np.array([part.tally.first_s for part in ordered])
    pasts = [part.backwards() for part in ordered]
    fits = {}
    newest: dict[int, int] = {}
    for column, later in enumerate(ordered):
        if later.track_id in newest:
            # However long ago: the tracker has its own limit.
            fits[newest[later.track_id], column] = _FOLLOWED_FIT
        newest[later.track_id] = column
    for row, earlier in enumerate(ordered):
        end_s = earlier.tally.last_s
        first, last = np.searchsorted(begins_s, [end_s, end_s + config.max_join_s], side="right")
        for column in range(first, last):
            fit = _fit(earlier, ordered[column], pasts[column], config)
            if fit > 0:
                fits[row, column] = fits.get((row, column), 0.0) + fit
    return fits


def _fit(earlier: Tracklet, later: Tracklet, past: Motion, config: LookAheadConfig) -> float:
    """How well one tracklet goes on as another, 0 (not at all) to 1."""
    assert earlier.motion is not None and earlier.appearance is not None
    assert later.appearance is not None
    likeness = float(earlier.appearance @ later.appearance)
    if earlier.tally.class_id != later.tally.class_id or likeness < config.least_likeness:
        return 0.0
    elapsed_s = later.tally.first_s - earlier.tally.last_s
    size = later.frame_size
    surprise = min(
        _surprise(earlier.motion, past, elapsed_s, size),
        _surprise(past, earlier.motion, elapsed_s, size),
    )
    boxes = np.stack([earlier.motion.box, past.box]).astype(np.float32)
    shape = shape_agreement(boxes[0], boxes[1])
    if shape < _LEAST_SHAPE_AGREEMENT:
        return 0.0
    return likeness * shape * max(1 - (surprise / _LARGEST_SURPRISE) ** 2, 0.0)


def _surprise(motion: Motion, seen: Motion, elapsed_s: float, frame_size: tuple[int, int]) -> float:
    """Of finding an object as `seen`, whose time runs the other way, after `elapsed_s`."""
    expected = kept_in_view(motion.predicted_box(elapsed_s, decay_s=_DECAY_S), frame_size)
    found = kept_in_view(seen.box.astype(np.float32), frame_size)
    sides = np.maximum([found[2:] - found[:2], expected[2:] - expected[:2]], 1).astype(np.float64)
    size_px = sides.prod() ** 0.25
    gap = (found[:2] + found[2:] - expected[:2] - expected[2:]).astype(np.float64) / 2 / size_px
    turn = (-seen.velocity - motion.velocity_after(elapsed_s, decay_s=_DECAY_S)) / size_px
    return motion.surprise(gap, turn, elapsed_s=elapsed_s, seen=seen)


def _best_followers(fits: dict[tuple[int, int], float], count: int) -> dict[int, int]:
    """Earlier -> later, each at most once, with the largest sum of fits."""
    if not fits:
        return {}
    # Loaded for a second pass alone: it takes longer than all else that tracking loads.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    pairs = np.array(list(fits))
    # A column of its own lets every row stay alone; costs must not be 0 in a sparse matrix.
    alone = np.arange(count)
    rows = np.concatenate([pairs[:, 0], alone])
    columns = np.concatenate([pairs[:, 1], count + alone])
    costs = np.concatenate([2.0 - np.array(list(fits.values())), np.full(count, 2.0)])
    graph = csr_array((costs, (rows, columns)), shape=(count, 2 * count))
    matched_rows, matched_columns = min_weight_full_bipartite_matching(graph)
    return {
        int(row): int(column)
        for row, column in zip(matched_rows, matched_columns, strict=True)
        if column < count
    }
