from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import gui.editor.timeline
from blendmask_live.annotation import Lane, Origin, Run, Track
from gui.editor.timeline import Timeline
from gui.editor.timeline_painter import LANE_PX, LANES_TOP_PX
from gui.editor.timeline_scale import HEADER_PX, TimeScale


def scale_of(indices: range, *, width_px: int = 1158, fps: float = 25.0) -> TimeScale:
    scale = TimeScale(np.array(indices, dtype=np.int64), lambda frame: frame / fps)
    scale.width_px = width_px
    return scale


@pytest.mark.parametrize("indices", [range(500), range(30, 1030, 5), range(7, 8)])
def test_every_frame_is_found_where_it_is_drawn(indices: range) -> None:
    scale = scale_of(indices)
    for zoom in (1.0, 3.0):
        offset = scale.zoom_by(zoom, 400.0)
        scale.offset_px = min(max(0, offset), max(0, scale.length_px - scale.room_px))
        for place, frame in enumerate(indices):
            assert scale.place(frame) == place
            assert scale.frame_at(scale.x(place + 0.5)) == frame
            assert scale.span(frame, frame) == (scale.x(place), scale.x(place + 1))


def test_frames_beyond_the_ends_are_the_first_and_the_last() -> None:
    scale = scale_of(range(30, 1030, 5))
    assert scale.frame_at(0) == 30
    assert scale.frame_at(1e6) == 1025


def test_zooming_keeps_the_frame_under_the_pointer() -> None:
    scale = scale_of(range(2000))
    under = scale.frame_at(700.0)
    for _ in range(5):
        scale.offset_px = scale.zoom_by(1.5, 700.0)
        assert abs(scale.frame_at(700.0) - under) <= 1
    assert scale.length_px > scale.room_px
    scale.zoom_by(1e-6, 700.0)
    assert scale.length_px == scale.room_px


def test_ruler_marks_round_times_of_the_source_where_frames_were_left_out() -> None:
    scale = scale_of(range(30, 1030, 5))
    ticks = list(scale.ticks())
    assert [seconds for _, seconds in ticks[:3]] == [5, 10, 15]
    for x_px, seconds in ticks:
        # The first covered frame that is not before the mark.
        assert x_px == scale.x(scale.place(round(seconds * 25)))
    gaps = np.diff([x_px for x_px, _ in ticks])
    assert gaps.min() >= 80


def test_a_project_without_frames_is_drawn_and_clicked(dressed: QApplication, qtbot: QtBot) -> None:
    timeline = Timeline(np.zeros(0, np.int64), lambda frame: 0.0)
    qtbot.addWidget(timeline)
    timeline.show_lanes((), ("cat",), "No tracks yet")
    timeline.show()
    qtbot.mouseClick(timeline.viewport(), 1)
    timeline.zoom_by(2.0)
    assert timeline.wanted_pictures(1.78) == []
    assert not timeline.grab().isNull()


def test_pictures_are_wanted_for_what_is_visible(dressed: QApplication, qtbot: QtBot) -> None:
    timeline = Timeline(np.arange(1000), lambda frame: frame / 25)
    qtbot.addWidget(timeline)
    timeline.resize(1000, 200)
    timeline.show()
    wanted = timeline.wanted_pictures(16 / 9)
    assert wanted[0] == 0 and wanted[-1] > 880 and len(wanted) < 12
    timeline.zoom_by(8.0, float(timeline.width()))
    assert timeline.wanted_pictures(16 / 9)[0] > 800
    assert timeline.scale.x(0) < HEADER_PX


@pytest.mark.parametrize("confirmed", [0, 100])
def test_a_frame_confirmed_in_a_long_track_has_a_whole_diamond(
    dressed: QApplication, qtbot: QtBot, confirmed: int
) -> None:
    timeline = Timeline(np.arange(200), lambda frame: frame / 25)
    qtbot.addWidget(timeline)
    timeline.resize(1000, 200)
    ends = [(0, confirmed - 1), (confirmed, confirmed), (confirmed + 1, 199)]
    runs = [
        Run(1, first, last, 1, 0, Origin.DETECTED, is_keyframe=first == last)
        for first, last in ends
        if first <= last
    ]
    timeline.show_lanes([Lane(Track(1, "", is_hidden=False), tuple(runs))], ("cat",), "")
    timeline.show_state(50, (), (None, None))
    row = timeline.viewport().grab().toImage()
    y = LANES_TOP_PX + 4 + (LANE_PX - 9) // 2
    white = [x for x in range(HEADER_PX, 1000) if row.pixelColor(x, y).name() == "#ffffff"]
    assert len(white) >= 6 and white == list(range(white[0], white[-1] + 1))
    assert (white[0] + white[-1]) / 2 == pytest.approx(timeline.scale.x(confirmed + 0.5), abs=4)


@pytest.mark.parametrize("tracks", [(), (2,)])
def test_a_preview_is_a_thin_line_also_where_there_are_masks(
    dressed: QApplication, qtbot: QtBot, tracks: tuple[int, ...]
) -> None:
    timeline = Timeline(np.arange(200), lambda frame: frame / 25)
    qtbot.addWidget(timeline)
    timeline.resize(1000, 200)
    run = Run(2, 0, 149, 1, 0, Origin.DETECTED, is_keyframe=False)
    timeline.show_lanes([Lane(Track(2, "", is_hidden=False), (run,))], ("cat",), "")
    timeline.show_state(5, tracks, (None, None))
    timeline.show_preview(2, {40: 0.9, 60: 0.2, 170: 0.9})
    picture = timeline.viewport().grab().toImage()

    def color(frame: int, below_px: int) -> str:
        x = round(timeline.scale.x(frame + 0.5))
        return picture.pixelColor(x, LANES_TOP_PX + below_px).name()

    edge, middle = 5, LANE_PX // 2
    empty = color(180, middle)
    assert color(30, edge) == color(30, middle) != empty
    assert color(40, edge) == color(60, edge) == color(170, edge) == empty
    assert color(40, middle) == color(170, middle) != empty
    assert color(60, middle) not in (empty, color(40, middle), color(30, middle))


def test_the_playhead_moves_over_lanes_that_are_painted_only_when_they_change(
    dressed: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = []
    paint = gui.editor.timeline.paint_timeline
    monkeypatch.setattr(
        gui.editor.timeline,
        "paint_timeline",
        lambda *args: (painted.append(True), paint(*args)),
    )

    def timeline_at(frame: int, tracks: tuple[int, ...] = ()) -> Timeline:
        timeline = Timeline(np.arange(200), lambda frame: frame / 25)
        qtbot.addWidget(timeline)
        timeline.resize(1000, 200)
        run = Run(1, 0, 199, 1, 0, Origin.DETECTED, is_keyframe=False)
        timeline.show_lanes([Lane(Track(1, "", is_hidden=False), (run,))], ("cat",), "")
        timeline.show_state(frame, tracks, (None, None))
        return timeline

    def picture(timeline: Timeline) -> QImage:
        return timeline.viewport().grab().toImage()

    timeline = timeline_at(10)
    before = picture(timeline)
    painted.clear()
    for frame in (50, 199, 90):
        timeline.show_state(frame, (), (None, None))
        assert picture(timeline) != before
    assert not painted
    assert picture(timeline) == picture(timeline_at(90))
    timeline.show_state(90, (1,), (20, 60))
    selected = timeline_at(90, (1,))
    assert picture(timeline) != picture(selected)
    timeline.show_state(90, (1,), (None, None))
    assert picture(timeline) == picture(selected)
