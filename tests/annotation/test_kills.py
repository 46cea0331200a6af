"""A program that is killed loses at most the act in progress."""

from __future__ import annotations

from pathlib import Path

from benchmarks.project_kills import kill_once, preload
from tests.annotation.conftest import write_project
from tests.export.sequences import walkers

KILLS = 30


def test_killed_at_any_moment_no_acknowledged_act_is_lost(tmp_path: Path) -> None:
    preload()
    path = write_project(tmp_path / "clip.bml", walkers(12))
    kills = [kill_once(path, seed=seed, longest_s=0.25) for seed in range(KILLS)]
    # Else nothing was put to the test; on a busy machine little is done in the time.
    while sum(kill.acts for kill in kills) <= 5:
        kills.append(kill_once(path, seed=len(kills), longest_s=0.05 * len(kills)))
    assert [kill for kill in kills if kill.problems or kill.was_lost] == []
