"""The segment and the track stage of a live session."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from blendmask_live.datatypes import Frame, Instances, TrackedInstances
from blendmask_live.live.extrapolation import Extrapolator
from blendmask_live.live.governor import Governor, Quality, quality_ladder
from blendmask_live.live.meters import RateMeter
from blendmask_live.live.player import PlayedFrame
from blendmask_live.live.pointed_object import Look
from blendmask_live.live.pointing import Pointing
from blendmask_live.live.second_look import SecondLook
from blendmask_live.live.settings import LiveSettings
from blendmask_live.pipeline import StageTimings
from blendmask_live.segmenting.segmenter import Segmenter
from tracking import MaskTracker, TrackerConfig

__all__ = ["Detection", "Detector", "Follower"]

_OLDEST_S = 0.35
"""If the network saw the objects longer ago than this, they are detected again, not moved on."""

_USED_SHARE = 0.9
"""Of a frame's time, for the network and the second look."""


@dataclass(frozen=True, slots=True, eq=False)
class SettingsInUse:
    """The settings of a session with what follows from them; replaced as a whole."""

    settings: LiveSettings
    segmenter: Segmenter
    tracker: TrackerConfig
    ladder: tuple[Quality, ...]
    governor: Governor


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What the segment stage hands to the track stage."""

    frame: PlayedFrame
    in_use: SettingsInUse
    quality: Quality
    instances: Instances | None
    """None for a frame that the network did not see."""
    cost_ms: float
    """Time that the network took, spread over the frames that it skips after this one."""


class Detector:
    """Finds objects with the newest settings, at the quality that the governor allows.

    Attributes:
        steps: Time of each step of `Segmenter.segment`.
        rate: Frames that the network worked on.
        is_complete: Every frame gets the full quality. While a file is recorded, nothing is
            made worse to save time.
    """

    def __init__(
        self,
        segmenter: Segmenter,
        settings: LiveSettings,
        *,
        second_look: SecondLook,
        frame_s: float,
    ) -> None:
        """Prepare.

        Args:
            segmenter: Finds the objects.
            settings: In use from the first frame on.
            second_look: Used where the settings ask for it.
            frame_s: Time between two frames of the source.
        """
        self.steps = StageTimings()
        self._second_look, self._frame_s = second_look, frame_s
        self.rate = RateMeter()
        self.is_complete = False
        self._base = segmenter
        self._in_use = self._prepared(settings)
        self._segmenters_of: SettingsInUse | None = None
        self._segmenters: dict[Quality, Segmenter] = {}
        self._since_network = 0
        self._seen_at = 0.0
        self._seen_epoch = 0

    @property
    def settings(self) -> LiveSettings:
        return self._in_use.settings

    @settings.setter
    def settings(self, settings: LiveSettings) -> None:
        """Takes effect from the next frame; any thread.

        Raises:
            ConfigError: If the network does not know a class.
        """
        self._in_use = self._prepared(settings, self._in_use)

    @property
    def quality(self) -> str:
        """What is lowered, for people."""
        if self.is_complete:
            return ""
        looks = self._second_look.summary if self.settings.refine else ""
        return ", ".join(part for part in (self._in_use.governor.summary, looks) if part)

    def __call__(self, frame: Frame) -> Detection:
        """The segment stage."""
        assert isinstance(frame, PlayedFrame)
        in_use = self._in_use
        quality = in_use.ladder[0] if self.is_complete else in_use.governor.quality
        if self._may_skip(frame, quality):
            self._since_network += 1
            return Detection(frame, in_use, quality, None, 0.0)
        started_s = time.perf_counter()
        segmenter = self._segmenter(in_use, quality)
        instances = segmenter.segment(frame.image)
        for step, elapsed_ms in segmenter.timings_ms.items():
            self.steps.record(step, elapsed_ms)
        network_ms = (time.perf_counter() - started_s) * 1000
        cost_ms = network_ms / (quality.skipped + 1)
        if in_use.settings.refine:
            instances = self._refined(frame, instances, in_use.settings, network_ms)
        self.rate.count()
        self._since_network, self._seen_at = 1, frame.captured_at
        self._seen_epoch = frame.epoch
        return Detection(frame, in_use, quality, instances, cost_ms)

    def _refined(
        self, frame: PlayedFrame, instances: Instances, settings: LiveSettings, network_ms: float
    ) -> Instances:
        """With finer masks of as many objects as the rest of the frame's time allows."""
        started_s = time.perf_counter()
        target_fps = settings.target_fps
        frame_ms = 1000 * (self._frame_s if target_fps is None else 1 / target_fps)
        # A frame that stands still has time.
        has_time = self.is_complete or frame.is_repeat
        time_ms = None if has_time else _USED_SHARE * frame_ms - network_ms
        finer = self._second_look(
            instances,
            frame.image,
            score_threshold=settings.segmenter.score_threshold,
            time_ms=time_ms,
            waits=self.is_complete,
        )
        if finer is not instances:
            self.steps.record("second look", (time.perf_counter() - started_s) * 1000)
        return finer

    def _may_skip(self, frame: PlayedFrame, quality: Quality) -> bool:
        is_turn = 0 < self._since_network <= quality.skipped
        # The frame that began a new part may have been dropped for a newer one.
        goes_on = frame.epoch == self._seen_epoch and not frame.is_chosen
        return is_turn and goes_on and frame.captured_at - self._seen_at <= _OLDEST_S

    def _prepared(
        self, settings: LiveSettings, before: SettingsInUse | None = None
    ) -> SettingsInUse:
        wanted, tracker = settings.in_use()
        segmenter = self._base.with_settings(wanted)
        ladder = quality_ladder(wanted)
        if before is not None:
            same_target = before.settings.target_fps == settings.target_fps
            if same_target and before.ladder == ladder:
                # What the governor has learnt about this machine still holds.
                return replace(before, settings=settings, segmenter=segmenter, tracker=tracker)
        governor = Governor(ladder, target_fps=settings.target_fps)
        return SettingsInUse(settings, segmenter, tracker, ladder, governor)

    def _segmenter(self, in_use: SettingsInUse, quality: Quality) -> Segmenter:
        """One for each level: a segmenter remembers for which input the GPU had memory enough."""
        if self._segmenters_of is not in_use:
            self._segmenters_of, self._segmenters = in_use, {}
        if quality not in self._segmenters:
            settings = quality.applied(in_use.segmenter.settings)
            self._segmenters[quality] = in_use.segmenter.with_settings(settings)
        return self._segmenters[quality]


class Follower:
    """Tracks what the detector found.

    Args:
        pointing: Follows what was pointed at.
        frame_s: Time between two frames of the source.
        keeps_ids: Called where all tracks end at once. If it returns True, ids count on instead
            of starting again from 1: a recording must not give one id to two objects.
    """

    def __init__(
        self, pointing: Pointing, *, frame_s: float, keeps_ids: Callable[[], bool]
    ) -> None:
        self._pointing, self._frame_s = pointing, frame_s
        self._keeps_ids = keeps_ids
        self._tracker = MaskTracker()
        self._extrapolator = Extrapolator()
        self._epoch = 0
        self._is_tracking = True

    def __call__(self, found: Detection, /, *, timestamp_s: float) -> TrackedInstances:
        """The track stage."""
        tracked = self._tracked(found, timestamp_s)
        target_fps = found.in_use.settings.target_fps
        look = Look(found.frame, found.instances, timestamp_s)
        frame_s = self._frame_s if target_fps is None else 1 / target_fps
        # While the network is busy with the next frame, waiting delays nobody.
        patience_s = max(frame_s, found.cost_ms / 1000)
        return self._pointing.join(tracked, look, patience_s=patience_s)

    def _tracked(self, found: Detection, timestamp_s: float) -> TrackedInstances:
        settings = found.in_use.settings
        started_s = time.perf_counter()
        if found.frame.epoch != self._epoch or settings.is_tracking != self._is_tracking:
            self._epoch, self._is_tracking = found.frame.epoch, settings.is_tracking
            self._forget()
        self._pointing.give_ids(self._tracker.take_id)
        if found.instances is None:
            return self._extrapolator.predict(timestamp_s, found.frame.size)
        # The same frame with other settings is not a new sighting of its objects.
        tracker = copy.deepcopy(self._tracker) if found.frame.is_repeat else self._tracker
        tracker.config = found.in_use.tracker
        if settings.is_tracking:
            tracked = tracker.update(found.instances, timestamp_s=timestamp_s)
        else:
            tracked = tracker.number(found.instances)
        if not found.frame.is_repeat:
            self._extrapolator.see(tracked, timestamp_s)
            track_ms = (time.perf_counter() - started_s) * 1000
            found.in_use.governor.observe(max(found.cost_ms, track_ms), quality=found.quality)
        return tracked

    def _forget(self) -> None:
        if self._keeps_ids() or self._pointing.has_objects:
            self._tracker.forget()
        else:
            self._tracker.reset()
        self._extrapolator = Extrapolator()
