"""`annotate --coast`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import MakeClip, Run, files_in


def test_coasting_is_off_unless_asked_for_and_recorded(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    for name, options, seconds in (("a.mp4", (), 0.0), ("b.mp4", ("--coast", "0.2"), 0.2)):
        assert annotate(clip(name), "--format", "csv,mots", *options).exit_code == 0
        record = json.loads((tmp_path / "out" / Path(name).stem / "run.json").read_text())
        assert record["tracker"]["max_coast_s"] == seconds


def test_impossible_limit_leaves_nothing_behind(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    assert "leave out no-track or coast" in annotate(clip(), "--coast=1", "--no-track").refusal()
    outcome = annotate(clip(), "--coast=-1")
    assert outcome.exit_code == 2 and "--coast" in outcome.err
    assert not (tmp_path / "out").exists() or not files_in(tmp_path / "out")
