"""Widgets without a screen; flows on a virtual one, in a process of their own (see xcb/)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QSettings
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.export.video_file import VideoFile, VideoTiming
from blendmask_live.live import LiveSession, LiveSettings
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from gui.editor.controller import EditorController
from gui.editor.window import EditorWindow
from gui.live.controller import LiveController
from gui.live.loading import NetworkChoice
from gui.qt_environment import prepare_qt_environment
from gui.shared.preferences import Preferences
from gui.shared.theme import apply_theme
from tests.gui.squares import write_squares

OpenEditor = Callable[[Path], EditorController]
os.environ["QT_QPA_PLATFORM"] = "offscreen"
prepare_qt_environment()
SETTINGS = LiveSettings(SegmenterSettings(short_side=160, long_side=288, drop_duplicates=True))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["blendmask-live"]


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    apply_theme(qapp, "dark")
    return qapp


@pytest.fixture(autouse=True)
def _no_leaked_windows(qapp: QApplication) -> Iterator[None]:
    yield
    for widget in qapp.topLevelWidgets():
        # Menus and tips live as long as their owner; windows must be gone.
        assert not (widget.isWindow() and widget.isVisible()), widget


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.IniFormat))


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    """The built-in network, small enough to be quick on one core."""
    return load_segmenter(runtime="torch", threads=1, settings=SETTINGS.segmenter)


@pytest.fixture
def quick_network(segmenter: Segmenter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is loaded once for all tests."""

    def load(choice: object, settings: object, report: Callable[[int, str], None]) -> Segmenter:
        report(2, "Loading")
        return segmenter

    monkeypatch.setattr("gui.live.controller.load_network", load)


@pytest.fixture
def controller(
    dressed: QApplication,
    quick_network: None,
    preferences: Preferences,
    qtbot: object,
) -> Iterator[LiveController]:
    """A controller that is closed at the end, however the test ends."""
    made = LiveController(preferences, network=NetworkChoice(runtime="torch"), settings=SETTINGS)
    yield made
    close_controller(made, qtbot)
    made.deleteLater()


def close_controller(controller: LiveController, qtbot: object) -> None:
    """Close and wait; closing twice is allowed."""
    if not controller.is_closed:
        with qtbot.waitSignal(controller.closed, timeout=60_000):  # type: ignore[attr-defined]
            controller.close()


def play_on(session: LiveSession) -> None:
    """Without an end: on a busy machine, the clip may be over before a test is ready."""
    session.loop = True
    session.play()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, small and short, under a name that is not ASCII."""
    from blendmask_live.capture import open_source

    path = tmp_path_factory.mktemp("clips") / "Vidéo № 1 東京.mp4"
    source = open_source("demo", start_s=3.0, max_frames=50)
    video = VideoFile(
        path,
        frame_size=(360, 640),
        timing=VideoTiming.of_source(time_base=source.info.time_base, fps=source.info.average_fps),
        color=source.info.color,
    )
    while (frame := source.read()) is not None:
        assert frame.pts_s is not None
        video.write(np.ascontiguousarray(frame.image[::2, ::2]), frame.pts_s)
    video.close()
    source.close()
    return path


@pytest.fixture
def project_path(clip: Path, tmp_path: Path) -> Path:
    return write_squares(clip, tmp_path / "squares.bml")


@pytest.fixture
def two_tracks() -> TrackedFrame:
    """A frame of 100 x 60 px: a large person 1 with a small cat 2 in front of it."""
    masks = np.zeros((2, 60, 100), dtype=bool)
    masks[0, 10:50, 10:60] = True
    masks[1, 20:30, 20:30] = True
    instances = Instances.from_masks(masks, class_ids=[0, 15], scores=[0.9, 0.8])
    states = (TrackState.CONFIRMED, TrackState.CONFIRMED)
    tracked = TrackedInstances(instances, np.array([1, 2]), states)
    image = np.full((60, 100, 3), 90, dtype=np.uint8)
    return TrackedFrame(Frame(image, index=7, pts_s=None, captured_at=0.0), tracked)


@pytest.fixture
def open_editor(dressed: QApplication) -> Iterator[OpenEditor]:
    opened: list[EditorController] = []

    def open_one(path: Path) -> EditorController:
        opened.append(EditorController(path))
        return opened[-1]

    yield open_one
    for controller in opened:
        controller.close()
        controller.deleteLater()


@pytest.fixture
def show_window(
    dressed: QApplication, preferences: Preferences, qtbot: QtBot
) -> Iterator[Callable[[EditorController], EditorWindow]]:
    shown: list[EditorWindow] = []

    def show(controller: EditorController) -> EditorWindow:
        shown.append(EditorWindow(controller, preferences))
        with qtbot.waitExposed(shown[-1], timeout=60_000):
            shown[-1].show()
        return shown[-1]

    yield show
    for window in shown:
        window.close()
        window.deleteLater()
    dressed.sendPostedEvents(None, QEvent.DeferredDelete)


_X11_SERVERS: list[subprocess.Popen[bytes]] = []
"""Kept: each one ends when its standard input is closed."""


@pytest.fixture(scope="session")
def x11_display() -> str:
    """A virtual screen of our own, on a free number, until this process ends.

    Not only until the last test: Qt ends a process whose X11 server is gone.
    """
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    read_end, write_end = os.pipe()
    xvfb = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1400x900x24"]
    server = subprocess.Popen(
        ["sh", "-c", '"$@" & cat; kill $!', "sh", *xvfb],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[write_end],
        start_new_session=True,
    )
    _X11_SERVERS.append(server)
    os.close(write_end)
    with os.fdopen(read_end) as answer:
        return f":{answer.readline().strip()}"
