"""What is pointed at in a session is followed, with a stand-in for the network that sees red."""

from __future__ import annotations

import csv
import json
import threading
import time
from concurrent.futures import Future
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedFrame, TrackState
from blendmask_live.errors import ConfigError
from blendmask_live.importing.frames_csv import frames_csv
from blendmask_live.live.later_prompter import LaterPrompter
from blendmask_live.live.player import PlayedFrame
from blendmask_live.live.pointed_object import Look, PointedObject
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.runtime.prompts import Answers, Questions
from tests.live.parts import WAIT_S, CameraSource, ClipSource, FakeSegmenter, Watcher
from tests.prompting.conftest import finds_nothing, prompter_on, untrained_network
from tests.prompting.sees_red import SeesRed

HEIGHT, WIDTH = 96, 320
BLOCK = 24
HIDDEN = range(40, 50)
"""Frames in which the red block is not there."""
RNG = np.random.default_rng(3)
GROUND = RNG.integers(60, 120, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def x_at(index: int) -> int:
    """Where the block is: it moves 2 px a frame."""
    return 20 + 2 * (index % 100)


def picture(index: int) -> NDArray[np.uint8]:
    image = GROUND.copy()
    if index not in HIDDEN:
        image[30 : 30 + BLOCK, x_at(index) : x_at(index) + BLOCK] = (230, 20, 30)
    return image


class RedClip(ClipSource):
    def __init__(self, frames: int = 100, *, fps: int = 50) -> None:
        super().__init__(frames, fps=fps)
        rate = Fraction(fps)
        self.info = SourceInfo("clip", WIDTH, HEIGHT, frame_count=frames, average_fps=rate)

    def read(self) -> Frame | None:
        frame = super().read()
        if frame is None:
            return None
        return Frame(picture(frame.index), frame.index, frame.pts_s, frame.captured_at)


class RedCamera(CameraSource):
    def __init__(self) -> None:
        super().__init__()
        self.info = SourceInfo("camera", WIDTH, HEIGHT, is_live=True)

    def read(self) -> Frame | None:
        frame = super().read()
        return frame and Frame(picture(frame.index), frame.index, None, time.monotonic())


class RedSegmenter(FakeSegmenter):
    """Finds nothing, or, where it is told to, the block, as a cat."""

    finds = False

    def with_settings(self, settings: SegmenterSettings) -> Self:
        return self

    def segment(self, image: np.ndarray) -> Instances:
        self.timings_ms = {"network": 1.0}
        red = (image[..., 0] > 180) & (image[..., 1] < 80)
        masks = red[None] if self.finds and red.any() else np.zeros((0, *red.shape), dtype=bool)
        count = len(masks)
        return Instances.from_masks(
            masks, class_ids=[1] * count, scores=[0.9] * count, labels=self.labels
        )


class Pausing(SeesRed):
    """A network that a test can hold up."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.takes_s = 0.0

    def ask(self, questions: Questions) -> Answers:
        assert self.may_go_on.wait(WAIT_S)
        time.sleep(self.takes_s)
        return super().ask(questions)


@pytest.fixture(scope="module")
def network() -> object:
    return untrained_network()


class PointingWatcher(Watcher):
    def __init__(self, source: object, network: object, *, is_paused: bool = False) -> None:
        self.asked = Pausing()
        self.detector = RedSegmenter()
        prompter = prompter_on(self.asked, network, detect=finds_nothing)  # type: ignore[arg-type]
        super().__init__(
            source,
            is_paused=is_paused,
            segmenter=self.detector,
            prompter=LaterPrompter(lambda: prompter),
        )

    def point_at_block(self, frame: TrackedFrame) -> int:
        """Click the block in a shown frame; the track's id."""
        x = x_at(frame.frame.index) + 10.0
        begun = self.session.point(Prompt(points=[(x, 40.0, True)]), frame.frame)
        self.wait(begun.done)
        return begun.result()

    def followed_at(self, index: int, track_id: int) -> TrackedFrame:
        """The frame of this index, with the block followed where it is, and nothing else."""

        def has_it(frame: TrackedFrame) -> bool:
            if frame.frame.index != index or frame.track_ids.tolist() != [track_id]:
                return False
            x0, y0, x1, y1 = frame.instances.cropped_masks()[0].tight().box
            there = np.array([x0, y0, x1, y1])
            wanted = np.array([x_at(index), 30, x_at(index) + BLOCK, 30 + BLOCK])
            return bool(np.abs(there - wanted).max() <= 1)

        return self.shown(has_it)

    def begin_at(self, index: int) -> int:
        """Stand at a frame and point at the block in it."""
        track_id = self.point_at_block(self.stand_at(index))
        self.followed_at(index, track_id)
        return track_id


def test_between_two_looks_a_mask_moves_on_as_its_object_moved() -> None:
    def look(index: int, *, epoch: int = 0) -> Look:
        frame = PlayedFrame(picture(index), index, None, captured_at=0.0, epoch=epoch)
        return Look(frame, None, index / 50)

    def block(index: int) -> CroppedMask:
        return CroppedMask(x_at(index), 30, np.ones((BLOCK, BLOCK), dtype=bool))

    one = PointedObject(0, "object", Future(), block(10), 0.9, look(10))
    one.see(block(15), 0.8, look(15))
    assert one.velocity.tolist() == pytest.approx([100, 0])
    assert one.crop_at(look(20)).box == block(20).box
    assert one.crop_at(look(40)).area == 0, "nobody knows where it is by then"
    assert one.crop_at(look(16, epoch=1)).area == 0
    one.see(CroppedMask(WIDTH - 30, 30, block(0).mask), 0.8, look(16))
    assert one.crop_at(look(17)).area == 0, "it has left the picture"


def test_a_click_follows_what_the_detector_does_not_know(network: object) -> None:
    with PointingWatcher(RedClip(), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(5)
        assert watcher.session.followed[0].confidence == pytest.approx(0.9)
        for index in range(6, 10):
            watcher.session.step(1)
            frame = watcher.followed_at(index, track_id)
            assert frame.tracked.states == (TrackState.FOLLOWED,)
            assert frame.instances.class_names == ("object",)
        (told,) = watcher.session.status().followed
        assert (told.track_id, told.class_name, told.is_lost) == (track_id, "object", False)
        assert "follow" in watcher.session.status().stages


def test_what_the_detector_finds_there_is_the_same_object_and_gives_it_a_name(
    network: object,
) -> None:
    with PointingWatcher(RedClip(), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(5)
        watcher.detector.finds = True
        for index in range(6, 12):
            watcher.session.step(1)
            # Nothing else: the detector's track is not drawn beside it.
            frame = watcher.followed_at(index, track_id)
            assert frame.instances.class_names == ("cat",)
        assert watcher.session.unfollow(track_id)
        frame = watcher.shown(lambda frame: TrackState.FOLLOWED not in frame.tracked.states)
        assert frame.instances.class_names == ("cat",) and track_id not in frame.track_ids
        assert watcher.session.status().followed == ()


def test_it_is_lost_where_it_cannot_be_seen_and_goes_on_where_it_returns(network: object) -> None:
    with PointingWatcher(RedClip(), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(HIDDEN.start - 2)
        for _ in range(4):
            watcher.session.step(1)
        watcher.wait(lambda: watcher.session.status().followed[0].is_lost)
        assert watcher.session.status().followed[0].confidence == 0
        watcher.session.seek(HIDDEN.stop + 10)
        watcher.followed_at(HIDDEN.stop + 10, track_id)
        assert not watcher.session.status().followed[0].is_lost


def test_it_stays_followed_over_seeks_and_ids_are_not_used_twice(network: object) -> None:
    with PointingWatcher(RedClip(), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(5)
        watcher.session.seek(80)
        watcher.followed_at(80, track_id)
        begun = watcher.session.point(Prompt(box=(2, 2, 40, 25)))
        watcher.wait(begun.done)
        with pytest.raises(ConfigError, match="nothing is found there"):
            begun.result()
        assert watcher.point_at_block(watcher.stand_at(80)) == track_id, "it is followed already"


def test_the_view_goes_on_while_following_takes_its_time(network: object) -> None:
    with PointingWatcher(RedClip(10_000), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(5)
        watcher.asked.may_go_on.clear()
        watcher.session.play()
        # It stands still with the last mask, and then has none: nobody knows where it is.
        moved = watcher.shown(lambda frame: frame.frame.index > 8)
        assert moved.track_ids.tolist() == [track_id]
        gone = watcher.shown(lambda frame: frame.frame.index > 30)
        assert gone.track_ids.tolist() == []
        watcher.asked.may_go_on.set()
        watcher.shown(lambda frame: frame.track_ids.tolist() == [track_id])


def test_the_frame_at_which_playing_stops_gets_its_masks(network: object) -> None:
    with PointingWatcher(RedClip(10_000), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(60)
        # So long that it rests for many frames after each.
        watcher.asked.takes_s = 0.05
        watcher.session.play()
        watcher.shown(lambda frame: frame.frame.index > 66)
        watcher.session.pause()
        watcher.wait_for_state("paused")
        watcher.followed_at(watcher.session.position, track_id)


def test_a_recording_has_the_mask_of_every_frame(network: object, tmp_path: Path) -> None:
    with PointingWatcher(RedClip(40), network, is_paused=True) as watcher:
        track_id = watcher.begin_at(5)
        watcher.session.start_recording(tmp_path, ("csv", "youtube-vis"))
        watcher.session.play()
        watcher.wait_for_state("ended")
        watcher.shown_index(39)
        watcher.session.stop_recording()
    folder = tmp_path / "csv"
    with frames_csv(folder).open(encoding="utf-8", newline="") as file:
        assert [int(row["source_index"]) for row in csv.DictReader(file)] == list(range(6, 40))
    with (folder / "tracks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["track_id"] for row in rows} == {str(track_id)}
    written = json.loads((tmp_path / "youtube-vis" / "instances.json").read_text())
    assert [category["name"] for category in written["categories"]] == ["object"]
    assert [float(row["x"]) for row in rows] == pytest.approx(
        [x_at(index) for index in range(6, 40)], abs=1
    )


def test_a_recording_goes_on_where_the_object_returns(network: object, tmp_path: Path) -> None:
    with PointingWatcher(RedClip(70), network, is_paused=True) as watcher:
        watcher.begin_at(HIDDEN.start - 5)
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.session.play()
        watcher.wait_for_state("ended")
        watcher.shown_index(69)
        watcher.session.stop_recording()
    with (tmp_path / "csv" / "tracks.csv").open(encoding="utf-8", newline="") as file:
        frames = [int(row["frame"]) + HIDDEN.start - 4 for row in csv.DictReader(file)]
    assert set(frames).isdisjoint(HIDDEN)
    # What is lost for longer is not sought in every frame.
    first = next(frame for frame in frames if frame >= HIDDEN.stop)
    assert first <= HIDDEN.stop + 3
    assert frames == [*range(HIDDEN.start - 4, HIDDEN.start), *range(first, 70)]


def test_on_a_camera_it_is_followed_until_it_is_told_to_stop(network: object) -> None:
    camera = RedCamera()
    with PointingWatcher(camera, network) as watcher:
        camera.give()
        track_id = 0
        first = watcher.shown()
        begun = watcher.session.point(Prompt(points=[(x_at(0) + 10.0, 40.0, True)]), first.frame)
        while not begun.done():
            camera.give()
            watcher.shown()
        track_id = begun.result()
        camera.give()
        watcher.shown(lambda frame: frame.track_ids.tolist() == [track_id])
        assert watcher.session.unfollow(track_id) and not watcher.session.unfollow(track_id)
        camera.give()
        assert watcher.shown().track_ids.tolist() == []


def test_it_stays_followed_in_pictures_of_another_size(network: object) -> None:
    clip = RedClip()
    read = clip.read

    def larger() -> Frame | None:
        frame = read()
        if frame is None or frame.index < 10:
            return frame
        image = np.ascontiguousarray(frame.image.repeat(2, axis=0).repeat(2, axis=1))
        return Frame(image, frame.index, frame.pts_s, frame.captured_at)

    clip.read = larger  # type: ignore[method-assign]
    with PointingWatcher(clip, network, is_paused=True) as watcher:
        track_id = watcher.begin_at(9)
        watcher.session.step(1)
        frame = watcher.shown(
            lambda frame: frame.frame.index == 10 and frame.track_ids.tolist() == [track_id]
        )
        box = frame.instances.cropped_masks()[0].tight().box
        assert box == pytest.approx((2 * x_at(10), 60, 2 * x_at(10) + 2 * BLOCK, 108), abs=2)


def test_the_source_opened_again_goes_on_with_its_objects(network: object) -> None:
    before = PointingWatcher(RedClip(), network, is_paused=True)
    with before:
        before.begin_at(5)
    after = PointingWatcher(RedClip(), network, is_paused=True)
    after.session.go_on_from(before.session)
    assert before.session.followed == ()
    with after:
        after.session.seek(60)
        frame = after.shown(lambda frame: frame.frame.index == 60 and len(frame.track_ids) == 1)
        x0 = frame.instances.cropped_masks()[0].tight().box[0]
        assert x0 == pytest.approx(x_at(60), abs=1)
        assert after.session.followed[0].track_id == frame.track_ids[0]


def test_a_network_that_breaks_ends_following_and_not_the_session(
    network: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with PointingWatcher(RedClip(), network, is_paused=True) as watcher:
        watcher.begin_at(5)

        def breaks(questions: Questions) -> Answers:
            raise RuntimeError("out of memory")

        monkeypatch.setattr(watcher.asked, "ask", breaks)
        watcher.session.step(1)
        watcher.shown(lambda frame: frame.frame.index == 6 and not len(frame.track_ids))
        watcher.wait(lambda: watcher.session.status().followed == ())
        assert "out of memory" in watcher.session.status().notice
        assert watcher.session.error is None
    assert "following ended" in caplog.text
    caplog.clear()
