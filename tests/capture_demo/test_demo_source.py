"""The built-in example: what it shows, and that its truth is exact."""

import socket
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import av
import numpy as np
import pytest

from blendmask_live.capture import demo_scene
from blendmask_live.capture.demo import DemoSource
from blendmask_live.datatypes import Frame
from blendmask_live.errors import SourceOpenError

CLASS_OF_TRACK = {1: "motorcycle", 2: "person", 3: "person", 4: "cat", 5: "cat", 6: "cup"}
FRAME_COUNT = 300


@pytest.fixture(scope="module")
def source() -> DemoSource:
    return DemoSource()


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    """The first second of the clip."""
    return read_all(DemoSource(1.0))


def read_all(source: DemoSource) -> list[Frame]:
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def visible_areas(source: DemoSource, index: int) -> dict[int, int]:
    truth = source.truth(index)
    crops = truth.instances.cropped_masks()
    return {int(t): crop.area for t, crop in zip(truth.track_ids, crops, strict=True)}


def test_info_tells_what_will_be_read(source: DemoSource, frames: list[Frame]) -> None:
    assert (source.info.name, source.info.width, source.info.height) == ("demo", 1280, 720)
    assert source.info.frame_count == FRAME_COUNT
    assert source.info.average_fps == 30
    assert source.info.path is None
    assert len(frames) == DemoSource(1.0).info.frame_count == 30
    assert all(f.image.shape == (720, 1280, 3) and f.image.dtype == np.uint8 for f in frames)


def test_timestamps_and_indices_are_exact(frames: list[Frame]) -> None:
    assert [frame.index for frame in frames] == list(range(30))
    assert [frame.pts_s for frame in frames] == [Fraction(i, 30) for i in range(30)]


def test_a_frame_is_the_same_picture_in_every_run(frames: list[Frame]) -> None:
    for again, frame in zip(read_all(DemoSource(0.2)), frames, strict=False):
        np.testing.assert_array_equal(again.image, frame.image)


def test_the_scene_loops_without_a_jump() -> None:
    source = DemoSource(10 + 2 / 30)
    first = previous = source.read()
    assert first is not None and previous is not None
    steps = []
    while (frame := source.read()) is not None:
        steps.append(mean_difference(previous, frame))
        if frame.index == FRAME_COUNT:
            np.testing.assert_array_equal(frame.image, first.image)
        previous = frame
    assert len(steps) == FRAME_COUNT + 1
    assert max(steps) < 12
    assert min(steps) > 0.05


def mean_difference(a: Frame, b: Frame) -> float:
    return float(np.abs(a.image[::4, ::4].astype(int) - b.image[::4, ::4]).mean())


def test_truth_masks_share_no_pixel_and_lie_in_the_frame(source: DemoSource) -> None:
    for index in range(0, FRAME_COUNT, 30):
        truth = source.truth(index)
        masks = truth.instances.masks()
        assert masks.shape == (len(truth.track_ids), 720, 1280)
        assert masks.sum(axis=0).max() == 1
        assert masks.any(axis=(1, 2)).all()


def test_track_ids_keep_their_class(source: DemoSource) -> None:
    seen = set()
    for index in range(0, FRAME_COUNT, 15):
        truth = source.truth(index)
        names = truth.instances.class_names
        assert list(names) == [CLASS_OF_TRACK[t] for t in truth.track_ids.tolist()]
        assert truth.track_ids.dtype == np.int64
        seen |= set(truth.track_ids.tolist())
    assert seen == set(CLASS_OF_TRACK)


def test_objects_are_large_enough_for_a_small_detector(source: DemoSource) -> None:
    largest = dict.fromkeys(CLASS_OF_TRACK, 0)
    for index in range(0, FRAME_COUNT, 15):
        for track_id, area in visible_areas(source, index).items():
            assert area < 0.25 * 1280 * 720
            largest[track_id] = max(largest[track_id], area)
    assert min(largest.values()) > 8_000
    assert largest[3] > 80_000
    near_person = source.truth(0).instances.boxes[2]
    assert near_person[3] - near_person[1] > 400


@pytest.mark.parametrize(("track_id", "shortest_s"), [(2, 0.5), (5, 0.5)])
def test_an_object_disappears_for_a_moment_and_comes_back(
    source: DemoSource, track_id: int, shortest_s: float
) -> None:
    """Person 2 walks out of the frame; cat 5 ducks behind the counter."""
    hidden = [track_id not in visible_areas(source, index) for index in range(0, FRAME_COUNT, 3)]
    assert not hidden[0] and not hidden[-1]
    assert np.count_nonzero(np.diff(hidden)) == 2, "hidden once, in one stretch"
    assert shortest_s < sum(hidden) / 10 < 2.0


def test_one_person_almost_hides_the_other(source: DemoSource) -> None:
    areas = [visible_areas(source, index).get(2, 0) for index in range(0, 90, 3)]
    least = int(np.argmin(areas))
    assert min(areas) < 0.2 * areas[0]
    assert max(areas[least:]) > 3 * min(areas)


def test_truth_follows_the_picture(source: DemoSource, frames: list[Frame]) -> None:
    """The near person's suit is orange: the truth must hold nearly all of it around her."""
    index = 6
    truth = source.truth(index)
    red, green, blue = (frames[index].image[..., c].astype(int) for c in range(3))
    orange = (red > 190) & (green < 130) & (blue < 100)
    orange[570:] = False  # the counter and the saucer
    people = truth.instances.masks()[np.isin(truth.track_ids, (2, 3))].any(axis=0)
    motorcycle = truth.instances.masks()[truth.track_ids == 1].any(axis=0)
    assert orange.sum() > 20_000
    assert (orange & ~people & ~motorcycle).sum() < 0.02 * orange.sum()


def test_the_example_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("the example must not use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert DemoSource(0.1).read() is not None


def test_a_missing_photograph_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(demo_scene.PHOTO_FILES, "astronaut", "no_such_photo.png")
    with pytest.raises(SourceOpenError, match=r"no_such_photo\.png; reinstall scikit-image"):
        DemoSource()


def test_reading_past_the_end_keeps_returning_none() -> None:
    source = DemoSource(2 / 30)
    assert len(read_all(source)) == 2
    assert source.read() is None
    assert source.read() is None


@pytest.mark.parametrize("end", ["interrupt", "close"])
def test_no_frame_follows_an_interruption(end: str) -> None:
    source = DemoSource()
    assert source.read() is not None
    getattr(source, end)()
    getattr(source, end)()
    assert source.read() is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_clip_without_frames_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        DemoSource(seconds)


@pytest.mark.parametrize("index", [-1, FRAME_COUNT])
def test_truth_of_a_frame_outside_the_clip_is_refused(source: DemoSource, index: int) -> None:
    with pytest.raises(IndexError, match="300 frames"):
        source.truth(index)


def test_the_clip_can_be_written_and_opened_as_mp4(tmp_path: Path, frames: list[Frame]) -> None:
    path = tmp_path / "demo.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for frame in frames[:10]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="rgb24")))
        container.mux(stream.encode())
    with av.open(str(path)) as container:
        decoded = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert len(decoded) == 10
    assert np.abs(decoded[0].astype(int) - frames[0].image).mean() < 6
