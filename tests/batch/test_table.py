"""The summary of a list of sources, as a terminal shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from blendmask_live.cli import main
from blendmask_live.commands.annotate_many import print_table

LONG = "/media/archive/2026/july/"


def test_names_and_errors_can_be_read_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    error = f"{LONG}broken.mp4: holds no video frame that can be decoded"
    print_table(
        [
            {"source": f"{LONG}a/clip.mp4", "status": "complete", "frames": 20, "fps": 3.5},
            {"source": f"{LONG}b/clip.mp4", "status": "complete", "frames": 8, "was_done": True},
            {"source": f"{LONG}broken.mp4", "status": "failed", "error": error},
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    text = " ".join(" ".join(line.split("│")[-2] for line in lines if "│" in line).split())
    assert all(len(line) <= 80 for line in lines)
    assert any("a/clip.mp4" in line and "complete" in line for line in lines)
    assert any("b/clip.mp4" in line and "done before" in line for line in lines)
    assert any("broken.mp4" in line and "failed" in line for line in lines)
    assert LONG not in "".join(lines)
    assert text == "holds no video frame that can be decoded"


def test_where_nothing_was_begun_there_is_no_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sources = [str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4")]
    assert main(["annotate", *sources, "-o", str(tmp_path), "--weights", "none.safetensors"]) == 1
    told = capsys.readouterr()
    assert told.out == "" and "none.safetensors" in told.err
