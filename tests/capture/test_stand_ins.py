"""Pictures that are shown while frames that take long to reach are decoded."""

from __future__ import annotations

import tempfile
from collections import namedtuple
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest

from blendmask_live.capture import open_source, stand_ins
from blendmask_live.capture.stand_ins import StandIns
from tests.capture.clips import ClipSpec, number_in, write_clip
from tests.disks import file_size_limit


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stand_ins, "cache_folder", lambda: tmp_path / "cache" / "new")
    return tmp_path / "cache" / "new"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", ClipSpec(frames=40))


def limit(monkeypatch: pytest.MonkeyPatch, clip: Path, *, pictures: int) -> None:
    with_closing = open_source(clip)
    usual_bytes = stand_ins._usual_bytes(with_closing.info)
    with_closing.close()
    monkeypatch.setattr(stand_ins, "_BUDGET_BYTES", int(pictures * usual_bytes) + 1)


def test_every_frame_of_a_short_video_is_kept_and_found_while_it_grows(
    clip: Path, cache: Path
) -> None:
    pictures = StandIns(partial(open_source, clip), range(40))
    assert pictures.near(3) is None
    turns = iter([True] * 10)
    pictures.grow(goes_on=lambda: next(turns, False))
    found = pictures.near(7)
    assert found is not None and found[0] == 7 and number_in(found[1]) == 7
    assert pictures.near(20) is None and not pictures.is_complete
    pictures.grow(goes_on=lambda: True)
    assert pictures.is_complete
    assert [pictures.near(index)[0] for index in (0, 20, 39)] == [0, 20, 39]
    assert not list(cache.iterdir()), "the file has no name"
    pictures.close()
    assert pictures.near(20) is None


def test_they_are_as_sharp_as_the_video(clip: Path) -> None:
    source, pictures = open_source(clip), StandIns(partial(open_source, clip), range(40))
    pictures.grow(goes_on=lambda: True)
    frame = source.read()
    assert frame is not None
    _, picture = pictures.near(0)
    assert picture.shape == frame.image.shape and cv2.PSNR(picture, frame.image) > 35
    source.close()


def test_of_a_large_video_they_are_smaller_and_shown_as_large(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_ins, "_LONG_SIDE_PX", 100)
    pictures = StandIns(partial(open_source, clip), range(40))
    pictures.grow(goes_on=lambda: True)
    source = open_source(clip)
    assert pictures.near(0)[1].shape == (source.info.height, source.info.width, 3)
    source.close()


def test_of_a_long_video_as_many_frames_are_kept_as_fit(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, clip, pictures=10)
    # Only these are covered by the project: every other one.
    pictures = StandIns(partial(open_source, clip), range(0, 40, 2))
    pictures.grow(goes_on=lambda: True)
    assert {pictures.near(index)[0] for index in range(38)} == set(range(0, 40, 4))
    assert [pictures.near(index)[0] for index in (4, 5, 7)] == [4, 4, 8]


def test_a_disk_with_little_room_is_left_alone(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(stand_ins.shutil, "disk_usage", lambda folder: usage(1000))
    pictures = StandIns(partial(open_source, clip), range(40))
    pictures.grow(goes_on=lambda: True)
    assert pictures.is_complete and pictures.near(0) is None


def test_a_disk_that_gets_full_gets_its_room_back(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    make = tempfile.TemporaryFile

    def temporary_file(**options: Any) -> Any:
        made.append(make(**options))
        return made[0]

    monkeypatch.setattr(stand_ins.tempfile, "TemporaryFile", temporary_file)
    pictures = StandIns(partial(open_source, clip), range(40))
    # Room for some pictures, and for a part of the next.
    with file_size_limit(5000):
        pictures.grow(goes_on=lambda: True)
    assert made[0].closed and pictures.is_complete and pictures.near(0) is None
    pictures.close()
