"""'auto': the fastest runtime that computes what PyTorch computes, found once per machine."""

from __future__ import annotations

import hashlib
import json
import logging
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.atomic import cache_folder, written_beside
from blendmask_live.config import RUNTIMES
from blendmask_live.errors import ConfigError
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.lite.choosing import widened
from blendmask_live.network.lite.plain import dense
from blendmask_live.network.lite.plain_numpy import NumpyOperations
from blendmask_live.plain_values import from_plain
from blendmask_live.runtime.kept_engines import network_digest
from blendmask_live.runtime.opening import default_precision, missing_for, open_as_asked
from blendmask_live.runtime.runtime import Network, Runtime, is_lite, plain_form, torch_form

__all__ = ["Selection", "Trial", "select_runtime"]

_log = logging.getLogger(__name__)
_BY_EXPECTED_SPEED = {"cpu": ("openvino", "onnxruntime", "torch"), "cuda": ("cudagraph", "torch")}
"""What 'auto' tries: not what takes a minute to prepare, nor int8, which rounds visibly."""
_LAST_RESORT = "torch"
"""On a CPU not tried where another one works: the slowest of all, and seconds to load."""
_LARGEST_ERROR = {"fp32": 1e-3, "fp16": 0.02, "bf16": 0.1, "int8": 0.2}
"""Mean difference of an output, as a share of how much that output varies."""
_BUDGET_S = 5.0
"""After this long no further runtime is tried."""
_PICTURE_SIZE = (256, 416)
_RUNS = 7
_KEPT_SELECTIONS = 50


Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trial:
    """How one runtime did in the self-check."""

    runtime: str
    precision: str
    network_ms: float | None
    """Median time of the network on a picture of 416 x 256; None where it was not run."""
    verdict: str
    """'chosen', 'slower', or why it cannot be used."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What 'auto' stands for on this machine, and why."""

    runtime: str
    precision: str
    trials: tuple[Trial, ...] = ()
    """Empty where there was no choice to make."""
    is_remembered: bool = False
    opened: Runtime | None = None
    """Of a self-check that has just run."""


def select_runtime(
    model: Network, *, device: str, precision: str = "auto", threads: int = 0
) -> Selection:
    """The fastest runtime that passes a self-check, remembered per machine.

    The check runs a photograph through each runtime and compares with the network in fp32: in
    NumPy on a CPU, in eager PyTorch on a GPU.

    Args:
        device: 'cpu' or 'cuda:N'.
        precision: 'auto', or the only one that is wanted.

    Raises:
        ConfigError: If no runtime offers the precision here.
    """
    names = _names(model, device, precision)
    key = _key(model, device, precision, threads) if len(names) > 1 else ""
    remembered = _remembered(key)
    if remembered is not None and missing_for(remembered.runtime, device) is None:
        return remembered
    candidates = [pair for pair in names if missing_for(pair[0], device) is None]
    if not candidates:
        raise ConfigError(f"precision {precision}: no runtime here offers it on {device}")
    if len(candidates) == 1:
        return Selection(*candidates[0])
    _log.info("choosing a runtime for this machine (once)")
    selection = _try_all(model, candidates, device=device, threads=threads)
    _remember(key, selection)
    return selection


def _names(model: Network, device: str, precision: str) -> list[tuple[str, str]]:
    """(runtime, precision) that come into question, those first that should be fast."""
    names: Sequence[str] = _BY_EXPECTED_SPEED[device.partition(":")[0]]
    if not is_lite(model) and precision != "int8":
        # The published family takes pictures of any size; each would have to be prepared.
        names = ("torch",)
    chosen = [
        (name, default_precision(model, name, device) if precision == "auto" else precision)
        for name in names
    ]
    return [pair for pair in chosen if pair[1] in RUNTIMES[pair[0]]]


def _try_all(
    model: Network, candidates: list[tuple[str, str]], *, device: str, threads: int
) -> Selection:
    pictures = _picture()
    expected = _expected(model, pictures, device)
    began_s = time.perf_counter()
    best: tuple[float, Runtime] | None = None
    trials: list[Trial] = []
    for name, precision in candidates:
        if best is not None and time.perf_counter() - began_s > _BUDGET_S:
            trials.append(Trial(name, precision, None, "not tried, for the time it takes"))
            continue
        if best is not None and device == "cpu" and name == _LAST_RESORT:
            trials.append(Trial(name, precision, None, "not tried, since another one works"))
            continue
        try:
            runtime = open_as_asked(
                model, runtime=name, device=device, precision=precision, threads=threads
            )
            network_ms, error = _measure(runtime, pictures, expected)
        except (ConfigError, RuntimeError) as failure:
            trials.append(Trial(name, precision, None, " ".join(str(failure).split())))
            continue
        if not error <= _LARGEST_ERROR[precision]:
            verdict = f"computes something else (outputs differ by {error:.3f} of their spread)"
            trials.append(Trial(name, precision, network_ms, verdict))
            continue
        trials.append(Trial(name, precision, network_ms, "slower"))
        if best is None or network_ms < best[0]:
            best = network_ms, runtime
    if best is None:
        reasons = "; ".join(f"{trial.runtime}: {trial.verdict}" for trial in trials)
        raise ConfigError(f"no runtime passes the self-check on {device}: {reasons}")
    opened = best[1]
    chosen = (opened.name, opened.precision)
    return Selection(
        *chosen,
        tuple(
            Trial(t.runtime, t.precision, t.network_ms, "chosen")
            if (t.runtime, t.precision) == chosen
            else t
            for t in trials
        ),
        opened=opened,
    )


def _measure(
    runtime: Runtime, pictures: NDArray[np.uint8], expected: list[Floats]
) -> tuple[float, float]:
    """Median ms, and the largest difference of an output relative to its spread."""
    times_ms = []
    for _ in range(_RUNS):
        began_s = time.perf_counter()
        # Reading the smallest output waits for a device.
        found = _compared(runtime.run(pictures))
        times_ms.append((time.perf_counter() - began_s) * 1e3)
    errors = [
        float(np.abs(ours - reference).mean() / reference.std())
        for ours, reference in zip(found, expected, strict=True)
    ]
    return statistics.median(times_ms[1:]), float(np.max(errors))


def _expected(model: Network, pictures: NDArray[np.uint8], device: str) -> list[Floats]:
    """What the network says in fp32."""
    if device == "cpu" and is_lite(model):
        return _compared(dense(NumpyOperations(), plain_form(model), pictures))
    from blendmask_live.runtime.torch_eager import TorchRuntime

    return [
        values.copy()
        for values in _compared(
            TorchRuntime(torch_form(model), device=device, precision="fp32").run(pictures)
        )
    ]


def _compared(found: Any) -> list[Floats]:
    if hasattr(found, "class_logits"):
        parts = [found.class_logits, found.distance_logits, found.bases]
    else:
        parts = [found.bases, found.levels[0].class_logits, found.levels[0].distances]
    return [widened(part) if isinstance(part, np.ndarray) else part.cpu().numpy() for part in parts]


def _picture() -> NDArray[np.uint8]:
    """(1, h, w, 3) photograph."""
    # Loaded where it is needed, once per machine.
    import skimage.data

    height, width = _PICTURE_SIZE
    picture = cv2.resize(skimage.data.astronaut(), (width, height), interpolation=cv2.INTER_AREA)
    return picture[None]


# remembering


def _key(model: Network, device: str, precision: str, threads: int) -> str:
    machine = this_machine()
    gpu = "" if device == "cpu" else _gpu_name(device)
    digest = network_digest(model, "openvino", "onnx", "onnxruntime", "onnxruntime-gpu")
    here = f"{machine.cpu} {machine.cores} {gpu}"
    text = f"{digest} {here} {device.partition(':')[0]} {precision} {threads}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _gpu_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name(device)


def _memory_path() -> Path:
    return cache_folder() / "runtimes.json"


def _read_memory() -> dict[str, Any]:
    try:
        memory = json.loads(_memory_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) else {}


def _remembered(key: str) -> Selection | None:
    """What was found before; None where nothing was, or what is written makes no sense."""
    try:
        entry = _read_memory()[key]
        trials = from_plain(tuple[Trial, ...], entry["trials"], str(_memory_path()))
        if entry["precision"] in RUNTIMES[entry["runtime"]]:
            return Selection(entry["runtime"], entry["precision"], trials, is_remembered=True)
    except (KeyError, TypeError, ValueError, ConfigError):
        pass
    return None


def _remember(key: str, selection: Selection) -> None:
    memory = _read_memory()
    memory.pop(key, None)
    memory[key] = {
        "runtime": selection.runtime,
        "precision": selection.precision,
        "trials": [asdict(trial) for trial in selection.trials],
    }
    text = json.dumps(dict(list(memory.items())[-_KEPT_SELECTIONS:]), indent=1)
    path = _memory_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(path) as written:
            written.write_text(text, encoding="utf-8")
    except OSError as error:
        _log.warning("%s: the choice of a runtime cannot be kept (%s)", path, error)
