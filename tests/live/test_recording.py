"""Recording what a session shows."""

from __future__ import annotations

import csv
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError, ExportError
from blendmask_live.importing.frames_csv import frames_csv
from blendmask_live.live import LiveSettings
from tests.live.parts import WAIT_S, CameraSource, ClipSource, Script, Watcher


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _indexes(folder: Path) -> list[int]:
    return [int(row["source_index"]) for row in _rows(frames_csv(folder))]


def test_every_frame_of_a_file_is_recorded_however_slow_the_network_is(tmp_path: Path) -> None:
    source = ClipSource(60, fps=100)
    script = Script(before=lambda value: time.sleep(0.02))
    with Watcher(source, script, is_paused=True) as watcher:
        watcher.stand_at(10)
        watcher.session.start_recording(tmp_path, ("csv", "davis"))
        watcher.session.play()
        watcher.wait_for_state("ended")
        watcher.shown_index(59)
        outputs = watcher.session.stop_recording()
    assert set(outputs) == {"csv", "davis"}
    assert _indexes(tmp_path / "csv") == list(range(11, 60)) == _indexes(tmp_path / "davis")
    assert all(path.exists() for paths in outputs.values() for path in paths)


def test_playing_drops_frames_again_after_a_recording(tmp_path: Path) -> None:
    with Watcher(ClipSource(fps=100), Script(before=lambda _: time.sleep(0.03))) as watcher:
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.shown()
        watcher.session.stop_recording()
        dropped = watcher.session.status().frames_dropped
        watcher.wait(lambda: watcher.session.status().frames_dropped > dropped)


def test_frames_shown_again_are_recorded_once(tmp_path: Path) -> None:
    with Watcher(ClipSource(), is_paused=True) as watcher:
        watcher.stand_at(5)
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.session.step(1)
        watcher.shown_index(6)
        for size in (28, 112):
            watcher.session.settings = LiveSettings(SegmenterSettings(mask_size=size))
            watcher.shown(lambda frame: frame.frame.is_repeat)
        watcher.session.step(1)
        watcher.shown_index(7)
        watcher.session.stop_recording()
    assert _indexes(tmp_path / "csv") == [6, 7]


def test_time_goes_on_where_the_source_jumps_and_ids_are_not_used_twice(tmp_path: Path) -> None:
    with Watcher(ClipSource(), is_paused=True) as watcher:
        watcher.stand_at(50)
        watcher.session.start_recording(tmp_path, ("csv",))
        for index in (51, 52):
            watcher.session.step(1)
            watcher.shown_index(index)
        watcher.session.seek(20)
        watcher.shown_index(20)
        for index in (19, 18):
            watcher.session.step(-1)
            watcher.shown_index(index)
        watcher.session.stop_recording()
    folder = tmp_path / "csv"
    assert _indexes(folder) == [51, 52, 20, 19, 18]
    times = [float(row["pts_s"]) for row in _rows(folder / "frames.csv")]
    assert times == pytest.approx([1.02, 1.04, 1.06, 1.08, 1.10])
    ids = [row["track_id"] for row in _rows(folder / "tracks.csv")]
    assert ids == ["1", "1", "2", "2", "2"]


def test_live_source_is_recorded_with_the_time_of_capture(tmp_path: Path) -> None:
    source = CameraSource()
    with Watcher(source) as watcher:
        watcher.session.start_recording(tmp_path, ("csv",))
        for index in range(4):
            source.give()
            watcher.shown_index(index)
        recording = watcher.session.status().recording
        assert recording is not None and recording.formats == ("csv",)
        watcher.session.stop_recording()
    times = [float(row["pts_s"]) for row in _rows(tmp_path / "csv" / "frames.csv")]
    assert times[0] == 0
    assert times == sorted(set(times))


def test_slow_format_of_a_live_source_drops_visibly_and_delays_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from blendmask_live.export.sequence import SequenceExporter

    release = threading.Event()
    write = SequenceExporter.write

    def held(self: SequenceExporter, tracked: object) -> None:
        assert release.wait(WAIT_S)
        write(self, tracked)  # type: ignore[arg-type]

    monkeypatch.setattr(SequenceExporter, "write", held)
    source = CameraSource()
    with Watcher(source) as watcher:
        watcher.session.start_recording(tmp_path, ("csv",))
        for index in range(20):
            source.give()
            watcher.shown_index(index)
        recording = watcher.session.status().recording
        assert recording is not None and recording.frames_dropped >= 5
        release.set()
        watcher.session.stop_recording()
    assert _indexes(tmp_path / "csv")[-1] == 19


def test_stop_completes_the_recording(tmp_path: Path) -> None:
    with Watcher(ClipSource()) as watcher:
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.wait(lambda: (status := watcher.session.status().recording) and status.frames > 3)
    assert len(_indexes(tmp_path / "csv")) > 3


def test_second_recording_at_a_time_is_refused(tmp_path: Path) -> None:
    with Watcher(ClipSource()) as watcher:
        for name in ("a", "b"):
            watcher.session.start_recording(tmp_path / name, ("csv",))
            with pytest.raises(ConfigError, match="already"):
                watcher.session.start_recording(tmp_path / "c", ("csv",))
            watcher.wait(lambda: (now := watcher.session.status().recording) and now.frames)
            assert watcher.session.stop_recording().keys() == {"csv"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_existing_output_is_refused_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "davis").mkdir()
    (tmp_path / "davis" / "mine.txt").write_text("keep")
    with Watcher(ClipSource()) as watcher:
        with pytest.raises(ExportError):
            watcher.session.start_recording(tmp_path, ("csv", "davis"))
        with pytest.raises(ExportError, match="unknown format"):
            watcher.session.start_recording(tmp_path, ("csv", "gif"))
        watcher.shown()
        assert watcher.session.error is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["davis"]


def test_recording_without_a_frame_makes_nothing(tmp_path: Path) -> None:
    with Watcher(ClipSource(), is_paused=True) as watcher:
        watcher.stand_at(5)
        watcher.session.start_recording(tmp_path, ("csv",))
        assert watcher.session.stop_recording() == {}
        assert watcher.session.stop_recording() == {}
    assert list(tmp_path.iterdir()) == []


def test_ids_are_not_used_twice_where_tracking_is_switched_off_and_on(tmp_path: Path) -> None:
    with Watcher(ClipSource(), is_paused=True) as watcher:
        watcher.stand_at(5)
        watcher.session.start_recording(tmp_path, ("csv",))
        for index in range(6, 14):
            # On and off for two frames each.
            watcher.session.settings = LiveSettings(is_tracking=index % 4 in (2, 3))
            watcher.session.step(1)
            watcher.shown_index(index)
        watcher.session.stop_recording()
    ids = [row["track_id"] for row in _rows(tmp_path / "csv" / "tracks.csv")]
    assert ids == ["1", "1", "2", "3", "4", "4", "5", "6"]


def test_frames_held_back_for_unsure_objects_are_released_where_tracking_is_switched_off(
    tmp_path: Path,
) -> None:
    source = CameraSource()
    # Not confirmed by the first frame of the session, so tentative when it is switched off.
    script = Script(empty=frozenset({0}))
    with Watcher(source, script) as watcher:
        source.give()
        watcher.shown_index(0)
        watcher.session.start_recording(tmp_path, ("csv",))
        source.give()
        assert watcher.shown_index(1).track_ids.tolist() == [-1]
        watcher.session.settings = LiveSettings(is_tracking=False)
        for index in range(2, 6):
            source.give()
            watcher.shown_index(index)
        watcher.wait(lambda: (now := watcher.session.status().recording) and now.frames == 5)
        watcher.session.stop_recording()
    assert _indexes(tmp_path / "csv") == [1, 2, 3, 4, 5]
    ids = [row["track_id"] for row in _rows(tmp_path / "csv" / "tracks.csv")]
    assert ids == ["1", "2", "3", "4"]


def test_no_frame_is_lost_and_no_id_used_twice_from_the_very_start_of_a_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Watcher(ClipSource(), is_paused=True) as watcher:
        watcher.stand_at(5)
        attach = watcher.session._pipeline.attach

        def attach_and_play_on(*arguments: object, **options: object) -> object:
            branch = attach(*arguments, **options)  # type: ignore[arg-type]
            # Before `start_recording` returns.
            for index in (6, 50):
                watcher.session.seek(index)
                watcher.shown_index(index)
            return branch

        monkeypatch.setattr(watcher.session._pipeline, "attach", attach_and_play_on)
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.session.stop_recording()
    assert _indexes(tmp_path / "csv") == [6, 50]
    ids = [row["track_id"] for row in _rows(tmp_path / "csv" / "tracks.csv")]
    assert ids == ["1", "2"]


def test_every_frame_counts_while_seeking_in_a_recording(tmp_path: Path) -> None:
    with Watcher(ClipSource(fps=400), is_paused=True) as watcher:
        epoch = watcher.stand_at(9000).frame.epoch
        watcher.session.start_recording(tmp_path, ("csv",))
        watcher.session.play()
        for target in (3000, 1000, 6000):
            watcher.session.seek(target)
            epoch = watcher.shown(lambda frame, last=epoch: frame.frame.epoch > last).frame.epoch
        watcher.session.pause()
        watcher.session.stop_recording()
    indexes = _indexes(tmp_path / "csv")
    jumps = [(a, b) for a, b in pairwise(indexes) if b != a + 1]
    # Between the jumps no frame is missing.
    assert [b for _, b in jumps] in ([3000, 1000, 6000], [1000, 6000])
    times = [float(row["pts_s"]) for row in _rows(tmp_path / "csv" / "frames.csv")]
    assert all(a < b for a, b in pairwise(times))
