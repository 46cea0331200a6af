"""`bench`, `doctor`, `weights` and `evaluate`'s refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import weights.registry
from blendmask_live.runtime import torch_compiled
from tests.cli.conftest import FAST, MakeClip, Run

STEPS = ["resize", "network", "detect", "blend", "paste"]


def test_bench_times_every_stage_of_the_pipeline(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    path, result_file = clip(), tmp_path / "bench.json"
    outcome = run("bench", "--source", path, "--frames", "5", "--json", result_file, *FAST)
    assert (outcome.exit_code, outcome.err) == (0, "")
    result = json.loads(result_file.read_text())
    assert result["mode"] == "pipeline"
    assert result["machine"]["cores"] >= 1 and result["date"] and result["versions"]["torch"]
    (measured,) = result["runs"]
    assert (measured["runtime"], measured["precision"]) == ("torch", "fp32")
    assert list(measured["stages_ms"]) == ["capture", "segment", *STEPS, "track", "draw"]
    for stage in measured["stages_ms"].values():
        assert stage["count"] == 5
        assert 0 <= stage["p50_ms"] <= stage["p99_ms"]
    inside = sum(measured["stages_ms"][step]["mean_ms"] for step in STEPS)
    assert inside <= measured["stages_ms"]["segment"]["mean_ms"]
    assert measured["frames"] == 5 and measured["fps"] > 0 and measured["memory_peak_mb"] > 50
    assert all(word in outcome.out for word in ("p50 / p99", "network", "fps", "peak", "cores"))
    assert set(tmp_path.iterdir()) == {path, result_file}


def test_bench_measures_latency_with_forced_instances(run: Run, tmp_path: Path) -> None:
    result_file = tmp_path / "bench.json"
    options = ["--no-pipeline", "--frames", "3", "--instances", "70", "--stacked"]
    assert run("bench", *options, "--json", result_file, *FAST).exit_code == 0
    result = json.loads(result_file.read_text())
    (measured,) = result["runs"]
    assert (result["mode"], result["forced_instances"]) == ("sequential", 70)
    assert measured["instances"] == 70
    assert list(measured["stages_ms"]) == ["segment", *STEPS, "track", "masks", "latency"]
    assert measured["fps"] == pytest.approx(1e3 / measured["stages_ms"]["latency"]["mean_ms"])


def test_bench_of_more_frames_than_there_are_in_memory(run: Run, clip: MakeClip) -> None:
    outcome = run("bench", "--source", clip(), "--frames", "30", "--no-pipeline", *FAST)
    assert outcome.exit_code == 0
    assert "30 frames" in outcome.out


def test_bench_compares_all_runtimes(
    run: Run, clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It takes a minute to compile.
    monkeypatch.setattr(torch_compiled, "missing_compiler", lambda device: "a C++ compiler")
    result_file = tmp_path / "bench.json"
    options = ["--runtime", "all", "--precision", "fp32", "--frames", "2", "--threads", "1"]
    outcome = run("bench", "--source", clip(), *options, "--device", "cpu", "--json", result_file)
    assert outcome.exit_code == 0
    from blendmask_live.runtime import available_runtimes

    runs = json.loads(result_file.read_text())["runs"]
    assert tuple(measured["runtime"] for measured in runs) == available_runtimes()


def test_bench_leaves_out_what_a_runtime_does_not_offer() -> None:
    from blendmask_live.measuring.benchmark import runtimes_to_compare

    offered = runtimes_to_compare("cpu", "fp16")
    assert set(offered) <= {("torch", "fp16"), ("compile", "fp16")}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--source", "gone.mp4"], "gone.mp4: no such file"),
        (["--instances", "301"], "instances 301: must lie between 1 and 300"),
    ],
)
def test_bench_refuses_in_one_line(run: Run, options: list[str], complaint: str) -> None:
    assert complaint in run("bench", *FAST, *options).refusal()


def test_doctor_reports_a_working_installation(run: Run, tmp_path: Path) -> None:
    result_file = tmp_path / "doctor.json"
    outcome = run("doctor", "--json", result_file)
    assert (outcome.exit_code, outcome.err) == (0, "")
    checks = {c["subject"]: c for c in json.loads(result_file.read_text())["checks"]}
    for subject in ("Python", "CPU", "torch", "av", "weights blendmask-lite", "encoder libx264"):
        assert checks[subject]["verdict"] == "ok", checks[subject]
        assert subject in outcome.out
    assert checks["runtime auto"]["found"].split()[0] in {"torch", "openvino", "onnxruntime"}
    assert {"GPU", "Qt", "cache folder", "FFmpeg libraries", "memory"} <= set(checks)


def _damage_built_in_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the registry see a copy of the package whose weights were cut."""
    original = weights.registry.weights_path("blendmask-lite")
    (tmp_path / "manifest.toml").write_bytes((original.parent / "manifest.toml").read_bytes())
    for path in original.parent.glob("*.safetensors"):
        shutil.copy(path, tmp_path)
    (tmp_path / original.name).write_bytes(original.read_bytes()[:-10])
    monkeypatch.setattr(weights.registry, "_FOLDER", tmp_path)
    monkeypatch.setattr(weights.registry, "_MANIFEST", tmp_path / "manifest.toml")


def test_doctor_finds_damaged_weights(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _damage_built_in_weights(tmp_path, monkeypatch)
    result_file = tmp_path / "doctor.json"
    assert run("doctor", "--json", result_file).exit_code == 1
    checks = {c["subject"]: c for c in json.loads(result_file.read_text())["checks"]}
    assert checks["weights blendmask-lite"]["verdict"] == "broken"
    assert "SHA-256" in checks["weights blendmask-lite"]["found"]
    assert checks["runtime auto"]["verdict"] == "broken"
    assert checks["torch"]["verdict"] == "ok"


@pytest.mark.may_log("File exists")
def test_doctor_says_when_the_cache_cannot_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blendmask-live").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result_file = tmp_path / "doctor.json"
    assert run("doctor", "--json", result_file).exit_code == 0
    checks = {c["subject"]: c for c in json.loads(result_file.read_text())["checks"]}
    assert checks["cache folder"]["verdict"] == "missing"
    assert checks["runtime auto"]["verdict"] == "ok"


def test_weights_list_names_the_built_in_networks(run: Run, tmp_path: Path) -> None:
    result_file = tmp_path / "weights.json"
    outcome = run("weights", "list", "--json", result_file)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert all(word in outcome.out for word in ("blendmask-lite", "Apache-2.0", "MB", "mask AP"))
    entries = json.loads(result_file.read_text())["weights"]
    assert {entry["name"]: entry["architecture"] for entry in entries} == {
        "blendmask-lite": "blendmask-lite",
        "blendmask-lite-s": "blendmask-lite",
        "blendmask-prompt": "blendmask-prompt",
    }
    assert all(1e6 < entry["bytes"] <= 12e6 for entry in entries)


def test_weights_verify_accepts_the_built_in_network(run: Run) -> None:
    outcome = run("weights", "verify")
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert outcome.out.startswith("blendmask-lite: ok")
    assert "\nblendmask-prompt: ok" in outcome.out


def test_weights_verify_finds_a_difference(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _damage_built_in_weights(tmp_path, monkeypatch)
    outcome = run("weights", "verify")
    assert "differs from weights/manifest.toml" in outcome.refusal()
    assert outcome.out.startswith("blendmask-lite-s: ok")


def test_evaluate_names_missing_annotations(run: Run, tmp_path: Path) -> None:
    options = ["--images", tmp_path, "--annotations", tmp_path / "gone.json"]
    assert "gone.json" in run("evaluate", *options, *FAST).refusal()


def test_train_names_missing_annotations(run: Run, tmp_path: Path) -> None:
    options = ["--images", tmp_path, "--annotations", tmp_path / "gone.json", "--steps", "1"]
    assert "gone.json" in run("train", "-o", tmp_path / "run", *options).refusal()
