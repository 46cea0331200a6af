"""What is compiled gives what Python gives, wherever it can be kept."""

from __future__ import annotations

import importlib.util
import shutil
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blendmask_live.masks import kept_code
from blendmask_live.masks.compiled import compiled

SOURCE = """
def total(first, last):
    total = 0.0
    for number in range(first, last):
        total += number
    return total
"""


def test_a_function_whose_code_can_be_kept_nowhere_is_compiled_all_the_same() -> None:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    assert compiled(names["total"])(3, 6) == 12


def test_threads_that_need_a_function_first_at_once_all_get_it() -> None:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    total, answers = compiled(names["total"]), []
    threads = [threading.Thread(target=lambda: answers.append(total(0, 4))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [6] * 4


def test_no_thread_meets_a_function_whose_callees_are_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: dict[str, Any] = {}
    # In this order, `twice` is made first.
    exec("def twice(first, last):\n    return 2 * total(first, last)\n" + SOURCE, names)
    for name in ("twice", "total"):
        names[name] = compiled(names[name])
    twice, answers = names["twice"], list[float]()
    make, threads = kept_code.compile_function, list[threading.Thread]()

    def make_while_others_call(function: Any, *, is_inline: bool) -> Any:
        # Between the forms of `twice` and `total`, another thread calls by both ways.
        for call in (twice, names["twice"]):
            answer = partial(lambda call: answers.append(call(0, 4)), call)
            threads.append(threading.Thread(target=answer))
            threads[-1].start()
            threads[-1].join(0.05)
        return make(function, is_inline=is_inline)

    monkeypatch.setattr(kept_code, "compile_function", make_while_others_call)
    assert twice(0, 4) == 12
    for thread in threads:
        thread.join(60)
    assert answers == [12] * len(threads) and len(threads) == 4


def _total_of(folder: Path) -> Any:
    """The function of a module in this folder, as a new process has it."""
    spec = importlib.util.spec_from_file_location("sums", folder / "sums.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.total


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = f"from blendmask_live.masks.compiled import compiled\n\n\n@compiled{SOURCE}"
    (tmp_path / "sums.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "damage", [b"", bytes(4096), b"\x80\x04K"], ids=["empty", "zeros", "cut_off"]
)
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_damaged_code_on_disk_is_made_again_once(folder: Path, suffix: str, damage: bytes) -> None:
    assert _total_of(folder)(3, 6) == 12
    (kept,) = folder.rglob(f"*.{suffix}")
    kept.write_bytes(damage)
    damaged, repaired = _total_of(folder), _total_of(folder)
    assert damaged(3, 6) == repaired(3, 6) == 12
    assert damaged.made().stats.cache_misses and repaired.made().stats.cache_hits


def test_a_function_is_compiled_where_the_disk_takes_no_more(folder: Path) -> None:
    total = _total_of(folder)
    total.made()
    shutil.rmtree(folder / "__pycache__")
    (folder / "__pycache__").write_text("in the way")
    assert total(3, 6) == 12


def test_code_kept_for_other_types_is_not_run(folder: Path) -> None:
    total = _total_of(folder)
    assert total(3, 6) == 12 and total(np.uint8(3), np.uint8(6)) == 12
    first, second = sorted(folder.rglob("*.nbc"))
    shutil.copy(first, second)
    mixed = _total_of(folder)
    assert mixed(3, 6) == 12 and mixed(np.uint8(3), np.uint8(6)) == 12
    stats = mixed.made().stats
    assert len(stats.cache_hits) == len(stats.cache_misses) == 1
