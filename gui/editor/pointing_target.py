"""What a mask that is pointed at will belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.editor.controller import EditorController

if TYPE_CHECKING:
    from blendmask_live.datatypes import CroppedMask

__all__ = ["Target", "next_target"]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where the mask goes.

    Attributes:
        frame: In which frame.
        track: Which track; a new one if `is_new`.
        mask: The track's mask there, which clicks correct.
    """

    frame: int
    track: int
    is_new: bool
    mask: CroppedMask | None


def next_target(
    controller: EditorController,
    click: tuple[float, float] | None = None,
    *,
    inside: bool = True,
    just_kept: int = 0,
) -> Target | None:
    """What a click in the shown frame is about; None if there is no frame.

    The selected track, else a new one. After a new object was kept (`just_kept`), clicks are about
    another one, but for those on its mask, or that take away.
    """
    if not len(controller.indices):
        return None
    track, frame = controller.track, controller.frame
    mask = _shown_mask(controller, track) if track else None
    if track == just_kept:
        is_meant = click is not None and mask is not None and (not inside or _covers(mask, *click))
        track = track if is_meant else 0
    if not track:
        return Target(frame, controller.new_track_id(), is_new=True, mask=None)
    return Target(frame, track, is_new=False, mask=mask)


def _shown_mask(controller: EditorController, track: int) -> CroppedMask | None:
    """As it is shown, so that hovering does not read the project."""
    tracked = controller.tracked
    for row, shown in enumerate(tracked.track_ids.tolist()):
        if shown == track:
            return tracked.instances.cropped_masks()[row]
    return None


def _covers(mask: CroppedMask, x: float, y: float) -> bool:
    column, row = int(x) - mask.x0, int(y) - mask.y0
    height, width = mask.mask.shape
    return 0 <= row < height and 0 <= column < width and bool(mask.mask[row, column])
