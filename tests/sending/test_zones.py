"""Who comes, goes and crosses; and zones kept with their source."""

from __future__ import annotations

from pathlib import Path

import pytest

from blendmask_live.errors import ConfigError
from blendmask_live.sending.zones import Zone, ZoneWatch, read_zones, write_zones, zones_path
from tests.sending.tracks import tracked_frame

LINE = Zone("door", "line", ((0.5, 1.0), (0.5, 0.5)))
"""Upwards at x = 100, from y = 100 to y = 50: its right is the right of the picture."""
AREA = Zone("desk", "zone", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def _walk(zone: Zone, places: list[tuple[float, float]]) -> list[str]:
    watch = ZoneWatch((zone,))
    seen = []
    for index, place in enumerate(places):
        for passage in watch.update(tracked_frame(index, {1: place}).tracked):
            seen.append(f"{passage.what} {passage.direction}".strip())
    return seen


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(80, 90), (120, 90)], ["cross forward"]),
        ([(120, 90), (80, 90)], ["cross backward"]),
        ([(80, 90), (120, 90), (80, 90)], ["cross forward", "cross backward"]),
        # Past the line's upper end, and up to it and back.
        ([(80, 30), (120, 30)], []),
        ([(80, 90), (100, 90), (80, 90)], []),
        # Trembling on the line is no crossing; going on from there is one.
        ([(80, 90), (100, 90), (100.5, 90), (99.5, 90), (120, 90)], ["cross forward"]),
        # Round the end to the other side, then back through the line.
        ([(80, 90), (80, 30), (120, 30), (120, 90), (80, 90)], ["cross backward"]),
    ],
)
def test_a_line_is_crossed_once_and_between_its_ends(
    places: list[tuple[float, float]], expected: list[str]
) -> None:
    assert _walk(LINE, places) == expected


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(50, 90)], ["enter"]),
        ([(150, 90), (50, 90), (150, 90)], ["enter", "exit"]),
        ([(150, 90), (100, 90), (150, 90)], []),
        ([(50, 90), (100, 90), (50, 90)], ["enter"]),
    ],
)
def test_an_area_is_entered_and_left_clear_of_its_border(
    places: list[tuple[float, float]], expected: list[str]
) -> None:
    assert _walk(AREA, places) == expected


def test_counts_hold_what_happened_and_who_is_inside() -> None:
    watch = ZoneWatch((AREA, LINE))
    watch.update(tracked_frame(0, {1: (50, 90), 2: (60, 90), 3: (150, 90)}).tracked)
    watch.update(tracked_frame(1, {1: (150, 90), 2: (60, 90), 3: (50, 90)}).tracked)
    assert watch.counts["desk"].as_json(AREA) == {"inside": 2, "entered": 3, "exited": 1}
    assert watch.counts["door"].as_json(LINE) == {"forward": 1, "backward": 1}
    assert watch.inside(AREA) == (2, 3)
    assert [passage.track_id for passage in watch.end([2, 1])] == [2]
    assert watch.counts["desk"].inside == 1


def test_the_anchor_says_where_an_object_is() -> None:
    upper = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (0.0, 0.5))
    # Its feet are at y = 55, its middle at 45.
    assert _walk(Zone("upper", "zone", upper), [(50, 55)]) == []
    assert _walk(Zone("upper", "zone", upper, "middle"), [(50, 55)]) == ["enter"]


def test_zones_are_kept_with_their_source_and_without_its_password(tmp_path: Path) -> None:
    path = tmp_path / "zones" / "a.json"
    write_zones(path, (LINE, AREA), source="rtsp://anna:geheim@host/cam")
    assert read_zones(path) == (LINE, AREA)
    assert "geheim" not in path.read_text()
    assert zones_path("rtsp://anna:geheim@host/cam") == zones_path("rtsp://otto:neu@host/cam")
    assert zones_path("rtsp://host/cam") != zones_path("rtsp://host/cam2")
    write_zones(path, (), source="x")
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version":2,"zones":[]}',
        '{"version":1,"zones":[{"name":"a","kind":"line","points":[[0,0]]}]}',
        '{"version":1,"zones":[{"name":"a","kind":"zone","points":[[0,0],[2,0],[0,1]]}]}',
        '{"version":1,"zones":[{"name":" ","kind":"line","points":[[0,0],[1,0]]}]}',
        '{"version":1,"zones":[{"name":"a","kind":"line","points":[[0,0],[1,0]]},'
        '{"name":"a","kind":"line","points":[[0,0],[0,1]]}]}',
    ],
)
def test_what_are_no_zones_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "zones.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"zones\.json"):
        read_zones(path)
