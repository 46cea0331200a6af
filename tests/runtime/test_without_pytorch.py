"""The built-in network runs where PyTorch cannot even be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("openvino")

_PROGRAM = """
import sys
from contextlib import closing

for name in ("torch", "torchvision"):
    sys.modules[name] = None

from blendmask_live import (
    Prompt, annotate_video, follow_video, load_segmenter, open_source
)

with closing(open_source("demo")) as source:
    picture = source.read().image
found = annotate_video("demo", sys.argv[1] + "/plain", max_frames=2)
print("annotated", found.frames)
found = annotate_video("demo", sys.argv[1] + "/refined", max_frames=2, refine=True)
print("refined", found.frames)
asked = [Prompt(frame=0, points=[(640, 300, True)])]
found = follow_video("demo", sys.argv[1] + "/followed", prompts=asked, max_frames=2)
print("followed", found.frames)
for runtime in sys.argv[2:]:
    segmenter = load_segmenter(runtime=runtime, device="cpu", precision="fp32")
    print(runtime, len(segmenter.segment(picture)) > 0)
"""


def test_nothing_needs_pytorch_not_even_at_the_first_start(tmp_path: Path) -> None:
    runtimes = [name for name in ("openvino", "onnxruntime") if find_spec(name)]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "out"), *runtimes],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
    )
    expected = ["annotated 2", "refined 2", "followed 2", *(f"{name} True" for name in runtimes)]
    assert done.stdout.splitlines() == expected, done.stderr
