"""What people do with the window, on a real X11 platform plugin, with the real network."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt5.QtGui import QDropEvent, QGuiApplication
from PyQt5.QtWidgets import QApplication, QFocusFrame, QTabBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from blendmask_live.masks.steps import has_latents
from gui.app import make_window
from gui.live.loading import NetworkChoice
from gui.live.recorder import RecordingPlan
from gui.shared.preferences import Preferences
from gui.shared.theme import apply_theme, current_theme
from gui.window.main_window import MainWindow
from tests.capture.clips import ClipSpec
from tests.capture.servers import Sender, encoded_chunks, sender
from tests.gui.conftest import SETTINGS, close_controller, play_on


@pytest.fixture
def window(
    dressed: QApplication, quick_network: None, preferences: Preferences, qtbot: QtBot
) -> Iterator[MainWindow]:
    assert QGuiApplication.platformName() == "xcb"
    preferences.set_text("theme", "dark")
    made = make_window(preferences, network=NetworkChoice(runtime="torch"), settings=SETTINGS)
    made.resize(1200, 800)
    with qtbot.waitExposed(made, timeout=60_000):
        made.show()
    # There is no window manager that would do it.
    dressed.setActiveWindow(made)
    yield made
    close_controller(made.controller, qtbot)
    made.deleteLater()
    dressed.sendPostedEvents(None, QEvent.DeferredDelete)


def open_clip(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    window.controller.open(clip)
    qtbot.waitUntil(lambda: window.controller.latest is not None, timeout=60_000)


def position(window: MainWindow) -> int:
    latest = window.controller.latest
    return -1 if latest is None else latest.frame.index


def key(window: MainWindow, qtbot: QtBot, which: int, *modifiers: Qt.KeyboardModifier) -> None:
    qtbot.keyClick(window.view, which, *modifiers)


def test_open_play_pause_step_and_seek(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    open_clip(window, clip, qtbot)
    assert clip.name in window.windowTitle()
    assert window.view.shown_image is not None
    session = window.controller.session
    assert session is not None
    play_on(session)
    qtbot.waitUntil(lambda: position(window) > 3, timeout=60_000)
    key(window, qtbot, Qt.Key_Space)
    qtbot.waitUntil(lambda: session.status().state == "paused", timeout=60_000)
    session.seek(20)
    qtbot.waitUntil(lambda: position(window) == 20, timeout=60_000)
    key(window, qtbot, Qt.Key_Right)
    qtbot.waitUntil(lambda: position(window) == 21, timeout=60_000)
    key(window, qtbot, Qt.Key_Left)
    qtbot.waitUntil(lambda: position(window) == 20, timeout=60_000)
    slider = window.bar.slider
    place = QPoint(slider._x_of(41), slider.height() // 2)
    qtbot.mouseClick(slider, Qt.LeftButton, pos=place)
    qtbot.waitUntil(lambda: position(window) == slider.frame_at(place.x()), timeout=60_000)
    assert window.bar._frame.value() == position(window)
    key(window, qtbot, Qt.Key_I)
    assert session.marks == (position(window), None)
    key(window, qtbot, Qt.Key_X, Qt.ShiftModifier)
    assert session.marks == (None, None)
    key(window, qtbot, Qt.Key_J)
    assert session.speed == -1 and session.status().state == "playing"


def test_thresholds_and_display_change_while_it_runs(
    window: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    open_clip(window, clip, qtbot)
    controller = window.controller
    assert controller.session is not None
    controller.session.seek(15)
    controller.session.pause()
    qtbot.waitUntil(lambda: position(window) == 15, timeout=60_000)
    qtbot.waitUntil(lambda: len(controller.latest.instances) > 0, timeout=60_000)
    window.network.score.slider.setValue(window.network.score.slider.maximum())
    qtbot.waitUntil(lambda: not (controller.latest.instances.scores > 0.95).any(), timeout=60_000)
    assert controller.session.settings.segmenter.score_threshold == 0.95
    window.network.mask_size.button(112).click()
    assert controller.session.settings.segmenter.mask_size == 112
    key(window, qtbot, Qt.Key_M)
    assert window.picture.look.mask_style == "outline"
    window.display.backdrop.button("blur").click()
    key(window, qtbot, Qt.Key_B)
    assert window.picture.look.show_boxes and window.picture.look.backdrop.kind == "blur"


def test_a_click_on_what_has_no_mask_follows_it(
    window: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    open_clip(window, clip, qtbot)
    controller, session = window.controller, window.controller.session
    assert session is not None
    session.pause()
    # So that nothing has a mask.
    window.network.score.slider.setValue(window.network.score.slider.maximum())

    def stands_without_masks() -> bool:
        return position(window) == 30 and not (controller.latest.track_ids > 0).any()

    session.seek(30)
    qtbot.waitUntil(stands_without_masks, timeout=60_000)
    x, y = 190.0, 240.0
    place = window.view.to_widget(QPointF(x, y)).toPoint()
    qtbot.mouseClick(window.view, Qt.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(controller.followed) == 1, timeout=60_000)
    (track,) = controller.followed
    # So small a network may take the cat for a dog.
    assert track.class_name in ("cat", "dog") and not track.is_lost
    qtbot.waitUntil(lambda: window.view.track_at(QPointF(place)) == track.track_id, timeout=60_000)
    session.step(1)
    qtbot.waitUntil(lambda: position(window) == 31, timeout=60_000)
    qtbot.waitUntil(lambda: (controller.latest.track_ids > 0).any(), timeout=60_000)
    qtbot.waitUntil(lambda: window.actions_by_name["unfollow"].isEnabled(), timeout=60_000)
    key(window, qtbot, Qt.Key_Delete)
    qtbot.waitUntil(lambda: not (controller.latest.track_ids > 0).any(), timeout=60_000)
    assert controller.followed == ()


def test_a_click_on_an_object_shows_how_its_mask_is_made(
    window: MainWindow, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    open_clip(window, clip, qtbot)
    controller, session = window.controller, window.controller.session
    assert session is not None
    play_on(session)

    def has_tracks() -> bool:
        return position(window) > 0 and bool((controller.latest.track_ids > 0).any())

    def stands() -> bool:
        return position(window) == index and controller.latest.frame.is_chosen

    qtbot.waitUntil(has_tracks, timeout=60_000)
    index = position(window)
    session.pause()
    # The last of the frames that are on their way.
    session.seek(index)
    qtbot.waitUntil(stands, timeout=60_000)
    frame = controller.latest
    assert frame is not None
    row = int((frame.track_ids > 0).argmax())
    crop = frame.instances.cropped_masks()[row]
    line, column = (int(v[len(v) // 2]) for v in crop.mask.nonzero())
    place = window.view.to_widget(QPointF(crop.x0 + column + 0.5, crop.y0 + line + 0.5))
    clicked = window.view.track_at(place)
    assert clicked > 0
    qtbot.mouseClick(window.view, Qt.LeftButton, pos=place.toPoint())
    assert not window.microscope.view.visibleRegion().isEmpty()
    assert window.actions_by_name["microscope"].isChecked()
    assert window.microscope.track_id == clicked
    qtbot.waitUntil(lambda: has_latents(controller.latest.instances), timeout=60_000)
    qtbot.waitUntil(lambda: len(window.microscope.view._columns) == 3, timeout=60_000)
    saved = tmp_path / "microscope.png"
    window.pictures.write(str(saved), window.microscope.view.picture())
    assert saved.stat().st_size > 2000
    key(window, qtbot, Qt.Key_V)
    qtbot.waitUntil(
        lambda: window.view.shown_image.shape != frame.frame.image.shape, timeout=60_000
    )
    assert window.picture.look.shows_bases


def test_record_with_one_key_and_close_while_it_runs(
    window: MainWindow, clip: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    window.controller.recorder.set_plan(RecordingPlan(str(tmp_path), ("csv",), records_shown=True))
    open_clip(window, clip, qtbot)
    assert window.controller.session is not None
    play_on(window.controller.session)
    key(window, qtbot, Qt.Key_R)
    assert window.controller.recorder.is_recording
    assert window.actions_by_name["record"].isChecked()

    def has_frames() -> bool:
        status = window.controller.status
        return bool(status and status.recording and status.recording.frames >= 5)

    qtbot.waitUntil(has_frames, timeout=60_000)
    # What is shown is recorded a moment later than the formats.
    running = window.controller.recorder._running
    assert running is not None
    qtbot.waitUntil(lambda: running.shown is not None, timeout=60_000)
    with qtbot.waitSignal(window.controller.frame_available, timeout=60_000):
        pass
    with qtbot.waitSignal(window.controller.closed, timeout=60_000):
        window.close()
    assert not window.isVisible()
    (table,) = tmp_path.rglob("tracks.csv")
    with table.open(encoding="utf-8") as lines:
        assert len(list(csv.reader(lines))) > 1
    (shown,) = tmp_path.rglob("shown.mp4")
    assert shown.stat().st_size > 1000


@pytest.mark.may_log("no such file")
def test_a_dropped_file_opens_and_a_missing_one_says_so(
    window: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clip))])
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    qtbot.waitUntil(lambda: window.controller.latest is not None, timeout=60_000)
    window.controller.open("no such file.mp4")
    qtbot.waitUntil(lambda: window.banner.isVisible(), timeout=60_000)
    assert window.banner.problem is not None and "no such file.mp4" in window.banner.problem.advice
    assert position(window) >= 0, "what was shown stays"


@pytest.mark.may_log("lost (", "is back")
def test_a_lost_stream_is_waited_for_and_shown_again(window: MainWindow, qtbot: QtBot) -> None:
    spec = ClipSpec(frames=40, options={"tune": "zerolatency", "g": "10"})
    chunks = encoded_chunks(spec)

    def paced(number: int, server: Sender) -> Iterable[bytes]:
        for chunk in cycle(chunks):
            yield chunk
            if server.closing.wait(0.02):
                return

    def says_lost() -> bool:
        problem = window.banner.problem
        return problem is not None and "lost" in problem.advice

    with sender(paced) as server:
        port = server.port
        window.controller.open(f"tcp://127.0.0.1:{port}")
        qtbot.waitUntil(lambda: position(window) > 3, timeout=60_000)
        assert not window.bar.slider.isEnabled() and not says_lost()
    qtbot.waitUntil(says_lost, timeout=60_000)
    assert window.banner.isVisible() and not window.banner.problem.is_error
    lost_at = position(window)
    with sender(paced, port=port):
        qtbot.waitUntil(lambda: position(window) > lost_at, timeout=60_000)
        qtbot.waitUntil(lambda: not says_lost(), timeout=60_000)
        close_controller(window.controller, qtbot)


def test_layout_and_settings_come_back_after_a_restart(
    window: MainWindow, qtbot: QtBot, quick_network: None
) -> None:
    window.docks["tracker"].hide()
    window.picture.set_look(window.picture.look.__class__(opacity=0.8))
    with qtbot.waitSignal(window.controller.closed, timeout=60_000):
        window.close()
    again = make_window(window.controller.preferences, settings=SETTINGS)
    with qtbot.waitExposed(again, timeout=60_000):
        again.show()
    try:
        assert again.picture.look.opacity == 0.8
        assert again.docks["tracker"].isHidden() and not again.docks["display"].isHidden()
    finally:
        close_controller(again.controller, qtbot)
        again.deleteLater()


def go_round(window: MainWindow, qtbot: QtBot) -> list[QWidget]:
    """Every control that gets the focus until the first has it again, by the key itself."""
    window.view.setFocus()
    seen: list[QWidget] = []
    while window.focusWidget() not in seen:
        seen.append(window.focusWidget())
        qtbot.keyClick(seen[-1], Qt.Key_Tab)
    assert window.focusWidget() is window.view
    return seen


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_tab_goes_through_everything_in_reading_order_with_a_ring(
    window: MainWindow, qtbot: QtBot, dressed: QApplication, theme: str
) -> None:
    apply_theme(dressed, theme)
    (tools,), (ring,) = window.findChildren(QToolBar), window.findChildren(QFocusFrame)
    assert ring.isHidden()
    seen = go_round(window, qtbot)
    names = [str(w.property("text")) for w in seen if w.parent() is tools]
    assert names == ["Source", "Bases", "Microscope", "Annotate", "Snapshot", "Send", "Record"]
    bars = [w for w in seen if isinstance(w, QTabBar)]
    assert [bar.tabText(0) for bar in bars] == ["Tracks", "Display"]
    upper, lower = (seen.index(bar) for bar in bars)
    assert upper < seen.index(window.tracks.tree) < lower
    assert lower < seen.index(window.display.mask_style.button("fill"))
    assert window.tracker.is_tracking not in seen, "it is behind another tab"
    bars[1].setFocus(Qt.TabFocusReason)
    qtbot.keyClick(bars[1], Qt.Key_Right)
    qtbot.keyClick(bars[1], Qt.Key_Right)
    assert window.tracker.is_tracking in go_round(window, qtbot)
    qtbot.keyClick(bars[1], Qt.Key_Home)
    for stop in (bars[0], window.display.mask_style.button("fill")):
        stop.setFocus(Qt.TabFocusReason)
        qtbot.waitUntil(ring.isVisible, timeout=60_000)
        assert ring.widget() is stop
        picture = ring.grab().toImage()
        assert picture.pixelColor(picture.width() // 2, 1).name() == current_theme().text
    qtbot.keyClick(window.display.mask_style.button("fill"), Qt.Key_Right)
    assert window.picture.look.mask_style == "outline"
    assert window.display.mask_style.button("outline").hasFocus()
    qtbot.mouseClick(window.view, Qt.LeftButton)
    assert ring.isHidden()


def test_backwards_tab_comes_back_and_scrolls_to_what_it_reaches(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.docks["network"].raise_()
    forwards = go_round(window, qtbot)
    last = forwards[forwards.index(window.network._none)]
    while window.focusWidget() is not last:
        qtbot.keyClick(window.focusWidget(), Qt.Key_Backtab)
    qtbot.waitUntil(lambda: not last.visibleRegion().isEmpty(), timeout=60_000)
