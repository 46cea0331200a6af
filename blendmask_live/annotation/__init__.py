"""The annotation project (`.bml`) and its edits; see docs/project-format.md."""

from blendmask_live.annotation import shapes
from blendmask_live.annotation.change import NewMask
from blendmask_live.annotation.checking import content_hash, problems
from blendmask_live.annotation.contents import (
    Edit,
    FrameMasks,
    JournalEntry,
    Lane,
    Outcome,
    Together,
    Track,
)
from blendmask_live.annotation.database import put_in_place, refuse_open_elsewhere
from blendmask_live.annotation.fill_edits import FillGaps, Interpolate
from blendmask_live.annotation.follow_edits import KeepFollowed
from blendmask_live.annotation.mask_edits import (
    CopyToNext,
    DrawPolygon,
    FillHoles,
    MoveMask,
    PaintStroke,
    ScaleMask,
    SetMask,
    SetMasks,
    SmoothMask,
)
from blendmask_live.annotation.project import Project
from blendmask_live.annotation.propagation import (
    propagate_by_blending,
    propagate_by_flow,
    propagated,
)
from blendmask_live.annotation.reblending import BlendSettings, Reblend, Reblender
from blendmask_live.annotation.runs import FrameRange, Origin, Run
from blendmask_live.annotation.suggestion import AcceptSuggestion, RejectSuggestion, Suggestion
from blendmask_live.annotation.suggestion_search import find_suggestions
from blendmask_live.annotation.track_edits import (
    AddLabel,
    DeleteMasks,
    DeleteTrack,
    HideTrack,
    MergeTracks,
    ReassignMasks,
    Relabel,
    RenameLabel,
    RenameTrack,
    SetKeyframe,
    SplitTrack,
    SwapTracks,
)
from blendmask_live.annotation.writer import ProjectWriter

__all__ = [
    "AcceptSuggestion",
    "AddLabel",
    "BlendSettings",
    "CopyToNext",
    "DeleteMasks",
    "DeleteTrack",
    "DrawPolygon",
    "Edit",
    "FillGaps",
    "FillHoles",
    "FrameMasks",
    "FrameRange",
    "HideTrack",
    "Interpolate",
    "JournalEntry",
    "KeepFollowed",
    "Lane",
    "MergeTracks",
    "MoveMask",
    "NewMask",
    "Origin",
    "Outcome",
    "PaintStroke",
    "Project",
    "ProjectWriter",
    "ReassignMasks",
    "Reblend",
    "Reblender",
    "RejectSuggestion",
    "Relabel",
    "RenameLabel",
    "RenameTrack",
    "Run",
    "ScaleMask",
    "SetKeyframe",
    "SetMask",
    "SetMasks",
    "SmoothMask",
    "SplitTrack",
    "Suggestion",
    "SwapTracks",
    "Together",
    "Track",
    "content_hash",
    "find_suggestions",
    "problems",
    "propagate_by_blending",
    "propagate_by_flow",
    "propagated",
    "put_in_place",
    "refuse_open_elsewhere",
    "shapes",
]
