"""Makes the pictures of the window in docs/images: `python tools/screenshots.py [NAME...]`.

Runs the real program on the demo; needs a display (a virtual one will do, with a window manager
for the menus):

    Xvfb :51 -screen 0 1600x1000x24 &
    DISPLAY=:51 python tools/screenshots.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image
from PyQt5.QtCore import QBuffer, QEventLoop, QSettings, Qt, QTimer
from PyQt5.QtWidgets import QApplication

from blendmask_live.config import MASK_SIZES
from gui.app import make_application, make_window
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import apply_theme

FOLDER = ROOT / "docs" / "images"
SIZE = 1320, 860
TIMEOUT_S = 90.0


def wait(condition: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
    """Run the event loop until something holds."""
    loop, end_s = QEventLoop(), time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError("the window did not get there")
        QTimer.singleShot(30, loop.quit)
        loop.exec()


def pause(seconds: float) -> None:
    """Let the window settle."""
    end_s = time.monotonic() + seconds
    wait(lambda: time.monotonic() >= end_s)


def show_frame(window: MainWindow, index: int) -> None:
    """Play up to a frame, so that there are tracks, and stand still there."""
    session = window.controller.session
    assert session is not None
    session.seek(max(0, index - 24))
    session.speed = 0.2
    session.play()
    wait(lambda: window.controller.latest is not None and session.position >= index)
    session.pause()
    pause(1.5)


def track_named(window: MainWindow, name: str) -> int:
    """The id of a track of this class in the shown frame."""
    frame = window.controller.latest
    assert frame is not None
    pairs = zip(frame.track_ids.tolist(), frame.instances.class_names, strict=True)
    return max(track for track, class_name in pairs if class_name == name)


def save(window: MainWindow, name: str) -> None:
    """Write the window as a small PNG."""
    pause(0.6)
    buffer = QBuffer()
    buffer.open(QBuffer.ReadWrite)
    window.grab().save(buffer, "PNG")
    picture = Image.open(BytesIO(bytes(buffer.data().data()))).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(256, kmeans=1, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} KB\n")


def live(window: MainWindow) -> None:
    """The demo with masks, labels and trails."""
    window.picture.set_look(replace(window.picture.look, show_trails=True))
    save(window, "gui-live")
    window.picture.set_look(replace(window.picture.look, show_trails=False))


def microscope(window: MainWindow) -> None:
    """One object under the microscope."""
    window.picture.select_track(track_named(window, "person"))
    pause(1.5)
    save(window, "gui-microscope")
    window.picture.select_track(0)
    window.docks["tracks"].raise_()


def bases(window: MainWindow) -> None:
    """The bases of the whole frame."""
    window.docks["network"].raise_()
    window.picture.set_look(replace(window.picture.look, shows_bases=True))
    pause(1.5)
    save(window, "gui-bases")
    window.picture.set_look(replace(window.picture.look, shows_bases=False))
    window.docks["display"].raise_()


def light(window: MainWindow) -> None:
    """The light theme, with a blurred background."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, "light")
    backdrop = replace(window.picture.look.backdrop, kind="blur", blur_share=0.03)
    window.picture.set_look(replace(window.picture.look, mask_style="outline", backdrop=backdrop))
    save(window, "gui-light")
    window.picture.set_look(
        replace(window.picture.look, mask_style="fill", backdrop=replace(backdrop, kind="none"))
    )
    apply_theme(application, "dark")


def stages(window: MainWindow) -> None:
    """The times of the stages."""
    status = window.controller.status
    assert status is not None
    window.stages.show_stages(status.stages)
    window.stages.show()
    pause(0.5)
    window.stages.grab().save(str(FOLDER / "gui-stages.png"))
    window.stages.hide()


def network(window: MainWindow) -> None:
    """The network's settings: what each mask size costs, measured by trying them."""
    session = window.controller.session
    assert session is not None
    window.docks["network"].raise_()
    session.loop = True
    session.play()
    for size in MASK_SIZES:
        window.network.mask_size.button(size).click()
        wait(lambda size=size: window.controller.mask_costs.median_ms(size) is not None)
    window.network.mask_size.button(56).click()
    pause(1.0)
    show_frame(window, 120)
    upper, lower = window.docks["tracks"], window.docks["display"]
    window.resizeDocks([upper, lower], [180, 680], Qt.Vertical)
    save(window, "gui-network")
    window.resizeDocks([upper, lower], [344, 516], Qt.Vertical)
    window.docks["display"].raise_()


def error(window: MainWindow) -> None:
    """A source that is not there."""
    window.controller.open("holiday/beach.mp4")
    wait(lambda: window.banner.problem is not None)
    save(window, "gui-error")


STATES = {f.__name__: f for f in (live, microscope, bases, light, stages, network, error)}


def main() -> None:
    names = sys.argv[1:] or list(STATES)
    application = make_application()
    store = QSettings(str(Path(tempfile.mkdtemp()) / "settings.ini"), QSettings.IniFormat)
    preferences = Preferences(store)
    preferences.set_text("theme", "dark")
    window = make_window(preferences)
    window.resize(*SIZE)
    window.show()
    window.controller.closed.connect(application.quit)
    window.controller.open("demo")
    wait(lambda: window.controller.latest is not None)
    show_frame(window, 120)
    for name in names:
        STATES[name](window)
    window.close()
    application.exec()


if __name__ == "__main__":
    main()
