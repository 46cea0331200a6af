"""Kills a process that edits a project, at random moments, and looks at what is left.

Used by benchmarks/project.py (hundreds of times) and by the test suite (some dozen times).
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from blendmask_live.annotation import (
    AddLabel,
    CopyToNext,
    DeleteMasks,
    DrawPolygon,
    Edit,
    FillGaps,
    FillHoles,
    FrameRange,
    HideTrack,
    Interpolate,
    KeepFollowed,
    MergeTracks,
    MoveMask,
    NewMask,
    PaintStroke,
    Project,
    ReassignMasks,
    Relabel,
    RenameTrack,
    ScaleMask,
    SetKeyframe,
    SmoothMask,
    SplitTrack,
    SwapTracks,
    content_hash,
    problems,
)
from blendmask_live.errors import ProjectError
from blendmask_live.masks.crops import CroppedMask

__all__ = ["EDIT_KINDS", "Kill", "edit_of", "kill_once", "preload"]

EDIT_KINDS = 20


def edit_of(kind: int, numbers: Sequence[int], project: Project) -> Edit:
    """One of all kinds of edits, made of any four numbers; it may be refused."""
    a, b, c, d = numbers
    ids = [track.track_id for track in project.tracks] or [1]
    track, other = ids[a % len(ids)], ids[b % len(ids)]
    indices = project.frame_indices
    frame, end = (int(indices[n % len(indices)]) for n in (c, d))
    span = FrameRange(*sorted((frame, end)))
    open_span = (FrameRange(frame), FrameRange.only(frame), span, FrameRange())[d % 4]
    height, width = project.frame_size(frame)
    points = tuple((float(n % width), float(n % height)) for n in (a * 7, b * 5, c * 3, d))
    label = project.labels[b % len(project.labels)]
    dot = CroppedMask(a % width, b % height, np.ones((1, 1), dtype=bool))
    edits: list[Edit] = [
        SwapTracks(track, other, open_span),
        MergeTracks(track, other, open_span),
        ReassignMasks(track, b % 9 + 1, open_span),
        SplitTrack(track, open_span),
        DeleteMasks(track, open_span),
        Relabel(track, label, open_span),
        HideTrack(track, is_hidden=bool(b % 2)),
        RenameTrack(track, f"name {b}"),
        AddLabel(f"label {a}-{b}"),
        SetKeyframe(track, open_span, is_keyframe=bool(b % 2)),
        PaintStroke(frame, b % 9 + 1, points, radius_px=1.0 + d % 9, label=label),
        PaintStroke(frame, track, points, radius_px=1.0 + d % 9, is_erasing=True),
        DrawPolygon(frame, track, points, is_erasing=bool(b % 2)),
        FillHoles(frame, track),
        SmoothMask(frame, track, radius_px=1 + b % 3),
        MoveMask(frame, track, right_px=a % 21 - 10, down_px=b % 21 - 10),
        ScaleMask(frame, track, factor=0.5 + (b % 20) / 10),
        CopyToNext(frame, track, count=b % 7 - 3 or 1),
        (Interpolate if b % 2 else FillGaps)(track, span),
        KeepFollowed(track, {frame: NewMask(dot), end: NewMask(dot, 0.2)}, label, span),
    ]
    assert len(edits) == EDIT_KINDS
    return edits[kind % EDIT_KINDS]


@dataclass(frozen=True, slots=True)
class Kill:
    """What one killed process left."""

    acts: int
    """Acts it had acknowledged."""
    was_lost: bool
    """Whether an acknowledged act is missing; must never be."""
    problems: tuple[str, ...]
    """What is wrong with the file; must be nothing."""
    reopen_ms: float


def kill_once(path: Path, *, seed: int, longest_s: float) -> Kill:
    """Let a process edit the project, kill it within `longest_s`, reopen and compare."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_edit_forever, args=(str(path), seed, theirs))
    process.start()
    theirs.close()
    # The first message: the state before anything is done.
    acknowledged = [ours.recv()]
    time.sleep(random.Random(seed).uniform(0, longest_s))
    assert process.pid is not None
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL, f"ended by itself: {process.exitcode}"
    acknowledged += _received(ours)
    began = time.perf_counter()
    with Project.open(path) as project:
        reopen_ms = (time.perf_counter() - began) * 1e3
        assert not project.is_read_only, project.read_only_reason
        found = tuple(problems(project))
        was_lost = content_hash(project) != acknowledged[-1] and not _is_one_act_on(
            project, acknowledged[-1]
        )
    return Kill(len(acknowledged) - 1, was_lost, found, reopen_ms)


def _edit_forever(path: str, seed: int, acknowledge: Connection) -> None:
    numbers = random.Random(seed)
    with Project.open(path) as project:
        acknowledge.send(content_hash(project))
        while True:
            act = numbers.random()
            try:
                if act < 0.1:
                    project.undo()
                elif act < 0.15:
                    project.redo()
                else:
                    four = [numbers.randrange(1000) for _ in range(4)]
                    project.apply(edit_of(numbers.randrange(EDIT_KINDS), four, project))
            except ProjectError:
                continue
            acknowledge.send(content_hash(project))


def _received(connection: Connection) -> list[str]:
    """All whole messages that are left in a pipe."""
    messages: list[str] = []
    try:
        while True:
            messages.append(connection.recv())
    except (EOFError, OSError):
        return messages


def _is_one_act_on(project: Project, content: str) -> bool:
    """Whether the state is that of `content` and the one act that was in progress."""
    for there, back in ((project.undo, project.redo), (project.redo, project.undo)):
        if there():
            is_it = content_hash(project) == content
            back()
            if is_it:
                return True
    return False


def preload() -> None:
    """Make the processes to come start within milliseconds."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
