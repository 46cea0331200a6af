"""Gives every instance of a video an identity."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from blendmask_live.datatypes import NOMINAL_FPS, Instances, TrackedInstances, TrackState
from blendmask_live.masks.crops import CroppedMask
from tracking.association import Objects, associate, common_shift, mask_overlap
from tracking.coasting import CoastedMask, append_rows, coast
from tracking.config import TrackerConfig
from tracking.motion import observe_all, predict_all, spread_all
from tracking.sightings import Sighting, read_sightings, unit_attention
from tracking.summary import TrackSummary
from tracking.track import Track

__all__ = ["MaskTracker"]

_SHORTEST_FRAME_S = 1e-3
"""Steps below this are no clock: velocities would be noise divided by nothing."""
_LONGEST_GAP_S = 1e6
"""Longer gaps are counted as this, so that the clock keeps its precision."""
_LATEST_START_S = 1e10
"""First timestamps beyond it are counted as this, for the same reason."""
_REMOVED_REMEMBERED = 256
"""A camera that runs for months must not fill the memory with what has passed."""
_REACH_IN_SPREADS = 3.0
"""Standard deviations around the predicted place in which an object is looked for."""
_LARGEST_SPREAD = 0.3
"""In object sizes; where an object unseen for longer may be says nothing about nearness."""


class MaskTracker:
    """Follows objects by the overlap of their masks; used by one thread.

    The same input gives the same output. Ids start at 1 for each tracker and are given without
    gaps, to confirmed tracks only; tentative tracks carry negative ids, never used twice.
    A row that cannot be tracked (uncertain and unmatched, a duplicate of a tracked row, without
    a mask pixel, with a box or score that is not a number) is a tentative track of one frame.

    Time is that of the video. A timestamp that is not later than the one before, or not a
    number, counts as a frame later (`NOMINAL_FPS`), so a source without a clock works too.
    """

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self._config = config or TrackerConfig()
        self.reset()

    @property
    def config(self) -> TrackerConfig:
        """May be replaced between two frames; tracks go on."""
        return self._config

    @config.setter
    def config(self, config: TrackerConfig) -> None:
        self._config = config

    def reset(self) -> None:
        """Forget everything: the next frame is the first, the next id is 1."""
        self._tracks: list[Track] = []
        self._removed = deque[TrackSummary](maxlen=_REMOVED_REMEMBERED)
        self._forgotten_ids: list[int] = []
        self._is_fresh = True
        self._frame_size: tuple[int, int] | None = None
        self._timestamp_s: float | None = None
        self._now_s = 0.0
        self._last_final_id = 0
        self._last_provisional_id = 0

    def forget(self) -> None:
        """End all tracks, as at a cut; the next frame is a first one, ids are not used again."""
        self._forgotten_ids += [track.track_id for track in self._tracks]
        self._remember(self._tracks)
        self._tracks = []
        self._is_fresh = True

    def take_id(self) -> int:
        """The next free id, for an object that is followed by other means."""
        self._last_final_id += 1
        return self._last_final_id

    def number(self, instances: Instances) -> TrackedInstances:
        """The next frame without tracking: ends all tracks, every row gets an id of its own."""
        self.forget()
        dropped = tuple(track_id for track_id in self._forgotten_ids if track_id < 0)
        self._forgotten_ids = []
        first, self._last_final_id = self._last_final_id + 1, self._last_final_id + len(instances)
        track_ids = np.arange(first, self._last_final_id + 1, dtype=np.int64)
        states = (TrackState.CONFIRMED,) * len(instances)
        return TrackedInstances(instances, track_ids, states, {}, dropped)

    def update(self, instances: Instances, *, timestamp_s: float) -> TrackedInstances:
        """Track one frame; frames are given in the order of the video.

        Args:
            instances: What was found in the frame, rows in any order.
            timestamp_s: Presentation time of the frame in seconds.

        Returns:
            The same rows in the same order, with class ids voted and scores averaged over each
            track; then the coasted rows, if any.
        """
        is_first_frame, self._is_fresh = self._is_fresh, False
        self._advance_clock(float(timestamp_s))
        self._follow_frame_size(instances.frame_size)
        rows, sightings, detections = read_sightings(instances, self._now_s)
        owners = self._match(sightings, detections, instances.frame_size)
        coasted = self._coast(instances, owners, [sighting.crop for sighting in sightings])
        ended = self._end_tracks(owners)
        self._begin_tracks(sightings, owners)
        confirmations = self._confirm(owners, at_once=is_first_frame)
        tracked = dict(zip(rows, owners, strict=True))
        result = self._result(instances, tracked, confirmations, ended)
        return _with_coasted(result, coasted)

    def tracks(self) -> tuple[TrackSummary, ...]:
        """What is known of each track after the last frame, by id.

        Those followed now, lost ones included, and the confirmed ones REMOVED last. Times are
        those given to `update`, as long as they ran forwards.
        """
        now_s = self._now_s
        followed = [
            track.tally.summary(track.track_id, track.state(now_s)) for track in self._tracks
        ]
        return tuple(sorted((*self._removed, *followed), key=lambda summary: summary.track_id))

    def _advance_clock(self, timestamp_s: float) -> None:
        is_number = math.isfinite(timestamp_s)
        if is_number and self._timestamp_s is None and not self._now_s:
            self._now_s = min(max(timestamp_s, -_LATEST_START_S), _LATEST_START_S)
        else:
            step_s = math.nan if self._timestamp_s is None else timestamp_s - self._timestamp_s
            is_usable = math.isfinite(step_s) and step_s >= _SHORTEST_FRAME_S
            self._now_s += min(step_s, _LONGEST_GAP_S) if is_usable else float(1 / NOMINAL_FPS)
        if is_number:
            self._timestamp_s = timestamp_s

    def _follow_frame_size(self, frame_size: tuple[int, int]) -> None:
        """When the stream changes size, tracks keep their place in the picture."""
        if not all(frame_size):
            return
        if self._frame_size is not None and self._frame_size != frame_size:
            old_height, old_width = self._frame_size
            for track in self._tracks:
                track.scale(frame_size[1] / old_width, frame_size[0] / old_height)
        self._frame_size = frame_size

    def _match(
        self, sightings: Sequence[Sighting], detections: Objects, frame_size: tuple[int, int]
    ) -> list[Track | None]:
        """The known track of each sighting; those tracks have taken it in."""
        owners: list[Track | None] = [None] * len(sightings)
        config, tracks = self._config, self._expected_tracks(frame_size)
        if config.max_camera_step and len(sightings) and self._tracks:
            shift = common_shift(tracks, detections, config)
            if shift.any():
                for track in self._tracks:
                    track.shift(shift)
                tracks = self._expected_tracks(frame_size)
        pairs = associate(tracks, detections, config)
        seen = [(self._tracks[track_row], sightings[row]) for track_row, row in pairs]
        motions = observe_all(
            [track.motion for track, _ in seen],
            detections.boxes[np.array([row for _, row in pairs], dtype=np.int64)],
            [sighting.seen_s - track.last.seen_s for track, sighting in seen],
            frame_size=frame_size,
            decay_s=config.velocity_decay_s,
        )
        for (track, sighting), motion, (_, row) in zip(seen, motions, pairs, strict=True):
            track.see(sighting, motion, config)
            owners[row] = track
        return owners

    def _expected_tracks(self, frame_size: tuple[int, int]) -> Objects:
        config, now_s = self._config, self._now_s
        motions = [track.motion for track in self._tracks]
        elapsed_s = [now_s - track.last.seen_s for track in self._tracks]
        boxes, crops = predict_all(
            motions,
            [track.last.crop for track in self._tracks],
            elapsed_s,
            decay_s=config.velocity_decay_s,
            frame_size=frame_size,
        )
        spreads = spread_all(motions, elapsed_s)
        reaches = np.minimum(config.max_centre_distance, _REACH_IN_SPREADS * spreads)
        return Objects(
            boxes=boxes,
            crops=crops,
            class_ids=np.array([track.class_id for track in self._tracks], dtype=np.int64),
            weights=np.array(
                [now_s - track.tally.first_s if track.confirmed else 0.0 for track in self._tracks]
            ),
            reaches=np.where(spreads > _LARGEST_SPREAD, 0.0, reaches),
            attention=unit_attention([track.last for track in self._tracks]),
        )

    def _coast(
        self, instances: Instances, owners: Sequence[Track | None], present: Sequence[CroppedMask]
    ) -> dict[int, CoastedMask]:
        """Track id -> mask, for confirmed tracks that were missed only now."""
        config = self._config
        if not config.max_coast_s or instances.bases is None or instances.soft_masks is None:
            return {}
        seen = set(owners)
        coasted = {}
        for track in self._tracks:
            elapsed_s, attention = self._now_s - track.last.seen_s, track.last.attention
            if track in seen or not track.confirmed or elapsed_s > config.max_coast_s:
                continue
            if attention is None or len(attention) != len(instances.bases):
                continue
            _, expected = track.predict(self._now_s, config, frame_size=instances.frame_size)
            mask = coast(
                instances,
                box=track.motion.predicted_box(elapsed_s, decay_s=config.velocity_decay_s),
                expected=expected,
                attention=attention,
                score=track.last.score,
                class_id=track.class_id,
                present=present,
            )
            if mask is not None:
                coasted[track.track_id] = mask
                track.tally.coast(self._now_s, box=mask.box, area=mask.area)
        return coasted

    def _end_tracks(self, owners: Sequence[Track | None]) -> list[int]:
        """Give up tracks unseen for too long; the ids of those that ended."""
        seen = set(owners)
        ended = {
            track
            for track in self._tracks
            if track not in seen and track.has_ended(self._now_s, self._config)
        }
        ids = self._forgotten_ids
        ids += [track.track_id for track in self._tracks if track in ended]
        self._forgotten_ids = []
        self._remember([track for track in self._tracks if track in ended])
        self._tracks = [track for track in self._tracks if track not in ended]
        for track in self._tracks:
            if track not in seen:
                track.last = track.last.kept_alone()
        return ids

    def _remember(self, ended: Sequence[Track]) -> None:
        """Keep what was known of confirmed tracks."""
        self._removed.extend(
            track.tally.summary(track.track_id, TrackState.REMOVED)
            for track in ended
            if track.confirmed
        )

    def _begin_tracks(self, sightings: Sequence[Sighting], owners: list[Track | None]) -> None:
        """New tentative tracks for confident sightings that are not duplicates; best first."""
        config = self._config
        new = [
            row
            for row, sighting in enumerate(sightings)
            if owners[row] is None and sighting.score >= config.confident_score
        ]
        if not new:
            return
        crops = [sighting.crop for sighting in sightings]
        overlap = mask_overlap([crops[row] for row in new], crops, min_iou=config.max_birth_overlap)
        duplicates = dict(zip(new, overlap > config.max_birth_overlap, strict=True))
        is_tracked = np.array([owner is not None for owner in owners])
        for row in sorted(new, key=lambda row: -sightings[row].score):
            if not (duplicates[row] & is_tracked).any():
                is_tracked[row] = True
                owners[row] = Track(self._provisional_id(), sightings[row])
        self._tracks += [owner for row in new if (owner := owners[row]) is not None]

    def _provisional_id(self) -> int:
        self._last_provisional_id -= 1
        return self._last_provisional_id

    def _confirm(self, owners: Sequence[Track | None], *, at_once: bool) -> dict[int, int]:
        """Final ids for tracks that earned them, in row order: provisional -> final."""
        config = self._config
        confirmations = {}
        for track in owners:
            if track is None or track.confirmed:
                continue
            is_new = track.tally.seen == 1
            is_instant = is_new and (at_once or track.last.score >= config.instant_birth_score)
            is_lasting = self._now_s - track.tally.first_s > config.confirm_window_s
            if is_instant or is_lasting or track.tally.seen >= config.confirm_sightings:
                provisional_id = track.track_id
                self._give_final_id(track)
                if not is_new:
                    confirmations[provisional_id] = track.track_id
        return confirmations

    def _give_final_id(self, track: Track) -> None:
        """The id of the lost track that it goes on as, or the next free one.

        Only proven tracks are rejoined: a lost track that snatched at single detections would
        follow every false one.
        """
        config, size = self._config, self._frame_size
        lost = [old for old in self._tracks if old.confirmed] if size else []
        fits = [old.rejoins(track, config, frame_size=size) for old in lost] if size else []
        if config.max_rejoin_distance and max(fits, default=0.0) > 0:
            old = lost[fits.index(max(fits))]
            self._tracks.remove(old)
            track.take_over(old)
        else:
            track.track_id = self.take_id()

    def _result(
        self,
        instances: Instances,
        owners: Mapping[int, Track | None],
        confirmations: Mapping[int, int],
        ended: Sequence[int],
    ) -> TrackedInstances:
        class_ids, scores = instances.class_ids.copy(), instances.scores.copy()
        track_ids = np.zeros(len(instances), dtype=np.int64)
        dropped = [track_id for track_id in ended if track_id < 0]
        for row in range(len(instances)):
            track = owners.get(row)
            if track is None:
                track_ids[row] = self._provisional_id()
                dropped.append(int(track_ids[row]))
            else:
                track_ids[row], class_ids[row] = track.track_id, track.class_id
                scores[row] = track.score
        return TrackedInstances(
            replace(instances, class_ids=class_ids, scores=scores),
            track_ids,
            tuple(
                TrackState.CONFIRMED if track_id > 0 else TrackState.TENTATIVE
                for track_id in track_ids.tolist()
            ),
            confirmations,
            tuple(dropped),
            instances.class_ids,
        )


def _with_coasted(
    tracked: TrackedInstances, coasted: Mapping[int, CoastedMask]
) -> TrackedInstances:
    if not coasted:
        return tracked
    instances = append_rows(tracked.instances, list(coasted.values()))
    return replace(
        tracked,
        instances=instances,
        track_ids=np.append(tracked.track_ids, list(coasted)).astype(np.int64),
        states=tracked.states + (TrackState.COASTED,) * len(coasted),
        # Nothing was detected there.
        detected_class_ids=instances.class_ids
        if tracked.detected_class_ids is None
        else np.append(tracked.detected_class_ids, instances.class_ids[len(tracked.track_ids) :]),
    )
