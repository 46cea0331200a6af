"""Workers for the tests; in a module of its own because other processes import it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from blendmask_live.jobs.batch import run_in_processes
from blendmask_live.jobs.request import AnnotateRequest

WAITING = ("wait", "die-interrupted")


class ScriptedWorker:
    """Does what a job's source says: count, raise, die, die-once, wait, die-interrupted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self, job: AnnotateRequest, report: Callable[[int, int | None], None]
    ) -> dict[str, Any]:
        (self._folder / f"{job.folder_name}.pid").write_text(str(os.getpid()))
        if job.source == "raise":
            raise ValueError("nothing to see")
        if job.source == "die" or (job.source == "die-once" and self._is_first(job)):
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return self._count(job, report)
        except KeyboardInterrupt:
            if job.source == "die-interrupted":
                os.kill(os.getpid(), signal.SIGKILL)
            return {"source": job.source, "status": "interrupted", "pid": os.getpid()}

    def _is_first(self, job: AnnotateRequest) -> bool:
        mark = self._folder / f"{job.folder_name}.begun"
        is_first = not mark.exists()
        mark.touch()
        return is_first

    def _count(
        self, job: AnnotateRequest, report: Callable[[int, int | None], None]
    ) -> dict[str, Any]:
        frames = 0
        while frames < 3 or job.source in WAITING:
            frames += 1
            report(frames, 3)
            time.sleep(0.01)
        return {"source": job.source, "status": "complete", "frames": frames, "pid": os.getpid()}


if __name__ == "__main__":
    run_in_processes(
        [AnnotateRequest(source="wait", folder_name="job-0")],
        partial(ScriptedWorker, Path(sys.argv[1])),
        processes=1,
    )
