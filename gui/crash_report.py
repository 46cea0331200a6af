"""Writes a file with error, settings and log when something unexpected goes wrong."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from platformdirs import user_log_path

from blendmask_live import __version__
from blendmask_live.addresses import SafeFormatter, without_secrets, without_secrets_in
from blendmask_live.measuring.machine import dependency_versions, this_machine

__all__ = ["CrashReports", "default_report_folder"]

_KEPT_LINES: Final = 300
logger = logging.getLogger(__name__)


def default_report_folder() -> Path:
    """Where the system keeps logs of the user's programs."""
    return user_log_path("blendmask-live")


class CrashReports(logging.Handler):
    """Keeps the last log lines; when an error is not caught, writes both to a file.

    Attributes:
        on_report: Called with the error and the report's path, in the thread that failed.
        settings: Called for the settings to write.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.folder = folder
        self.on_report: Callable[[BaseException, Path | None], None] = lambda error, path: None
        self.settings: Callable[[], dict[str, str]] = dict
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def install(self) -> None:
        """Catch errors that nothing else catches; PyQt5 would end the program."""
        logging.getLogger().addHandler(self)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

    def remove(self) -> None:
        """Undo `install`."""
        logging.getLogger().removeHandler(self)
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def write(self, error: BaseException) -> Path | None:
        """Write a report; None if even that fails."""
        path = self.folder / time.strftime("crash %Y-%m-%d %H-%M-%S.txt")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_text(self._text(error), encoding="utf-8")
        except OSError as failure:
            logger.error("no report: %s", failure)
            return None
        return path

    def _text(self, error: BaseException) -> str:
        versions = ", ".join(f"{k} {v}" for k, v in dependency_versions().items())
        settings = "\n".join(
            f"{key} = {without_secrets(value)}" for key, value in self.settings().items()
        )
        trace = "".join(traceback.format_exception(error))
        return without_secrets_in(
            f"BlendMask Live {__version__}\n{this_machine()}\nPython {sys.version}\n{versions}\n\n"
            f"{trace}\nSettings\n{settings}\n\nLog\n" + "\n".join(self._lines) + "\n"
        )

    def _uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.error("not caught", exc_info=error)
        self.on_report(error, self.write(error))

    def _uncaught_in_thread(self, failed: threading.ExceptHookArgs) -> None:
        if failed.exc_value is not None:
            self._uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
