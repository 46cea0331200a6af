"""What every exporter promises, run over all of them."""

from __future__ import annotations

import csv
import errno
import logging
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, Exporter, ExportOptions, open_exporter
from blendmask_live.importing.frames_csv import frames_csv
from tests.disks import file_size_limit
from tests.export.sequences import MaskSequence, awkward_sequences, export, walkers

pytestmark = [
    pytest.mark.parametrize("format_name", list(EXPORTERS)),
    # Writers say what their format cannot hold; the tests of each one read it.
    pytest.mark.may_log("blendmask_live.export."),
]


def start(sequence: MaskSequence, format_name: str, directory: Path, **options: bool) -> Exporter:
    return open_exporter(
        format_name,
        directory,
        source=sequence.source(),
        labels=sequence.labels,
        options=ExportOptions(**options),
    )


def write_all(exporter: Exporter, sequence: MaskSequence) -> tuple[Path, ...]:
    for tracked_frame in sequence.tracked_frames():
        exporter.write(tracked_frame)
    return exporter.close()


def everything_under(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_nothing_has_its_final_name_before_close(format_name: str, tmp_path: Path) -> None:
    final = tmp_path / "clip" / format_name
    exporter = start(walkers(), format_name, final)
    for tracked_frame in walkers().tracked_frames():
        exporter.write(tracked_frame)
        assert not final.exists()
    files = exporter.close()
    assert files
    assert all(path.is_file() for path in files)
    assert {p for p in final.parent.rglob("*") if p.is_file()} == set(files)
    beside = {path.name for path in files if final not in path.parents}
    assert beside <= {f"{format_name}.frames.csv", f"{format_name}.tracks.csv"}


def test_close_and_discard_may_be_repeated(format_name: str, tmp_path: Path) -> None:
    exporter = start(walkers(), format_name, tmp_path / "x")
    exporter.write(walkers().tracked_frames()[0])
    assert exporter.close()
    before = everything_under(tmp_path)
    assert exporter.close() == ()
    exporter.discard()
    assert everything_under(tmp_path) == before


@pytest.mark.parametrize("frames_written", [0, 1, 5])
def test_discard_leaves_nothing(format_name: str, tmp_path: Path, frames_written: int) -> None:
    exporter = start(walkers(), format_name, tmp_path / "clip" / format_name)
    for tracked_frame in walkers().tracked_frames()[:frames_written]:
        exporter.write(tracked_frame)
    exporter.discard()
    exporter.discard()
    assert exporter.close() == ()
    assert everything_under(tmp_path) == []


def test_write_after_close_is_a_programming_mistake(format_name: str, tmp_path: Path) -> None:
    exporter = start(walkers(), format_name, tmp_path / "x")
    exporter.discard()
    with pytest.raises(ValueError, match="after close"):
        exporter.write(walkers().tracked_frames()[0])


def test_no_frame_makes_no_output_and_says_so(
    format_name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert start(walkers(), format_name, tmp_path / "clip" / "x").close() == ()
    assert "no frame was exported" in caplog.text
    assert everything_under(tmp_path) == []


def test_existing_output_is_refused_and_kept(format_name: str, tmp_path: Path) -> None:
    final = tmp_path / "x"
    export(walkers(), format_name, final)
    before = {p: p.read_bytes() for p in final.rglob("*") if p.is_file()}
    with pytest.raises(ExportError, match="--overwrite"):
        start(walkers(), format_name, final)
    assert {p: p.read_bytes() for p in final.rglob("*") if p.is_file()} == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_overwrite_replaces_only_when_complete(format_name: str, tmp_path: Path) -> None:
    final = tmp_path / "x"
    final.mkdir()
    (final / "old.txt").write_text("old")
    abandoned = start(walkers(), format_name, final, overwrite=True)
    abandoned.write(walkers().tracked_frames()[0])
    abandoned.discard()
    assert everything_under(tmp_path) == ["x", "x/old.txt"]
    export(walkers(), format_name, final, ExportOptions(overwrite=True))
    assert not (final / "old.txt").exists()
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith("x.")] == ["x"]


def test_file_where_a_folder_is_needed_is_one_clear_line(format_name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ExportError, match=r"cannot be written: .*-o") as caught:
        start(walkers(), format_name, tmp_path / "file" / "x")
    assert "\n" not in str(caught.value)


def test_frames_csv_maps_dense_numbers_to_the_source(
    format_name: str, tmp_path: Path, awkward: MaskSequence
) -> None:
    export(awkward, format_name, tmp_path / "x")
    assert frames_csv(tmp_path / "x").is_file()
    with frames_csv(tmp_path / "x").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    tracked_frames = awkward.tracked_frames()
    assert [int(row["index"]) for row in rows] == list(range(len(tracked_frames)))
    for row, tracked_frame in zip(rows, tracked_frames, strict=True):
        assert int(row["source_index"]) == tracked_frame.frame.index
        pts_s = tracked_frame.frame.pts_s
        read_back = Fraction(row["pts_s"]).limit_denominator(100_000) if row["pts_s"] else None
        assert read_back == pts_s


def test_interrupted_run_holds_the_same_as_a_short_one(format_name: str, tmp_path: Path) -> None:
    sequence = walkers()
    interrupted = start(sequence, format_name, tmp_path / "interrupted" / "x")
    for tracked_frame in sequence.tracked_frames()[:3]:
        interrupted.write(tracked_frame)
    files = interrupted.close()
    short = export(walkers(3), format_name, tmp_path / "short" / "x")
    assert [p.read_bytes() for p in files] == [p.read_bytes() for p in short]


def test_frames_of_another_size_are_scaled_to_the_first(format_name: str, tmp_path: Path) -> None:
    exporter = start(walkers(), format_name, tmp_path / "x")
    exporter.write(walkers(1).tracked_frames()[0])
    later = walkers(2, (96, 128)).tracked_frames()[1]
    exporter.write(replace(later, frame=replace(later.frame, pts_s=Fraction(1, 25))))
    assert exporter.close()


@pytest.mark.parametrize("track_ids", [[-1, 2, 3], [0, 1, 2], [1, 1, 2]])
def test_provisional_or_repeated_ids_are_a_programming_mistake(
    format_name: str, tmp_path: Path, track_ids: list[int]
) -> None:
    tracked_frame = walkers(1).tracked_frames()[0]
    tracked = replace(tracked_frame.tracked, track_ids=np.array(track_ids))
    exporter = start(walkers(), format_name, tmp_path / "x")
    with pytest.raises(ValueError, match="track ids"):
        exporter.write(replace(tracked_frame, tracked=tracked))
    exporter.discard()


@pytest.mark.parametrize("limit_bytes", [10, 300])
def test_refused_write_is_one_clear_line_and_leaves_nothing(
    format_name: str, tmp_path: Path, limit_bytes: int
) -> None:
    sequence = MaskSequence((240, 320), walkers(20, (240, 320)).frames)
    exporter = start(sequence, format_name, tmp_path / "clip" / "x")
    with file_size_limit(limit_bytes), pytest.raises(ExportError, match="cannot be written") as e:
        write_all(exporter, sequence)
    assert "\n" not in str(e.value)
    assert isinstance(e.value.__cause__, OSError)
    assert e.value.__cause__.errno == errno.EFBIG
    assert everything_under(tmp_path) == []
    assert exporter.close() == ()


@pytest.mark.skipif(not hasattr(os, "fsync"), reason="needs fsync")
def test_disk_that_fails_at_the_last_flush_leaves_the_old_output(
    format_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    final = tmp_path / "x"
    final.mkdir()
    (final / "old.txt").write_text("old")
    exporter = start(walkers(), format_name, final, overwrite=True)
    exporter.write(walkers().tracked_frames()[0])

    def full_disk(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(ExportError, match="free some space"):
        exporter.close()
    assert everything_under(tmp_path) == ["x", "x/old.txt"]


def test_every_awkward_sequence_can_be_written(
    format_name: str, tmp_path: Path, awkward: MaskSequence
) -> None:
    assert export(awkward, format_name, tmp_path / "x")


def test_other_tools_find_no_table_in_folders_that_they_read(
    format_name: str, tmp_path: Path
) -> None:
    export(walkers(), format_name, tmp_path / "x")
    has_table = any((tmp_path / "x").rglob("*.csv"))
    assert has_table == (format_name not in ("davis", "mots-png", "coco", "cvat", "yolo-seg"))


def test_two_runs_write_the_same_bytes(format_name: str, tmp_path: Path) -> None:
    sequence = awkward_sequences()["gaps"]
    first = export(sequence, format_name, tmp_path / "a" / "x")
    second = export(sequence, format_name, tmp_path / "b" / "x")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
