"""One run of `annotate` beside the window, in a thread."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.errors import BlendMaskLiveError
from blendmask_live.jobs.request import AnnotateRequest
from gui.live.loading import load_network
from gui.shared.counting import masks_text
from gui.shared.heard import warnings_of_exports

if TYPE_CHECKING:
    from blendmask_live.pipeline import PipelineProgress

__all__ = ["AnnotateJob"]

logger = logging.getLogger(__name__)


class AnnotateJob(QObject):
    """One run of the main job in a thread of its own, with a network of its own.

    Attributes:
        is_part: Whether it was stopped before its end.
        warnings: What exporters warned of.

    Signals:
        progressed: Frames done, frames expected (0: unknown), a note.
        finished: Path of the project, of what was done so far after `stop`, None after `drop`;
            and the name under which an edited one that was in its place is kept, or "".
        failed: The exception.
    """

    progressed = pyqtSignal(int, int, str)
    finished = pyqtSignal(object, str)
    failed = pyqtSignal(object)

    def __init__(self, request: AnnotateRequest, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._output = Path(request.output)
        self._began_s = time.time()
        self._is_stopped = False
        self._is_dropped = False
        self.is_part = False
        self.warnings: list[str] = []
        self._thread = threading.Thread(target=self._run, name="annotate")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End early; what was done is kept."""
        self._is_stopped = True

    def drop(self) -> None:
        """End early; what was done is deleted, and an edited project comes back to its place."""
        self._is_dropped = self._is_stopped = True

    def join(self) -> None:
        """Wait for the end."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            before = set(self._output.glob("*.bml"))
            with warnings_of_exports() as self.warnings:
                project = self._annotate()
            kept = next(iter(set(self._output.glob("*.bml")) - before - {project}), None)
            if self._is_dropped:
                self._delete(project, kept)
                project = kept = None
            self.finished.emit(project, "" if kept is None else kept.name)
        except Exception as error:
            logger.warning("%s", error, exc_info=not isinstance(error, BlendMaskLiveError))
            self.failed.emit(error)

    def _annotate(self) -> Path | None:
        def tell_loading(step: int, text: str) -> None:
            self.progressed.emit(0, 0, text)

        request = self._request
        # May bring PyTorch, whose loading is told.
        segmenter = load_network(request.network, request.segmenter, tell_loading)
        from blendmask_live.jobs.annotate import annotate

        def tell(progress: PipelineProgress, total: int | None) -> None:
            note = masks_text(progress.instances)
            self.progressed.emit(progress.frames_done, total or 0, note)
            if self._is_stopped:
                raise KeyboardInterrupt

        try:
            return annotate(request, segmenter=segmenter, report=tell).project
        except KeyboardInterrupt:
            self.is_part = True
            found = self._output.glob("*.bml")
            return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)

    def _delete(self, project: Path | None, kept: Path | None) -> None:
        """Delete what this run has written."""
        runs = [path.parent for path in self._output.glob("*/run.json") if self._is_ours(path)]
        for folder in runs:
            for path in sorted(folder.rglob("*"), reverse=True):
                if path.is_dir():
                    with suppress(OSError):
                        path.rmdir()
                elif self._is_ours(path):
                    path.unlink()
            with suppress(OSError):
                folder.rmdir()
        if project is not None and self._is_ours(project):
            project.unlink()
            if kept is not None:
                kept.rename(project)

    def _is_ours(self, path: Path) -> bool:
        return path.stat().st_mtime >= self._began_s
