"""The annotation project (`.bml`) and its edits; see docs/project-format.md."""

from blendmask_live.annotation.project import (
    Edit,
    FrameMasks,
    JournalEntry,
    Lane,
    Project,
    Track,
)
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.writer import ProjectWriter

__all__ = [
    "Edit",
    "FrameMasks",
    "FrameRange",
    "JournalEntry",
    "Lane",
    "Origin",
    "Project",
    "ProjectWriter",
    "Run",
    "Track",
]
