"""How long the window's thread is blocked during live view, and what drawing costs.

A timer asks to be called every 5 ms; how much later it comes is how long the thread was busy
with something else. The network runs meanwhile, on the demo (1280 x 720) played in real time.
On a machine that others use too, the lateness of an idle window says how much of it is theirs,
and the processor time that the thread took between two ticks what would be left without them.

    python benchmarks/gui_heartbeat.py [SECONDS] [SOURCE]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
from PyQt5.QtCore import QEventLoop, QSettings, Qt, QTimer

from gui.app import make_application, make_window
from gui.shared.preferences import Preferences
from gui.window.main_window import MainWindow

TICK_MS = 5


class Heartbeat:
    """Notes how late each tick is, and the processor time of the thread since the last one."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.busy_ms: list[float] = []
        self._last_s = time.perf_counter()
        self._last_busy_s = time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        now_s, busy_s = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, (now_s - self._last_s) * 1000 - TICK_MS))
        self.busy_ms.append((busy_s - self._last_busy_s) * 1000)
        self._last_s, self._last_busy_s = now_s, busy_s

    def report(self, name: str) -> None:
        """Print what was noted, and forget it."""
        report(name, self.late_ms)
        report(f"{name}, processor", self.busy_ms)
        self.late_ms.clear()
        self.busy_ms.clear()


def wait(condition: Callable[[], bool]) -> None:
    """Run the event loop until something holds."""
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start(50)
    loop.exec()


def run_for(seconds: float) -> None:
    """Run the event loop for a while."""
    end_s = time.monotonic() + seconds
    wait(lambda: time.monotonic() >= end_s)


def report(name: str, times_ms: list[float]) -> None:
    """Print percentiles."""
    p50, p99, worst = np.percentile(times_ms, (50, 99, 100))
    print(f"{name:34} p50 {p50:6.1f}   p99 {p99:6.1f}   worst {worst:6.1f} ms   n {len(times_ms)}")


def times_ms(
    work: Callable[[], object], clock: Callable[[], float], repeats: int = 60
) -> list[float]:
    """How long some work takes by a clock, in ms."""
    times = []
    for _ in range(repeats):
        started_s = clock()
        work()
        times.append((clock() - started_s) * 1000)
    return times


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    source = sys.argv[2] if len(sys.argv) > 2 else "demo"
    application = make_application()
    store = QSettings(str(Path(tempfile.mkdtemp()) / "settings.ini"), QSettings.IniFormat)
    window = make_window(Preferences(store))
    window.resize(1600, 950)
    window.show()
    window.controller.closed.connect(application.quit)
    heartbeat = Heartbeat()
    run_for(2.0)
    heartbeat.report("idle window")
    window.controller.open(source)
    wait(lambda: window.controller.latest is not None)
    heartbeat.report("while loading")
    for name, prepare in (
        ("live view", lambda: None),
        ("with the microscope", lambda: select_any(window)),
    ):
        prepare()
        run_for(seconds)
        heartbeat.report(name)
    status = window.controller.status
    assert status is not None and window.controller.session is not None
    print(f"network {status.segment_fps:.1f} fps, shown {status.display_fps:.1f} fps")
    window.controller.session.pause()
    wait(lambda: window.playback.is_playing() is False)
    frame = window.controller.latest
    assert frame is not None
    height, width = frame.frame.size
    print(f"{len(frame.instances)} objects, {width} x {height}, view {window.view.size()}")

    def draw() -> None:
        # From a tracked frame to painted pixels: overlay, conversion, painting.
        window.picture.redraw()
        window.view.repaint()

    report("draw one frame", times_ms(draw, time.perf_counter))
    report("draw one frame, processor time", times_ms(draw, time.thread_time))
    report("all of a new frame, processor time", times_ms(window._show_frame, time.thread_time))
    report("status, processor time", times_ms(window.controller.refresh, time.thread_time))
    window.close()
    application.exec()


def select_any(window: MainWindow) -> None:
    """Put some track under the microscope."""

    def has_track() -> bool:
        latest = window.controller.latest
        return latest is not None and bool((latest.track_ids > 0).any())

    wait(has_track)
    assert window.controller.latest is not None
    window.picture.select_track(int(window.controller.latest.track_ids.max()))


if __name__ == "__main__":
    main()
