"""Playing, pausing, stepping and seeking."""

from __future__ import annotations

import threading
import time

import pytest

from blendmask_live.capture.source_part import SourcePart, part_of
from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import TrackState
from blendmask_live.errors import ConfigError
from blendmask_live.live import LiveSettings
from tests.live.parts import WAIT_S, CameraSource, ClipSource, Script, Watcher
from tracking import MaskTracker


def test_file_plays_at_the_pace_of_its_timestamps_and_ends() -> None:
    began_s = time.monotonic()
    with Watcher(ClipSource(25, fps=50)) as watcher:
        watcher.wait_for_state("ended")
        # A lower bound only: no frame came before its time.
        assert time.monotonic() - began_s >= 0.48
        assert watcher.session.position == 24


def test_state_goes_from_starting_to_stopped() -> None:
    watcher = Watcher(ClipSource())
    assert watcher.session.status().state == "starting"
    with watcher:
        watcher.shown()
        assert watcher.session.status().state == "playing"
        watcher.session.pause()
        assert watcher.session.status().state == "paused"
    assert watcher.session.status().state == "stopped"


def test_play_at_the_end_begins_again() -> None:
    source = ClipSource(3)
    with Watcher(source) as watcher:
        watcher.wait_for_state("ended")
        epoch = watcher.shown_index(2).frame.epoch
        watcher.session.play()
        assert watcher.shown().frame.epoch > epoch
        watcher.wait_for_state("ended")
    assert source.given == [0, 1, 2, 0, 1, 2]


def test_seek_shows_exactly_that_frame_and_playing_goes_on() -> None:
    with Watcher(ClipSource()) as watcher:
        watcher.session.seek(300)
        watcher.shown(lambda frame: frame.frame.index > 300)
        assert watcher.session.status().state == "playing"
        watcher.session.pause()
        watcher.session.seek(42)
        assert int(watcher.shown_index(42).frame.image[0, 0, 0]) == 42
        assert watcher.session.position == 42


def test_steps_add_up_and_pause() -> None:
    with Watcher(ClipSource(500), is_paused=True) as watcher:
        watcher.stand_at(10)
        for _ in range(3):
            watcher.session.step(1)
        watcher.session.step(-1)
        watcher.shown_index(12)
        assert watcher.session.status().state == "paused"


def test_step_forward_reads_on_without_seeking() -> None:
    source = ClipSource(500)
    with Watcher(source, is_paused=True) as watcher:
        watcher.stand_at(10)
        for index in (11, 12, 13):
            watcher.session.step(1)
            watcher.shown_index(index)
    assert source.seeks == [10]


def test_seek_past_the_end_shows_the_last_frame_even_where_the_count_was_wrong() -> None:
    with Watcher(ClipSource(37, told=1000), is_paused=True) as watcher:
        assert watcher.session.frame_count == 1000
        watcher.session.seek(900)
        watcher.shown_index(36)
        assert watcher.session.frame_count == 37
        watcher.session.step(-50)
        watcher.shown_index(0)


def test_seek_ends_tracks_but_a_step_does_not() -> None:
    with Watcher(ClipSource(500), is_paused=True) as watcher:
        first = watcher.stand_at(10)
        epoch = first.frame.epoch
        watcher.session.step(1)
        assert watcher.shown_index(11).frame.epoch == epoch
        watcher.session.step(-1)
        stepped_back = watcher.shown_index(10)
        assert stepped_back.frame.epoch == epoch
        assert stepped_back.track_ids.tolist() == first.track_ids.tolist() == [1]
        watcher.session.seek(200)
        assert watcher.shown_index(200).frame.epoch != epoch


def test_playing_backwards_shows_earlier_frames_down_to_the_first() -> None:
    with Watcher(ClipSource(500)) as watcher:
        watcher.session.seek(20)
        watcher.shown(lambda frame: frame.frame.index >= 20)
        watcher.session.speed = -8
        watcher.shown_index(0)
        watcher.wait_for_state("ended")


def test_loop_goes_from_the_out_mark_to_the_in_mark() -> None:
    with Watcher(ClipSource(500)) as watcher:
        watcher.session.marks = (10, 14)
        watcher.session.loop = True
        watcher.session.seek(10)
        first = watcher.shown_index(14).frame.epoch
        again = watcher.shown(lambda frame: frame.frame.index == 10)
        # Frames may be dropped on a busy machine, and whole loops of five with them.
        assert again.frame.epoch > first
        watcher.session.loop = False
        watcher.wait_for_state("ended")
        assert watcher.session.position == 14


def test_playing_begins_at_the_in_mark() -> None:
    watcher = Watcher(ClipSource(500))
    watcher.session.marks = (100, None)
    with watcher:
        assert watcher.shown().frame.index >= 100


@pytest.mark.parametrize("marks", [(-1, None), (5, 4), (None, -1)])
def test_marks_in_the_wrong_order_are_refused(marks: tuple[int | None, int | None]) -> None:
    with Watcher(ClipSource()) as watcher, pytest.raises(ValueError, match="marks"):
        watcher.session.marks = marks


@pytest.mark.parametrize("speed", [0, 0.05, 9, -9])
def test_speeds_out_of_range_are_refused(speed: float) -> None:
    with Watcher(ClipSource()) as watcher, pytest.raises(ValueError, match="speed"):
        watcher.session.speed = speed


def test_settings_change_while_paused_shows_the_same_frame_with_its_ids_again() -> None:
    # Slow: frames that a busy machine drops do not take the object far.
    with Watcher(ClipSource(500, fps=10), is_paused=True) as watcher:
        before = watcher.stand_at(5)
        for size in (28, 112, 224):
            watcher.session.settings = LiveSettings(SegmenterSettings(mask_size=size))
            again = watcher.shown()
            assert again.frame.is_repeat
            assert again.frame.index == before.frame.index
            assert again.track_ids.tolist() == before.track_ids.tolist()
            assert watcher.segmenter.script.runs[-1][1].mask_size == size
        watcher.session.play()
        after = watcher.shown(lambda frame: not frame.frame.is_repeat)
        assert after.track_ids.tolist() == before.track_ids.tolist()


def test_settings_change_at_the_end_shows_the_last_frame_again() -> None:
    with Watcher(ClipSource(3)) as watcher:
        watcher.wait_for_state("ended")
        watcher.session.settings = LiveSettings(SegmenterSettings(mask_size=112))
        assert watcher.shown(lambda frame: frame.frame.is_repeat).frame.index == 2


def test_tracks_may_go_on_with_fainter_objects_as_in_annotate() -> None:
    with Watcher(ClipSource(3)) as watcher:
        watcher.session.settings = LiveSettings(SegmenterSettings(score_threshold=0.5))
        watcher.wait(lambda: watcher.segmenter.script.runs[-1:])
        watcher.wait(lambda: watcher.segmenter.script.runs[-1][1].score_threshold == 0.3)


def test_unknown_class_is_refused_at_once_and_the_old_settings_stay() -> None:
    with Watcher(ClipSource()) as watcher:
        old = watcher.session.settings
        with pytest.raises(ConfigError):
            watcher.session.settings = LiveSettings(SegmenterSettings(classes=("unicorn",)))
        assert watcher.session.settings is old
        watcher.shown()
        assert watcher.session.error is None


def test_slow_network_skips_frames_and_counts_them_but_keeps_time() -> None:
    source = ClipSource(100, fps=100)
    script = Script(before=lambda value: time.sleep(0.05))
    with Watcher(source, script) as watcher:
        watcher.wait_for_state("ended")
        watcher.shown_index(99)
        status = watcher.session.status()
        assert status.frames_dropped >= 100 - len(script.runs) > 20


def test_every_frame_is_either_shown_or_counted_as_dropped() -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        for skipped, index in ((0, 0), (3, 4), (0, 5), (2, 8)):
            source.skipped += skipped
            source.give()
            watcher.shown_index(index)
        assert watcher.session.status().frames_dropped == 5
        # Not taken by the display.
        source.give(4)
        watcher.wait(lambda: watcher.session.status().frames_dropped == 8)
        assert watcher.shown().frame.index == 12
        # What passes while the picture is frozen is not missed.
        watcher.session.pause()
        source.skipped += 7
        source.give(2)
        watcher.wait(lambda: source.given == 10)
        watcher.session.play()
        source.give()
        watcher.shown_index(22)
    assert watcher.session.status().frames_dropped <= 9


def test_waiting_for_a_camera_is_not_counted_as_time_of_capture() -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        began_s = time.monotonic()
        while time.monotonic() - began_s < 0.3:
            watcher.wait(lambda: True)
            threading.Event().wait(0.05)
        source.give()
        watcher.shown_index(0)
        waited_ms = (time.monotonic() - began_s) * 1000
        capture = watcher.session.status().stages["capture"]
        assert capture.count == 1
        assert capture.mean_ms < waited_ms / 2


def test_source_without_a_frame_has_ended() -> None:
    with Watcher(ClipSource(0)) as watcher:
        watcher.wait_for_state("ended")


def test_network_waits_for_a_slow_tracker_with_the_newest_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entered, release = threading.Event(), threading.Event()
    update = MaskTracker.update

    def held(self: MaskTracker, *arguments: object, **options: object) -> object:
        entered.set()
        assert release.wait(WAIT_S)
        return update(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(MaskTracker, "update", held)
    source = CameraSource()
    with Watcher(source) as watcher:
        source.give()
        assert entered.wait(WAIT_S)
        source.give()
        watcher.wait(lambda: len(watcher.segmenter.script.runs) == 2)
        source.give(8)
        watcher.wait(lambda: watcher.session.status().frames_dropped == 7)
        # One frame in the tracker, one before it; the rest is not worth the network's time.
        assert [value for value, _ in watcher.segmenter.script.runs] == [0, 1]
        release.set()
        watcher.shown_index(9)
    assert [value for value, _ in watcher.segmenter.script.runs] == [0, 1, 9]


def test_live_source_is_frozen_by_pause_and_read_on() -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        source.give()
        watcher.shown_index(0)
        watcher.session.pause()
        source.give(5)
        watcher.wait(lambda: source.given == 6)
        assert watcher.session.take_latest() is None
        watcher.session.play()
        source.give()
        assert watcher.shown().frame.index >= 5


def test_settings_change_on_a_frozen_live_source_shows_the_frame_again() -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        source.give()
        watcher.shown_index(0)
        watcher.session.pause()
        watcher.session.settings = LiveSettings(SegmenterSettings(mask_size=112))
        source.give(2)
        again = watcher.shown()
        assert again.frame.is_repeat and again.frame.index == 0


def test_live_source_cannot_seek() -> None:
    watcher = Watcher(CameraSource())
    assert not watcher.session.can_seek
    assert watcher.session.frame_count is None
    for forbidden in (lambda: watcher.session.seek(3), lambda: watcher.session.step(1)):
        with pytest.raises(ValueError, match="forwards"):
            forbidden()
    watcher.session.stop()


def test_frame_age_counts_from_capture_to_the_moment_it_is_taken() -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        source.give()
        watcher.shown_index(0)
        status = watcher.session.status()
        assert 0 < status.frame_age_ms_p50 <= status.frame_age_ms_p99 < 10_000
        assert status.rss_mb > 1
        assert {"capture", "segment", "network", "track"} <= set(status.stages)


def test_part_with_a_stride_steps_from_frame_to_frame() -> None:
    with Watcher(
        part_of(ClipSource(), SourcePart(stride=10, max_frames=6)), is_paused=True
    ) as watcher:
        watcher.stand_at(20)
        watcher.session.step(1)
        watcher.shown_index(30)
        watcher.session.step(-1)
        watcher.shown_index(20)
        watcher.session.seek(1000)
        watcher.shown_index(50)
        watcher.session.speed = -8
        watcher.session.play()
        watcher.shown_index(0)


def test_frames_that_were_asked_for_are_not_left_to_coasting() -> None:
    script = Script(before=lambda value: time.sleep(0.03))
    settings = LiveSettings(SegmenterSettings(short_side=256, mask_size=28), target_fps=100)
    with Watcher(ClipSource(), script, settings=settings) as watcher:
        watcher.wait(lambda: "network on" in watcher.session.status().quality)
        watcher.shown(lambda frame: TrackState.COASTED in frame.tracked.states)
        # Beyond what is played until here, even on a busy machine.
        for index in (9000, 9001, 9002, 5000, 5001):
            states = watcher.stand_at(index).tracked.states
            assert states and TrackState.COASTED not in states
