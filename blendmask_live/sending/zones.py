"""Zones and lines that somebody drew on a source's picture, and who is in them."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import cv2
import msgspec
import numpy as np
import platformdirs
from numpy.typing import NDArray

from blendmask_live.addresses import without_secrets
from blendmask_live.atomic import written_beside
from blendmask_live.datatypes import TrackedInstances
from blendmask_live.errors import ConfigError

__all__ = ["Passage", "Zone", "ZoneCounts", "ZoneWatch", "read_zones", "write_zones", "zones_path"]

_VERSION: Final = 1
_SETTLED_SHARE: Final = 0.004
"""A share of the frame's diagonal: who is nearer to a border has neither come nor gone."""


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An area, or a line that is crossed.

    An object is where its `anchor` is: the middle of its box's lower edge, where it stands, or
    the middle of the box.
    """

    name: str
    kind: Literal["zone", "line"]
    points: tuple[tuple[float, float], ...]
    """Corners of an area, or both ends of a line, as shares of the frame's width and height."""
    anchor: Literal["foot", "middle"] = "foot"

    def __post_init__(self) -> None:
        count = len(self.points)
        if not self.name.strip():
            raise ValueError("a zone needs a name")
        if count < 3 if self.kind == "zone" else count != 2:
            wanted = "three corners or more" if self.kind == "zone" else "two ends"
            raise ValueError(f"{self.kind} {self.name!r} needs {wanted}, found {count}")
        if not all(0 <= share <= 1 for point in self.points for share in point):
            raise ValueError(f"{self.kind} {self.name!r} leaves the frame (0 to 1)")
        if self.kind == "line" and self.points[0] == self.points[1]:
            raise ValueError(f"line {self.name!r} has no length")


class _ZonesFile(msgspec.Struct, frozen=True):
    version: int
    zones: tuple[Zone, ...]
    source: str = ""


def zones_path(source: str | Path) -> Path:
    """Where the zones of a source are kept: with the user's data, by the source's name.

    Args:
        source: As `open_source` takes it.
    """
    text = without_secrets(source)
    key = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:16]
    folder = platformdirs.user_data_path("blendmask-live", appauthor=False) / "zones"
    return folder / f"{key}.json"


def read_zones(path: Path) -> tuple[Zone, ...]:
    """The zones of a file.

    Raises:
        ConfigError: If it cannot be read, or holds something else.
    """
    try:
        content = msgspec.json.decode(path.read_bytes(), type=_ZonesFile)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(
            f"{path}: expected zones, as docs/events.md shows them ({error})"
        ) from error
    if content.version != _VERSION:
        raise ConfigError(f"{path}: expected version {_VERSION}, found {content.version}")
    names = Counter(zone.name for zone in content.zones)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ConfigError(f"{path}: the name {twice[0]!r} is given twice; give each its own")
    return content.zones


def write_zones(path: Path, zones: Sequence[Zone], *, source: str | Path) -> None:
    """Keep the zones of a source; none removes the file.

    Raises:
        ConfigError: If it cannot be written.
    """
    try:
        if not zones:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        content = _ZonesFile(_VERSION, tuple(zones), without_secrets(source))
        with written_beside(path) as beside:
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody came, went, or crossed."""

    track_id: int
    zone: Zone
    what: Literal["enter", "exit", "cross"]
    direction: Literal["", "forward", "backward"] = ""
    """Of a line: forward is from its left to its right, seen along it."""


@dataclass(slots=True)
class ZoneCounts:
    """What has happened at one zone since the start."""

    inside: int = 0
    """Objects in the area now."""
    entered: int = 0
    exited: int = 0
    forward: int = 0
    """Crossings of the line."""
    backward: int = 0

    def as_json(self, zone: Zone) -> dict[str, int]:
        """Those that a zone of this kind has."""
        if zone.kind == "line":
            return {"forward": self.forward, "backward": self.backward}
        return {"inside": self.inside, "entered": self.entered, "exited": self.exited}


@dataclass(slots=True)
class _Place:
    """Where a track was last seen clear of a border."""

    side: int
    point: NDArray[np.float64]


@dataclass(slots=True)
class ZoneWatch:
    """Watches tracks pass zones and lines; one per stream of frames.

    A track that trembles at a border passes it once: only places that are clear of it count.
    """

    zones: tuple[Zone, ...]
    counts: dict[str, ZoneCounts] = field(init=False)
    _places: dict[tuple[str, int], _Place] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = {zone.name: ZoneCounts() for zone in self.zones}

    def update(self, tracked: TrackedInstances) -> list[Passage]:
        """What happened since the frame before; tracks without a final id are passed over."""
        passages = []
        height, width = tracked.instances.frame_size
        for zone in self.zones:
            corners = np.array(zone.points) * (width, height)
            clear_px = _SETTLED_SHARE * math.hypot(width, height)
            for track_id, box in zip(
                tracked.track_ids.tolist(), tracked.instances.boxes.tolist(), strict=True
            ):
                if track_id > 0:
                    point = _anchor(box, zone.anchor)
                    side = _side(zone, corners, point, clear_px)
                    passages += self._moved(zone, corners, track_id, _Place(side, point))
        return passages

    def end(self, track_ids: Sequence[int]) -> list[Passage]:
        """These tracks are gone: they leave the areas that they were in."""
        gone = set(track_ids)
        passages = []
        for key, place in list(self._places.items()):
            name, track_id = key
            if track_id in gone:
                del self._places[key]
                zone = next(zone for zone in self.zones if zone.name == name)
                if zone.kind == "zone" and place.side > 0:
                    passages.append(self._counted(Passage(track_id, zone, "exit")))
        return passages

    def inside(self, zone: Zone) -> tuple[int, ...]:
        """The tracks in an area now."""
        return tuple(
            sorted(
                track_id
                for (name, track_id), place in self._places.items()
                if name == zone.name and zone.kind == "zone" and place.side > 0
            )
        )

    def _moved(
        self, zone: Zone, corners: NDArray[np.float64], track_id: int, now: _Place
    ) -> list[Passage]:
        key = zone.name, track_id
        before = self._places.get(key)
        if now.side == 0:
            return []
        self._places[key] = now
        if zone.kind == "zone":
            was_inside = before is not None and before.side > 0
            if was_inside == (now.side > 0):
                return []
            return [self._counted(Passage(track_id, zone, "exit" if was_inside else "enter"))]
        if before is None or before.side == now.side:
            return []
        if not _segments_meet(before.point, now.point, corners[0], corners[1]):
            return []
        direction: Literal["forward", "backward"] = "forward" if now.side > 0 else "backward"
        return [self._counted(Passage(track_id, zone, "cross", direction))]

    def _counted(self, passage: Passage) -> Passage:
        counts = self.counts[passage.zone.name]
        match passage.what:
            case "enter":
                counts.entered += 1
                counts.inside += 1
            case "exit":
                counts.exited += 1
                counts.inside -= 1
            case "cross" if passage.direction == "forward":
                counts.forward += 1
            case "cross":
                counts.backward += 1
        return passage


def _anchor(box: Sequence[float], anchor: str) -> NDArray[np.float64]:
    x0, y0, x1, y1 = box
    return np.array([(x0 + x1) / 2, y1 if anchor == "foot" else (y0 + y1) / 2])


def _side(
    zone: Zone, corners: NDArray[np.float64], point: NDArray[np.float64], clear_px: float
) -> int:
    """1 inside or right of the line, -1 outside or left of it, 0 near the border."""
    if zone.kind == "zone":
        place = float(point[0]), float(point[1])
        distance_px = cv2.pointPolygonTest(corners.astype(np.float32), place, True)
    else:
        along, to_point = corners[1] - corners[0], point - corners[0]
        distance_px = _cross(along, to_point) / max(math.hypot(*along), 1e-9)
    return 0 if abs(distance_px) < clear_px else (1 if distance_px > 0 else -1)


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(a[0] * b[1] - a[1] * b[0])


def _segments_meet(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    c: NDArray[np.float64],
    d: NDArray[np.float64],
) -> bool:
    """Whether the way from a to b, which changes sides of the line c d, passes between c and d."""
    return _cross(b - a, c - a) * _cross(b - a, d - a) <= 0
