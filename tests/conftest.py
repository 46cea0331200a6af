from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

LONGEST_S = 60.0

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


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_as_in_a_terminal() -> Iterator[None]:
    """Started in the background of a script, the tests and what they start would ignore it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def no_leaked_threads() -> Iterator[None]:
    """Threads begun in the test end by themselves; on a busy machine not at once."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(LONGEST_S)
        assert not thread.is_alive(), thread
