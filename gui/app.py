"""Starts the window."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from PyQt5.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QApplication

from blendmask_live.jobs.request import SourceChoice
from blendmask_live.live import LiveSettings
from gui.crash_report import CrashReports, default_report_folder
from gui.live.controller import LiveController
from gui.live.loading import NetworkChoice
from gui.qt_environment import prepare_qt_environment
from gui.shared.icons import app_icon
from gui.shared.languages import load_language
from gui.shared.languages import translate as _tr
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from gui.shared.theme import apply_theme
from gui.window.main_window import MainWindow

__all__ = ["make_application", "make_window", "run"]

_SIGNAL_INTERVAL_MS = 200
_SCREEN_GONE = "The X11 connection broke"


def run(
    source: str | Path | None,
    *,
    network: NetworkChoice | None = None,
    settings: LiveSettings | None = None,
    opening: SourceChoice | None = None,
    to: Sequence[str] = (),
    events: Sequence[str] = (),
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        source: As `open_source` takes it; without one the last camera-free choice: the demo.
        network: As asked for on the command line; else as remembered.
        settings: As asked for on the command line; else as remembered.
        opening: How sources are opened, as asked for on the command line.
        to: Targets that what is shown is sent to at once.
        events: Receivers of events.
    """
    reports = CrashReports(default_report_folder())
    reports.install()
    preferences = Preferences.of_user()
    application = make_application(preferences.text("language", "system"))
    window = make_window(
        preferences, network=network, settings=settings, reports=reports, opening=opening
    )
    if to or events:
        window.sending.broadcaster.start_with(to, events)
    window.show()
    window.controller.closed.connect(application.quit)
    # The window is on the screen before anything slow begins.
    QTimer.singleShot(0, partial(window.open, source or "demo"))
    QTimer.singleShot(0, window.controller.find_cameras)
    ticks = _let_ctrl_c_close(window)
    _end_in_order_with_the_session(application, window)
    try:
        code = int(application.exec())
    finally:
        ticks.stop()
        reports.remove()
    if window.controller.has_left_work:
        # Python would wait for the thread that still loads.
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def make_application(language: str = "system") -> QApplication:
    """The application object, with HiDPI and translations; there may be one in a process.

    `language` is a key of `LANGUAGES`.
    """
    prepare_qt_environment()
    QCoreApplication.setAttribute(Qt.AA_EnableHighDpiScaling)
    QCoreApplication.setAttribute(Qt.AA_UseHighDpiPixmaps)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("BlendMask Live")
    application.setOrganizationName("BlendMask Live")
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(app_icon())
    load_language(application, language)
    return application


def make_window(
    preferences: Preferences,
    *,
    network: NetworkChoice | None = None,
    settings: LiveSettings | None = None,
    reports: CrashReports | None = None,
    opening: SourceChoice | None = None,
) -> MainWindow:
    """The window with its controller, dressed and not yet shown."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    apply_theme(application, preferences.text("theme", "system"))
    controller = LiveController(preferences, network=network, settings=settings, opening=opening)
    window = MainWindow(controller)
    if reports is not None:
        reports.settings = preferences.everything
        reports.on_report = lambda error, path: controller.worker.post(
            partial(_show_crash, window, error, path)
        )
    return window


def _show_crash(window: MainWindow, error: BaseException, report: Path | None) -> None:
    text = f"{type(error).__name__}: {error}"
    if report is not None:
        text += _tr(" A report was written: {}").format(report)
    title = _tr("Something unexpected happened")
    problem = Problem(title, text, "report" if report else "", target=str(report or ""))
    window.banner.show_problem(problem)


def _end_in_order_with_the_session(application: QApplication, window: MainWindow) -> None:
    """Close at a logout; complete what is recorded where the screen goes without a word."""
    # Qt would close the windows at once, and take ours, which close a little later, for a refusal.
    QGuiApplication.setFallbackSessionManagementEnabled(False)
    application.commitDataRequest.connect(lambda manager: QTimer.singleShot(0, window.close))

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        if text.startswith(_SCREEN_GONE):
            # Qt ends the process next, in the middle of what our threads do.
            with suppress(Exception):
                window.controller.leave()
            os._exit(1)

    qInstallMessageHandler(note)


def _let_ctrl_c_close(window: MainWindow) -> QTimer:
    """Close in order on Ctrl-C, SIGTERM and where a session ends: Python sees signals only while
    it runs."""

    def close(*_: object) -> None:
        window.close()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP.
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), close)
    timer = QTimer(window)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNAL_INTERVAL_MS)
    return timer
