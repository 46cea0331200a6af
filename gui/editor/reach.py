"""Which frames an act means, and how many masks it meets; in numbers and in words."""

from __future__ import annotations

from typing import Final

from blendmask_live.annotation import FrameRange, Lane
from blendmask_live.annotation.covered_frames import CoveredFrames
from gui.shared.languages import translate as _tr

__all__ = ["SCOPES", "USUAL_SCOPE", "around_gap", "between_keyframes", "masks_in", "reach_text"]

SCOPES: Final = ("here", "onwards", "marks", "all")
"""Which frames an edit of a track changes."""
USUAL_SCOPE: Final = "onwards"


def reach_text(frames: FrameRange) -> str:
    """The frames in the language of the window."""
    first, last = frames.first, frames.last
    if first is None and last is None:
        return _tr("all frames")
    if last is None:
        return _tr("frame {first} on").format(first=first)
    if first is None:
        return _tr("up to frame {last}").format(last=last)
    if first == last:
        return _tr("frame {first}").format(first=first)
    return _tr("frames {first} to {last}").format(first=first, last=last)


def masks_in(lane: Lane, frames: FrameRange, covered: CoveredFrames) -> int:
    """How many masks a track has in a range."""
    first, last = frames.ends
    return sum(
        len(covered.between(max(run.first, first), min(run.last, last)))
        for run in lane.runs
        if run.first <= last and run.last >= first
    )


def between_keyframes(lane: Lane, frames: FrameRange) -> FrameRange | None:
    """From the keyframe at or before a range to the one at or after it.

    Where there is none on a side, the outermost one inside of the range counts. None if these are
    not two.
    """
    first, last = frames.ends
    kept = [run for run in lane.runs if run.is_keyframe]
    before = max((min(run.last, first) for run in kept if run.first <= first), default=None)
    after = min((max(run.first, last) for run in kept if run.last >= last), default=None)
    inside = [end for run in kept for end in (run.first, run.last) if first <= end <= last]
    begin = min(inside, default=None) if before is None else before
    end = max(inside, default=None) if after is None else after
    if begin is None or end is None or begin >= end:
        return None
    return FrameRange(begin, end)


def around_gap(lane: Lane, frames: FrameRange) -> FrameRange:
    """The range, made as long as the gaps of the track that it begins or ends in."""
    first, last = frames.ends
    before = max((run.last for run in lane.runs if run.last < first), default=None)
    after = min((run.first for run in lane.runs if run.first > last), default=None)
    begins_in_gap = not any(run.first <= first <= run.last for run in lane.runs)
    ends_in_gap = not any(run.first <= last <= run.last for run in lane.runs)
    return FrameRange(
        before if begins_in_gap and before is not None else frames.first,
        after if ends_in_gap and after is not None else frames.last,
    )
