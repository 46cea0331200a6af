"""Under a file's name there is the old one or the whole new one, however many write it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from blendmask_live.atomic import HOST, scratch_folder, written_beside
from blendmask_live.jobs.run_files import write_tracks_json
from blendmask_live.network.checkpoint import save_network
from blendmask_live.network.lite.model import BlendMaskLite, LiteConfig
from blendmask_live.runtime import kept_engines
from weights.install import install_weights
from weights.published import FirstSeen


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with written_beside(path) as made:
        assert made.name == path.name
        made.write_text("new")
        made.with_name("a.txt-wal").write_text("of the writer")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert _names(tmp_path) == ["a.txt"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def stop_half_way() -> None:
        with written_beside(path) as made:
            made.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["a.txt"]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with written_beside(path) as one, written_beside(path) as two:
        one.write_text("one")
        two.write_text("two")
        assert (one.read_text(), two.read_text()) == ("one", "two")
    assert path.read_text() == "one"


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot ask whether a process lives")
def test_what_a_killed_writer_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from blendmask_live.atomic import written_beside\n"
        "with written_beside(Path(sys.argv[1])) as made:\n"
        "    made.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program, path])
    (left,) = _names(tmp_path)
    assert left.startswith(f".a.txt.{HOST}.") and left.endswith(".partial")
    foreign = tmp_path / left.replace(HOST, "other-host")
    foreign.mkdir()
    with scratch_folder(path) as mine:
        assert sorted(_names(tmp_path)) == sorted([foreign.name, mine.name])


def _weights(folder: Path) -> None:
    save_network(BlendMaskLite(LiteConfig()), folder / "a.safetensors", labels=("a",))


def _installed(folder: Path) -> None:
    source = folder / "b.safetensors"
    source.write_bytes(b"weights")
    install_weights(source, "a")


WRITERS: dict[str, Callable[[Path], object]] = {
    "weights": _weights,
    "own weights": _installed,
    "first seen": lambda folder: FirstSeen(folder).record("a", "b"),
    "tracks.json": lambda folder: write_tracks_json(folder, (), ("a",)),
    "kept engine": lambda folder: kept_engines.keep(
        folder / "a.onnx", lambda made: made.write_bytes(b"network")
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_has_names_of_its_own_beside_the_file(
    writer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever uses a fixed name would meet another process that writes the same file."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    renamed: list[Path] = []
    replace = Path.replace

    def remember(source: Path, target: Path) -> Path:
        renamed.append(source)
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", remember)
    for _ in range(2):
        WRITERS[writer](tmp_path)
    half = len(renamed) // 2
    assert half and not set(renamed[:half]) & set(renamed[half:])
    assert all(f".{HOST}.{os.getpid()}." in str(path) for path in renamed)
    assert not [path for path in tmp_path.rglob("*") if "partial" in path.name]


def test_weights_may_be_read_by_everybody(tmp_path: Path) -> None:
    torch.manual_seed(0)
    _weights(tmp_path)
    assert (tmp_path / "a.safetensors").stat().st_mode & 0o777 == 0o644
