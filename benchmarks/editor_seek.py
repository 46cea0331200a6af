"""How long the annotation editor takes from "show frame n" to the painted frame, and how it plays.

python benchmarks/editor_seek.py PROJECT.bml [--seeks 200] [--rest-s 0] [--ready-s 2]

Before anything else the editor rests for --ready-s; it looks for repairs and keeps pictures of the
video on the disk meanwhile. "first" is the time to the first picture at or near the frame, perhaps
a kept one, and "exact" that to the frame itself.

Frames are asked for in random order (the worst case: each lies in another part of the file), then
one after the other, as arrow keys do. With --rest-s the editor rests before each random one, as it
does with a person, and prepares frames near the one shown. Then it plays, and drags along the
timeline with another frame asked for every 8 ms. Needs a display; QT_QPA_PLATFORM=offscreen will
do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from PyQt5.QtCore import QEventLoop, QSettings, QTimer
from PyQt5.QtWidgets import QApplication

from gui.app import make_application
from gui.editor.controller import EditorController
from gui.editor.window import EditorWindow
from gui.shared.preferences import Preferences
from gui.shared.theme import apply_theme

_SPAN_S = 5.0


def main() -> None:
    """Print p50, p99 and the longest time in ms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--seeks", type=int, default=200)
    parser.add_argument("--rest-s", type=float, default=0.0)
    parser.add_argument("--ready-s", type=float, default=2.0)
    options = parser.parse_args()
    application = make_application()
    apply_theme(application, "dark")
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/settings.ini", QSettings.IniFormat)
        began = time.perf_counter()
        window = EditorWindow(EditorController(options.project), Preferences(settings))
        window.show()
        application.processEvents()
        print(f"window open after {(time.perf_counter() - began) * 1e3:.0f} ms")
        _wait_for(application, lambda: window.controller.picture is not None)
        _rest(options.ready_s)
        indices = window.controller.indices
        order = np.random.default_rng(0).choice(indices, options.seeks)
        start = int(order[-1]) % max(1, len(indices) - options.seeks)
        steps = indices[start : start + options.seeks]
        for name, frames, rest_s in (
            ("random", order, options.rest_s),
            ("next", steps, 0.0),
            ("back", steps[::-1], 0.0),
        ):
            times = [_seek(application, window, int(frame), rest_s=rest_s) for frame in frames]
            for what, column in (("first", 0), ("exact", 1)):
                taken = [time[column] for time in times]
                p50, p99 = np.percentile(taken, [50, 99])
                text = f"p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   longest {max(taken):6.1f} ms"
                print(f"{name:7} {what} {text}")
        _seek(application, window, int(indices[0]), rest_s=0)
        rate = float(window.controller.project.source.fps)
        window.controller.play(True)
        shown, share = _pictures(application, window, lambda: None)
        print(
            f"play    {shown:.1f} of {rate:.1f} pictures a second, {share:.0%} of the video's speed"
        )
        window.controller.play(False)
        ways = iter(np.tile(np.r_[indices, indices[::-1]], 20))
        shown, _ = _pictures(application, window, lambda: window.controller.show(int(next(ways))))
        print(f"drag    {shown:.1f} pictures a second")
        window.close()


def _pictures(
    application: QApplication, window: EditorWindow, act: Callable[[], object]
) -> tuple[float, float]:
    """Pictures a second while something is done every 8 ms, and how fast the video went by."""
    controller, times = window.controller, list[float]()
    connections = [
        (signal, signal.connect(lambda *_: times.append(time.perf_counter())))
        for signal in (controller.picture_changed, controller.passed_by)
    ]
    first, began = controller.place, time.perf_counter()
    timer = QTimer()
    timer.timeout.connect(act)
    timer.start(8)
    _wait_for(application, lambda: time.perf_counter() - began > _SPAN_S)
    timer.stop()
    for signal, connection in connections:
        signal.disconnect(connection)
    span_s = time.perf_counter() - began
    rate = float(controller.project.source.fps)
    return len(times) / span_s, (controller.place - first) / span_s / rate


def _seek(
    application: QApplication, window: EditorWindow, frame: int, *, rest_s: float
) -> tuple[float, float]:
    """Time to the first painted picture and to the exact one, ms."""
    if rest_s:
        _rest(rest_s)
    times_ms: list[float] = []
    shown: list[int] = []
    controller = window.controller

    def note(index: int) -> None:
        window.canvas.repaint()
        times_ms.append((time.perf_counter() - began) * 1e3)
        shown.append(index)

    connections = [
        (controller.picture_changed, controller.picture_changed.connect(lambda: note(frame))),
        (controller.passed_by, controller.passed_by.connect(lambda index, picture: note(-1))),
    ]
    began = time.perf_counter()
    controller.show(frame)
    _wait_for(application, lambda: frame in shown)
    for signal, connection in connections:
        signal.disconnect(connection)
    return times_ms[0], times_ms[-1]


def _rest(rest_s: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * rest_s), loop.quit)
    loop.exec_()


def _wait_for(application: QApplication, is_done: Callable[[], bool]) -> None:
    while not is_done():
        # Sleeps until there is an event, as the application does; the decoder needs all processors.
        application.processEvents(QEventLoop.WaitForMoreEvents)


if __name__ == "__main__":
    main()
