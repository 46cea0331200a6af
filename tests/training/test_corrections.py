"""Corrected frames of a project become training data; the rest does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from blendmask_live.annotation import FrameRange, Project, ProjectWriter, Relabel, SetKeyframe
from blendmask_live.capture import open_source
from blendmask_live.cli import main
from blendmask_live.datatypes import Instances, TrackedFrame, TrackedInstances, TrackState
from blendmask_live.errors import DatasetError
from blendmask_live.training.corrections import gather_corrections, restricted
from tests.capture.clips import ClipSpec, number_in, write_clip

FRAMES = 12


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two squares in a numbered clip; nothing is corrected yet."""
    clip = write_clip(tmp_path / "numbers.mp4", ClipSpec(frames=FRAMES, width=128, height=96))
    source = open_source(clip)
    path = tmp_path / "numbers.bml"
    writer = ProjectWriter(path, source=source.info, labels=("person", "fox"))
    while (frame := source.read()) is not None:
        masks = np.zeros((2, *frame.size), dtype=bool)
        masks[0, 20:60, 10:50] = True
        masks[1, 30:70, 70:110] = True
        instances = Instances.from_masks(masks, class_ids=[0, 0], labels=("person", "fox"))
        states = (TrackState.CONFIRMED,) * 2
        writer.write(TrackedFrame(frame, TrackedInstances(instances, np.array([1, 2]), states)))
    source.close()
    writer.close()
    return path


def _confirm(path: Path, *, both_in: FrameRange, one_in: FrameRange) -> None:
    with Project.open(path) as opened:
        opened.apply(Relabel(2, "fox"))
        opened.apply(SetKeyframe(1, both_in))
        opened.apply(SetKeyframe(2, both_in))
        opened.apply(SetKeyframe(1, one_in))


def test_corrected_frames_and_only_those_become_pictures(project: Path, tmp_path: Path) -> None:
    _confirm(project, both_in=FrameRange(0, 3), one_in=FrameRange(6, 9))
    found = gather_corrections([project], tmp_path / "data")
    assert (found.train_frames, found.held_out_frames) == (6, 2)
    assert found.labels == ("person", "fox")
    train = json.loads(found.train.read_text())
    pictures = [cv2.imread(str(found.images / image["file_name"])) for image in train["images"]]
    assert [number_in(picture) for picture in pictures] == [0, 1, 2, 3, 6, 7]
    # Only where a person has seen to everything does silence mean that nothing is there.
    assert [image["exhaustive"] for image in train["images"]] == [["*"]] * 4 + [[]] * 2
    assert len(train["annotations"]) == 12
    held_out = json.loads(found.held_out.read_text())
    assert [a["iscrowd"] for a in held_out["annotations"]] == [0, 1, 0, 1]


def test_too_few_corrections_are_refused(project: Path, tmp_path: Path) -> None:
    _confirm(project, both_in=FrameRange(0, 1), one_in=FrameRange(2, 3))
    with pytest.raises(DatasetError, match="4 corrected frames, at least 5 are needed"):
        gather_corrections([project], tmp_path / "data")


@pytest.mark.parametrize(
    ("frames", "held_out"),
    [([2, 2, 2], 1), ([1] * 5, 1), ([2, 3], 1), ([2, 2, 9], 3), ([5], 1), ([12], 2), ([2, 10], 2)],
)
def test_a_fifth_is_held_out_whatever_the_projects_have(
    project: Path, tmp_path: Path, frames: list[int], held_out: int
) -> None:
    copies = [tmp_path / f"{number}.bml" for number in range(len(frames))]
    for path, count in zip(copies, frames, strict=True):
        shutil.copyfile(project, path)
        with Project.open(path) as opened:
            opened.apply(SetKeyframe(1, FrameRange(0, count - 1)))
    found = gather_corrections(copies, tmp_path / "data")
    assert (found.train_frames, found.held_out_frames) == (sum(frames) - held_out, held_out)


@pytest.mark.parametrize(
    "name", ["blendmask-lite", "Blendmask Lite", "blendmask-550-r50", "none", "-none."]
)
def test_name_under_which_others_are_found_is_refused_before_training(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    arguments = ["train", "--from-project", str(project), "-o", str(tmp_path / "run")]
    assert main([*arguments, f"--install={name}"]) == 1
    assert "other weights have that name" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_accuracy_is_compared_on_classes_that_both_networks_know(
    project: Path, tmp_path: Path
) -> None:
    _confirm(project, both_in=FrameRange(0, 9), one_in=FrameRange(10, 11))
    held_out = gather_corrections([project], tmp_path / "data").held_out
    assert restricted(held_out, ("person", "fox")) == held_out
    assert restricted(held_out, ("zebra",)) is None
    known = restricted(held_out, ("person",))
    assert known is not None
    assert {c["name"] for c in json.loads(known.read_text())["categories"]} == {"person"}


@pytest.mark.may_log("classes are not in the initial weights", "nothing was found in any picture")
def test_train_from_project_gives_weights_with_the_new_class_known_by_name(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from blendmask_live import load_segmenter

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    _confirm(project, both_in=FrameRange(0, 11), one_in=FrameRange(0, 0))
    arguments = ["train", "--from-project", str(project), "-o", str(tmp_path / "run"), "--quiet"]
    arguments += ["--steps", "1", "--batch-size", "1", "--precision", "fp32"]
    arguments += ["--install", "my foxes", "--json", str(tmp_path / "result.json")]
    assert main(arguments) == 0
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["installed"] == "my-foxes"
    segmenter = load_segmenter("my-foxes", runtime="torch", threads=1)
    assert segmenter.labels[-1] == "fox" and segmenter.labels[0] == "person"
