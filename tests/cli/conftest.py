from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from blendmask_live.cli import main
from blendmask_live.commands import progress_line
from tests.capture.clips import ClipSpec, write_clip

FAST = ("--runtime", "torch", "--threads", "1", "--short-side", "96")
"""A small network on one core: for tests in which accuracy does not matter."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a user sees of a command."""

    exit_code: int
    out: str
    err: str

    def refusal(self) -> str:
        """The one line of a failed command."""
        assert self.exit_code == 1, self
        lines = self.err.splitlines()
        assert len(lines) == 1 and lines[0].startswith("error: "), self.err
        return lines[0]


Run = Callable[..., Outcome]
MakeClip = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_lines_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, what is done in a second takes long enough for one."""
    for pause in ("_FIRST_LINE_S", "_LINE_PAUSE_S"):
        monkeypatch.setattr(progress_line, pause, float("inf"))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """run("annotate", path, ...) in this process."""

    def call(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Outcome(code, *capfd.readouterr())

    yield call
    logging.captureWarnings(False)


@pytest.fixture
def annotate(run: Run, tmp_path: Path) -> Run:
    """annotate(source..., options...) with the fast network into the folder `out`."""

    def call(*arguments: str | Path) -> Outcome:
        return run("annotate", "-o", tmp_path / "out", *FAST, *arguments)

    return call


@pytest.fixture
def clip(tmp_path: Path) -> MakeClip:
    """clip("name.mp4", ClipSpec(...)) -> path of the encoded clip."""

    def make(name: str = "clip.mp4", spec: ClipSpec | None = None) -> Path:
        return write_clip(tmp_path / name, spec or ClipSpec())

    return make


def files_in(folder: Path) -> Sequence[str]:
    """Every file below a folder, hidden ones included, as sorted relative paths."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
