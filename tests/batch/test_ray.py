"""Lists of jobs on a real Ray cluster of this machine."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from blendmask_live.cli import main
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.batch import JobProgress
from blendmask_live.jobs.cluster import LOCAL, run_on_ray
from blendmask_live.jobs.request import AnnotateRequest
from tests.batch.workers import ScriptedWorker
from tests.capture.clips import ClipSpec, write_clip

pytest.importorskip("ray", reason="Ray is an extra: pip install 'blendmask-live[ray]'")


def _job(source: str, name: str) -> AnnotateRequest:
    return AnnotateRequest(source=source, folder_name=name)


def test_a_node_lost_in_the_middle_loses_no_finished_job(tmp_path: Path) -> None:
    jobs = [_job(source, source) for source in ("count", "die-once", "wait")]
    jobs += [_job("count", f"count-{number}") for number in range(4)]
    killed: list[int] = []

    def kill_the_waiting_one(progress: JobProgress) -> None:
        mark = tmp_path / "wait.pid"
        if len(progress.records) == len(jobs) - 1 and mark.exists():
            pid = int(mark.read_text())
            if pid not in killed:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

    records = run_on_ray(
        jobs,
        partial(ScriptedWorker, tmp_path),
        address=LOCAL,
        workers=3,
        cpus=1,
        gpus=0,
        report=kill_the_waiting_one,
    )
    statuses = {job.folder_name: r["status"] for job, r in zip(jobs, records, strict=True)}
    assert statuses.pop("wait") == "failed"
    assert set(statuses.values()) == {"complete"}
    assert len(killed) == 2 and "was lost 2 times" in records[2]["error"]
    assert len({record.get("pid") for record in records}) >= 3


def test_annotate_writes_to_an_address_and_resumes_there(tmp_path: Path) -> None:
    clips = [write_clip(tmp_path / f"clip{n}.mp4", ClipSpec(frames=4)) for n in range(2)]
    out, report = tmp_path / "out", tmp_path / "result.json"
    command = ["annotate", *map(str, clips), str(tmp_path / "absent.mp4"), "-o", f"file://{out}"]
    command += ["--ray", "local", "--jobs", "1", "--format", "csv,coco", "--quiet"]
    command += ["--runtime", "torch", "--threads", "1", "--short-side", "96"]
    assert main([*command, "--json", str(report)]) == 1
    results = json.loads(report.read_text())["results"]
    assert [r["status"] for r in results] == ["complete", "complete", "failed"]
    for clip in clips:
        assert (out / clip.stem / "csv" / "tracks.csv").stat().st_size
        assert json.loads((out / clip.stem / "run.json").read_text())["frames"] == 4
    assert main([*command, "--resume", "--json", str(report)]) == 1
    results = json.loads(report.read_text())["results"]
    assert [r.get("was_done") for r in results] == [True, True, None]


def test_a_cluster_that_does_not_answer_is_one_clear_error() -> None:
    with pytest.raises(ConfigError, match=r"--ray 127\.0\.0\.1:9: no cluster answers there"):
        run_on_ray(
            [_job("count", "count")],
            partial(ScriptedWorker, Path()),
            address="127.0.0.1:9",
            workers=1,
            cpus=1,
            gpus=0,
        )
