"""Paints picture and masks of the shown frame on the canvas, as the look says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.drawing.overlay import draw_overlay
from gui.editor.canvas import EditorCanvas
from gui.editor.controller import EditorController
from gui.editor.look import lit
from gui.editor.pointing import Pointing
from gui.editor.view_acts import ViewActs

__all__ = ["ShownPicture"]


class ShownPicture(QObject):
    """Follows controller and look; a mask that is being corrected is left out."""

    def __init__(
        self,
        controller: EditorController,
        canvas: EditorCanvas,
        *,
        view: ViewActs,
        pointing: Pointing,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller, self._canvas = controller, canvas
        self._view, self._pointing = view, pointing
        self._left_out = 0
        controller.picture_changed.connect(self.redraw)
        controller.passed_by.connect(self._show_passing)
        controller.edited.connect(self.redraw)
        view.look_changed.connect(self.redraw)
        pointing.changed.connect(self._leave_out)

    def redraw(self) -> None:
        """Show the frame as it is now, if its picture was read."""
        if self._controller.picture is not None:
            self._draw(self._controller.picture, self._controller.tracked)

    def _show_passing(self, frame: int, picture: NDArray[np.uint8]) -> None:
        self._draw(picture, self._controller.masks_of(frame))

    def _leave_out(self) -> None:
        if self._left_out != self._pointing.corrected_track:
            self.redraw()

    def _draw(self, picture: NDArray[np.uint8], tracked: TrackedInstances) -> None:
        look = self._view.look
        is_other_size = picture.shape[:2] != tracked.instances.frame_size
        if is_other_size or not look.shows_masks:
            # What is not seen is not pointed at either.
            self._canvas.show_picture(lit(picture, look))
            return
        # Else what is taken away would still be seen.
        self._left_out = self._pointing.corrected_track
        tracked = tracked.select(np.flatnonzero(tracked.track_ids != self._left_out))
        tint = replace(look.style, show_outlines=False, show_labels=False)
        picture = draw_overlay(lit(picture, look), tracked, tint)
        self._canvas.show_picture(picture, tracked, look.style)
