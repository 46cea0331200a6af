"""Records what a session shows: every new frame, once, with final ids, in steady time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from blendmask_live.datatypes import Frame, SourceInfo, TrackedFrame
from blendmask_live.export import Exporter, ExportOptions, open_exporter
from blendmask_live.live.player import PlayedFrame
from blendmask_live.live.settings import RecordingStatus
from blendmask_live.pipeline import Branch
from tracking import ConfirmationBuffer

__all__ = ["Recording", "SteadyFrames", "open_exporters"]


class SteadyFrames:
    """A `HoldBack` for recordings: a `ConfirmationBuffer` without repeats, with one clock.

    Frames that are shown again are left out. Where time jumps (a seek, a loop, playing
    backwards), the recording goes on one frame later. A frame without a timestamp gets the time
    of its capture.
    """

    def __init__(self, info: SourceInfo) -> None:
        self._buffer = ConfirmationBuffer()
        self._frame_s = 1 / info.fps
        self._is_live = info.is_live
        self._shift_s = Fraction(0)
        self._last_s: Fraction | None = None
        self._epoch = 0

    def push(self, tracked_frame: TrackedFrame, /) -> list[TrackedFrame]:
        """See `HoldBack.push`."""
        frame = tracked_frame.frame
        assert isinstance(frame, PlayedFrame)
        if frame.is_repeat:
            return []
        return self._buffer.push(replace(tracked_frame, frame=self._in_time(frame)))

    def flush(self) -> list[TrackedFrame]:
        """See `HoldBack.flush`."""
        return self._buffer.flush()

    def _in_time(self, frame: PlayedFrame) -> Frame:
        time_s = frame.pts_s
        if time_s is None:
            time_s = frame.index * self._frame_s
            if self._is_live:
                time_s = Fraction(frame.captured_at).limit_denominator(90_000)
        if self._last_s is None:
            # The first frame keeps its own time where it has one.
            self._shift_s = (frame.pts_s or 0) - time_s
        elif frame.epoch != self._epoch or time_s + self._shift_s <= self._last_s:
            self._shift_s = self._last_s + self._frame_s - time_s
        self._epoch = frame.epoch
        self._last_s = time_s + self._shift_s
        return replace(frame, pts_s=self._last_s)


def open_exporters(
    folder: Path,
    formats: Sequence[str],
    *,
    source: SourceInfo,
    labels: tuple[str, ...],
    options: ExportOptions | None,
) -> dict[str, Exporter]:
    """Open one exporter per format in `folder`; if one cannot be opened, none is left.

    Raises:
        ExportError: If a format is unknown, or an output exists or cannot be made.
    """
    exporters: dict[str, Exporter] = {}
    with ExitStack() as undo:
        for name in formats:
            exporters[name] = open_exporter(
                name, folder / name, source=source, labels=labels, options=options
            )
            undo.callback(exporters[name].discard)
        undo.pop_all()
    return exporters


class Recording:
    """A recording that runs."""

    def __init__(self, folder: Path, formats: Sequence[str], branch: Branch) -> None:
        self.branch = branch
        self._folder = folder
        self._formats = tuple(formats)
        self._began_s = time.monotonic()

    @property
    def status(self) -> RecordingStatus:
        return RecordingStatus(
            folder=self._folder,
            formats=self._formats,
            seconds=time.monotonic() - self._began_s,
            frames=self.branch.frames_written or 0,
            frames_dropped=self.branch.frames_dropped,
            failures=self.branch.failures,
        )
