"""Everything that the editor can do by menu, button or key, in one table."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP

from gui.shared.actions import ActionSpec

__all__ = ["EDITOR_ACTIONS"]

EDITOR_ACTIONS: Final = (
    ActionSpec("export", QT_TRANSLATE_NOOP("Actions", "Export…"), "Ctrl+E", "save"),
    ActionSpec("import_file", QT_TRANSLATE_NOOP("Actions", "Import annotations…"), "Ctrl+I"),
    ActionSpec("import_folder", QT_TRANSLATE_NOOP("Actions", "Import a folder of annotations…")),
    ActionSpec("reblend", QT_TRANSLATE_NOOP("Actions", "Re-blend…"), "Ctrl+B"),
    ActionSpec("learn", QT_TRANSLATE_NOOP("Actions", "Learn from corrections…"), "Ctrl+Shift+L"),
    ActionSpec("relink", QT_TRANSLATE_NOOP("Actions", "Find the video…")),
    ActionSpec("close", QT_TRANSLATE_NOOP("Actions", "Close"), "Ctrl+W"),
    ActionSpec("undo", QT_TRANSLATE_NOOP("Actions", "Undo"), "Ctrl+Z", "undo"),
    ActionSpec("redo", QT_TRANSLATE_NOOP("Actions", "Redo"), "Ctrl+Y Ctrl+Shift+Z", "redo"),
    ActionSpec("play", QT_TRANSLATE_NOOP("Actions", "Play or pause"), "Space K", "play"),
    ActionSpec("step_back", QT_TRANSLATE_NOOP("Actions", "One frame back"), "Left", "step-back"),
    ActionSpec(
        "step_forward", QT_TRANSLATE_NOOP("Actions", "One frame forward"), "Right", "step-forward"
    ),
    ActionSpec("jump_back", QT_TRANSLATE_NOOP("Actions", "25 frames back"), "Shift+Left"),
    ActionSpec("jump_forward", QT_TRANSLATE_NOOP("Actions", "25 frames forward"), "Shift+Right"),
    ActionSpec("to_start", QT_TRANSLATE_NOOP("Actions", "To the start"), "Home"),
    ActionSpec("to_end", QT_TRANSLATE_NOOP("Actions", "To the end"), "End"),
    ActionSpec("previous_keyframe", QT_TRANSLATE_NOOP("Actions", "To the previous keyframe"), "Up"),
    ActionSpec("next_keyframe", QT_TRANSLATE_NOOP("Actions", "To the next keyframe"), "Down"),
    ActionSpec("mark_in", QT_TRANSLATE_NOOP("Actions", "Set the in point"), "I"),
    ActionSpec("mark_out", QT_TRANSLATE_NOOP("Actions", "Set the out point"), "O"),
    ActionSpec("clear_marks", QT_TRANSLATE_NOOP("Actions", "Clear in and out points"), "Shift+X"),
    ActionSpec("select", QT_TRANSLATE_NOOP("Actions", "Select"), "V", "pointer", True),
    ActionSpec("point", QT_TRANSLATE_NOOP("Actions", "Point"), "W", "wand", True),
    ActionSpec("brush", QT_TRANSLATE_NOOP("Actions", "Brush"), "B", "brush", True),
    ActionSpec("eraser", QT_TRANSLATE_NOOP("Actions", "Eraser"), "E", "eraser", True),
    ActionSpec("polygon", QT_TRANSLATE_NOOP("Actions", "Polygon"), "P", "polygon", True),
    ActionSpec("cut", QT_TRANSLATE_NOOP("Actions", "Cut out a polygon"), "Shift+P", "cut", True),
    ActionSpec("move", QT_TRANSLATE_NOOP("Actions", "Move"), "M", "move", True),
    ActionSpec("smaller", QT_TRANSLATE_NOOP("Actions", "Smaller brush"), "["),
    ActionSpec("larger", QT_TRANSLATE_NOOP("Actions", "Larger brush"), "]"),
    ActionSpec("shrink", QT_TRANSLATE_NOOP("Actions", "Shrink the mask"), "Ctrl+["),
    ActionSpec("grow", QT_TRANSLATE_NOOP("Actions", "Grow the mask"), "Ctrl+]"),
    ActionSpec(
        "new_track", QT_TRANSLATE_NOOP("Actions", "Draw a new object"), "Insert Ctrl+N", "new"
    ),
    ActionSpec("split", QT_TRANSLATE_NOOP("Actions", "Split off"), "S"),
    ActionSpec("merge", QT_TRANSLATE_NOOP("Actions", "Merge with…"), "G"),
    ActionSpec("swap", QT_TRANSLATE_NOOP("Actions", "Swap with…"), "X"),
    ActionSpec("reassign", QT_TRANSLATE_NOOP("Actions", "Give the masks to…"), "Shift+G"),
    ActionSpec("delete", QT_TRANSLATE_NOOP("Actions", "Delete masks"), "Delete"),
    ActionSpec("hide", QT_TRANSLATE_NOOP("Actions", "Hide or show"), "H"),
    ActionSpec("confirm", QT_TRANSLATE_NOOP("Actions", "Confirm as keyframe"), "Return"),
    ActionSpec("copy_next", QT_TRANSLATE_NOOP("Actions", "Copy to the next frame"), "C"),
    ActionSpec("interpolate", QT_TRANSLATE_NOOP("Actions", "Interpolate"), "T"),
    ActionSpec("fill_gaps", QT_TRANSLATE_NOOP("Actions", "Fill gaps"), "F"),
    ActionSpec("propagate_back", QT_TRANSLATE_NOOP("Actions", "Propagate back"), "Ctrl+Left"),
    ActionSpec("propagate_on", QT_TRANSLATE_NOOP("Actions", "Propagate forward"), "Ctrl+Right"),
    ActionSpec("follow_both", QT_TRANSLATE_NOOP("Actions", "Follow both ways"), "Shift+W"),
    ActionSpec("follow_back", QT_TRANSLATE_NOOP("Actions", "Follow back"), "Ctrl+Shift+Left"),
    ActionSpec("follow_on", QT_TRANSLATE_NOOP("Actions", "Follow on"), "Ctrl+Shift+Right"),
    ActionSpec("follow_to", QT_TRANSLATE_NOOP("Actions", "Follow to a frame…"), "Ctrl+Shift+F"),
    ActionSpec(
        "follow_between", QT_TRANSLATE_NOOP("Actions", "Follow between keyframes"), "Shift+T"
    ),
    ActionSpec("smooth", QT_TRANSLATE_NOOP("Actions", "Smooth"), "Shift+S"),
    ActionSpec("fill_holes", QT_TRANSLATE_NOOP("Actions", "Fill holes"), "Shift+F"),
    ActionSpec("next_doubt", QT_TRANSLATE_NOOP("Actions", "Next"), "N"),
    ActionSpec("accept", QT_TRANSLATE_NOOP("Actions", "Accept"), "A"),
    ActionSpec("reject", QT_TRANSLATE_NOOP("Actions", "Reject"), "R"),
    ActionSpec("outlines", QT_TRANSLATE_NOOP("Actions", "Outlines only"), "L", "", True),
    ActionSpec("zoom_in", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "Ctrl++ Ctrl+="),
    ActionSpec("zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "Ctrl+-"),
    ActionSpec("fit", QT_TRANSLATE_NOOP("Actions", "Fit the picture"), "Ctrl+0", "fit"),
    ActionSpec("zoom_time_in", QT_TRANSLATE_NOOP("Actions", "Shorter stretch of time"), "+ ="),
    ActionSpec("zoom_time_out", QT_TRANSLATE_NOOP("Actions", "Longer stretch of time"), "-"),
    ActionSpec("shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1", "keyboard"),
)
