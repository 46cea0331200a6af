"""A second, zoomed look at live objects, as many as there is time for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.errors import BlendMaskLiveError
from blendmask_live.live.later_prompter import LaterPrompter

__all__ = ["SecondLook"]

_MOST: Final = 40
"""Objects of a frame that are looked at again at most."""
_JUDGED: Final = 15
"""Frames whose cost is remembered."""


class SecondLook:
    """Gives the surest objects of a frame finer masks; used by one thread.

    The surest come first: they change least from frame to frame, so that masks do not flicker
    between the two kinds.

    Attributes:
        notice: Why there is none, for people; "" while all is well.
        summary: How many objects are left out, for people; "" if none.
    """

    def __init__(
        self, prompter: LaterPrompter, *, on_ready: Callable[[], object] = lambda: None
    ) -> None:
        """Prepare.

        Args:
            prompter: Loaded with the first objects.
            on_ready: Called when it is loaded, if objects had to do without until then.
        """
        self._on_ready, self._is_awaited = on_ready, False
        self.notice = self.summary = ""
        self._prompter = prompter
        self._costs_ms: deque[float] = deque(maxlen=_JUDGED)

    @property
    def cost_ms(self) -> float | None:
        """Usual cost of an object; None before the first."""
        return median(self._costs_ms) if self._costs_ms else None

    def __call__(
        self,
        instances: Instances,
        image: NDArray[np.uint8],
        *,
        score_threshold: float,
        time_ms: float | None,
        waits: bool = False,
    ) -> Instances:
        """The same objects, with finer masks as far as the time lasts.

        What they were blended from stays beside them.

        Args:
            instances: Found in `image`.
            image: (H, W, 3) uint8 RGB.
            score_threshold: Objects below it keep their masks.
            time_ms: What it may take; None for as long as it takes.
            waits: Also for the prompter to be loaded.
        """
        wanted = min(int((instances.scores >= score_threshold).sum()), _MOST)
        count = min(wanted, self._affordable(time_ms))
        self.summary = f"second look at {count} of {wanted}" if count < wanted else ""
        if not count:
            return instances
        try:
            prompter = self._prompter.wait() if waits else self._prompter.ready()
        except BlendMaskLiveError as error:
            self.notice = f"no second look: {error}"
            return instances
        if prompter is None:
            if not self._is_awaited:
                self._is_awaited = True
                self._prompter.when_loaded(self._on_ready)
            return instances
        # Loaded with the first second look.
        from blendmask_live.prompting.refining import refine

        started_s = time.perf_counter()
        finer = refine(
            instances, image, prompter, score_threshold=score_threshold, max_instances=count
        )
        self._costs_ms.append((time.perf_counter() - started_s) * 1000 / count)
        if instances.soft_masks is None:
            return finer
        return replace(instances, _pasted=[finer.cropped_masks()])

    def _affordable(self, time_ms: float | None) -> int:
        if time_ms is None:
            return _MOST
        # One, to see what it costs.
        return 1 if self.cost_ms is None else int(max(time_ms, 0.0) / self.cost_ms)
