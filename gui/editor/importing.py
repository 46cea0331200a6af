"""Adds annotations from elsewhere to an open project; used by the worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blendmask_live.annotation import Project
from blendmask_live.errors import AnnotationError, FirstFrameUnknown
from gui.editor.background import Report

if TYPE_CHECKING:
    from blendmask_live.importing import ImportTarget

__all__ = ["Imported", "import_into"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in.

    Attributes:
        tracks: New ones.
        left_out: Shapes that did not come in.
        notes: What was assumed, left out or changed, as `import` prints it.
    """

    tracks: int
    left_out: int
    notes: tuple[str, ...]


def import_into(
    project: Project, path: Path, *, first_frame: int | None, report: Report
) -> Imported | FirstFrameUnknown:
    """Add the masks of a file or folder as new tracks.

    Args:
        first_frame: See `ImportTarget`.

    Returns:
        What came in; or the question which number the first frame has, and nothing is changed.

    Raises:
        AnnotationError: If the annotations cannot be read or none is of the project's frames.
        ProjectError: If the project cannot be written.
    """
    from blendmask_live.importing import read_annotations

    target = _target(project, first_frame)
    try:
        imported = read_annotations(path, target=target)
    except FirstFrameUnknown as question:
        return question
    found = []
    for frame, tracked in imported.frames:
        report(frame, target.frame_count)
        # A project may cover only a part of its video.
        if frame in project.frames:
            found.append((frame, tracked))
            continue
        for _ in tracked.track_ids:
            imported.remarks.leave_out("the project does not cover its frame", f"frame {frame}")
    if not found:
        raise AnnotationError(f"{path}: holds no mask for the frames of this project")
    before = len(project.tracks)
    project.import_frames(imported.labels, found)
    remarks = imported.remarks
    return Imported(len(project.tracks) - before, remarks.left_out, tuple(imported.notes))


def _target(project: Project, first_frame: int | None) -> ImportTarget:
    from blendmask_live.importing import ImportTarget
    from blendmask_live.picture_names import pictures_in

    indices = project.frame_indices
    count = int(indices[-1]) + 1 if len(indices) else 0
    times = [project.frames.pts_s(i) if i in project.frames else None for i in range(count)]
    folder = None if project.media.path is None else Path(project.media.path)
    names = [] if folder is None or not folder.is_dir() else pictures_in(folder)
    return ImportTarget(
        project.media.frame_size,
        max(count, len(names)),
        times,
        picture_names=[name.name for name in names],
        name=Path(project.media.name).stem,
        first_frame=first_frame,
    )
