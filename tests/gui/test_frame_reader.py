from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gui.editor import frame_reader
from gui.editor.frame_reader import FrameReader, PictureAccess
from tests.capture.clips import ClipSpec, number_in, write_clip


def test_reader_at_rest_prepares_frames_until_the_next_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_reader, "_REST_S", 0.0)
    told: queue.Queue[tuple[str, int]] = queue.Queue()

    def prepare(self: PictureAccess, index: int, *, goes_on: Callable[[], bool]) -> None:
        told.put(("prepares", index))
        while goes_on():
            pass

    def tell(index: int, picture: NDArray[np.uint8]) -> None:
        told.put(("read", number_in(picture)))

    def fail(error: Exception) -> None:
        told.put((str(error), -1))

    monkeypatch.setattr(PictureAccess, "prepare", prepare)
    clip = write_clip(tmp_path / "clip.mp4", ClipSpec(frames=12))
    reader = FrameReader(clip, on_picture=tell, on_error=fail)
    for index in (7, 3):
        reader.request(index)
        assert told.get(timeout=10) == ("read", index)
        assert told.get(timeout=10) == ("prepares", index)
    reader.close()
    assert told.empty()
