"""Checkpoints to converted files and back."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from blendmask_live.errors import WeightsError
from blendmask_live.network.checkpoint import build_network
from blendmask_live.network.conversion import convert_checkpoint
from blendmask_live.network.family.model import build_blendmask
from blendmask_live.network.torch_files import read_checkpoint
from blendmask_live.network.weights_file import is_safetensors

NAME = "blendmask-rt-r50"


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return dict(build_blendmask(NAME).state_dict())


@pytest.fixture(scope="module")
def checkpoint(published: dict[str, Tensor], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("official") / "RT.pth"
    torch.save({"model": published, "iteration": 360000}, path)
    return path


def test_converted_network_is_the_published_one(
    published: dict[str, Tensor], checkpoint: Path, tmp_path: Path
) -> None:
    output = tmp_path / "rt.safetensors"
    made = convert_checkpoint(checkpoint, output, NAME)
    assert (made.architecture, made.report.summary()) == (NAME, "")
    assert list(tmp_path.iterdir()) == [output] and is_safetensors(output)
    model, labels = build_network(output)
    assert len(labels) == 80 and not model.training
    for key, value in model.state_dict().items():
        assert torch.equal(value, published[key]), key
    picture = torch.rand(1, 3, 64, 64) * 255
    original = build_blendmask(NAME)
    original.load_state_dict(published)
    with torch.inference_mode():
        torch.testing.assert_close(model(picture).bases, original(picture).bases)


def test_unknown_tensors_are_left_out_and_reported(
    published: dict[str, Tensor], tmp_path: Path
) -> None:
    torch.save(published | {"extra.weight": torch.zeros(2)}, tmp_path / "x.pth")
    made = convert_checkpoint(tmp_path / "x.pth", tmp_path / "x.safetensors", NAME)
    assert made.report.unknown == ("extra.weight",)
    build_network(tmp_path / "x.safetensors")


@pytest.mark.parametrize("is_zip", [True, False], ids=["zip", "before PyTorch 1.6"])
def test_a_training_checkpoint_with_numpy_in_it_is_read(
    published: dict[str, Tensor], tmp_path: Path, is_zip: bool
) -> None:
    content = {
        "model": {f"module.{key}": value.numpy() for key, value in published.items()},
        "__author__": "someone",
        "matching_heuristics": True,
        "optimizer": {"state": {0: {"momentum_buffer": torch.zeros(2)}}, "param_groups": []},
        "scheduler": {"_last_lr": [np.float64(0.01)], "milestones": Counter([3, 4])},
        "iteration": np.int64(360_000),
    }
    torch.save(content, tmp_path / "x.pth", _use_new_zipfile_serialization=is_zip)
    made = convert_checkpoint(tmp_path / "x.pth", tmp_path / "x.safetensors", NAME)
    assert made.report.summary() == ""
    model, _ = build_network(tmp_path / "x.safetensors")
    assert torch.equal(model.state_dict()["top_layer.weight"], published["top_layer.weight"])


def test_arrays_of_older_numpy_are_read(tmp_path: Path) -> None:
    torch.save({"a": np.arange(3.0)}, tmp_path / "new.pth", _use_new_zipfile_serialization=False)
    old = (tmp_path / "new.pth").read_bytes().replace(b"numpy._core.", b"numpy.core.")
    (tmp_path / "old.pth").write_bytes(old)
    assert read_checkpoint(tmp_path / "old.pth")["a"].tolist() == [0, 1, 2]


def test_a_file_saved_without_checksums_is_read(tmp_path: Path) -> None:
    torch.serialization.set_crc32_options(False)
    try:
        torch.save({"a": torch.ones(2)}, tmp_path / "x.pth")
    finally:
        torch.serialization.set_crc32_options(True)
    assert read_checkpoint(tmp_path / "x.pth")["a"].tolist() == [1, 1]


class _Code:
    """What a malicious pickle looks like: unpickling it makes a file."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._target),)


def _with_code(path: Path, published: dict[str, Tensor]) -> None:
    torch.save({"model": published, "code": _Code(path.parent / "ran")}, path)


def _pickle_with_code(path: Path, published: dict[str, Tensor]) -> None:
    path.write_bytes(pickle.dumps({"code": _Code(path.parent / "ran")}))


def _cut_short(path: Path, published: dict[str, Tensor]) -> None:
    torch.save(published, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _one_byte_wrong(path: Path, published: dict[str, Tensor]) -> None:
    torch.save(published, path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _bare_pickle(path: Path, published: dict[str, Tensor]) -> None:
    arrays = {key: value.numpy() for key, value in published.items()}
    path.write_bytes(pickle.dumps({"model": arrays, "__author__": "someone"}, protocol=2))


def _objects_in_an_array(path: Path, published: dict[str, Tensor]) -> None:
    content = {"model": published, "x": np.array([_Code(path.parent / "ran")], dtype=object)}
    torch.save(content, path)


def _under_another_name(path: Path, published: dict[str, Tensor]) -> None:
    torch.save({"model_ema": published, "epoch": 3}, path)


def _web_page(path: Path, published: dict[str, Tensor]) -> None:
    path.write_text("<!DOCTYPE html><html>Not found</html>")


def _a_list(path: Path, published: dict[str, Tensor]) -> None:
    torch.save([torch.zeros(2)], path)


def _another_project(path: Path, published: dict[str, Tensor]) -> None:
    torch.save({"model": {"backbone.body.layer1.0.conv1.weight": torch.zeros(2)}}, path)


def _not_finite(path: Path, published: dict[str, Tensor]) -> None:
    torch.save(published | {"top_layer.bias": torch.full((784,), torch.nan)}, path)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (_with_code, "Python objects or code beside tensors .*mkdir.*, which is never run"),
        (_objects_in_an_array, "code in a pickle is never run"),
        (_pickle_with_code, "a bare pickle, not a file of torch.save"),
        (_bare_pickle, "a bare pickle, not a file of torch.save"),
        (_one_byte_wrong, "damaged or cut short"),
        (_under_another_name, "nothing under 'backbone.bottom_up.'; it holds epoch, model_ema"),
        (_cut_short, "damaged or cut short"),
        (Path.touch, "damaged or cut short"),
        (_web_page, "not a PyTorch checkpoint of tensors"),
        (_a_list, "holds a list, expected a state dict"),
        (_another_project, "not a BlendMask checkpoint"),
        (_not_finite, "top_layer.bias has values that are not finite"),
        (None, "no such file"),
    ],
)
def test_bad_checkpoints_are_refused_in_one_line(
    published: dict[str, Tensor],
    tmp_path: Path,
    make: Callable[..., None] | None,
    complaint: str,
) -> None:
    path = tmp_path / "bad.pth"
    if make is Path.touch:
        path.touch()
    elif make is not None:
        make(path, published)
    with pytest.raises(WeightsError, match=complaint) as refusal:
        convert_checkpoint(path, tmp_path / "out.safetensors", NAME)
    assert str(path) in str(refusal.value) and "\n" not in str(refusal.value)
    assert [p.name for p in tmp_path.iterdir() if p != path] == []


def test_unknown_architecture_is_refused_before_the_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"'yolact'.*blendmask-550-r50"):
        convert_checkpoint(tmp_path / "gone.pth", tmp_path / "out", "yolact")


def test_a_folder_that_cannot_be_written_is_named(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be written"):
        convert_checkpoint(checkpoint, tmp_path / "none" / "out.safetensors", NAME)


def test_reading_keeps_tensors_as_they_are(checkpoint: Path) -> None:
    assert read_checkpoint(checkpoint)["iteration"] == 360000
