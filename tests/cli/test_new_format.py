"""A new format is known everywhere by its writer alone, with one line in `EXPORTERS`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.annotation import Project
from blendmask_live.export import EXPORTERS, ExportOptions, heeded_options
from tests.capture.clips import ClipSpec
from tests.cli.conftest import MakeClip, Run, files_in
from tests.export.new_format import DotsWriter


@pytest.fixture(autouse=True)
def dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPORTERS, "dots", DotsWriter)


@pytest.mark.parametrize("command", ["export", "import", "validate"])
def test_help_offers_it(run: Run, command: str) -> None:
    shown = " ".join(run(command, "--help").out.split())
    assert ", dots (default:" in shown


def test_help_of_its_options_names_it(run: Run) -> None:
    shown = " ".join(run("export", "--help").out.split())
    assert ", dots --all-classes" in shown
    assert ", dots: one video" in shown
    assert ", dots: all classes" not in shown
    heeded = heeded_options(["dots"], ExportOptions())
    assert heeded == {"frames", "matte"}


@pytest.fixture
def project(run: Run, clip: MakeClip, tmp_path: Path) -> Path:
    """Of a clip of three frames, imported from dots."""
    (tmp_path / "dots.d").mkdir()
    (tmp_path / "dots.d/dots.txt").write_text("0 1 5 6\n2 4 7 8\n")
    source = clip("v.mp4", ClipSpec(frames=3, width=64, height=48))
    outcome = run("import", tmp_path / "dots.d", "--video", source, "-o", tmp_path / "p.bml")
    assert outcome.exit_code == 0, outcome
    return tmp_path / "p.bml"


def test_it_is_imported_exported_and_validated(run: Run, project: Path, tmp_path: Path) -> None:
    with Project.open(project, read_only=True) as opened:
        assert [track.track_id for track in opened.tracks] == [1, 4]
    (tmp_path / "v.mp4").unlink()
    outcome = run("export", project, "-o", tmp_path / "out", "--format", "dots")
    assert outcome.exit_code == 0, outcome
    folder = tmp_path / "out/p/dots"
    assert (folder / "dots.txt").read_text() == "0 1 5 6\n2 4 7 8\n"
    assert "dots, valid" in run("validate", folder).out
    assert "dots, valid" in run("validate", tmp_path / "out").out
    (folder / "dots.txt").write_text("0 1 5\n")
    assert "a dot is missing" in run("validate", folder).out


def test_its_pictures_are_the_sources(run: Run, project: Path, tmp_path: Path) -> None:
    arguments = ("export", project, "-o", tmp_path / "out", "--format", "dots", "--frames", "png")
    assert run(*arguments).exit_code == 0
    pictures = [name for name in files_in(tmp_path / "out/p/dots") if name.endswith(".png")]
    assert pictures == [f"pictures/{number}.png" for number in range(3)]
    with Image.open(tmp_path / "out/p/dots" / pictures[1]) as picture:
        assert np.asarray(picture).max() > 0
    (tmp_path / "v.mp4").unlink()
    assert "moved or deleted" in run(*arguments, "--overwrite").refusal()
