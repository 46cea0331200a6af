"""What a run leaves beside its outputs: run.json, which describes the run, and tracks.json."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from blendmask_live.atomic import written_beside
from blendmask_live.capture.naming import full_name
from blendmask_live.errors import ExportError
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.measuring.machine import dependency_versions
from blendmask_live.picture_names import pictures_in
from blendmask_live.segmenting.segmenter import Segmenter
from tracking import TrackerConfig, TrackSummary

__all__ = [
    "AnnotateResult",
    "UnfinishedMark",
    "common_record",
    "input_state",
    "installed_versions",
    "job_record",
    "read_json",
    "write_run_json",
    "write_tracks_json",
]


@dataclass(frozen=True, slots=True)
class AnnotateResult:
    """What one run of `annotate_video` did; also written as run.json."""

    source: str
    """The source as given, without a password."""
    folder: Path
    """OUT/<source name>, with one folder per format."""
    status: str
    """'complete', 'interrupted', or 'failed' if only some outputs could be completed."""
    frames: int
    """Frames in every output."""
    frames_dropped: int
    """Frames of a live source that came while the computer was still busy with others."""
    tracks: int
    """Different track ids in the outputs."""
    masks: int
    """Masks in the outputs, over all frames."""
    seconds: float
    """Wall time from the first frame to the last file."""
    outputs: dict[str, tuple[Path, ...]]
    """Format -> files made; only of completed ones."""
    project: Path | None
    """The annotation project, OUT/<source name>.bml; None without one."""
    timings_ms: dict[str, dict[str, float]]
    """Stage -> mean, p50 and p99 per frame."""

    @property
    def fps(self) -> float:
        """Frames per second, everything included."""
        return self.frames / self.seconds if self.seconds else 0.0


def job_record(
    request: AnnotateRequest, segmenter: Segmenter, tracker: TrackerConfig | None
) -> dict[str, Any]:
    """All that decides the outputs of a run, as run.json holds it.

    Objects are reported from the segmenter's `score_threshold` on; those of a track go on down
    to `faint_score`.

    Args:
        request: What was asked for.
        segmenter: Reports what the tracker needs.
        tracker: None where every detection has an id of its own.
    """
    faint_score = segmenter.settings.score_threshold
    score = faint_score if tracker is None else max(faint_score, tracker.confident_score)
    return common_record(request) | {
        "segmenter": asdict(segmenter.settings) | {"score_threshold": score},
        "faint_score": faint_score,
        "tracker": None if tracker is None else asdict(tracker),
        "two_pass": request.two_pass,
        "weights": {"file": segmenter.weights_path.name, "sha256": segmenter.weights_sha256},
        "runtime": {
            "name": segmenter.runtime.name,
            "device": segmenter.runtime.device,
            "precision": segmenter.runtime.precision,
        },
    }


def common_record(request: AnnotateRequest) -> dict[str, Any]:
    """What run.json says of a request, whatever finds the objects."""
    return {
        "input": input_state(request.source),
        "range": asdict(request.part),
        "options": asdict(replace(request.options, overwrite=False)),
        "request": request.to_json(),
    }


def input_state(source: str | Path) -> dict[str, Any]:
    """What a source on the disk is like, to notice when it changes.

    Of a folder only the pictures count: programs that show it write files of their own.
    """
    path = Path(source).absolute()
    files = pictures_in(path) if path.is_dir() else [path] if path.is_file() else []
    states = [file.stat() for file in files]
    return {
        "path": full_name(source),
        "files": len(files),
        "bytes": sum(state.st_size for state in states),
        "changed_ns": max((state.st_mtime_ns for state in states), default=0),
    }


def write_run_json(result: AnnotateResult, record: dict[str, Any]) -> None:
    """`AnnotateResult` and `job_record`, as run.json.

    Raises:
        ExportError: If it cannot be written.
    """
    values = asdict(replace(result, outputs={})) | record
    values |= {
        "outputs": {
            name: {"folder": name, "files": len(paths)} for name, paths in result.outputs.items()
        },
        "folder": result.folder.as_posix(),
        "project": None if result.project is None else result.project.as_posix(),
        "fps": round(result.fps, 3),
        "versions": installed_versions(),
    }
    with _atomic_text(result.folder / "run.json") as write:
        write(json.dumps(values, indent=2) + "\n")


def write_tracks_json(
    folder: Path, summaries: Sequence[TrackSummary], labels: tuple[str, ...]
) -> None:
    """One object per track, as tracks.json; times in s, areas in px.

    Raises:
        ExportError: If it cannot be written.
    """
    tracks = [
        {
            "id": track.track_id,
            "class": labels[track.class_id],
            "first_s": round(track.first_s, 4),
            "last_s": round(track.last_s, 4),
            "frames_seen": track.frames_seen,
            "frames_coasted": track.frames_coasted,
            "mean_score": round(track.mean_score, 4),
            "mean_area_px": round(track.mean_area_px, 1),
            "mean_speed_px_s": round(track.mean_speed_px_s, 2),
            "class_votes": {
                labels[class_id]: round(votes, 3) for class_id, votes in track.class_votes.items()
            },
        }
        for track in summaries
    ]
    with _atomic_text(folder / "tracks.json") as write:
        write(json.dumps({"tracks": tracks}, indent=1) + "\n")


def installed_versions() -> dict[str, str]:
    """Versions of Python, of this program and of what it depends on."""
    return {
        "python": platform.python_version(),
        **dependency_versions(),
    }


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file of a run; empty where there is none that can be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


class UnfinishedMark:
    """A file in the folder of a run that says whose outputs these are until run.json does.

    After a kill, `resume` knows by it that what is there may be replaced, and that an older
    run.json does not speak of it. It is left behind where outputs were made without run.json.
    """

    NAME = ".unfinished-run.json"

    def __init__(self, folder: Path, request: AnnotateRequest) -> None:
        self._path = folder / self.NAME
        self._request = request
        self._is_kept = self._path.exists()

    def __enter__(self) -> UnfinishedMark:
        with _atomic_text(self._path) as write:
            write(json.dumps({"input": {"path": full_name(self._request.source)}}) + "\n")
        return self

    def note_outputs(self, outputs: Mapping[str, tuple[Path, ...]]) -> None:
        """Keep the mark until `remove`, if anything was made."""
        self._is_kept |= any(outputs.values())

    def remove(self) -> None:
        """run.json has been written."""
        self._is_kept = False

    def __exit__(self, *unused: object) -> None:
        if not self._is_kept:
            self._path.unlink(missing_ok=True)


@contextmanager
def _atomic_text(path: Path) -> Iterator[Callable[[str], object]]:
    try:
        with written_beside(path) as partial, partial.open("w", encoding="utf-8") as file:
            yield file.write
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror})") from error
