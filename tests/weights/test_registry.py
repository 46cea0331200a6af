"""The built-in weights are listed, present, unchanged and small enough to ship."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest

from blendmask_live.errors import WeightsError
from weights.published import user_folder
from weights.registry import WeightsEntry, list_weights, verify_weights, weights_path

MAX_BYTES = 12_000_000


@pytest.fixture
def built_in() -> WeightsEntry:
    return {entry.name: entry for entry in list_weights()}["blendmask-lite"]


def test_the_built_in_weights_are_listed_with_licence_origin_and_accuracy(
    built_in: WeightsEntry,
) -> None:
    assert built_in.architecture == "blendmask-lite"
    assert built_in.licence == "Apache-2.0"
    assert "Trained by this project" in built_in.origin
    assert "NanoDet-Plus" in built_in.origin
    assert built_in.accuracy["measured_on"]
    for kind in ("box", "mask", "mask_person"):
        assert 0 < built_in.accuracy[kind]["AP"] < 1


def test_every_listed_file_is_present_intact_and_small() -> None:
    for entry in list_weights():
        verify_weights(entry)
        assert entry.path.stat().st_size <= MAX_BYTES


def test_a_name_leads_to_its_file_and_a_path_to_itself(
    built_in: WeightsEntry, tmp_path: Path
) -> None:
    assert weights_path("blendmask-lite") == built_in.path
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(b"x")
    assert weights_path(mine) == weights_path(str(mine)) == mine


def test_neither_a_name_nor_a_file_is_refused(tmp_path: Path) -> None:
    for wrong in ("blendmask-giant", tmp_path, tmp_path / "absent.safetensors"):
        with pytest.raises(WeightsError, match="neither a weights file nor one of blendmask-lite"):
            weights_path(wrong)


def test_a_tampered_copy_fails_verification(built_in: WeightsEntry, tmp_path: Path) -> None:
    content = bytearray(built_in.path.read_bytes())
    copy = replace(built_in, path=tmp_path / "copy.safetensors")
    copy.path.write_bytes(content)
    verify_weights(copy)
    content[len(content) // 2] ^= 1
    copy.path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"copy\.safetensors: SHA-256 .* differs"):
        verify_weights(copy)


def test_a_missing_file_fails_verification(built_in: WeightsEntry, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="missing"):
        verify_weights(replace(built_in, path=tmp_path / "absent.safetensors"))


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("unix", ".local/share/blendmask-live/weights"),
        ("macos", "Library/Application Support/blendmask-live/weights"),
    ],
)
def test_weights_lie_where_the_system_keeps_data_of_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, place: str
) -> None:
    kind = importlib.import_module(f"platformdirs.{system}")
    dirs = {"unix": "Unix", "macos": "MacOS"}[system]

    def user_data_path(name: str, appauthor: bool) -> Path:
        found: Path = getattr(kind, dirs)(name, appauthor).user_data_path
        return found

    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("weights.published.platformdirs.user_data_path", user_data_path)
    assert user_folder() == tmp_path / place
    # What was fetched by an earlier version, which used this folder everywhere, is found.
    earlier = tmp_path / ".local/share/blendmask-live/weights"
    earlier.mkdir(parents=True)
    assert user_folder() == earlier


def test_a_chosen_data_folder_is_honoured(data_home: Path) -> None:
    assert user_folder() == data_home / "blendmask-live" / "weights"
