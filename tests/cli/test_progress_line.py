"""Progress where there is no terminal: lines."""

from __future__ import annotations

import pytest

from blendmask_live.commands import progress_line


@pytest.mark.parametrize("pause_s", [0.0, float("inf")])
def test_where_lines_are_written_the_last_one_says_how_far_it_came(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, pause_s: float
) -> None:
    monkeypatch.setattr(progress_line, "_FIRST_LINE_S", pause_s)
    monkeypatch.setattr(progress_line, "_LINE_PAUSE_S", pause_s)
    with progress_line.progress_line("clip", rate="fps", quiet=False) as line:
        line.update(1, 9)
        monkeypatch.setattr(line, "_next_line_s", float("inf"))
        line.update(9, 9, "9 masks")
    written = ["clip: 1/9 ", "clip: 9/9 9 masks"] if pause_s == 0 else []
    assert capsys.readouterr().err.splitlines() == written
