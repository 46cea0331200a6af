"""Everything that the editor can do by menu, button or key, in one table."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP

from gui.actions import ActionSpec

__all__ = ["EDITOR_ACTIONS"]

_N = QT_TRANSLATE_NOOP
EDITOR_ACTIONS: Final = (
    ActionSpec("export", _N("Actions", "Export…"), "Ctrl+E", "save"),
    ActionSpec("import_file", _N("Actions", "Import annotations…"), "Ctrl+I"),
    ActionSpec("import_folder", _N("Actions", "Import a folder of annotations…")),
    ActionSpec("reblend", _N("Actions", "Blend anew…"), "Ctrl+B"),
    ActionSpec("learn", _N("Actions", "Learn from corrections…"), "Ctrl+Shift+L"),
    ActionSpec("relink", _N("Actions", "Find the video…")),
    ActionSpec("close", _N("Actions", "Close"), "Ctrl+W"),
    ActionSpec("undo", _N("Actions", "Undo"), "Ctrl+Z", "undo"),
    ActionSpec("redo", _N("Actions", "Redo"), "Ctrl+Y Ctrl+Shift+Z", "redo"),
    ActionSpec("play", _N("Actions", "Play or pause"), "Space K", "play"),
    ActionSpec("step_back", _N("Actions", "One frame back"), "Left", "step-back"),
    ActionSpec("step_forward", _N("Actions", "One frame on"), "Right", "step-forward"),
    ActionSpec("jump_back", _N("Actions", "25 frames back"), "Shift+Left"),
    ActionSpec("jump_forward", _N("Actions", "25 frames on"), "Shift+Right"),
    ActionSpec("to_start", _N("Actions", "To the start"), "Home"),
    ActionSpec("to_end", _N("Actions", "To the end"), "End"),
    ActionSpec("previous_keyframe", _N("Actions", "To the keyframe before"), "Up"),
    ActionSpec("next_keyframe", _N("Actions", "To the next keyframe"), "Down"),
    ActionSpec("mark_in", _N("Actions", "Set the in point"), "I"),
    ActionSpec("mark_out", _N("Actions", "Set the out point"), "O"),
    ActionSpec("clear_marks", _N("Actions", "Clear in and out points"), "Shift+X"),
    ActionSpec("select", _N("Actions", "Select"), "V", "pointer", True),
    ActionSpec("brush", _N("Actions", "Brush"), "B", "brush", True),
    ActionSpec("eraser", _N("Actions", "Eraser"), "E", "eraser", True),
    ActionSpec("polygon", _N("Actions", "Polygon"), "P", "polygon", True),
    ActionSpec("cut", _N("Actions", "Cut out a polygon"), "Shift+P", "cut", True),
    ActionSpec("move", _N("Actions", "Move"), "M", "move", True),
    ActionSpec("smaller", _N("Actions", "Smaller brush"), "["),
    ActionSpec("larger", _N("Actions", "Larger brush"), "]"),
    ActionSpec("shrink", _N("Actions", "Shrink the mask"), "Ctrl+["),
    ActionSpec("grow", _N("Actions", "Grow the mask"), "Ctrl+]"),
    ActionSpec("new_track", _N("Actions", "Draw a new object"), "Insert Ctrl+N", "new"),
    ActionSpec("split", _N("Actions", "Split off"), "S"),
    ActionSpec("merge", _N("Actions", "Merge with…"), "G"),
    ActionSpec("swap", _N("Actions", "Swap with…"), "X"),
    ActionSpec("reassign", _N("Actions", "Give the masks to…"), "Shift+G"),
    ActionSpec("delete", _N("Actions", "Delete masks"), "Delete"),
    ActionSpec("hide", _N("Actions", "Hide or show"), "H"),
    ActionSpec("confirm", _N("Actions", "Confirm as keyframe"), "Return"),
    ActionSpec("copy_next", _N("Actions", "Copy to the next frame"), "C"),
    ActionSpec("interpolate", _N("Actions", "Interpolate"), "T"),
    ActionSpec("fill_gaps", _N("Actions", "Fill gaps"), "F"),
    ActionSpec("propagate_back", _N("Actions", "Propagate back"), "Ctrl+Left"),
    ActionSpec("propagate_on", _N("Actions", "Propagate on"), "Ctrl+Right"),
    ActionSpec("smooth", _N("Actions", "Smooth"), "Shift+S"),
    ActionSpec("fill_holes", _N("Actions", "Fill holes"), "Shift+F"),
    ActionSpec("next_doubt", _N("Actions", "Next"), "N"),
    ActionSpec("accept", _N("Actions", "Accept"), "A"),
    ActionSpec("reject", _N("Actions", "Reject"), "R"),
    ActionSpec("outlines", _N("Actions", "Outlines only"), "L", "", True),
    ActionSpec("zoom_in", _N("Actions", "Zoom in"), "Ctrl++ Ctrl+="),
    ActionSpec("zoom_out", _N("Actions", "Zoom out"), "Ctrl+-"),
    ActionSpec("fit", _N("Actions", "Fit the picture"), "Ctrl+0", "fit"),
    ActionSpec("zoom_time_in", _N("Actions", "Shorter stretch of time"), "+ ="),
    ActionSpec("zoom_time_out", _N("Actions", "Longer stretch of time"), "-"),
    ActionSpec("shortcuts", _N("Actions", "Keyboard shortcuts"), "F1", "keyboard"),
)
