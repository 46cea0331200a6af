"""What happens in a stream of tracked frames, as lines of JSON; see docs/events.md."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

import numpy as np

from blendmask_live.datatypes import SourceInfo, TrackedFrame, TrackedInstances
from blendmask_live.live.player import PlayedFrame
from blendmask_live.sending.zones import Passage, Zone, ZoneWatch

__all__ = ["SCHEMA_VERSION", "EventChoice", "EventLines", "Line"]

SCHEMA_VERSION: Final = 1
"""Raised where a reader of older lines would misread new ones; new keys may come at any time."""
_GONE_S: Final = 1.0
"""A track unseen for so long, in time of the source, has left."""

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventChoice:
    """Which lines are wanted."""

    of: Literal["changes", "frames", "both"] = "changes"
    masks: bool = True
    """Whether objects come with their masks as run lengths."""


@dataclass(slots=True)
class _Seen:
    class_name: str
    first_s: float
    last_s: float
    last_frame: int


class EventLines:
    """Makes the lines of one source; used by one thread, but for `set_zones` and `watch`.

    Attributes:
        watch: Zones, and what was counted at them.
        choice: Which lines; may change from frame to frame.
    """

    def __init__(
        self,
        source: SourceInfo,
        *,
        choice: EventChoice | None = None,
        zones: Sequence[Zone] = (),
        shown_source: str = "",
    ) -> None:
        """Prepare.

        Args:
            source: Of the frames to come.
            choice: Which lines.
            zones: Watched from the first frame on.
            shown_source: What people may read of the source; its name where absent.
        """
        self.watch = ZoneWatch(tuple(zones))
        self._source = source
        self._shown_source = shown_source or source.name
        self.choice = choice or EventChoice()
        self._tracks: dict[int, _Seen] = {}
        # Those that receivers know; of others nobody hears that they leave.
        self._told: set[int] = set()
        self._epoch = 0

    def begin(self) -> Line:
        """What every receiver gets first."""
        return {
            "kind": "begin",
            "version": SCHEMA_VERSION,
            "time": _clock_text(time.time()),
            "source": self._shown_source,
            "width": self._source.width,
            "height": self._source.height,
            "is_live": self._source.is_live,
            "zones": [
                {"name": z.name, "kind": z.kind, "points": z.points, "anchor": z.anchor}
                for z in self.watch.zones
            ],
        }

    def set_zones(self, zones: Sequence[Zone]) -> Line:
        """Watch other zones, counted from 0; the line that says so."""
        self.watch = ZoneWatch(tuple(zones))
        return {**self.begin(), "kind": "zones"}

    def of_frame(self, tracked_frame: TrackedFrame) -> list[Line]:
        """The lines of the next frame; none of one that is shown again."""
        frame, tracked = tracked_frame.frame, tracked_frame.tracked
        now_s = float(self._source.time_s(frame.index, frame.pts_s))
        when = {
            "frame": frame.index,
            "pts_s": round(now_s, 6),
            "captured": _clock_text(time.time() - (time.monotonic() - frame.captured_at)),
        }
        lines: list[Line] = []
        if isinstance(frame, PlayedFrame):
            if frame.is_repeat:
                return []
            if frame.epoch != self._epoch:
                self._epoch = frame.epoch
                lines += self._left(list(self._tracks), when)
        tracked = tracked.select(tracked.track_ids > 0)
        lines += self._left(self._gone(now_s, tracked), when)
        lines += self._appeared(tracked, when, now_s)
        lines += (
            _passage_line(passage, when, self._tracks) for passage in self.watch.update(tracked)
        )
        if self.choice.of == "changes":
            return lines
        whole = self._frame_line(tracked, when)
        return [whole] if self.choice.of == "frames" else [*lines, whole]

    def end(self) -> list[Line]:
        """The last lines: all tracks leave."""
        when = {"time": _clock_text(time.time())}
        lines = [] if self.choice.of == "frames" else self._left(list(self._tracks), when)
        return [*lines, self._end_line(when)]

    def pause(self) -> list[Line]:
        """The last lines where zones are watched on: all tracks leave, but no area."""
        when = {"time": _clock_text(time.time())}
        lines = [] if self.choice.of == "frames" else self._leaves(list(self._tracks), when)
        return [*lines, self._end_line(when)]

    def begin_anew(self) -> None:
        """Let tracks that are there appear again, for receivers that know none of them."""
        self._told.clear()

    def _gone(self, now_s: float, tracked: TrackedInstances) -> list[int]:
        shown = set(tracked.track_ids.tolist())
        return [
            track_id
            for track_id, seen in self._tracks.items()
            if track_id not in shown and now_s - seen.last_s >= _GONE_S
        ]

    def _left(self, track_ids: list[int], when: Line) -> list[Line]:
        lines = [_passage_line(p, when, self._tracks) for p in self.watch.end(track_ids)]
        lines += self._leaves(track_ids, when)
        for track_id in track_ids:
            del self._tracks[track_id]
        return lines

    def _leaves(self, track_ids: list[int], when: Line) -> list[Line]:
        lines: list[Line] = []
        for track_id in track_ids:
            if track_id not in self._told:
                continue
            self._told.discard(track_id)
            seen = self._tracks[track_id]
            lines.append(
                {
                    "kind": "leave",
                    **when,
                    "id": track_id,
                    "class": seen.class_name,
                    "last_seen_frame": seen.last_frame,
                    "last_seen_s": round(seen.last_s, 6),
                    "stayed_s": round(seen.last_s - seen.first_s, 6),
                }
            )
        return lines

    def _appeared(self, tracked: TrackedInstances, when: Line, now_s: float) -> Iterator[Line]:
        names = tracked.instances.class_names
        new = []
        for row, track_id in enumerate(tracked.track_ids.tolist()):
            seen = self._tracks.get(track_id)
            if track_id not in self._told:
                new.append(row)
                self._told.add(track_id)
            if seen is None:
                self._tracks[track_id] = _Seen(names[row], now_s, now_s, when["frame"])
            else:
                seen.class_name, seen.last_s, seen.last_frame = names[row], now_s, when["frame"]
        if new and self.choice.of != "frames":
            for thing in self._objects(tracked.select(np.array(new))):
                yield {"kind": "appear", **when, **thing}

    def _end_line(self, when: Line) -> Line:
        return {"kind": "end", **when, "zones": self._counts()}

    def _frame_line(self, tracked: TrackedInstances, when: Line) -> Line:
        return {
            "kind": "frame",
            **when,
            "objects": self._objects(tracked),
            "zones": self._counts(),
        }

    def _objects(self, tracked: TrackedInstances) -> list[Line]:
        instances = tracked.instances
        things: list[Line] = [
            {
                "id": track_id,
                "class": name,
                "score": round(score, 4),
                "box": [round(side, 2) for side in box],
            }
            for track_id, name, score, box in zip(
                tracked.track_ids.tolist(),
                instances.class_names,
                instances.scores.tolist(),
                instances.boxes.tolist(),
                strict=True,
            )
        ]
        if self.choice.masks:
            for thing, rle in zip(things, instances.rles(), strict=True):
                thing["rle"] = {"size": rle["size"], "counts": rle["counts"].decode("ascii")}
        return things

    def _counts(self) -> dict[str, dict[str, int]]:
        return {z.name: self.watch.counts[z.name].as_json(z) for z in self.watch.zones}


def _passage_line(passage: Passage, when: Line, tracks: dict[int, _Seen]) -> Line:
    seen = tracks.get(passage.track_id)
    line: Line = {"kind": passage.what, **when, "id": passage.track_id}
    if seen is not None:
        line["class"] = seen.class_name
    line[passage.zone.kind] = passage.zone.name
    if passage.direction:
        line["direction"] = passage.direction
    return line


def _clock_text(unix_s: float) -> str:
    """UTC, to the millisecond."""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds")
