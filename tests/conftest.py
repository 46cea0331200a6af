from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from blendmask_live.masks.second_thread import for_all_rows, with_a_second_thread

HERE = Path(__file__).parent
LONGEST_S = 60.0
LOGGERS = ("blendmask_live", "gui", "tracking", "weights")
QUICK_FOLDERS = frozenset(
    ("annotation", "importing", "masks", "tracking", "unit", "validation", "weights")
)
"""What `--quick` runs: folders whose tests need neither video nor network nor window."""

# The same examples in every run, however slow the machine is.
# Others: --hypothesis-profile default.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only the folders of QUICK_FOLDERS")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_left_out = collection_path.parent == HERE and collection_path.name not in QUICK_FOLDERS
    return True if config.getoption("quick") and is_left_out else None


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_as_in_a_terminal() -> Iterator[None]:
    """Started in the background of a script, the tests and what they start would ignore it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def _the_one_helping_thread() -> None:
    """It lasts as long as the process, and may begin in any test."""
    with with_a_second_thread():
        for_all_rows(lambda first, end: None, 100)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Threads begun in the test end by themselves; on a busy machine not at once."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(LONGEST_S)
        assert not thread.is_alive(), thread


class _Warnings(logging.Handler):
    """Keeps what our loggers say from WARNING up."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_records(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that logs a warning reads it with `caplog`, or names a part of it in `may_log`."""
    handler = _Warnings()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
    yield
    for logger in loggers:
        logger.removeHandler(handler)
    if "caplog" not in request.fixturenames:
        allowed = [part for mark in request.node.iter_markers("may_log") for part in mark.args]
        unexpected = [m for m in handler.messages if not any(part in m for part in allowed)]
        assert not unexpected, "logged, but not expected by the test"
