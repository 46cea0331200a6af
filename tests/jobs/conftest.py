from __future__ import annotations

from pathlib import Path

import pytest

from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter
from tests.capture.clips import ClipSpec, write_clip


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    """The built-in network, small enough to be quick on one core."""
    return load_segmenter(runtime="torch", threads=1, short_side=96)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 40 frames at 25 per second."""
    return write_clip(tmp_path / "clip.mp4", ClipSpec(frames=40))
