"""Turns what is drawn on the canvas into edits."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QInputDialog, QWidget

from blendmask_live.annotation import AddLabel, DrawPolygon, MoveMask, PaintStroke, SetMask
from gui.editor.canvas import EditorCanvas, Points
from gui.editor.controller import EditorController
from gui.editor.outline_points import OutlinePoints

__all__ = ["Drawing"]


class Drawing(QObject):
    """Applies strokes, polygons and moves to the selected track, or begins a new one.

    Signals:
        tool_wanted: This tool is needed next.
    """

    tool_wanted = pyqtSignal(str)

    def __init__(self, controller: EditorController, canvas: EditorCanvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._canvas, self._window = controller, canvas, parent
        self._new_track, self._new_label = 0, ""
        canvas.stroke_drawn.connect(self._draw_stroke)
        canvas.polygon_drawn.connect(self._draw_polygon)
        canvas.moved.connect(self._move)
        canvas.corners_changed.connect(self._reshape)
        canvas.cancelled.connect(self._cancel)
        controller.selection_changed.connect(self._follow_selection)
        self._is_reshaping = False
        for signal in (
            controller.selection_changed,
            controller.edited,
            controller.picture_changed,
        ):
            signal.connect(self.show_corners)

    def begin_track(self, label: str = "") -> bool:
        """Draw a new object next; its class is asked for where none is given.

        Returns whether there is a class.
        """
        label = label or self._ask_label()
        if not label:
            return False
        self._controller.select(0)
        self._new_track, self._new_label = self._controller.new_track_id(), label
        self._canvas.set_track_color(self._new_track)
        self.tool_wanted.emit("brush" if self._canvas.tool == "brush" else "polygon")
        return True

    def _ask_label(self) -> str:
        labels = list(self._controller.project.labels)
        recent = labels.index(self._new_label) if self._new_label in labels else 0
        text, is_chosen = QInputDialog.getItem(
            self._window,
            self.tr("New object"),
            self.tr("Class of the new object:"),
            labels,
            recent,
            True,
        )
        return text.strip() if is_chosen else ""

    def _follow_selection(self) -> None:
        if self._controller.track:
            self._new_track = 0
        self._canvas.set_track_color(self._new_track or self._controller.track)

    def _cancel(self) -> None:
        """Drop a preview; else back to the tool that selects, and with that to no selection."""
        if self._controller.preview is not None:
            self._controller.drop_preview()
            return
        self._new_track = 0
        self._follow_selection()
        if self._canvas.tool == "select":
            self._controller.look_at(None)
            self._controller.select(0)
        self.tool_wanted.emit("select")

    # Corners

    def show_corners(self) -> None:
        """Offer the corners of the selected mask, if the tool for them is chosen."""
        controller = self._controller
        if self._is_reshaping or controller.is_busy:
            return
        mask = None
        if self._canvas.tool == "corners" and controller.track in controller.tracked.track_ids:
            row = controller.tracked.track_ids.tolist().index(controller.track)
            mask = controller.tracked.instances.cropped_masks()[row]
        self._canvas.offer_corners(mask)

    def _reshape(self, outline: OutlinePoints) -> None:
        """The mask becomes what the outline encloses; its corners stay as they are."""
        controller = self._controller
        mask = outline.mask(controller.project.frame_size(controller.frame))
        self._is_reshaping = True
        try:
            is_done = controller.apply(SetMask(controller.frame, controller.track, mask))
        finally:
            self._is_reshaping = False
        if not is_done:
            self.show_corners()

    def _draw(self, make: partial[PaintStroke] | partial[DrawPolygon], is_erasing: bool) -> None:
        controller = self._controller
        if is_erasing:
            if controller.track:
                controller.apply(make(track=controller.track))
            return
        if not (controller.track or self._new_track or self.begin_track()):
            return
        if controller.track:
            controller.apply(make(track=controller.track))
            return
        track, label = self._new_track, self._new_label
        is_known = label in controller.project.labels
        edits = [] if is_known else [AddLabel(label)]
        if controller.apply_all([*edits, make(track=track, label=label)]):
            controller.select(track)

    def _draw_stroke(self, points: Points, radius_px: float, is_erasing: bool) -> None:
        make = partial(
            PaintStroke,
            self._controller.frame,
            points=points,
            radius_px=radius_px,
            is_erasing=is_erasing,
        )
        self._draw(make, is_erasing)

    def _draw_polygon(self, points: Points, is_cutting: bool) -> None:
        make = partial(DrawPolygon, self._controller.frame, points=points, is_erasing=is_cutting)
        self._draw(make, is_cutting)

    def _move(self, right_px: float, down_px: float) -> None:
        controller = self._controller
        if controller.track:
            controller.apply(MoveMask(controller.frame, controller.track, right_px, down_px))
