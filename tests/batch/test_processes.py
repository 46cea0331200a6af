"""Lists of jobs over real processes."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from blendmask_live.jobs.batch import JobProgress, run_in_processes
from blendmask_live.jobs.request import AnnotateRequest
from tests.batch.workers import HeapCounter, ScriptedWorker


def _jobs(*sources: str) -> list[AnnotateRequest]:
    return [
        AnnotateRequest(source=source, folder_name=f"job-{number}")
        for number, source in enumerate(sources)
    ]


def test_records_come_in_the_jobs_order_and_processes_are_used_again(tmp_path: Path) -> None:
    records = run_in_processes(
        _jobs(*["count"] * 6), partial(ScriptedWorker, tmp_path), processes=2
    )
    assert [record["status"] for record in records] == ["complete"] * 6
    pids = {record["pid"] for record in records}
    assert len(pids) <= 2 and os.getpid() not in pids


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="counts in glibc's way")
def test_threads_of_a_job_take_memory_from_one_place(tmp_path: Path) -> None:
    records = run_in_processes(_jobs("count"), partial(HeapCounter, tmp_path), processes=1)
    assert records[0]["frames"] == 1


def test_neither_a_failure_nor_a_lost_process_stops_the_rest(tmp_path: Path) -> None:
    sources = ("raise", "die-once", "die", "count")
    records = run_in_processes(_jobs(*sources), partial(ScriptedWorker, tmp_path), processes=2)
    assert [record["source"] for record in records] == list(sources)
    assert [r["status"] for r in records] == ["failed", "complete", "failed", "complete"]
    assert records[0]["error"] == "raise: ValueError: nothing to see"
    assert "its process was lost 2 times" in records[2]["error"]


@pytest.mark.parametrize("running", ["wait", "die-interrupted"])
def test_an_interruption_ends_what_runs_and_begins_nothing(tmp_path: Path, running: str) -> None:
    seen: list[JobProgress] = []

    def interrupt_once_it_runs(progress: JobProgress) -> None:
        seen.append(progress)
        if progress.running and progress.running[0][0] and not progress.records:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_processes(
            _jobs(running, "count"),
            partial(ScriptedWorker, tmp_path),
            processes=1,
            report=interrupt_once_it_runs,
        )
    assert [record["status"] for record in seen[-1].records] == ["interrupted"]
    assert not (tmp_path / "job-1.pid").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_killed_parent_takes_its_processes_along(tmp_path: Path) -> None:
    mark = tmp_path / "job-0.pid"
    parent = subprocess.Popen([sys.executable, "-m", "tests.batch.workers", str(tmp_path)])
    try:
        _wait_until(lambda: mark.exists() and mark.read_text() != "")
    finally:
        parent.kill()
        parent.wait()
    pid = int(mark.read_text())
    _wait_until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")


def _wait_until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_processes_lets_what_runs_be_completed(
    tmp_path: Path, kind: signal.Signals
) -> None:
    seen: list[JobProgress] = []

    def signal_all(progress: JobProgress) -> None:
        seen.append(progress)
        if progress.running and progress.running[0][0]:
            os.kill(int((tmp_path / "job-0.pid").read_text()), kind)
            raise KeyboardInterrupt

    worker = partial(ScriptedWorker, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_in_processes(_jobs("wait"), worker, processes=1, report=signal_all)
    # As the process itself tells, not in place of one that was lost.
    (record,) = seen[-1].records
    assert record["status"] == "interrupted" and "pid" in record
