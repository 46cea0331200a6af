"""`weights fetch` and `weights convert` as a user sees them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import torch

from blendmask_live.cli import main
from blendmask_live.network.checkpoint import build_network
from blendmask_live.network.family.model import build_blendmask
from tests.weights.server import Behaviour
from weights.published import list_published
from weights.registry import weights_path

NAME = "blendmask-rt-r50"


def _checkpoint(name: str, *, seed: int = 0) -> bytes:
    torch.manual_seed(seed)
    buffer = io.BytesIO()
    torch.save({"model": build_blendmask(name).state_dict()}, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def official() -> bytes:
    return _checkpoint(NAME)


def _refusal(captured: pytest.CaptureFixture[str]) -> str:
    (line,) = captured.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line


def test_fetched_weights_can_be_used_by_name(
    behaviour: Behaviour,
    address: str,
    official: bytes,
    data_home: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    behaviour.content, behaviour.cut_after = official, [5_000_000]
    result = tmp_path / "result.json"
    arguments = ["fetch", "--accept-licence", NAME, "--mirror", address, "--json", str(result)]
    assert main(["weights", *arguments]) == 0
    shown = capsys.readouterr().out
    assert "non-commercial" in shown and NAME in shown
    assert behaviour.requests[-1] == ("/RT_R_50_4x_syncbn_shtw.pth", "bytes=5000000-")
    folder = data_home / "blendmask-live" / "weights"
    assert {p.name for p in folder.iterdir()} == {f"{NAME}.safetensors", "first-seen.json"}
    assert json.loads(result.read_text())["architecture"] == NAME
    build_network(weights_path(NAME))
    assert main(["weights", "fetch", NAME]) == 0
    assert "already here" in capsys.readouterr().out
    assert main(["weights", "verify"]) == 0
    weights_path(NAME).write_bytes(b"changed")
    assert main(["weights", "verify"]) == 1


def test_a_file_that_changed_since_is_refused(
    behaviour: Behaviour, address: str, official: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["weights", "fetch", NAME, "--mirror", address, "--accept-licence", "--quiet"]
    behaviour.content = official
    assert main(arguments) == 0
    before = weights_path(NAME).read_bytes()
    behaviour.content = _checkpoint(NAME, seed=1)
    capsys.readouterr()
    assert main([*arguments, "--again"]) == 1
    assert "differs" in _refusal(capsys)
    assert weights_path(NAME).read_bytes() == before
    behaviour.content = official
    assert main([*arguments, "--again"]) == 0


def test_without_consent_nothing_is_asked_of_the_server(
    behaviour: Behaviour, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weights", "fetch", NAME, "--mirror", address]) == 1
    assert "--accept-licence" in _refusal(capsys)
    assert behaviour.requests == []


def test_a_page_instead_of_a_checkpoint_leaves_nothing(
    behaviour: Behaviour, address: str, data_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    behaviour.content = b"<!DOCTYPE html>"
    arguments = ["weights", "fetch", NAME, "--mirror", address, "--accept-licence", "--quiet"]
    assert main(arguments) == 1
    assert "not a PyTorch checkpoint" in _refusal(capsys)
    assert list((data_home / "blendmask-live" / "weights").iterdir()) == []


def test_the_same_file_for_instance_and_panoptic_is_told_apart_by_its_keys(
    behaviour: Behaviour, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len({entry.file for entry in list_published().values()}) == 8
    behaviour.content = _checkpoint("blendmask-panoptic-r50")
    arguments = ["fetch", "blendmask-r50", "--mirror", address, "--accept-licence", "--quiet"]
    assert main(["weights", *arguments]) == 0
    assert "blendmask-panoptic-r50: that is what its keys say" in capsys.readouterr().out
    model, _ = build_network(weights_path("blendmask-r50"))
    assert model.config.name == "blendmask-panoptic-r50"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["blendmask-lite", "mask-rcnn"])
def test_unknown_names_are_refused_with_the_known_ones(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weights", "fetch", name]) == 1
    assert "blendmask-dla34" in _refusal(capsys)


def test_weights_not_yet_fetched_say_how_to_fetch_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["annotate", "demo", "-o", str(tmp_path / "o"), "--weights", NAME]) == 1
    assert f"blendmask-live weights fetch {NAME}" in _refusal(capsys)


def test_convert_writes_a_file_and_says_what_it_holds(
    official: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint, output = tmp_path / "official.pth", tmp_path / "ours.safetensors"
    checkpoint.write_bytes(official)
    arguments = ["weights", "convert", "--architecture", NAME, str(checkpoint), str(output)]
    assert main(arguments) == 0
    assert "402 tensors, blendmask-rt-r50" in capsys.readouterr().out
    build_network(output)
    assert main([*arguments[:3], "blendmask-dla34", *arguments[4:]]) == 1
    assert f"--architecture {NAME}" in _refusal(capsys)
    assert main([*arguments[:5], str(checkpoint)]) == 1
    assert "give a new file's name" in _refusal(capsys)


def test_convert_without_architecture_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["weights", "convert", str(tmp_path / "a"), str(tmp_path / "b")])
