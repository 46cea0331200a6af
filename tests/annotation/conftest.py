from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blendmask_live.annotation import Project, ProjectWriter
from tests.export.sequences import MaskSequence, walkers

MakeProject = Callable[..., Project]


def write_project(path: Path, sequence: MaskSequence, **options: object) -> Path:
    """A project of a sequence, as `annotate` would have written it."""
    writer = ProjectWriter(path, source=sequence.source(), labels=sequence.labels, **options)  # type: ignore[arg-type]
    for tracked in sequence.tracked_frames():
        writer.write(tracked)
    assert writer.close() == (path,)
    return path


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[MakeProject]:
    """make_project(sequence) -> the open project of it."""
    opened: list[Project] = []

    def make(sequence: MaskSequence | None = None, name: str = "clip.bml") -> Project:
        path = write_project(tmp_path / name, sequence or walkers(12))
        opened.append(Project.open(path))
        return opened[-1]

    yield make
    for project in opened:
        project.close()


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Two people and a car over 12 frames: tracks 1 (frames 0 to 11), 2 (0 to 11) and 3."""
    return make_project()
