from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.capture.clips import ClipSpec, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """clip("name.mp4", ClipSpec(...)) -> path of the encoded clip."""

    def make(name: str = "clip.mp4", spec: ClipSpec | None = None) -> Path:
        return write_clip(tmp_path / name, spec or ClipSpec())

    return make


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before
