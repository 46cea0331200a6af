"""start, end, stride and max-frames never change index or time of a frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from blendmask_live.capture import open_source
from blendmask_live.capture.file import FileSource
from blendmask_live.capture.source_part import NextFrame, PartialSource, SourcePart
from blendmask_live.errors import SourceError, SourceOpenError, SourceReadError
from tests.capture.clips import ClipSpec, number_in, read_all
from tests.capture.test_contract import CLIPS, VARIABLE_TICKS

MakeClip = Callable[..., Path]


@pytest.mark.parametrize("name", ["h264.mp4", "b_frames.mp4", "transport.ts", "vp9.webm"])
@pytest.mark.parametrize(
    ("start_s", "end_s", "stride", "max_frames", "expected"),
    [
        (None, None, 1, None, range(12)),
        (0.08, None, 1, None, range(2, 12)),
        (0.09, None, 1, None, range(3, 12)),
        (None, 0.08, 1, None, range(2)),
        (None, 99, 1, None, range(12)),
        (None, None, 5, None, (0, 5, 10)),
        (0.04, 0.4, 3, None, (1, 4, 7)),
        (0.04, None, 3, 2, (1, 4)),
        (None, None, 1, 3, range(3)),
        (None, None, 100, None, (0,)),
        (0.44, None, 1, None, (11,)),
    ],
)
def test_part_holds_exactly_the_right_frames(
    clip: MakeClip,
    name: str,
    start_s: float | None,
    end_s: float | None,
    stride: int,
    max_frames: int | None,
    expected: range | tuple[int, ...],
) -> None:
    source = open_source(
        clip(name, CLIPS[name]), start_s=start_s, end_s=end_s, stride=stride, max_frames=max_frames
    )
    announced = source.info.frame_count
    frames = read_all(source)
    assert [number_in(frame.image) for frame in frames] == list(expected)
    assert [frame.index for frame in frames] == list(expected)
    assert announced == len(frames)


def test_start_and_end_go_by_time_in_variable_rate_video(clip: MakeClip) -> None:
    path = clip("v.mp4", ClipSpec(ticks=VARIABLE_TICKS))
    frames = read_all(open_source(path, start_s=0.2, end_s=0.9))
    wanted = [i for i, ms in enumerate(VARIABLE_TICKS) if 200 <= ms < 900]
    assert [frame.index for frame in frames] == wanted
    assert [frame.pts_s for frame in frames] == [Fraction(VARIABLE_TICKS[i], 1000) for i in wanted]


def test_stride_and_max_frames_work_on_folders(tmp_path: Path) -> None:
    for number in range(7):
        Image.new("RGB", (8, 8)).save(tmp_path / f"{number}.png")
    source = open_source(tmp_path, stride=2, max_frames=3)
    assert source.info.frame_count == 3
    assert [frame.index for frame in read_all(source)] == [0, 2, 4]


def test_start_on_a_folder_is_refused_because_it_has_no_clock(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(SourceOpenError, match="need a source with timestamps"):
        open_source(tmp_path, start_s=1)


@pytest.mark.parametrize(
    "part",
    [
        {"start_s": 2.0, "end_s": 1.0},
        {"start_s": 1.0, "end_s": 1.0},
        {"end_s": 0.0},
        {"stride": 0},
        {"stride": -1},
        {"max_frames": 0},
        {"start_s": math.nan},
        {"start_s": math.inf},
        {"start_s": -1.0},
        {"end_s": math.nan},
    ],
)
def test_impossible_parts_are_refused(clip: MakeClip, part: dict[str, float]) -> None:
    with pytest.raises(SourceOpenError) as caught:
        open_source(clip(), **part)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("start_s", [0.6, 3600.0])
def test_start_after_the_end_is_an_error_not_an_empty_video(clip: MakeClip, start_s: float) -> None:
    with pytest.raises(SourceError, match="lies after the end of the video"):
        open_source(clip(), start_s=start_s).read()


def test_start_after_the_end_is_reported_once(clip: MakeClip) -> None:
    source = open_source(clip(), start_s=0.6)
    with pytest.raises(SourceReadError):
        source.read()
    assert source.read() is None
    source.close()


@pytest.mark.parametrize(("start_s", "end_s"), [(0.01, 0.02), (0.41, 0.43)])
def test_part_between_two_frames_is_an_error_not_an_empty_video(
    clip: MakeClip, start_s: float, end_s: float
) -> None:
    source = open_source(clip(), start_s=start_s, end_s=end_s)
    expected = f"clip: no frame in this range \\({start_s} s to {end_s} s\\); widen it"
    with pytest.raises(SourceReadError, match=expected):
        source.read()
    assert source.read() is None
    source.close()


def test_closed_before_the_first_read_is_no_error(clip: MakeClip) -> None:
    source = open_source(clip(), start_s=0.01, end_s=0.02)
    source.close()
    assert source.read() is None


def test_interrupt_on_the_way_to_the_start_is_no_error(clip: MakeClip) -> None:
    file = FileSource(clip())
    part = PartialSource(file, SourcePart(start_s=0.4))
    choose = part._choose

    def choose_and_interrupt(index: int, pts_s: Fraction | None) -> NextFrame:
        if index == 3:
            part.interrupt()
        return choose(index, pts_s)

    part._choose = choose_and_interrupt  # type: ignore[method-assign]
    assert part.read() is None
    assert part.read() is None
    part.close()
