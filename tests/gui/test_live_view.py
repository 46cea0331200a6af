"""What is pointed at in the live picture."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.datatypes import TrackedFrame
from gui.window.live_view import LiveView


@pytest.fixture
def view(dressed: QApplication, qtbot: QtBot, two_tracks: TrackedFrame) -> LiveView:
    made = LiveView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_picture(two_tracks.frame.image, two_tracks.tracked)
    return made


@pytest.fixture
def told(view: LiveView) -> list[tuple[Any, ...]]:
    """Every signal of the view, with what it carries, rounded."""
    heard: list[tuple[Any, ...]] = []
    for name in ("track_clicked", "ground_clicked", "pointed_at", "box_drawn", "double_clicked"):
        signal = getattr(view, name)
        signal.connect(lambda *values, name=name: heard.append((name, *map(round, values))))
    return heard


def _at(view: LiveView, x: float, y: float) -> QPoint:
    return view.to_widget(QPointF(x, y)).toPoint()


def test_a_click_beside_all_objects_points_at_the_ground(view: LiveView, told: list[Any]) -> None:
    QTest.mouseClick(view, Qt.LeftButton, pos=_at(view, 80, 20))
    assert told == [("ground_clicked", 80, 20), ("track_clicked", 0)]
    told.clear()
    QTest.mouseClick(view, Qt.LeftButton, pos=_at(view, 40, 40))
    assert told == [("track_clicked", 1)]


def test_with_a_track_selected_a_click_beside_it_only_ends_that(
    view: LiveView, told: list[Any]
) -> None:
    view.select_track(1)
    QTest.mouseClick(view, Qt.LeftButton, pos=_at(view, 80, 20))
    assert told == [("track_clicked", 0)]


def test_with_shift_any_place_is_pointed_at_and_a_drag_draws_a_box(
    view: LiveView, told: list[Any]
) -> None:
    QTest.mouseClick(view, Qt.LeftButton, Qt.ShiftModifier, _at(view, 40, 40))
    assert told == [("pointed_at", 40, 40)]
    told.clear()
    before = view.picture_rect()
    QTest.mousePress(view, Qt.LeftButton, Qt.ShiftModifier, _at(view, 90, 50))
    QTest.mouseMove(view, _at(view, 70, 20))
    QTest.mouseRelease(view, Qt.LeftButton, Qt.ShiftModifier, _at(view, 80, 30))
    assert told == [("box_drawn", 80, 30, 90, 50)]
    assert view.picture_rect() == before, "the picture was not moved"


def test_nothing_is_pointed_at_outside_the_frame_or_in_another_picture(
    view: LiveView, told: list[Any]
) -> None:
    QTest.mouseClick(view, Qt.LeftButton, Qt.ShiftModifier, QPoint(200, 10))
    QTest.mouseClick(view, Qt.LeftButton, pos=QPoint(200, 10))
    view.show_picture(view.shown_image, None)
    QTest.mouseClick(view, Qt.LeftButton, pos=_at(view, 80, 20))
    assert told == [("track_clicked", 0)] * 2


def test_a_place_that_is_looked_at_is_marked(view: LiveView) -> None:
    place = _at(view, 80, 20)
    plain = view.grab().toImage()
    view.show_awaited(((80, 20),))
    marked = view.grab().toImage()
    ring = place + QPoint(9, 0)
    assert marked.pixel(ring) != plain.pixel(ring)
    assert marked.pixel(place) == plain.pixel(place)
    view.show_awaited(((80, 20),), "Getting ready…")
    beside = place + QPoint(25, 0)
    assert view.grab().toImage().pixel(beside) != marked.pixel(beside)
