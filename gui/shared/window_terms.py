"""Ways out that the library names by flags of the command line, in terms of the window.

The library's messages serve people at the command line too. Where the window has a control for a
flag, its name takes the flag's place; where the window asks or offers by itself, the flag goes.
"""

from __future__ import annotations

import re
from typing import Final

from PyQt5.QtCore import QCoreApplication

__all__ = ["in_window_terms"]

_TERMS: Final = (
    # The banner has a button for it, or a question comes.
    (r" ?\(--source PATH\)", "", ("", "")),
    (r": --first-frame N", "", ("", "")),
    (r"; name it with --format", "", ("", "")),
    # Choices of the window.
    (r" with -o\b", "", ("", "")),
    (r" ?\(--overwrite would replace them\)", "", ("", "")),
    (r"replace it with --overwrite", "choose another folder", ("", "")),
    (r"choose --device (\w+)", r"choose “{}: \1”", ("NetworkPanel", "Device")),
    (r", use --architecture [\w-]+", "", ("", "")),
    (r" ?\(PyTorch checkpoints need --architecture\)", "", ("", "")),
    (r"see 'blendmask-live weights list'", "choose others under “{}”", ("NetworkPanel", "Network")),
    (r" ?\('blendmask-live weights list'\)", "", ("", "")),
    (r"--all-classes keeps", "“{}” keeps", ("FormatOptions", "All classes")),
    (r"--frames jpg (or png|writes)", r"“{}” \1", ("FormatOptions", "Frames as pictures")),
    (
        r"(with|without) --latents",
        r"\1 “{}”",
        ("AnnotateDialog", "Keep bases and attention (larger; masks can be re-blended later)"),
    ),
    (
        r"without --two-pass",
        "without “{}”",
        (
            "AnnotateDialog",
            "Look at the video twice (takes longer; joins tracks, fills short holes)",
        ),
    ),
    (
        r"give the folder of these pictures as --video",
        "open the folder of these pictures",
        ("", ""),
    ),
)
"""What the library says, what the window says, and the control that it names."""


def in_window_terms(text: str) -> str:
    """A message of the library without the flags that the window has something else for."""
    for pattern, term, (context, control) in _TERMS:
        name = QCoreApplication.translate(context, control).split(" (")[0] if control else ""
        text = re.sub(pattern, term.replace("{}", name), text)
    return text
