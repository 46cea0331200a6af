"""What was pointed at in a live session, followed from then on.

A thread of its own takes the newest frame, so that the view waits for nobody. The track stage
waits for the masks of its frame as long as the frame's time lasts. After that the frame is shown
with the last masks, moved on as their objects moved.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances, TrackedInstances
from blendmask_live.errors import BlendMaskLiveError, ConfigError
from blendmask_live.live.joining import FollowedMask, agreeing_rows, joined
from blendmask_live.live.later_prompter import LaterPrompter
from blendmask_live.live.pointed_object import NOTHING, Look, PointedObject
from blendmask_live.live.settings import FollowedTrack
from blendmask_live.masks.crops import CroppedMask, crops_iou
from blendmask_live.pipeline import StageTimings
from blendmask_live.prompting.naming import UNKNOWN_CLASS, likeliest_class
from blendmask_live.prompting.prompt import Prompt

if TYPE_CHECKING:
    from blendmask_live.prompting.following import FollowedFrame, Following
    from blendmask_live.prompting.prompter import Found

__all__ = ["Pointing"]

logger = logging.getLogger(__name__)

_TIME_SHARE = 0.5
"""Of the time, at most this is spent on following while the view goes on..."""
_SEEKING_SHARE = 0.2
"""...and this on looking for lost objects over the whole picture."""
_SLICE_S = 0.1
_LEAST_CONFIDENCE = 0.3
"""Below it a mask is doubtful, however it was asked for."""
_SAME_IOU = 0.7
"""Of two masks, from which the same object was pointed at twice."""


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """An object that waits to be begun."""

    look: Look
    prompt: Prompt
    begun: Future[int]


class Pointing:
    """Follows what was pointed at; its thread runs from the first order to `stop`.

    Attributes:
        timings: Time of "follow", for each frame that was looked at.
        is_complete: Every frame is waited for, however long it takes.
        notice: Why following ended, for people; "" while all is well.
    """

    def __init__(
        self,
        prompter: LaterPrompter,
        labels: tuple[str, ...],
        *,
        stands_still: Callable[[], bool],
        on_late: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            prompter: Loaded with the first order.
            labels: Class names of the session's instances.
            stands_still: Whether the picture does: then nobody else needs the machine.
            on_late: Called by the thread when masks are there that their frame had to be shown
                without.
        """
        self.timings = StageTimings()
        self.is_complete = False
        self.notice = ""
        self.labels = labels if UNKNOWN_CLASS in labels else (*labels, UNKNOWN_CLASS)
        self._prompter = prompter
        self._stands_still, self._on_late = stands_still, on_late
        self._changed = threading.Condition()
        # Changed with the condition held.
        self._objects: dict[int, PointedObject] = {}
        self._orders: deque[_Order] = deque()
        self._waiting: Look | None = None
        self._newest: Look | None = None
        self._awaited: Look | None = None
        self._done: tuple[int, int] | None = None
        self._unsought: tuple[int, int] | None = None
        self._is_stopped = False
        self._thread: threading.Thread | None = None
        self._rests_until_s = 0.0
        # Of the thread alone.
        self._following: Following | None = None
        self._detections: Instances | None = None
        self._last: Look | None = None
        self._seeks_again_s = 0.0

    # Orders, from any thread

    @property
    def followed(self) -> tuple[FollowedTrack, ...]:
        """All objects that have been shown, by id."""
        with self._changed:
            tracks = [
                FollowedTrack(
                    one.track_id,
                    one.class_name,
                    one.confidence if one.crop.area else 0.0,
                    is_lost=not one.crop.area,
                    is_doubtful=one.is_doubtful,
                )
                for one in self._objects.values()
                if one.track_id
            ]
        return tuple(sorted(tracks, key=lambda track: track.track_id))

    def point(self, prompt: Prompt, look: Look | None) -> Future[int]:
        """Begin to follow an object; see `LiveSession.point`."""
        begun: Future[int] = Future()
        begun.set_running_or_notify_cancel()
        with self._changed:
            look = look or self._newest
            if self._is_stopped or look is None:
                begun.set_exception(ConfigError("nothing is shown that could be pointed at"))
                return begun
            self._orders.append(_Order(look, prompt, begun))
            self._start()
        return begun

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="follow")
            self._thread.start()
        self._changed.notify_all()

    def unfollow(self, track_id: int) -> bool:
        """Follow an object no more; whether it was followed."""
        with self._changed:
            numbers = [n for n, one in self._objects.items() if one.track_id == track_id]
            for number in numbers:
                del self._objects[number]
        return bool(numbers)

    def take_over(self, ended: Pointing) -> None:
        """Go on with the objects of one that was stopped."""
        with ended._changed:
            objects, ended._objects = ended._objects, {}
            following, ended._following = ended._following, None
        if not objects or following is None:
            return
        following.use(self._detect)
        with self._changed:
            self._following, self._objects = following, objects
            for one in objects.values():
                one.track_id, one.crop = 0, NOTHING
                one.class_name = one.class_name if one.class_name in self.labels else UNKNOWN_CLASS
            self._start()

    def stop(self) -> None:
        """End the thread and wait for it; twice does no harm."""
        with self._changed:
            self._is_stopped = True
            orders, self._orders = self._orders, deque()
            self._changed.notify_all()
        for order in orders:
            order.begun.set_exception(ConfigError("the session ended before it was found"))
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        with self._changed:
            for one in self._objects.values():
                if not one.begun.done():
                    one.begun.set_exception(ConfigError("the session ended before it was shown"))

    # In the track stage

    @property
    def has_objects(self) -> bool:
        return bool(self._objects)

    def give_ids(self, take_id: Callable[[], int]) -> None:
        """Give every new object an id; called by the track stage before it tracks."""
        named: list[PointedObject] = []
        with self._changed:
            for one in self._objects.values():
                if not one.track_id:
                    one.track_id = take_id()
                    named.append(one)
        for one in named:
            # It is done already where an earlier session began it.
            if not one.begun.done():
                one.begun.set_result(one.track_id)

    def join(self, tracked: TrackedInstances, look: Look, *, patience_s: float) -> TrackedInstances:
        """Add the followed objects to the next frame.

        Args:
            tracked: The tracker's objects in it.
            look: The frame.
            patience_s: How long their masks are waited for, unless `is_complete`.
        """
        with self._changed:
            self._newest = look
            if not self._objects:
                return tracked
            if not self._is_done(look):
                self._have_looked(look, patience_s)
            followed = self._followed_in(look, tracked.instances)
        return joined(tracked, followed, self.labels)

    def _have_looked(self, look: Look, patience_s: float) -> None:
        """Hand a frame over in place of an older one, and wait for it."""
        self._waiting = look
        self._changed.notify_all()
        if self._rest_s(look) > patience_s:
            return
        self._awaited = look

        def has_ended() -> bool:
            return self._is_stopped or self._is_done(look) or not self._objects

        self._changed.wait_for(has_ended, None if self.is_complete else patience_s)
        self._awaited = None

    def _is_done(self, look: Look) -> bool:
        # Where playing stopped, what is lost was perhaps not sought, as that takes long.
        is_left = look.frame.is_chosen and self._unsought == look.key
        return self._done == look.key and not is_left

    def _rest_s(self, look: Look) -> float:
        """How long the thread leaves the machine to others before it looks."""
        if self.is_complete or look.frame.is_chosen or self._stands_still():
            return 0.0
        return self._rests_until_s - time.monotonic()

    def _followed_in(self, look: Look, instances: Instances) -> list[FollowedMask]:
        named = [one for one in self._objects.values() if one.track_id]
        crops = [one.crop if one.seen.key == look.key else one.crop_at(look) for one in named]
        seen = [(one, crop) for one, crop in zip(named, crops, strict=True) if crop.area]
        same = agreeing_rows([crop for _, crop in seen], instances)
        for (one, _), rows in zip(seen, same, strict=True):
            if one.class_name == UNKNOWN_CLASS and rows.size:
                one.class_name = instances.class_names[int(rows[0])]
        return [
            FollowedMask(one.track_id, self.labels.index(one.class_name), one.confidence, crop)
            for one, crop in seen
        ]

    # In the thread

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                if isinstance(work, _Order):
                    self._begin(work)
                else:
                    self._look(work)
            except Exception as error:
                self._end_all(error)
            with self._changed:
                self._changed.notify_all()

    def _next(self) -> _Order | Look | None:
        """What to do now; None at the end."""
        with self._changed:
            while not self._is_stopped:
                if self._orders:
                    return self._orders.popleft()
                look = self._waiting
                rest_s = None if look is None else self._rest_s(look)
                if look is not None and rest_s is not None and rest_s <= 0:
                    self._waiting = None
                    return look
                # In slices: the picture may come to a stand.
                self._changed.wait(None if rest_s is None else min(rest_s, _SLICE_S))
        return None

    def _begin(self, order: _Order) -> None:
        try:
            found, class_name = self._found(order)
        except (ValueError, BlendMaskLiveError) as error:
            is_ours = isinstance(error, BlendMaskLiveError)
            order.begun.set_exception(error if is_ours else ConfigError(str(error)))
            return
        except Exception as error:
            order.begun.set_exception(error)
            raise
        assert self._following is not None
        crop = found.crop.tight()
        known = self._known_at(crop, order.look)
        if known is not None:
            known.begun.add_done_callback(partial(_pass_on, order.begun))
            return
        number = self._following.add(crop)
        begun = PointedObject(
            number,
            class_name,
            order.begun,
            crop,
            found.confidence,
            order.look,
            is_doubtful=found.is_doubtful or found.confidence < _LEAST_CONFIDENCE,
        )
        with self._changed:
            self._objects[number] = begun
            self.notice = ""
        self._look(order.look)
        # What was found, not what is sure because it was given.
        begun.confidence = found.confidence

    def _found(self, order: _Order) -> tuple[Found, str]:
        """What was pointed at, and its class."""
        prompter, prompt = self._prompter.wait(), order.prompt
        if prompt.class_name is not None and prompt.class_name not in self.labels:
            raise ConfigError(f"class {prompt.class_name!r}: the network does not know it")
        if self._following is None:
            # Loaded when something is first pointed at.
            from blendmask_live.prompting.following import Following

            self._following = Following([], prompter)
            # The session's own detections are at hand; nothing is detected twice.
            self._following.use(self._detect)
        picture = prompter.open(order.look.frame.image)
        (found,) = picture.masks([prompt])
        if not found.crop.area:
            raise ConfigError("nothing is found there; draw a box around the object")
        name = prompt.class_name or likeliest_class(picture.classes_of(found.crop))
        class_name = name if name in self.labels else UNKNOWN_CLASS
        return found, class_name

    def _known_at(self, crop: CroppedMask, look: Look) -> PointedObject | None:
        """The object that is followed there already."""
        with self._changed:
            objects = list(self._objects.values())
        for one in objects:
            there = one.crop_at(look)
            if there.area and crops_iou([crop], [there])[0, 0] >= _SAME_IOU:
                return one
        return None

    def _detect(self, image: NDArray[np.uint8]) -> Instances:
        empty = Instances.empty((image.shape[0], image.shape[1]), self.labels)
        return empty if self._detections is None else self._detections

    def _look(self, look: Look) -> None:
        """Follow all objects into a frame."""
        assert self._following is not None
        started_s = time.monotonic()
        with self._changed:
            numbers = set(self._objects)
        self._following.keep_only(numbers)
        if self._last is None or not look.goes_on_from(self._last):
            self._following.jump(look.frame.size)
        self._last, self._detections = look, look.detections
        is_time = started_s >= self._seeks_again_s
        seeks = self.is_complete or look.frame.is_chosen or is_time or self._stands_still()
        found = self._following.next(look.frame.image, seeks=seeks)
        elapsed_s = time.monotonic() - started_s
        self.timings.record("follow", elapsed_s * 1000)
        self._rests_until_s = started_s + elapsed_s / _TIME_SHARE
        is_any_lost = any(one.is_lost for one in found.objects)
        self._unsought = look.key if is_any_lost and not seeks else None
        if seeks and is_any_lost:
            self._seeks_again_s = started_s + elapsed_s / _SEEKING_SHARE
        self._take(found, look)

    def _take(self, found: FollowedFrame, look: Look) -> None:
        with self._changed:
            for one in found.objects:
                known = self._objects.get(one.prompt)
                if known is not None:
                    known.see(one.crop.tight(), one.confidence, look)
            self._done = look.key
            is_late = self._awaited is not look
        if is_late:
            self._on_late()

    def _end_all(self, error: Exception) -> None:
        logger.error("following ended", exc_info=error)
        self.notice = f"following ended: {error}; point at the object again"
        with self._changed:
            ended, self._objects = list(self._objects.values()), {}
        self._following = None
        for one in ended:
            if not one.begun.done():
                one.begun.set_exception(error)
        # What stands still may show their masks.
        self._on_late()


def _pass_on(begun: Future[int], known: Future[int]) -> None:
    error = known.exception()
    if error is None:
        begun.set_result(known.result())
    else:
        begun.set_exception(error)
