"""Real-time video instance segmentation: BlendMask masks, tracked by mask IoU.

    from blendmask_live import annotate_video, load_segmenter, open_source

Importing this package loads neither PyTorch nor Qt; the names below do when they are used.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blendmask_live.capture import open_source
    from blendmask_live.config import SegmenterSettings
    from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances
    from blendmask_live.errors import BlendMaskLiveError
    from blendmask_live.jobs.annotate import AnnotateResult, annotate_video
    from blendmask_live.jobs.follow import follow_video
    from blendmask_live.jobs.follow_davis import follow_davis
    from blendmask_live.masks.buffer import MaskBuffer
    from blendmask_live.prompting.prompt import Prompt
    from blendmask_live.prompting.prompter import Prompter, load_prompter
    from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter

__all__ = [
    "AnnotateResult",
    "BlendMaskLiveError",
    "Frame",
    "Instances",
    "MaskBuffer",
    "Prompt",
    "Prompter",
    "Segmenter",
    "SegmenterSettings",
    "TrackedFrame",
    "TrackedInstances",
    "__version__",
    "annotate_video",
    "follow_davis",
    "follow_video",
    "load_prompter",
    "load_segmenter",
    "open_source",
]

__version__ = "0.1.0"

# Two runtimes report their use to their makers over the network, one as soon as it is imported.
# That is switched off here, each library in the one way that it offers to programs.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

_HERE = Path(__file__).resolve().parents[1]
_HOMES = {
    "AnnotateResult": "jobs.annotate",
    "BlendMaskLiveError": "errors",
    "Frame": "datatypes",
    "Instances": "datatypes",
    "MaskBuffer": "masks.buffer",
    "Prompt": "prompting.prompt",
    "Prompter": "prompting.prompter",
    "Segmenter": "segmenting.segmenter",
    "SegmenterSettings": "config",
    "TrackedFrame": "datatypes",
    "TrackedInstances": "datatypes",
    "annotate_video": "jobs.annotate",
    "follow_davis": "jobs.follow_davis",
    "follow_video": "jobs.follow",
    "load_prompter": "prompting.prompter",
    "load_segmenter": "segmenting.segmenter",
    "open_source": "capture",
}


_NEEDS = {"jobs": ("tracking", "weights"), "segmenting": ("weights",)}
"""Part of this package -> packages beside it that it needs; users' files may hide them."""


def require_own(*names: str) -> None:
    """Make sure that packages of ours are not hidden by files of the user.

    Raises:
        ImportError: If Python finds something else under such a name.
    """
    for name in names:
        loaded = sys.modules.get(name)
        spec = importlib.util.find_spec(name) if loaded is None else loaded.__spec__
        found = None if spec is None else spec.origin
        if found is not None and Path(found).resolve().parent != _HERE / name:
            raise ImportError(
                f"{found} hides the package {name!r} of BlendMask Live; give the file another name"
            )


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require_own(*_NEEDS.get(_HOMES[name].partition(".")[0], ()))
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
