from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.capture.stand_ins import StandIns
from blendmask_live.errors import SourceReadError
from gui.editor import frame_reader
from gui.editor.frame_reader import FrameReader, PictureAccess
from tests.capture.clips import ClipSpec, number_in, numbered_image, read_all, write_clip


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


def test_a_small_picture_comes_first_where_a_frame_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_reader, "_REST_S", 0.0)
    told: queue.Queue[tuple[str, int, int]] = queue.Queue()
    release = StandIns._release_video

    def release_video(self: StandIns) -> None:
        release(self)
        told.put(("grown", 0, 0))

    # Prepared, a group as small as this one is near everywhere.
    monkeypatch.setattr(PictureAccess, "prepare", lambda self, index, goes_on: None)
    monkeypatch.setattr(StandIns, "_release_video", release_video)
    clip = write_clip(tmp_path / "clip.mp4", ClipSpec(frames=60, options={"g": "60"}))
    reader = FrameReader(
        clip,
        on_picture=lambda index, picture: told.put(("exact", index, number_in(picture))),
        on_stand_in=lambda index, picture: told.put(("small", index, number_in(picture))),
        on_error=lambda error: told.put((str(error), 0, 0)),
        frames=range(60),
    )
    heard = []
    for index in (0, 50, 51, 5):
        reader.request(index)
        while heard[-1:] != [("exact", index, index)]:
            heard.append(told.get(timeout=10))
        if index == 0:
            assert told.get(timeout=10)[0] == "grown"
    reader.close()
    small = [("small", index, index) for index in (50, 5)]
    exact = [("exact", index, index) for index in (0, 50, 51, 5)]
    assert heard == [exact[0], small[0], exact[1], exact[2], small[1], exact[3]]


def test_nobody_is_told_that_small_pictures_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_reader, "_REST_S", 0.0)
    told: queue.Queue[str] = queue.Queue()

    def fail(self: StandIns) -> None:
        told.put("tried")
        raise SourceReadError("the disk is gone")

    monkeypatch.setattr(StandIns, "_add_next", fail)
    reader = FrameReader(
        write_clip(tmp_path / "clip.mp4", ClipSpec(frames=4)),
        on_picture=lambda index, picture: told.put("picture"),
        on_error=lambda error: told.put(str(error)),
        frames=range(4),
    )
    heard = []
    for index in (0, 1):
        reader.request(index)
        heard += [told.get(timeout=10) for _ in range(2 - index)]
    reader.close()
    assert heard == ["picture", "tried", "picture"] and told.empty()


@pytest.mark.may_log("is interlaced")
@pytest.mark.parametrize("keeps_fields", [False, True])
def test_fields_are_kept_if_they_were_when_the_masks_were_made(
    tmp_path: Path, keeps_fields: bool
) -> None:
    images = [numbered_image(number) for number in (0, 170, 255, 85)]
    for number, image in enumerate(images):
        image[1::2] = numbered_image(60 * number)[1::2]
    spec = ClipSpec(frames=4, options={"x264-params": "tff=1", "qp": "4"}, images=images)
    clip = write_clip(tmp_path / "clip.mp4", spec)
    expected = read_all(open_source(clip, deinterlace=not keeps_fields))
    other = read_all(open_source(clip, deinterlace=keeps_fields))
    pictures = PictureAccess(clip, keeps_fields=keeps_fields)
    assert np.array_equal(pictures(1), expected[1].image)
    assert not np.array_equal(pictures(1), other[1].image)
    pictures.close()
