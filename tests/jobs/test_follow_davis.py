"""Sequences of a benchmark as one job: what is written, measured, kept and gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live import follow_davis
from blendmask_live.errors import DatasetError, ExportError
from blendmask_live.jobs import follow_davis as job
from blendmask_live.prompting.prompter import Prompter
from tests.jobs.test_follow import HEIGHT, WIDTH, disk, orange_disk, prompter

__all__ = ["prompter"]
FRAMES = 4


@pytest.fixture
def davis(tmp_path: Path) -> Path:
    """Two sequences of an orange disk that moves; in the second, some ground is object 2."""
    for name in ("a", "b"):
        images, masks = (tmp_path / kind / "480p" / name for kind in ("JPEGImages", "Annotations"))
        images.mkdir(parents=True)
        masks.mkdir(parents=True)
        for number in range(FRAMES):
            Image.fromarray(orange_disk(number)).save(images / f"{number:05d}.jpg", quality=95)
            values = disk(number).astype(np.uint8)
            if name == "b":
                values[100:124, 130:180] = 2
            Image.fromarray(values).save(masks / f"{number:05d}.png")
    return tmp_path


def test_every_sequence_is_followed_written_and_measured(
    prompter: Prompter, davis: Path, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    result = follow_davis(
        davis, tmp_path / "out", prompter=prompter, report=lambda *step: told.append(step)
    )
    assert told[-1] == ("b", 2 * FRAMES, 2 * FRAMES)
    assert [list(one.objects) for one in result.sequences] == [[1], [1, 2]]
    first = result.sequences[0]
    assert first.objects[1].j > 0.85 and first.objects[1].frames == FRAMES - 2
    picture = Image.open(tmp_path / "out" / "b" / "00000.png")
    assert picture.mode == "P" and picture.size == (WIDTH, HEIGHT)
    palette = picture.getpalette()
    assert palette is not None and palette[:9] == [0, 0, 0, 128, 0, 0, 0, 128, 0]
    assert np.array_equal(np.asarray(picture) == 1, disk(0))
    record = json.loads((tmp_path / "out" / "davis.json").read_text())
    every = [one for sequence in result.sequences for one in sequence.objects.values()]
    assert record["mean"]["j"] == pytest.approx(np.mean([one.j for one in every]))
    assert record["mean"]["j_and_f"] == pytest.approx(
        np.mean([(one.j + one.f) / 2 for one in every])
    )
    assert record["weights_sha256"] == prompter.weights_sha256


def test_a_run_that_was_killed_goes_on_with_the_next_sequence(
    prompter: Prompter, davis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def killed(name: str, done: int, total: int) -> None:
        if name == "b":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow_davis(davis, out, prompter=prompter, report=killed)
    assert sorted(path.name for path in out.iterdir()) == ["a", "davis.json"]
    before = (out / "a" / "00001.png").stat().st_mtime_ns
    with pytest.raises(ExportError, match="go on with --resume"):
        follow_davis(davis, out, prompter=prompter)
    result = follow_davis(davis, out, prompter=prompter, resume=True)
    assert [one.seconds > 0 for one in result.sequences] == [False, True]
    assert all(one.objects[1].j > 0.8 for one in result.sequences)
    assert (out / "a" / "00001.png").stat().st_mtime_ns == before
    monkeypatch.setattr(prompter, "weights_sha256", "others")
    with pytest.raises(ExportError, match=r"weights_sha256 .*, not others"):
        follow_davis(davis, out, prompter=prompter, resume=True)
    with pytest.raises(KeyboardInterrupt):
        follow_davis(davis, out, prompter=prompter, overwrite=True, report=killed)
    # What is there of b is of the old weights.
    assert (out / "b").is_dir()
    result = follow_davis(davis, out, prompter=prompter, resume=True)
    assert [one.seconds > 0 for one in result.sequences] == [False, True]


def test_a_sequence_that_fails_does_not_stop_the_others(
    prompter: Prompter, davis: Path, tmp_path: Path
) -> None:
    (davis / "JPEGImages" / "480p" / "a" / "00002.jpg").write_bytes(b"no picture")
    result = follow_davis(davis, tmp_path / "out", prompter=prompter)
    assert "00002.jpg: cannot be read" in result.sequences[0].error
    assert not (tmp_path / "out" / "a").exists()
    assert not result.sequences[1].error and (tmp_path / "out" / "b").is_dir()
    mean = result.mean
    assert mean is not None and mean == job._mean(list(result.sequences[1].objects.values()))


def test_a_data_set_without_sequences_leaves_nothing(prompter: Prompter, tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        follow_davis(tmp_path, tmp_path / "out", prompter=prompter)
    assert not (tmp_path / "out").exists()
