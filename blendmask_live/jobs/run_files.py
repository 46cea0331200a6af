"""What a run leaves beside its outputs: run.json, which tells all about it, and tracks.json."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from blendmask_live.capture.naming import full_name
from blendmask_live.errors import ExportError
from blendmask_live.export import ExportOptions
from blendmask_live.measuring.machine import package_versions
from blendmask_live.segmenting.segmenter import Segmenter
from tracking import TrackerConfig, TrackSummary

__all__ = [
    "AnnotateResult",
    "installed_versions",
    "job_record",
    "write_run_json",
    "write_tracks_json",
]

_VERSIONED = ("torch", "torchvision", "openvino", "av", "opencv-python", "numpy", "numba", "scipy")


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
    source: str | Path,
    segmenter: Segmenter,
    tracker: TrackerConfig | None,
    *,
    frames: dict[str, Any],
    options: ExportOptions,
    two_pass: bool = False,
) -> dict[str, Any]:
    """All that decides the outputs of a run, as run.json holds it.

    Objects are reported from the segmenter's `score_threshold` on; those of a track go on down
    to `faint_score`.
    """
    faint_score = segmenter.settings.score_threshold
    score = faint_score if tracker is None else max(faint_score, tracker.confident_score)
    path = Path(source).absolute()
    files = [path] if path.is_file() else [p for p in path.glob("*") if p.is_file()]
    states = [file.stat() for file in files]
    return {
        "input": {
            "path": full_name(source),
            "files": len(files),
            "bytes": sum(state.st_size for state in states),
            "changed_ns": max((state.st_mtime_ns for state in states), default=0),
        },
        "range": frames,
        "segmenter": asdict(segmenter.settings) | {"score_threshold": score},
        "faint_score": faint_score,
        "tracker": None if tracker is None else asdict(tracker),
        "two_pass": two_pass,
        "options": asdict(replace(options, overwrite=False)),
        "weights": {
            "file": segmenter.weights_path.name,
            "sha256": segmenter.weights_sha256,
        },
        "runtime": {
            "name": segmenter.runtime.name,
            "device": segmenter.runtime.device,
            "precision": segmenter.runtime.precision,
        },
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
    """Versions of Python and of the packages that decide results."""
    return {
        "python": platform.python_version(),
        **package_versions(("blendmask-live", *_VERSIONED)),
    }


@contextmanager
def _atomic_text(path: Path) -> Iterator[Callable[[str], object]]:
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            yield file.write
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written ({error.strerror})") from error
