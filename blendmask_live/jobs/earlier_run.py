"""What an earlier run left in an output folder, and whether it is what is asked for now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from blendmask_live.annotation import Project
from blendmask_live.capture.naming import full_name
from blendmask_live.config import NetworkChoice, SegmenterChoice
from blendmask_live.errors import BlendMaskLiveError, ExportError, ProjectError
from blendmask_live.export.options import with_todays_names
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import UnfinishedMark, input_state, read_json
from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["EarlierRun"]


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that ended, or was killed, before this one."""

    place: str
    """The folder or address of its outputs, for messages."""
    record: Mapping[str, Any]
    """What run.json holds; empty where there is none."""
    source: str
    """Its `full_name`; "" where it is not known."""
    was_killed: bool = False
    """Whether outputs may be newer than run.json says."""

    @classmethod
    def in_folder(cls, folder: Path) -> EarlierRun:
        """The one whose outputs are in a folder, known by run.json, its mark or its project."""
        mark = read_json(folder / UnfinishedMark.NAME)
        run = cls.of_records(str(folder), read_json(folder / "run.json"), mark)
        if run.source:
            return run
        return replace(run, source=_source_of_project(_project_beside(folder)))

    @classmethod
    def of_records(
        cls, place: str, record: Mapping[str, Any], mark: Mapping[str, Any]
    ) -> EarlierRun:
        """The one that run.json and the mark of an unfinished run describe."""
        return cls(place, record, _source_in(record) or _source_in(mark), was_killed=bool(mark))

    def is_of(self, request: AnnotateRequest) -> bool:
        """Whether it was of the same source, so that `resume` may replace its outputs."""
        return self.source == full_name(request.source)

    def refuse_others(self, request: AnnotateRequest) -> None:
        """Keep a run from the folder of another source, unless it shall be replaced.

        Raises:
            ExportError: If this one was of another source.
        """
        if self.source and not request.overwrite and not self.is_of(request):
            raise ExportError(
                f"{self.place}: holds the outputs of {self.source}, not of "
                f"{request.shown_source}; choose another output folder with -o "
                "(--overwrite would replace them)"
            )

    def is_whole(self, request: AnnotateRequest) -> bool:
        """Whether it was complete, and its source is what is at that place today."""
        is_complete = self.record.get("status") == "complete" and not self.was_killed
        return is_complete and self.record.get("input") == input_state(request.source)

    def did(self, request: AnnotateRequest, segmenter: Segmenter) -> bool:
        """Whether it was complete and made all that is requested, from the same source.

        What weights, network settings and runtime came to is compared, not their names.

        Args:
            request: What is wanted now.
            segmenter: As the request wants it, loaded.
        """
        if not self.is_whole(request):
            return False
        runtime = segmenter.runtime
        wanted = replace(
            request,
            network=NetworkChoice(
                weights=segmenter.weights_sha256,
                device=runtime.device,
                runtime=runtime.name,
                precision=runtime.precision,
            ),
            segmenter=SegmenterChoice.of(segmenter.settings),
        )
        try:
            return wanted.is_done_by(_request_as_run(self.record))
        except (BlendMaskLiveError, msgspec.ValidationError, KeyError, TypeError):
            # Made by a version whose settings are not understood here: do it again.
            return False

    def outputs_are_in(self, folder: Path, request: AnnotateRequest) -> bool:
        """Whether all that is requested is still there."""
        if not all((folder / name).is_dir() for name in request.formats):
            return False
        return not request.project or _is_usable(
            _project_beside(folder), needs_latents=request.latents
        )


def _request_as_run(record: Mapping[str, Any]) -> AnnotateRequest:
    """What a complete run was asked for, with network and settings as they came to be.

    run.json of older versions holds no request: it is put together from the other keys.
    """
    asked = record.get("request")
    request = asked or _older_request(record)
    made = AnnotateRequest.from_json(
        request | {"options": with_todays_names(request.get("options", {}))}
    )
    runtime, settings = record["runtime"], dict(record["segmenter"])
    if not made.follows_faint:
        settings["score_threshold"] = record["faint_score"]
    return replace(
        made,
        source=str(record["input"]["path"]),
        formats=tuple(record["outputs"]),
        project=record["project"] is not None,
        # The project itself is asked.
        latents=made.latents if asked else True,
        network=NetworkChoice(
            weights=record["weights"]["sha256"],
            device=runtime["device"],
            runtime=runtime["name"],
            precision=runtime["precision"],
        ),
        segmenter=msgspec.convert(settings, SegmenterChoice),
    )


def _older_request(record: Mapping[str, Any]) -> dict[str, Any]:
    tracker = record["tracker"]
    request: dict[str, Any] = {
        "source": record["input"]["path"],
        "part": record["range"],
        "track": tracker is not None,
        "two_pass": record["two_pass"],
        "options": record["options"],
    }
    if tracker is not None:
        # It was the segmenter's score threshold.
        request["tracker"] = {k: v for k, v in tracker.items() if k != "confident_score"}
    return request


def _source_in(record: Mapping[str, Any]) -> str:
    state = record.get("input")
    told = state.get("path") if isinstance(state, dict) else record.get("source")
    return str(told or "")


def _project_beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.bml")


def _source_of_project(path: Path) -> str:
    try:
        with Project.open(path, read_only=True) as project:
            return _source_in(project.settings)
    except ProjectError:
        return ""


def _is_usable(path: Path, *, needs_latents: bool) -> bool:
    try:
        with Project.open(path, read_only=True) as project:
            return project.has_latents or not needs_latents
    except ProjectError:
        return False
