"""Folders that are filled under a temporary name, also by several runs at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blendmask_live import atomic
from blendmask_live.errors import ExportError
from blendmask_live.export.staging import StagedFolder


def fill(folder: StagedFolder, content: str) -> StagedFolder:
    folder.open_text(f"{content}.txt").write(content)
    return folder


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_second_run_into_the_same_folder_leaves_the_first_alone(tmp_path: Path) -> None:
    first = fill(StagedFolder(tmp_path / "x", overwrite=False), "first")
    second = fill(StagedFolder(tmp_path / "x", overwrite=False), "second")
    assert [path.read_text() for path in first.commit()] == ["first"]
    with pytest.raises(ExportError, match="exists already; replace it with --overwrite"):
        second.commit()
    second.discard()
    assert names_in(tmp_path) == ["x"]
    assert names_in(tmp_path / "x") == ["first.txt"]


def test_later_of_two_overwriting_runs_replaces_the_whole_output(tmp_path: Path) -> None:
    first = fill(StagedFolder(tmp_path / "x", overwrite=True), "first")
    second = fill(StagedFolder(tmp_path / "x", overwrite=True), "second")
    first.commit()
    second.commit()
    assert names_in(tmp_path) == ["x"]
    assert names_in(tmp_path / "x") == ["second.txt"]


def test_output_made_by_another_program_meanwhile_is_kept(tmp_path: Path) -> None:
    ours = fill(StagedFolder(tmp_path / "x", overwrite=False), "ours")
    (tmp_path / "x").write_text("theirs")
    with pytest.raises(ExportError, match="exists already"):
        ours.commit()
    ours.discard()
    assert (tmp_path / "x").read_text() == "theirs"


def test_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    fill(StagedFolder(tmp_path / "x", overwrite=False), "ours").commit()
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="there, no process may be asked whether it lives")
def test_leftovers_of_a_killed_run_are_removed_and_those_of_a_live_one_are_not(
    tmp_path: Path,
) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from blendmask_live.export.staging import StagedFolder\n"
        "folder = StagedFolder(pathlib.Path(sys.argv[1]), overwrite=False)\n"
        "folder.open_text('half.txt').write('half')\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "x")], cwd=_ROOT, check=False)
    (left_over,) = names_in(tmp_path)
    assert left_over.startswith(".x.") and left_over.endswith(".partial")
    elsewhere = tmp_path / left_over.replace(atomic.HOST, "other-host")
    elsewhere.mkdir()
    live = StagedFolder(tmp_path / "x", overwrite=False)
    fill(StagedFolder(tmp_path / "x", overwrite=False), "ours").commit()
    assert names_in(tmp_path) == sorted([elsewhere.name, live.path.name, "x"])
    live.discard()


_ROOT = Path(__file__).parents[2]
