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
from PyQt5.QtCore import QBuffer, QEventLoop, QPointF, QSettings, Qt, QTimer
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QWidget

from blendmask_live.annotation import FrameRange, Project, SetKeyframe
from blendmask_live.capture import open_source
from blendmask_live.config import MASK_SIZES
from blendmask_live.datatypes import TrackedInstances, TrackState
from blendmask_live.labels import COCO_NAMES
from gui.app import make_application, make_window
from gui.editor.window import EditorWindow
from gui.shared.preferences import Preferences
from gui.shared.theme import apply_theme
from gui.window.main_window import MainWindow

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
    return track_in(frame.tracked, name)


def track_in(tracked: TrackedInstances, name: str) -> int:
    """The latest track of this class."""
    pairs = zip(tracked.track_ids.tolist(), tracked.instances.class_names, strict=True)
    return max(track for track, class_name in pairs if class_name == name)


def save(window: QWidget, name: str) -> None:
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
    # Rates are those of the last seconds, and the picture stands still.
    pause(4.0)
    save(window, "gui-network")
    window.resizeDocks([upper, lower], [344, 516], Qt.Vertical)
    window.docks["display"].raise_()


def is_followed_in(window: MainWindow, index: int) -> bool:
    """Whether the frame of this index is shown with a followed object."""
    latest = window.controller.latest
    if latest is None or latest.frame.index != index:
        return False
    return TrackState.FOLLOWED in latest.tracked.states


def following(window: MainWindow) -> None:
    """The person of the demo, to whose class the network is not asked to look, is followed."""
    controller = window.controller
    show_frame(window, 100)
    assert controller.latest is not None
    person = track_named(window, "person")
    row = list(controller.latest.track_ids).index(person)
    box = controller.latest.instances.boxes[row].tolist()
    others = tuple(name for name in COCO_NAMES if name != "person")
    controller.set_segmenter(replace(controller.settings.segmenter, classes=others))
    pause(2.0)
    window.followed.point_at_box(*box)
    wait(lambda: len(controller.followed) > 0)
    for index in range(101, 109):
        controller.session.step(1)
        wait(lambda index=index: is_followed_in(window, index))
    pause(4.0)
    save(window, "gui-following")
    window.followed.unfollow_all()
    controller.set_segmenter(replace(controller.settings.segmenter, classes=None))
    show_frame(window, 120)


def error(window: MainWindow) -> None:
    """A source that is not there."""
    window.controller.open("holiday/beach.mp4")
    wait(lambda: window.banner.problem is not None)
    save(window, "gui-error")


def editor(window: MainWindow) -> None:
    """The annotation editor on the demo: going through repairs, then drawing."""
    from blendmask_live.jobs.annotate import annotate_video

    project = annotate_video("demo", tempfile.mkdtemp(), formats=("csv",)).project
    assert project is not None
    photograph_editor(window, project)


def photograph_editor(window: MainWindow, project: Path) -> None:
    """Take the editor's pictures on a project of the demo."""
    window.projects.open(project)
    editor = window.projects.editors[-1]
    editor.resize(*SIZE)
    controller = editor.controller
    wait(lambda: len(controller.suggestions) > 0 and controller.picture is not None)
    for _ in range(2):
        editor.actions_by_name["next_doubt"].trigger()
    pause(3.0)
    save(editor, "gui-editor")
    controller.show(120)
    wait(lambda: not controller.background.is_going_on)
    wait(lambda: "motorcycle" in controller.tracked.instances.class_names)
    controller.select(track_in(controller.tracked, "motorcycle"))
    controller.apply(SetKeyframe(controller.track, FrameRange(104, 112)))
    editor.docks["journal"].raise_()
    editor.actions_by_name["polygon"].trigger()
    box = controller.tracked.instances.boxes[
        list(controller.tracked.track_ids).index(controller.track)
    ]
    editor.canvas.zoom_by(1.8, editor.canvas.to_widget(QPointF(box[2] - 60, box[3] - 40)))
    pause(1.0)
    for x, y in ((-60, -150), (-10, -90), (-30, -20), (-110, -20)):
        place = editor.canvas.to_widget(QPointF(box[2] + x, box[3] + y)).toPoint()
        QTest.mouseClick(editor.canvas, Qt.LeftButton, pos=place)
    save(editor, "gui-editor-drawing")
    editor.close()


def pointing(window: MainWindow) -> None:
    """The tool "Point" on the demo, without any tracks: clicks, then following."""
    path = Path(tempfile.mkdtemp()) / "demo.bml"
    source = open_source("demo")
    Project.create(path, source.info, COCO_NAMES).close()
    source.close()
    window.projects.open(path)
    editor = window.projects.editors[-1]
    editor.resize(*SIZE)
    wait(lambda: editor.controller.picture is not None)
    editor.controller.show(120)
    editor.actions_by_name["point"].trigger()
    pause(2.0)
    wait(lambda: not editor.pointing.is_loading)
    point(editor, 380, 520)
    editor.pointing.keep()
    wait(lambda: not editor.pointing.is_open)
    point(editor, 600, 480)
    point(editor, 480, 200)
    point(editor, 400, 420, takes_away=True)
    save(editor, "gui-pointing")
    editor.controller.set_marks(90, 150)
    editor.controller.set_scope("marks")
    editor.actions_by_name["follow_both"].trigger()
    wait(lambda: editor.controller.frame > 130)
    save(editor, "gui-editor-following")
    editor.close()


def point(editor: EditorWindow, x: float, y: float, *, takes_away: bool = False) -> None:
    """Click with the tool "Point" and wait for the mask and its class."""
    place = editor.canvas.to_widget(QPointF(x, y)).toPoint()
    QTest.mouseClick(editor.canvas, Qt.RightButton if takes_away else Qt.LeftButton, pos=place)
    wait(lambda: editor.pointing.asked is not None and editor.pointing.asked.answer is not None)
    wait(lambda: editor.pointing.classes.proposed is not None)


STATES = {
    f.__name__: f
    for f in (
        live,
        microscope,
        bases,
        light,
        stages,
        network,
        following,
        error,
        editor,
        pointing,
    )
}


def main() -> None:
    names = sys.argv[1:] or list(STATES)
    application = make_application("en")
    store = QSettings(str(Path(tempfile.mkdtemp()) / "settings.ini"), QSettings.IniFormat)
    preferences = Preferences(store)
    preferences.set_text("theme", "dark")
    window = make_window(preferences)
    window.resize(*SIZE)
    window.show()
    window.controller.closed.connect(application.quit)
    try:
        window.controller.open("demo")
        wait(lambda: window.controller.latest is not None)
        show_frame(window, 120)
        for name in names:
            STATES[name](window)
    finally:
        # Else the threads of the window would keep a failed run alive.
        window.close()
        application.exec()


if __name__ == "__main__":
    main()
