"""Everything that the main window can do by menu, button or key, in one table."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP

from gui.shared.actions import ActionSpec

__all__ = ["WINDOW_ACTIONS"]

WINDOW_ACTIONS: Final = (
    ActionSpec("open_file", QT_TRANSLATE_NOOP("Actions", "Open video…"), "Ctrl+O", "open"),
    ActionSpec(
        "open_folder",
        QT_TRANSLATE_NOOP("Actions", "Open folder of images…"),
        "Ctrl+Shift+O",
        "file",
    ),
    ActionSpec("open_url", QT_TRANSLATE_NOOP("Actions", "Open address…"), "Ctrl+U", "link"),
    ActionSpec("open_screen", QT_TRANSLATE_NOOP("Actions", "Show the screen"), "", "screen"),
    ActionSpec("open_demo", QT_TRANSLATE_NOOP("Actions", "Show the demo"), "Ctrl+D", "demo"),
    ActionSpec("open_project", QT_TRANSLATE_NOOP("Actions", "Open project…"), "Ctrl+P", "edit"),
    ActionSpec(
        "annotate", QT_TRANSLATE_NOOP("Actions", "Annotate the video…"), "Ctrl+Shift+V", "edit"
    ),
    ActionSpec("find_cameras", QT_TRANSLATE_NOOP("Actions", "Look for cameras"), "F5", "camera"),
    ActionSpec("quit", QT_TRANSLATE_NOOP("Actions", "Quit"), "Ctrl+Q"),
    ActionSpec("play", QT_TRANSLATE_NOOP("Actions", "Play or pause"), "Space K", "play"),
    ActionSpec(
        "play_backward", QT_TRANSLATE_NOOP("Actions", "Play backwards, faster each time"), "J"
    ),
    ActionSpec(
        "play_forward", QT_TRANSLATE_NOOP("Actions", "Play forwards, faster each time"), "L"
    ),
    ActionSpec("step_back", QT_TRANSLATE_NOOP("Actions", "One frame back"), "Left", "step-back"),
    ActionSpec(
        "step_forward", QT_TRANSLATE_NOOP("Actions", "One frame forward"), "Right", "step-forward"
    ),
    ActionSpec("jump_back", QT_TRANSLATE_NOOP("Actions", "25 frames back"), "Shift+Left"),
    ActionSpec("jump_forward", QT_TRANSLATE_NOOP("Actions", "25 frames forward"), "Shift+Right"),
    ActionSpec("to_start", QT_TRANSLATE_NOOP("Actions", "To the start"), "Home", "to-start"),
    ActionSpec("to_end", QT_TRANSLATE_NOOP("Actions", "To the end"), "End"),
    ActionSpec("loop", QT_TRANSLATE_NOOP("Actions", "Loop"), "Ctrl+L", "loop", is_checkable=True),
    ActionSpec("mark_in", QT_TRANSLATE_NOOP("Actions", "Set the in point"), "I"),
    ActionSpec("mark_out", QT_TRANSLATE_NOOP("Actions", "Set the out point"), "O"),
    ActionSpec("clear_marks", QT_TRANSLATE_NOOP("Actions", "Clear in and out points"), "Shift+X"),
    ActionSpec("record", QT_TRANSLATE_NOOP("Actions", "Record"), "R", "record", is_checkable=True),
    ActionSpec("send", QT_TRANSLATE_NOOP("Actions", "Send"), "S", "send", is_checkable=True),
    ActionSpec(
        "draw_line", QT_TRANSLATE_NOOP("Actions", "Draw a line to count at"), "Ctrl+Shift+L"
    ),
    ActionSpec(
        "draw_area", QT_TRANSLATE_NOOP("Actions", "Draw an area to count in"), "Ctrl+Shift+A"
    ),
    ActionSpec(
        "copy_picture", QT_TRANSLATE_NOOP("Actions", "Copy the picture"), "Ctrl+C", "snapshot"
    ),
    ActionSpec("save_picture", QT_TRANSLATE_NOOP("Actions", "Save the picture…"), "Ctrl+S", "save"),
    ActionSpec("masks", QT_TRANSLATE_NOOP("Actions", "Masks: fill, outline, none"), "M"),
    ActionSpec("boxes", QT_TRANSLATE_NOOP("Actions", "Boxes"), "B", is_checkable=True),
    ActionSpec("labels", QT_TRANSLATE_NOOP("Actions", "Labels"), "N", is_checkable=True),
    ActionSpec("trails", QT_TRANSLATE_NOOP("Actions", "Trails"), "T", is_checkable=True),
    ActionSpec("bases", QT_TRANSLATE_NOOP("Actions", "Bases"), "V", "bases", is_checkable=True),
    ActionSpec(
        "microscope",
        QT_TRANSLATE_NOOP("Actions", "Blending microscope"),
        "X",
        "microscope",
        is_checkable=True,
    ),
    ActionSpec(
        "follow_here", QT_TRANSLATE_NOOP("Actions", "Follow what is under the pointer"), "F"
    ),
    ActionSpec("unfollow", QT_TRANSLATE_NOOP("Actions", "Stop following"), "Del"),
    ActionSpec("unfollow_all", QT_TRANSLATE_NOOP("Actions", "Stop following all"), "Shift+Del"),
    ActionSpec("show_all", QT_TRANSLATE_NOOP("Actions", "Show all tracks"), "Shift+A"),
    ActionSpec("zoom_in", QT_TRANSLATE_NOOP("Actions", "Zoom in"), "Ctrl++ Ctrl+="),
    ActionSpec("zoom_out", QT_TRANSLATE_NOOP("Actions", "Zoom out"), "Ctrl+-"),
    ActionSpec("fit", QT_TRANSLATE_NOOP("Actions", "Fit the picture"), "Ctrl+0", "fit"),
    ActionSpec(
        "full_screen", QT_TRANSLATE_NOOP("Actions", "Full screen"), "F11", is_checkable=True
    ),
    ActionSpec(
        "leave_full_screen", QT_TRANSLATE_NOOP("Actions", "Leave the full screen"), "Escape"
    ),
    ActionSpec("stages", QT_TRANSLATE_NOOP("Actions", "Times of the stages"), "Ctrl+T", "chart"),
    ActionSpec("shortcuts", QT_TRANSLATE_NOOP("Actions", "Keyboard shortcuts"), "F1", "keyboard"),
    ActionSpec("about", QT_TRANSLATE_NOOP("Actions", "About BlendMask Live")),
)
