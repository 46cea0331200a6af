"""A training run is deterministic, resumable, and leaves usable files whatever happens."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from blendmask_live.cli import main
from blendmask_live.errors import ConfigError, DatasetError, WeightsError
from blendmask_live.network.checkpoint import build_network, read_weights, save_network
from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.segmenting.segmenter import load_segmenter
from blendmask_live.training.curves import draw_curves
from blendmask_live.training.log import TrainingLog
from blendmask_live.training.loop import TrainingProgress, train
from blendmask_live.training.recipe import DataConfig, Recipe
from blendmask_live.training.run import CHECKPOINT
from blendmask_live.training.tasks import LiteTask
from blendmask_live.training.uninterrupted import uninterrupted
from tests.tiny_network import shapes_picture, tiny_network
from tests.training.scenes import LABELS, tiny_recipe, write_scenes

ROOT = Path(__file__).parents[2]


class _Stopped(Exception):
    """Ends a run from outside, as a crash would."""


def _train(
    recipe: Recipe,
    scenes: Path,
    output: Path,
    *,
    initial: Path | None = None,
    save_every: int = 250,
    stop: type[BaseException] | None = None,
) -> tuple[Path, list[TrainingProgress]]:
    reports: list[TrainingProgress] = []

    def report(progress: TrainingProgress) -> None:
        reports.append(progress)
        if stop:
            raise stop

    weights = train(
        recipe,
        labels=LABELS,
        data_root=scenes,
        output=output,
        initial_weights=initial,
        report=report,
        save_every=save_every,
    )
    return weights, reports


def _assert_same_weights(found: Path, expected: Path) -> None:
    ours, reference = read_weights(found)[0], read_weights(expected)[0]
    assert ours.keys() == reference.keys()
    for name, value in ours.items():
        torch.testing.assert_close(value, reference[name], rtol=0, atol=0, msg=name)


@pytest.fixture(scope="module")
def initial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("initial") / "initial.safetensors"
    save_network(tiny_network(classes=len(LABELS)), path, labels=LABELS)
    return path


@pytest.fixture(scope="module")
def finished(
    scenes: Path, initial: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[TrainingProgress]]:
    """Six steps from start to end: the weights and what was reported."""
    output = tmp_path_factory.mktemp("run")
    return _train(tiny_recipe(), scenes, output, initial=initial)


def _tensors(path: Path) -> dict[str, Tensor]:
    return read_weights(path)[0]


# what a run leaves


def test_a_run_ends_with_weights_that_find_objects(
    finished: tuple[Path, list[TrainingProgress]],
) -> None:
    weights, reports = finished
    segmenter = load_segmenter(weights, device="cpu", runtime="torch", score_threshold=0.0)
    assert segmenter.labels == LABELS
    assert len(segmenter.segment(shapes_picture(96, 128).numpy()))
    (last,) = reports
    assert (last.step, last.steps) == (6, 6) and last.seconds_per_step > 0
    assert {"classification", "box", "mask", "dice", "semantic"} < last.losses.keys()
    assert {"distill_classes", "distill_distances"} < last.losses.keys()
    assert sorted(path.name for path in weights.parent.iterdir()) == [
        CHECKPOINT,
        "progress.csv",
        "weights.safetensors",
    ]


def test_every_tensor_of_the_result_was_made_by_the_run(
    finished: tuple[Path, list[TrainingProgress]], initial: Path
) -> None:
    before, after = _tensors(initial), _tensors(finished[0])
    assert before.keys() == after.keys()
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert same == set()
    assert all(torch.isfinite(value).all() for value in after.values())


def test_the_trunk_waits_for_its_start(scenes: Path, initial: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(steps=2, trunk_start=1.0)
    before, after = (
        _tensors(initial),
        _tensors(_train(recipe, scenes, tmp_path, initial=initial)[0]),
    )
    # Norms are measured afresh at the end, in the whole network.
    changed = {
        name.split(".")[0]
        for name in before
        if ".bn." not in name and not torch.equal(before[name], after[name])
    }
    assert changed == {"bottom", "top"}


def test_progress_is_written_and_drawn(
    finished: tuple[Path, list[TrainingProgress]], tmp_path: Path
) -> None:
    log = finished[0].with_name("progress.csv")
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["loss"] for row in rows} == finished[1][0].losses.keys()
    assert {row["step"] for row in rows} == {"6"}
    picture = draw_curves(log, tmp_path / "curves.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_half_precision_training_works(scenes: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe(steps=2, precision="bf16")
    weights, _ = _train(recipe, scenes, tmp_path)
    assert all(torch.isfinite(value).all() for value in _tensors(weights).values())


@pytest.mark.may_log("classes are not in the initial weights")
def test_an_initial_detector_starts_a_run(scenes: Path, tmp_path: Path, initial: Path) -> None:
    from safetensors.torch import save_file

    detector = tmp_path / "detector.safetensors"
    trunk = {n: v for n, v in _tensors(initial).items() if n.split(".")[0] in LiteTask.trunk}
    save_file(trunk, detector)
    weights, reports = _train(tiny_recipe(steps=1), scenes, tmp_path / "run", initial=detector)
    build_network(weights)
    assert "distill_classes" in reports[0].losses


# the same again


def test_the_same_seed_gives_the_same_weights(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, initial: Path, tmp_path: Path
) -> None:
    again, _ = _train(tiny_recipe(), scenes, tmp_path, initial=initial)
    _assert_same_weights(again, finished[0])


def test_another_seed_gives_other_weights(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, initial: Path, tmp_path: Path
) -> None:
    other, _ = _train(tiny_recipe(seed=4), scenes, tmp_path, initial=initial)
    name = "bottom.bases.weight"
    assert not torch.equal(_tensors(other)[name], _tensors(finished[0])[name])


def test_a_stopped_run_goes_on_as_if_never_stopped(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, initial: Path, tmp_path: Path
) -> None:
    with pytest.raises(_Stopped):
        # Stopped at the end of step 6, before it is saved; the last checkpoint is step 3.
        _train(tiny_recipe(), scenes, tmp_path, initial=initial, save_every=3, stop=_Stopped)
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 3
    weights, reports = _train(tiny_recipe(), scenes, tmp_path, initial=initial)
    assert [progress.step for progress in reports] == [6]
    _assert_same_weights(weights, finished[0])
    assert reports[0].losses == finished[1][0].losses


def test_an_interrupted_run_is_saved_and_goes_on_as_if_never_stopped(
    scenes: Path, tmp_path: Path
) -> None:
    recipe = tiny_recipe(steps=12)
    with pytest.raises(KeyboardInterrupt):
        _train(recipe, scenes, tmp_path / "stopped", stop=KeyboardInterrupt)
    saved = torch.load(tmp_path / "stopped" / CHECKPOINT, weights_only=True)
    assert saved["step"] == 10
    build_network(tmp_path / "stopped" / "weights.safetensors")
    resumed, _ = _train(recipe, scenes, tmp_path / "stopped")
    straight, _ = _train(recipe, scenes, tmp_path / "straight")
    _assert_same_weights(resumed, straight)


def test_an_interrupt_waits_for_the_end_of_a_step() -> None:
    done = []

    def step() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("step")

    with pytest.raises(KeyboardInterrupt):
        step()
    assert done == ["step"]


def test_a_finished_run_goes_on_to_more_steps(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, initial: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished[0].parent, tmp_path / "run")
    _, reports = _train(tiny_recipe(steps=7), scenes, tmp_path / "run", initial=initial)
    assert [progress.step for progress in reports] == [7]


def test_a_finished_run_is_not_trained_again(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, initial: Path
) -> None:
    written = finished[0].stat().st_mtime_ns
    # Not even its data are needed any more.
    weights, reports = _train(tiny_recipe(), scenes / "gone", finished[0].parent, initial=initial)
    assert weights == finished[0] and not reports
    assert weights.stat().st_mtime_ns == written


def test_lost_weights_of_a_finished_run_are_written_again(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, tmp_path: Path
) -> None:
    shutil.copy(finished[0].with_name(CHECKPOINT), tmp_path)
    weights, _ = _train(tiny_recipe(), scenes, tmp_path)
    _assert_same_weights(weights, finished[0])


_ENDLESS_RUN = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from blendmask_live.commands.interrupts import interruptible
from blendmask_live.training.loop import train
from tests.training.scenes import LABELS, tiny_recipe
with interruptible(ends_program=True):
    train(
        tiny_recipe(steps=100_000),
        labels=LABELS, data_root=Path(sys.argv[1]), output=Path(sys.argv[2]),
        initial_weights=None, save_every=int(sys.argv[3]),
        report=lambda progress: print(progress.step, flush=True),
    )
"""


def _end_a_run(scenes: Path, output: Path, *, save_every: int, by: signal.Signals) -> str:
    """Signal a whole process group, as terminals do, after ten steps; what it said at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS_RUN, str(scenes), str(output), str(save_every)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "10"
    os.killpg(process.pid, by)
    return process.communicate()[1]


@pytest.mark.skipif(os.name != "posix", reason="signals a process group")
def test_a_killed_run_leaves_a_checkpoint_that_goes_on(scenes: Path, tmp_path: Path) -> None:
    _end_a_run(scenes, tmp_path, save_every=1, by=signal.SIGKILL)
    saved = torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"]
    assert saved >= 9
    build_network(tmp_path / "weights.safetensors")
    recipe = tiny_recipe(steps=saved + 1)
    _, reports = _train(recipe, scenes, tmp_path)
    assert [progress.step for progress in reports] == [saved + 1]


@pytest.mark.skipif(os.name != "posix", reason="signals a process group")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_keeps_its_last_step(
    scenes: Path, tmp_path: Path, by: signal.Signals
) -> None:
    said = _end_a_run(scenes, tmp_path, save_every=1000, by=by)
    assert said.splitlines()[-1] == "KeyboardInterrupt"
    # Not that a process which prepares pictures was ended, in PyTorch's words.
    assert "DataLoader worker" not in said
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] >= 10


# what cannot be trained


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"seed": 4}, "seed is another one"),
        ({"learning_rate": 0.5}, "learning_rate is another one"),
        ({"data": (DataConfig("other", "instances.json"),)}, "data is another one"),
        ({"steps": 5}, "6 steps are done, 5 asked for"),
    ],
)
def test_a_checkpoint_of_another_recipe_is_refused(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, changes: dict[str, Any], found: str
) -> None:
    with pytest.raises(WeightsError, match=found) as caught:
        _train(tiny_recipe(**changes), scenes, finished[0].parent)
    assert "name another output folder" in str(caught.value)


def test_a_checkpoint_for_other_labels_is_refused(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path
) -> None:
    with pytest.raises(WeightsError, match="labels is another one"):
        train(
            tiny_recipe(),
            labels=LABELS[::-1],
            data_root=scenes,
            output=finished[0].parent,
            initial_weights=None,
        )


def test_a_checkpoint_that_does_not_name_its_recipe_is_refused(
    finished: tuple[Path, list[TrainingProgress]], scenes: Path, tmp_path: Path
) -> None:
    state = torch.load(finished[0].with_name(CHECKPOINT), weights_only=True)
    del state["job"]
    torch.save(state, tmp_path / CHECKPOINT)
    with pytest.raises(WeightsError, match="does not continue this recipe"):
        _train(tiny_recipe(), scenes, tmp_path)


def test_a_frozen_trunk_passes_over_pictures_without_objects(tmp_path: Path) -> None:
    scenes = write_scenes(tmp_path / "scenes", count=2, exhaustive=[])
    content = json.loads((scenes / "instances.json").read_text())
    (scenes / "instances.json").write_text(json.dumps(content | {"annotations": []}))
    recipe = tiny_recipe(steps=2, trunk_start=1.0)
    weights, reports = _train(recipe, scenes, tmp_path / "run")
    assert weights.is_file() and set(reports[-1].losses) == {"classification"}


def test_a_checkpoint_of_another_network_is_refused(scenes: Path, tmp_path: Path) -> None:
    _train(tiny_recipe(steps=1), scenes, tmp_path)
    recipe = tiny_recipe()
    wider = replace(recipe, network=replace(recipe.network, bases=6))
    with pytest.raises(WeightsError, match="does not continue this recipe") as caught:
        _train(wider, scenes, tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("asked", "bases"), [([], 6), (["--bases", "7"], 7)])
def test_weights_go_on_in_their_own_size(
    scenes: Path, tmp_path: Path, asked: list[str], bases: int
) -> None:
    initial = tmp_path / "initial.safetensors"
    save_network(tiny_network(classes=len(LABELS), bases=6), initial, labels=LABELS)
    data = ["--images", scenes / "images", "--annotations", scenes / "instances.json"]
    options = ["--weights", initial, "--labels-from-data", "--steps", 1, "--batch-size", 1]
    output = ["-o", tmp_path / "run", "--device", "cpu", "--quiet"]
    assert main(["train", *map(str, [*data, *options, *output, *asked])]) == 0
    network, _ = build_network(tmp_path / "run" / "weights.safetensors")
    assert isinstance(network.config, LiteConfig)
    assert (network.config.width, network.config.bases) == ("1.0x", bases)
    learned = network.state_dict()["top.attend.weight"][: 6 * 14 * 14]
    torch.testing.assert_close(learned, _tensors(initial)["top.attend.weight"], rtol=0, atol=0.01)


def test_a_second_run_in_the_same_folder_is_refused(
    scenes: Path, initial: Path, tmp_path: Path
) -> None:
    def start_another(progress: TrainingProgress) -> None:
        with pytest.raises(ConfigError, match="another run is training here"):
            _train(tiny_recipe(), scenes, tmp_path, initial=initial)

    train(
        tiny_recipe(),
        labels=LABELS,
        data_root=scenes,
        output=tmp_path,
        initial_weights=initial,
        report=start_another,
    )
    assert not (tmp_path / ".lock").exists()


def test_a_log_that_a_power_cut_damaged_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    log = TrainingLog(path, 0)
    log.write(10, {"mask": 0.5, "dice": 0.25}, 1.0)
    log.close()
    path.write_bytes(path.read_bytes() + b"20,1.0,ma" + b"\0" * 600)
    TrainingLog(path, 20).close()
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["step"], row["loss"], row["value"]) for row in rows] == [
        ("10", "mask", "0.50000"),
        ("10", "dice", "0.25000"),
    ]


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 no archive"])
def test_a_damaged_checkpoint_is_refused(scenes: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / CHECKPOINT).write_bytes(content)
    with pytest.raises(WeightsError, match=r"checkpoint\.pt: does not continue") as caught:
        _train(tiny_recipe(), scenes, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_picture_ends_in_one_line_that_names_it(tmp_path: Path) -> None:
    scenes = write_scenes(tmp_path / "scenes", count=1)
    (scenes / "images" / "001.png").unlink()
    with pytest.raises(DatasetError, match=r"001\.png: not a readable picture") as caught:
        _train(tiny_recipe(), scenes, tmp_path / "run")
    assert "\n" not in str(caught.value)


def test_a_run_without_data_is_refused(scenes: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="names no data"):
        _train(tiny_recipe(data=()), scenes, tmp_path)


def test_a_run_that_breaks_says_so_and_saves_nothing(scenes: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="not a number; lower the learning rate"):
        _train(tiny_recipe(learning_rate=1e30, trunk_learning_rate=1e30), scenes, tmp_path)
    assert not (tmp_path / "weights.safetensors").exists()


def test_labels_must_be_those_of_the_network(scenes: Path, tmp_path: Path) -> None:
    recipe = tiny_recipe()
    with pytest.raises(ValueError, match="2 labels for 3 classes"):
        _train(replace(recipe, network=replace(recipe.network, classes=3)), scenes, tmp_path)
