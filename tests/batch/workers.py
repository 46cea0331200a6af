"""Workers for the tests; in a module of its own because other processes import it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
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


class HeapCounter:
    """Tells as frames from how many places threads of this process take memory, by glibc."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "heaps.xml"

    def __call__(
        self, job: AnnotateRequest, report: Callable[[int, int | None], None]
    ) -> dict[str, Any]:
        library = ctypes.CDLL(None)
        library.malloc.restype = library.fopen.restype = ctypes.c_void_p
        together = threading.Barrier(4)

        def take() -> None:
            together.wait()
            library.malloc(ctypes.c_size_t(4096))
            together.wait()

        threads = [threading.Thread(target=take) for _ in range(together.parties)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        file = ctypes.c_void_p(library.fopen(os.fsencode(self._path), b"w"))
        library.malloc_info(0, file)
        library.fclose(file)
        heaps = self._path.read_text().count("<heap ")
        return {"source": job.source, "status": "complete", "frames": heaps}


if __name__ == "__main__":
    run_in_processes(
        [AnnotateRequest(source="wait", folder_name="job-0")],
        partial(ScriptedWorker, Path(sys.argv[1])),
        processes=1,
    )
