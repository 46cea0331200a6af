"""'auto' is the fastest runtime that computes the right thing, found once."""

from __future__ import annotations

import copy
import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from blendmask_live.errors import ConfigError
from blendmask_live.network.family.model import build_blendmask
from blendmask_live.network.lite.model import BlendMaskLite
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.runtime import (
    Dense,
    Network,
    Runtime,
    missing_for,
    open_runtime,
    select_runtime,
    selection,
)
from blendmask_live.runtime.opening import open_as_asked


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was chosen before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "blendmask-live"


@pytest.fixture(autouse=True)
def two_runtimes(monkeypatch: pytest.MonkeyPatch) -> None:
    """'auto' chooses between two that need no preparation."""
    if missing_for("onnxruntime", "cpu"):
        pytest.skip("onnxruntime is not installed")
    monkeypatch.setattr(selection, "_BY_EXPECTED_SPEED", {"cpu": ("onnxruntime", "torch")})
    # Both are tried, however long the first takes.
    monkeypatch.setattr(selection, "_BUDGET_S", float("inf"))


def _never_opens(model: Network, **options: object) -> Runtime:
    raise AssertionError("a remembered choice needs no self-check")


def test_the_choice_is_remembered_and_says_why(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert [trial.runtime for trial in first.trials] == ["onnxruntime", "torch"]
    assert first.runtime == "onnxruntime"
    assert [trial.verdict for trial in first.trials] == [
        "chosen",
        "not tried, since another one works",
    ]
    assert first.trials[0].network_ms is not None and first.trials[1].network_ms is None
    monkeypatch.setattr(selection, "open_as_asked", _never_opens)
    again = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert again.is_remembered
    assert (again.runtime, again.precision, again.trials) == (
        first.runtime,
        first.precision,
        first.trials,
    )


def test_other_weights_are_checked_again(network: BlendMaskLite) -> None:
    select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.bottom.bases.weight.mul_(2)
    assert not select_runtime(other, device="cpu", precision="fp32").is_remembered


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"KEY": 3}', '{"KEY": {"runtime": "torch"}}'], ids=str
)
def test_a_damaged_memory_is_ignored_and_replaced(
    network: BlendMaskLite, home: Path, text: str
) -> None:
    key = selection._key(network, "cpu", "fp32", 0)
    home.mkdir()
    (home / "runtimes.json").write_text(text.replace("KEY", key))
    found = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert not found.is_remembered
    assert json.loads((home / "runtimes.json").read_text())[key]["runtime"] == found.runtime


class _Wrong:
    """A fast runtime that computes something else."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.name, self.precision = runtime.name, runtime.precision
        self.device, self.model = runtime.device, runtime.model

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        dense = self._runtime.run(pictures)
        assert isinstance(dense, PlainDense)
        return replace(dense, bases=dense.bases + 1)


def test_a_runtime_that_computes_something_else_is_not_chosen(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_one(model: Network, *, runtime: str, **rest: object) -> Runtime:
        opened = open_as_asked(model, runtime=runtime, **rest)  # type: ignore[arg-type]
        return _Wrong(opened) if runtime == "onnxruntime" else opened

    monkeypatch.setattr(selection, "open_as_asked", open_one)
    found = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert found.runtime == "torch"
    assert "computes something else" in found.trials[0].verdict


def test_a_runtime_that_does_not_open_is_passed_over(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_one(model: Network, *, runtime: str, **rest: object) -> Runtime:
        if runtime == "onnxruntime":
            raise RuntimeError("broken installation")
        return open_as_asked(model, runtime=runtime, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(selection, "open_as_asked", open_one)
    assert open_runtime(copy.deepcopy(network), device="cpu", precision="fp32").name == "torch"


def test_where_nothing_can_be_kept_the_choice_is_made_all_the_same(
    network: BlendMaskLite, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home.write_text("in the way")
    with caplog.at_level(logging.WARNING):
        opened = open_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert opened.name in ("onnxruntime", "torch"), "whichever is faster here"
    assert "the choice of a runtime cannot be kept" in caplog.text


def test_a_precision_that_nothing_offers_is_refused(network: BlendMaskLite) -> None:
    with pytest.raises(ConfigError, match="precision int4: no runtime here offers it on cpu"):
        select_runtime(network, device="cpu", precision="int4")


def test_the_published_family_runs_in_pytorch_without_a_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "open_as_asked", _never_opens)
    with torch.device("meta"):
        model = build_blendmask("blendmask-550-r50")
    found = select_runtime(model, device="cpu")
    assert (found.runtime, found.precision, found.trials) == ("torch", "fp32", ())


def test_a_busy_moment_decides_nothing(
    network: BlendMaskLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program takes the machine while the faster one is tried first, and goes again."""
    now_s = 0.0
    busy_runs = 4

    class Timed:
        def __init__(self, opened: Runtime, seconds: float) -> None:
            self.name, self.precision = opened.name, opened.precision
            self.device, self.model = opened.device, opened.model
            self._opened, self._seconds = opened, seconds

        def run(self, pictures: NDArray[np.uint8]) -> Dense:
            nonlocal now_s, busy_runs
            busy_runs -= 1
            now_s += self._seconds * (10 if busy_runs >= 0 else 1)
            return self._opened.run(pictures)

    def open_one(model: Network, *, runtime: str, **rest: object) -> Runtime:
        opened = open_as_asked(model, runtime=runtime, **rest)  # type: ignore[arg-type]
        return Timed(opened, 0.02 if runtime == "onnxruntime" else 0.03)

    monkeypatch.setattr(selection, "_LAST_RESORT", "")
    monkeypatch.setattr(selection, "open_as_asked", open_one)
    monkeypatch.setattr("time.perf_counter", lambda: now_s)
    found = select_runtime(copy.deepcopy(network), device="cpu", precision="fp32")
    assert found.runtime == "onnxruntime"
    assert [trial.verdict for trial in found.trials] == ["chosen", "slower"]
    assert [trial.network_ms for trial in found.trials] == pytest.approx([20, 30])
