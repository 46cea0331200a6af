"""Ctrl-C before, during and after the work; with SIGTERM, which no shell makes tests ignore."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blendmask_live import cli
from blendmask_live.commands.interrupts import interruptible
from tests.cli.conftest import Run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


def test_signals_that_follow_at_once_are_one_and_a_later_one_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    now_s = 50.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    with interruptible(ends_program=False):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        now_s += 0.9
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        now_s += 0.2
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_one_that_python_ignores_comes_again() -> None:
    class Deleted:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    def delete_and_wait(objects: list[Deleted]) -> None:
        objects.clear()
        for _ in range(500):
            time.sleep(0.01)

    report = sys.unraisablehook
    with interruptible(ends_program=False), pytest.raises(KeyboardInterrupt):
        delete_and_wait([Deleted()])
    assert sys.unraisablehook is report


def test_a_job_in_the_background_of_a_shell_does_not_hear_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible(ends_program=False):
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_while_a_command_is_loaded_ends_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(command: str) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(cli, "_parser", interrupt)
    outcome = run("annotate", "clip.mp4", "-o", "out")
    assert (outcome.exit_code, outcome.err) == (130, "interrupted\n")


def test_ctrl_c_while_the_program_leaves_shows_no_traceback() -> None:
    leaving = (
        "import signal, sys; from blendmask_live.cli import main; sys.argv[1:] = ['weights', "
        "'verify', '--quiet']; main(); signal.raise_signal(signal.SIGTERM)"
    )
    done = subprocess.run(
        [sys.executable, "-c", leaving],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")
