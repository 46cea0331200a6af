"""The screen, a monitor or a part of it, as a live source."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

import cv2
import mss
import numpy as np
from mss.exception import ScreenShotError
from mss.screenshot import ScreenShot
from numpy.typing import NDArray

from blendmask_live.capture.live_clock import MICROSECOND
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.reconnecting import LivePicture, ReconnectingSource, RetryPauses
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["ScreenArea", "open_screen"]

_DEFAULT_FPS: Final = 30.0


@dataclass(frozen=True, slots=True)
class ScreenArea:
    """What of the screen: a monitor, or a rectangle of the whole desktop."""

    monitor: int = 1
    """From 1, in the system's order; used where there is no region."""
    region_px: tuple[int, int, int, int] | None = None
    """x, y, width, height in px of the desktop."""

    @classmethod
    def parse(cls, spec: str) -> ScreenArea:
        """ "screen", "screen:2" (the second monitor) or "screen:X,Y,WxH" (a region).

        Raises:
            SourceOpenError: If it is none of these.
        """
        if spec == "screen":
            return cls()
        if monitor := re.fullmatch(r"screen:(\d+)", spec):
            return cls(monitor=int(monitor[1]))
        if region := re.fullmatch(r"screen:(-?\d+),(-?\d+),(\d+)x(\d+)", spec):
            x, y, width, height = map(int, region.groups())
            if width and height:
                return cls(region_px=(x, y, width, height))
        raise SourceOpenError(
            f"{spec}: expected screen, screen:2 (a monitor) or screen:X,Y,WxH (a region in px)"
        )


def open_screen(
    spec: str, *, fps: float | None = None, pauses: RetryPauses | None = None
) -> ReconnectingSource:
    """Capture the screen, `fps` times a second (30 where absent) or as often as it can be done.

    Args:
        spec: See `ScreenArea.parse`.

    Raises:
        SourceOpenError: If there is no such monitor or region, or no screen.
    """
    area = ScreenArea.parse(spec)
    return ReconnectingSource(
        spec, partial(_ScreenConnection, spec, area, fps or _DEFAULT_FPS), pauses=pauses
    )


class _ScreenConnection:
    """Pictures of the screen at a steady rate; used by the thread that made it."""

    notice = ""

    def __init__(self, spec: str, area: ScreenArea, fps: float) -> None:
        try:
            self._screen = mss.MSS()
        except ScreenShotError as failure:
            raise SourceOpenError(
                f"{spec}: the screen cannot be captured ({failure}); "
                "a desktop session is needed (on Linux with X11)"
            ) from failure
        try:
            self._box = _box_of(spec, area, self._screen.monitors)
        except SourceOpenError:
            self._screen.close()
            raise
        self._period_s = 1 / fps
        self.info = SourceInfo(
            name=output_name(spec),
            width=self._box["width"],
            height=self._box["height"],
            average_fps=Fraction(fps).limit_denominator(1001),
            time_base=MICROSECOND,
            is_live=True,
        )

    def pictures(self) -> Iterator[LivePicture]:
        """See `Connection.pictures`."""
        due_s = time.monotonic()
        while True:
            # Late pictures are left out, not caught up with.
            due_s = max(due_s + self._period_s, time.monotonic())
            captured_at = time.monotonic()
            try:
                shot = self._screen.grab(self._box)
            except ScreenShotError as failure:
                raise SourceReadError(f"cannot be captured any more ({failure})") from failure
            yield LivePicture(partial(_to_rgb, shot), None, captured_at)
            time.sleep(max(0.0, due_s - time.monotonic()))

    def close(self) -> None:
        """See `Connection.close`."""
        self._screen.close()


def _box_of(spec: str, area: ScreenArea, monitors: list[dict[str, int]]) -> dict[str, int]:
    """The area in px of the desktop; `monitors` begins with the desktop as a whole."""
    desktop, *single = monitors
    if area.region_px is None:
        if not 1 <= area.monitor <= len(single):
            raise SourceOpenError(f"{spec}: there is no such monitor; there are 1 to {len(single)}")
        chosen = single[area.monitor - 1]
        return {side: chosen[side] for side in ("left", "top", "width", "height")}
    x, y, width, height = area.region_px
    left, top = x - desktop["left"], y - desktop["top"]
    is_inside = left >= 0 and top >= 0
    if not is_inside or left + width > desktop["width"] or top + height > desktop["height"]:
        raise SourceOpenError(
            f"{spec}: the region leaves the desktop, which is {desktop['width']} x "
            f"{desktop['height']} px from {desktop['left']},{desktop['top']} on"
        )
    return {"left": x, "top": y, "width": width, "height": height}


def _to_rgb(shot: ScreenShot) -> NDArray[np.uint8]:
    bgra = np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)
    return cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB).astype(np.uint8, copy=False)
