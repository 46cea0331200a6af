"""Sending from the window: the key, the panel, the zones over the picture."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QKeyEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from blendmask_live.sending import zones as zones_module
from blendmask_live.sending.zones import read_zones, zones_path
from gui.live.broadcaster import SendingPlan
from gui.live.controller import LiveController
from gui.shared.actions import Actions
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.shared.video_view import VideoView
from gui.window.actions import WINDOW_ACTIONS
from gui.window.sending import Sending
from gui.window.shown_picture import ShownPicture
from gui.window.status_strip import StatusStrip
from tests.gui.test_controller import open_clip

pytestmark = pytest.mark.usefixtures("dressed")


class _Stage(QMainWindow):
    """What of the window takes part in sending."""

    def __init__(self, controller: LiveController, preferences: Preferences) -> None:
        super().__init__()
        self.controller = controller
        self.acts = Actions(preferences, self, table=WINDOW_ACTIONS)
        self.view = VideoView(self)
        self.view.resize(640, 360)
        self.strip = StatusStrip(self)
        self.picture = ShownPicture(controller, self.view, self)
        self.sending = Sending(controller, self.acts, self.view, self.strip, parent=self)
        self.problems: list[Problem] = []
        self.sending.problem_found.connect(self.problems.append)
        self.picture.drawn.connect(self.sending.add_shown)
        controller.frame_available.connect(self.picture.redraw)


@pytest.fixture
def stage(
    controller: LiveController,
    preferences: Preferences,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[_Stage]:
    monkeypatch.setattr(
        zones_module.platformdirs, "user_data_path", lambda *a, **k: tmp_path / "data"
    )
    made = _Stage(controller, preferences)
    qtbot.addWidget(made)
    yield made
    # As the window does when it is closed.
    made.sending.close()


def _events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_key_sends_what_is_shown_and_events_until_it_is_pressed_again(
    stage: _Stage, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(stage.controller, clip, qtbot)
    assert stage.controller.session is not None
    stage.controller.session.loop = True
    video, lines = tmp_path / "shown.mp4", tmp_path / "events.jsonl"
    stage.sending.panel.addresses.setText(str(video))
    stage.sending.panel.events.setText(str(lines))
    stage.sending.panel.addresses.editingFinished.emit()
    stage.acts["send"].trigger()
    assert stage.acts["send"].isChecked()

    def has_sent() -> bool:
        statuses = stage.sending.broadcaster.statuses
        return len(statuses) == 2 and all(status.sent > 0 for status in statuses)

    qtbot.waitUntil(has_sent, timeout=60_000)
    stage.controller.refresh()
    assert stage.strip.text("sending")
    stage.acts["send"].trigger()
    assert not stage.acts["send"].isChecked() and stage.strip.text("sending") == ""
    qtbot.waitUntil(lambda: not stage.sending.broadcaster.statuses, timeout=60_000)
    qtbot.waitUntil(lambda: _events(lines)[-1]["kind"] == "end", timeout=60_000)
    assert _events(lines)[0]["kind"] == "begin"
    assert stage.problems == []

    def is_whole() -> bool:
        with av.open(str(video)) as container:
            return sum(1 for _ in container.decode(video=0)) > 0

    qtbot.waitUntil(is_whole, timeout=60_000)


@pytest.mark.may_log("cannot be sent to")
def test_what_cannot_be_sent_is_told_in_the_banner_and_the_key_is_up_again(
    stage: _Stage, clip: Path, qtbot: QtBot
) -> None:
    open_clip(stage.controller, clip, qtbot)
    stage.acts["send"].trigger()
    assert stage.problems[-1].action == "send" and not stage.acts["send"].isChecked()
    stage.sending.broadcaster.set_plan(SendingPlan("gopher://anna:geheim@host"))
    stage.acts["send"].trigger()
    qtbot.waitUntil(lambda: not stage.sending.broadcaster.is_sending, timeout=60_000)
    assert "gopher://host: cannot be sent to" in stage.problems[-1].advice
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    stage.sending.broadcaster.set_plan(SendingPlan(f"tcp://127.0.0.1:{port}"))
    stage.acts["send"].trigger()
    qtbot.waitUntil(lambda: "connection refused" in stage.problems[-1].advice, timeout=60_000)
    assert not stage.acts["send"].isChecked()


def test_passwords_of_addresses_are_not_kept_on_the_disk(
    stage: _Stage, preferences: Preferences
) -> None:
    plan = SendingPlan(
        "rtmp://host/live/geheim1 rtsp://anna:geheim2@host/x", events="ws://u:geheim3@h:1/x"
    )
    stage.sending.broadcaster.set_plan(plan)
    assert stage.sending.broadcaster.plan == plan
    assert "geheim" not in " ".join(preferences.everything().values())
    assert (
        preferences.load("sending", SendingPlan()).addresses == "rtmp://host/live/… rtsp://host/x"
    )


def test_what_the_command_line_asks_for_is_sent_with_the_first_picture(
    stage: _Stage, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "with blanks"
    folder.mkdir()
    stage.sending.broadcaster.start_with([str(folder / "a.mp4")], [str(folder / "a.jsonl")])
    open_clip(stage.controller, clip, qtbot)
    qtbot.waitUntil(
        lambda: [s.state for s in stage.sending.broadcaster.statuses] == ["sending"] * 2,
        timeout=60_000,
    )
    assert stage.controller.preferences.load("sending", SendingPlan()) == SendingPlan()


def _mouse(stage: _Stage, kind: QEvent.Type, x: float, y: float) -> None:
    layer = stage.sending.layer
    button = Qt.NoButton if kind == QEvent.MouseMove else Qt.LeftButton
    event = QMouseEvent(kind, QPointF(x, y), button, button, Qt.NoModifier)
    handler = {
        QEvent.MouseButtonPress: layer.mousePressEvent,
        QEvent.MouseMove: layer.mouseMoveEvent,
        QEvent.MouseButtonRelease: layer.mouseReleaseEvent,
    }[kind]
    handler(event)


def _keeps(stage: _Stage, key: int) -> bool:
    """Whether the layer takes a key that would be a shortcut of the window."""
    event = QKeyEvent(QEvent.ShortcutOverride, key, Qt.NoModifier)
    event.ignore()
    QApplication.sendEvent(stage.sending.layer, event)
    return event.isAccepted()


def test_lines_and_areas_are_drawn_named_kept_with_the_source_and_removed(
    stage: _Stage, clip: Path, qtbot: QtBot
) -> None:
    open_clip(stage.controller, clip, qtbot)
    stage.picture.redraw()
    stage.acts["draw_line"].trigger()
    assert stage.sending.layer.hint == "Click where the line begins; Escape drops it"
    _mouse(stage, QEvent.MouseButtonPress, 320, 300)
    assert stage.sending.layer.hint == "Click where the line ends; Escape drops it"
    assert _keeps(stage, Qt.Key_Escape) and not _keeps(stage, Qt.Key_R)
    _mouse(stage, QEvent.MouseMove, 320, 200)
    _mouse(stage, QEvent.MouseButtonRelease, 320, 90)
    # Two clicks draw one too.
    stage.acts["draw_line"].trigger()
    for x, y in ((100, 300), (102, 301), (100, 90)):
        _mouse(stage, QEvent.MouseButtonPress, x, y)
        _mouse(stage, QEvent.MouseButtonRelease, x, y)
    assert stage.sending.layer.drawing == ""
    drawn = stage.sending.watcher.zones[1].points
    assert drawn == ((100 / 640, 300 / 360), (100 / 640, 90 / 360))
    stage.sending.panel.removed.emit(1)
    stage.acts["draw_area"].trigger()
    for x, y in ((0, 0), (160, 0), (160, 180), (2, 2)):
        _mouse(stage, QEvent.MouseButtonPress, x, y)
    assert stage.sending.layer.drawing == ""
    kept = read_zones(zones_path(stage.controller.source_spec))
    assert [(zone.name, zone.kind) for zone in kept] == [("line 1", "line"), ("area 1", "zone")]
    assert kept[1].points == ((0, 0), (0.25, 0), (0.25, 0.5))
    item = stage.sending.panel.zones.item(0)
    assert item is not None
    item.setText("door")
    assert [zone.name for zone in stage.sending.watcher.zones] == ["door", "area 1"]
    # The same source again has them.
    stage.controller.reopen()
    with qtbot.waitSignal(stage.controller.session_changed, timeout=60_000):
        pass
    assert [zone.name for zone in stage.sending.watcher.zones] == ["door", "area 1"]
    qtbot.waitUntil(
        lambda: stage.sending.watcher.counts_text(stage.sending.watcher.zones[0]) != "",
        timeout=60_000,
    )
    stage.sending.panel.removed.emit(0)
    stage.sending.panel.removed.emit(0)
    assert not zones_path(stage.controller.source_spec).exists()
