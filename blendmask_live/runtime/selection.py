"""'auto': the fastest runtime that computes what PyTorch computes, found once per machine."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
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
from blendmask_live.network.lite.plain import PlainDense, dense
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
_RUNS = 9
_KEPT_SELECTIONS = 50
_WAY = "shortest of runs in turn"
"""How the fastest is found. Choices that were made in another way are made again."""


Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trial:
    """How one runtime did in the self-check."""

    runtime: str
    precision: str
    network_ms: float | None
    """Shortest time of the network on a picture of 416 x 256; None where it was not measured."""
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
    rivals: dict[int, Runtime] = {}
    trials: list[Trial] = []
    for name, precision in candidates:
        if rivals and time.perf_counter() - began_s > _BUDGET_S:
            trials.append(Trial(name, precision, None, "not tried, for the time it takes"))
            continue
        if rivals and device == "cpu" and name == _LAST_RESORT:
            trials.append(Trial(name, precision, None, "not tried, since another one works"))
            continue
        try:
            runtime = open_as_asked(
                model, runtime=name, device=device, precision=precision, threads=threads
            )
            error = _error(runtime, pictures, expected)
        except (ConfigError, RuntimeError) as failure:
            trials.append(Trial(name, precision, None, " ".join(str(failure).split())))
            continue
        if not error <= _LARGEST_ERROR[precision]:
            verdict = f"computes something else (outputs differ by {error:.3f} of their spread)"
            trials.append(Trial(name, precision, None, verdict))
            continue
        rivals[len(trials)] = runtime
        trials.append(Trial(name, precision, None, "slower"))
    if not rivals:
        reasons = "; ".join(f"{trial.runtime}: {trial.verdict}" for trial in trials)
        raise ConfigError(f"no runtime passes the self-check on {device}: {reasons}")
    times_ms = dict(zip(rivals, _times_ms(list(rivals.values()), pictures), strict=True))
    fastest = min(times_ms, key=times_ms.__getitem__)
    for row, network_ms in times_ms.items():
        verdict = "chosen" if row == fastest else "slower"
        trials[row] = replace(trials[row], network_ms=network_ms, verdict=verdict)
    opened = rivals[fastest]
    return Selection(opened.name, opened.precision, tuple(trials), opened=opened)


def _error(runtime: Runtime, pictures: NDArray[np.uint8], expected: list[Floats]) -> float:
    """The largest difference of an output relative to its spread."""
    found = _compared(runtime.run(pictures))
    errors = [
        float(np.abs(ours - reference).mean() / reference.std())
        for ours, reference in zip(found, expected, strict=True)
    ]
    return float(np.max(errors))


def _times_ms(runtimes: Sequence[Runtime], pictures: NDArray[np.uint8]) -> list[float]:
    """The shortest time of each, in turn: other programs come and go, and only slow down."""
    times_ms = np.empty((_RUNS, len(runtimes)))
    for times in times_ms:
        for row, runtime in enumerate(runtimes):
            began_s = time.perf_counter()
            found = runtime.run(pictures)
            if not isinstance(found, PlainDense):
                # Reading an output waits for a device.
                _compared(found)
            times[row] = (time.perf_counter() - began_s) * 1e3
    shortest: list[float] = times_ms.min(axis=0).tolist()
    return shortest


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
    text = f"{digest} {here} {device.partition(':')[0]} {precision} {threads} {_WAY}"
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
