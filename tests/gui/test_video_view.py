"""The picture: where it lies, and what is under the pointer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.drawing.overlay import OverlayStyle
from blendmask_live.drawing.palette import track_color
from blendmask_live.masks.crops import CroppedMask
from gui.editor.canvas import EditorCanvas
from gui.editor.ghosts import Ghost
from gui.shared.video_view import VideoView, row_at


@pytest.fixture
def view(dressed: QApplication, qtbot: QtBot, two_tracks: TrackedFrame) -> VideoView:
    made = VideoView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_picture(two_tracks.frame.image, two_tracks.tracked)
    return made


def test_the_picture_is_letterboxed(view: VideoView) -> None:
    rect = view.picture_rect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == (0, 30, 400, 240)
    shot = view.grab().toImage()
    assert QColor(shot.pixel(200, 150)).red() == 90
    assert QColor(shot.pixel(200, 5)).red() < 30


@pytest.mark.parametrize(("aspect", "shown"), [(2.0, (0, 90, 400, 120)), (0.5, (75, 0, 250, 300))])
def test_pixels_are_shown_as_wide_as_they_are(
    view: VideoView, aspect: float, shown: tuple[int, ...]
) -> None:
    view.set_pixel_aspect(aspect)
    rect = view.picture_rect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == shown
    corner = view.to_frame(rect.bottomRight())
    assert (corner.x(), corner.y()) == pytest.approx((100, 60))


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_widget_and_frame_places_agree_at_any_zoom(view: VideoView, zoom: float) -> None:
    view.zoom_by(zoom, QPointF(120, 150))
    place = view.to_widget(QPointF(33.0, 21.0))
    back = view.to_frame(place)
    assert (back.x(), back.y()) == pytest.approx((33.0, 21.0))


def test_zoom_keeps_the_point_under_the_pointer(view: VideoView) -> None:
    pointer = QPointF(120, 150)
    before = view.to_frame(pointer)
    view.zoom_by(2.5, pointer)
    after = view.to_frame(pointer)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    view.fit()
    assert view.zoom == 1


def test_the_selected_object_has_a_white_line_at_its_edge(view: VideoView) -> None:
    inside, at_edge = (view.to_widget(QPointF(50, y)).toPoint() for y in (40, 49.5))
    before = view.grab().toImage().pixelColor(at_edge).red()
    view.select_track(1)
    shot = view.grab().toImage()
    assert before == 90 and shot.pixelColor(at_edge).red() == 255
    assert 90 < shot.pixelColor(inside).red() < 160


def test_the_line_of_the_selected_object_does_not_cross_labels(
    view: VideoView, two_tracks: TrackedFrame
) -> None:
    # The label of the small cat lies where the edge of the person is.
    box = np.array([[10, 10, 60, 50], [50, 52, 60, 55]], np.float32)
    instances = replace(two_tracks.tracked.instances, boxes=box)
    tracked = replace(two_tracks.tracked, instances=instances)
    view.show_picture(two_tracks.frame.image, tracked, OverlayStyle())
    at_edge = view.to_widget(QPointF(50, 49.5)).toPoint() + QPoint(2, 0)
    plate = view.grab().toImage().pixelColor(at_edge)
    view.select_track(1)
    assert plate == QColor(*track_color(2)) == view.grab().toImage().pixelColor(at_edge)


def test_a_ghost_takes_the_place_of_the_label_of_its_track(
    dressed: QApplication, qtbot: QtBot, two_tracks: TrackedFrame
) -> None:
    canvas = EditorCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show_picture(two_tracks.frame.image, two_tracks.tracked, OverlayStyle())
    in_label = canvas.to_widget(QPointF(20, 20)).toPoint() + QPoint(2, -4)
    assert canvas.grab().toImage().pixelColor(in_label) == QColor(*track_color(2))
    far = CroppedMask(80, 40, np.ones((8, 8), bool))
    canvas.show_ghosts([Ghost(2, far, "cat 2")])
    assert canvas.grab().toImage().pixelColor(in_label) == QColor(90, 90, 90)
    canvas.show_ghosts([])
    assert canvas.grab().toImage().pixelColor(in_label) == QColor(*track_color(2))


def test_the_smallest_mask_under_the_pointer_is_meant(two_tracks: TrackedFrame) -> None:
    assert row_at(two_tracks.tracked, 25, 25) == 1
    assert row_at(two_tracks.tracked, 50, 40) == 0
    assert row_at(two_tracks.tracked, 90, 5) is None


def test_a_click_names_the_track_and_a_drag_does_not(view: VideoView, qtbot: QtBot) -> None:
    clicked: list[int] = []
    view.track_clicked.connect(clicked.append)
    inside = view.to_widget(QPointF(25, 25)).toPoint()
    qtbot.mouseClick(view, Qt.LeftButton, pos=inside)
    qtbot.mouseClick(view, Qt.LeftButton, pos=view.to_widget(QPointF(95, 5)).toPoint())
    assert clicked == [2, 0]
    qtbot.mousePress(view, Qt.LeftButton, pos=inside)
    move = QMouseEvent(
        QEvent.MouseMove, QPointF(inside * 2), Qt.NoButton, Qt.LeftButton, Qt.NoModifier
    )
    QApplication.sendEvent(view, move)
    qtbot.mouseRelease(view, Qt.LeftButton, pos=inside * 2)
    assert clicked == [2, 0]


def test_the_editors_picture_is_painted_again_only_when_it_changes(
    dressed: QApplication, qtbot: QtBot, two_tracks: TrackedFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    def canvas_of(image: NDArray[np.uint8]) -> EditorCanvas:
        canvas = EditorCanvas()
        qtbot.addWidget(canvas)
        canvas.resize(400, 300)
        canvas.set_tool("brush")
        canvas.show_picture(image, two_tracks.tracked, OverlayStyle())
        return canvas

    image = two_tracks.frame.image
    canvas = canvas_of(image)
    painted = []
    monkeypatch.setattr(canvas, "_paint_objects", painted.append)
    changes: list[Callable[[EditorCanvas], object]] = [
        lambda canvas: canvas.select_track(1),
        lambda canvas: canvas.zoom_by(2.0),
        lambda canvas: canvas.set_pixel_aspect(2.0),
        lambda canvas: canvas.show_message("Wait"),
        lambda canvas: canvas.show_picture(255 - image, two_tracks.tracked, OverlayStyle()),
        lambda canvas: canvas.show_picture(255 - image, two_tracks.tracked),
        lambda canvas: canvas.resize(500, 300),
    ]
    for _ in range(3):
        canvas.grab()
        canvas.set_radius(canvas.radius_px + 2)
    assert len(painted) == 1
    monkeypatch.undo()
    canvas = canvas_of(image)
    for number, change in enumerate(changes, 1):
        before = canvas.grab().toImage()
        change(canvas)
        fresh = canvas_of(image)
        for earlier in changes[:number]:
            earlier(fresh)
        assert canvas.grab().toImage() == fresh.grab().toImage() != before
