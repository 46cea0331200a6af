"""Annotates requests one after the other with one loaded network, in whatever process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from blendmask_live.addresses import is_address
from blendmask_live.errors import one_line
from blendmask_live.jobs.annotate import annotate
from blendmask_live.jobs.batch import failed
from blendmask_live.jobs.earlier_run import EarlierRun
from blendmask_live.jobs.remote import RemoteFolder
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import read_json
from blendmask_live.segmenting.segmenter import Segmenter, open_segmenter

if TYPE_CHECKING:
    from blendmask_live.pipeline import PipelineProgress

__all__ = ["AnnotateWorker", "annotate_unless_done", "recorded"]


def annotate_unless_done(
    request: AnnotateRequest,
    segmenter: Segmenter,
    *,
    report: Callable[[PipelineProgress, int | None], None] = lambda progress, total: None,
) -> dict[str, Any]:
    """Annotate, or with `resume` skip what an earlier run did; returns what run.json holds.

    After Ctrl-C the record's "status" is "interrupted"; of a skipped one "was_done" is true.

    Args:
        request: Its output is a folder, its folder name is given.
        segmenter: As the request wants it, loaded.
        report: As for `annotate`.

    Raises:
        ExportError: If the folder holds the outputs of another source.
        BlendMaskLiveError: As `annotate`.
    """
    folder = request.folder
    earlier = EarlierRun.in_folder(folder)
    earlier.refuse_others(request)
    was_done = request.resume and earlier.did(request, segmenter)
    if was_done and earlier.outputs_are_in(folder, request):
        return {**earlier.record, "was_done": True}
    may_replace = request.overwrite or (request.resume and earlier.is_of(request))
    wanted = replace(request, overwrite=may_replace)
    return recorded(wanted, lambda: annotate(wanted, segmenter=segmenter, report=report))


def recorded(request: AnnotateRequest, work: Callable[[], object]) -> dict[str, Any]:
    """Do the work of a request; returns what run.json holds, "interrupted" after Ctrl-C."""
    try:
        work()
    except KeyboardInterrupt:
        told = {"source": request.shown_source, "status": "interrupted"}
        return read_json(request.folder / "run.json") | told
    return read_json(request.folder / "run.json")


class AnnotateWorker:
    """A `batch.Worker` that annotates."""

    def __init__(self, first: AnnotateRequest) -> None:
        """Load the network that this request wants, and all others too."""
        self._segmenter = open_segmenter(first.network, first.segmenter)

    def __call__(
        self, request: AnnotateRequest, report: Callable[[int, int | None], None]
    ) -> dict[str, Any]:
        def forward(progress: PipelineProgress, total: int | None) -> None:
            report(progress.frames_done, total)

        try:
            if is_address(request.output):
                return self._annotate_elsewhere(request, forward)
            return annotate_unless_done(request, self._segmenter, report=forward)
        except Exception as error:
            return failed(request, one_line(error))

    def _annotate_elsewhere(
        self, request: AnnotateRequest, report: Callable[[PipelineProgress, int | None], None]
    ) -> dict[str, Any]:
        """Annotate here, then copy to the address that is the output."""
        target = RemoteFolder(f"{request.output.rstrip('/')}/{request.folder_name}")
        earlier = target.earlier_run()
        earlier.refuse_others(request)
        if request.resume and earlier.did(request, self._segmenter) and target.holds(request):
            return {**earlier.record, "was_done": True}
        if not (request.overwrite or (request.resume and earlier.is_of(request))):
            target.refuse_existing(request)
        with TemporaryDirectory(prefix="blendmask-live-") as here:
            local = replace(request, output=here, overwrite=False, resume=False)
            record = annotate_unless_done(local, self._segmenter, report=report)
            if "outputs" in record:
                target.receive(Path(here) / request.folder_name)
        return record
