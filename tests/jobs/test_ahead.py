"""A second process compiles what a first start needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from blendmask_live.jobs import ahead

_PROGRAM = """
import sys
from blendmask_live import annotate_video
from blendmask_live.jobs.ahead import _export_made_up_frames

def signatures():
    return {
        (name, key, str(types))
        for name, module in list(sys.modules.items())
        if name.startswith(("blendmask_live.masks", "blendmask_live.drawing", "tracking"))
        for key, value in vars(module).items()
        for types in getattr(value, "signatures", ())
    }

_export_made_up_frames()
before = signatures()
annotate_video("demo", sys.argv[1], max_frames=3)
for name, key, types in sorted(signatures() - before):
    print(name, key)
"""


def test_only_what_makes_masks_of_the_networks_output_is_left_to_compile(tmp_path: Path) -> None:
    program = [sys.executable, "-c", _PROGRAM, str(tmp_path)]
    left = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    assert {line.split()[0] for line in left.splitlines()} == {"blendmask_live.masks.blending"}


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What was started, while nothing is compiled for this test."""
    commands: list[list[str]] = []
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    # These tests would stay nice for ever.
    monkeypatch.setattr(os, "nice", lambda _: None)
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: commands.append(command))
    return commands


def test_it_is_started_until_it_was_there_once(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_export_made_up_frames", lambda: None)
    ahead.compile_beside()
    ahead.compile_beside()
    assert len(started) == 2
    ahead.compile_ahead()
    ahead.compile_beside()
    assert len(started) == 2


def test_what_fails_is_not_tried_again(
    started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no codec")

    monkeypatch.setattr(ahead, "_export_made_up_frames", fail)
    with pytest.raises(RuntimeError, match="no codec"):
        ahead.compile_ahead()
    ahead.compile_beside()
    assert started == []


def _marks(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def test_changed_code_is_compiled_again_and_has_one_mark(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_export_made_up_frames", lambda: None)
    ahead.compile_ahead()
    before = _marks(tmp_path)
    monkeypatch.setattr(ahead, "_PACKAGES", ("tracking",))
    ahead.compile_beside()
    assert len(started) == 1
    ahead.compile_ahead()
    assert len(_marks(tmp_path)) == 1
    assert _marks(tmp_path) != before


def test_installs_that_share_a_folder_keep_each_others_marks(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_export_made_up_frames", lambda: None)
    ahead.compile_ahead()
    with monkeypatch.context() as other:
        other.setattr(sys, "version", "4.0")
        ahead.compile_beside()
        assert len(started) == 1
        ahead.compile_ahead()
    ahead.compile_beside()
    assert len(started) == 1
    assert len(_marks(tmp_path)) == 2


def test_files_in_the_users_folder_are_not_taken_for_modules(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead.compile_beside()
    monkeypatch.undo()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    (tmp_path / "fractions.py").write_text("raise SystemExit('not the library')")
    # Another one compiles, so that this one ends at once.
    mark = ahead._mark()
    with FileLock(mark.with_name(f"{mark.name.rpartition('-')[0]}.lock")):
        ended = subprocess.run(started[0], cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_file_that_cannot_be_read_does_not_stop_the_program(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    # As some editors leave beside a file that is being changed.
    (tmp_path / "package" / ".#loops.py").symlink_to("nobody@nowhere")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(ahead, "_PACKAGES", ("package",))
    ahead.compile_beside()
    assert started == []
