"""`doctor`: what is installed here, what works, what is missing."""

from __future__ import annotations

import argparse
import importlib
import platform
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from blendmask_live.counting import counted
from blendmask_live.errors import BlendMaskLiveError

if TYPE_CHECKING:
    from blendmask_live.runtime.selection import Trial


class Verdict(StrEnum):
    OK = "ok"
    MISSING = "missing"
    """Something optional is not there."""
    BROKEN = "broken"
    """The main job needs it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    subject: str
    verdict: Verdict
    found: str


_EXTENSIONS: Final = {"pycocotools": "pycocotools.mask"}
"""Modules inside packages whose damage shows only when they are imported themselves."""
_ENCODERS: Final = {
    "libx264": Verdict.BROKEN,
    "prores_ks": Verdict.MISSING,
    "libvpx-vp9": Verdict.MISSING,
    "ffv1": Verdict.MISSING,
}
"""Encoder -> what its absence means; only overlay videos belong to the main job."""
_DECODERS: Final = ("h264", "hevc", "vp9", "av1", "mpeg4", "prores")
_QT: Final = ("PyQt5", "PyQt6", "PySide6")
# What probing a damaged installation may raise; the report must survive it.
_FAILURES: Final = (ImportError, OSError, RuntimeError, AttributeError, BlendMaskLiveError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--time", action="store_true", help="also time the network in every runtime (minutes)"
    )


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Print the report; exit code 1 if something that the main job needs is broken."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from blendmask_live.measuring.machine import this_machine

    machine = this_machine()
    checks = list(_checks(with_timing=options.time))
    colors = {Verdict.OK: "green", Verdict.MISSING: "yellow", Verdict.BROKEN: "red"}
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        verdict = f"[{colors[check.verdict]}]{check.verdict}[/]"
        table.add_row(escape(check.subject), verdict, escape(check.found))
    Console().print(table)
    is_broken = any(check.verdict is Verdict.BROKEN for check in checks)
    return {
        "machine": asdict(machine),
        "checks": [asdict(check) for check in checks],
        "exit_code": int(is_broken),
    }


def _checks(*, with_timing: bool) -> Iterator[Check]:
    yield from _machine()
    yield from _packages()
    yield from _weights()
    yield from _runtimes()
    if with_timing:
        yield from _timings()
    yield from _media()
    yield _cameras()
    yield _virtual_cameras()
    yield _cache()
    yield _qt()


def _machine() -> Iterator[Check]:
    from blendmask_live import __version__
    from blendmask_live.measuring.machine import this_machine

    machine = this_machine()
    yield Check("blendmask-live", Verdict.OK, f"{__version__} in {Path(__file__).parents[2]}")
    is_new_enough = sys.version_info >= (3, 11)
    verdict = Verdict.OK if is_new_enough else Verdict.BROKEN
    yield Check("Python", verdict, f"{platform.python_version()} on {machine.system}")
    features = ", ".join(machine.cpu_features) or "features not known"
    yield Check("CPU", Verdict.OK, f"{machine.cpu}, {counted(machine.cores, 'core')}, {features}")
    yield Check("memory", Verdict.OK, f"{machine.memory_gb} GiB")


def _packages() -> Iterator[Check]:
    from blendmask_live.measuring.machine import dependencies, dependency_versions

    versions, modules = dependency_versions(), _modules_of_distributions()
    for dependency in dependencies():
        name = dependency.name
        if name not in versions:
            if dependency.is_needed:
                yield Check(name, Verdict.BROKEN, "not installed")
            continue
        try:
            importlib.import_module(_EXTENSIONS.get(name) or modules[_canonical(name)])
        except (*_FAILURES, KeyError) as failure:
            verdict = Verdict.BROKEN if dependency.is_needed else Verdict.MISSING
            yield Check(name, verdict, f"cannot be imported: {_line(failure)}")
        else:
            yield Check(name, Verdict.OK, versions[name])


def _modules_of_distributions() -> dict[str, str]:
    """Canonical name of each distribution -> the module that it is imported by."""
    found: dict[str, str] = {}
    for module, names in sorted(packages_distributions().items()):
        for name in map(_canonical, names):
            # Some packages have several modules; people import the one with the package's name.
            is_usual = _canonical(module) == name
            if (
                module.isidentifier()
                and not module.startswith("_")
                and (is_usual or name not in found)
            ):
                found[name] = module
    return found


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _weights() -> Iterator[Check]:
    from weights.registry import list_weights, verify_weights

    for entry in list_weights():
        try:
            verify_weights(entry)
        except BlendMaskLiveError as failure:
            yield Check(f"weights {entry.name}", Verdict.BROKEN, _line(failure))
        else:
            yield Check(f"weights {entry.name}", Verdict.OK, f"SHA-256 {entry.sha256[:12]}...")


def _runtimes() -> Iterator[Check]:
    """GPUs, what can be used, and what `auto` comes to: by running a picture through it."""
    try:
        import numpy as np
        import torch

        from blendmask_live.runtime import RUNTIMES, choose_device, missing_for, select_runtime
        from blendmask_live.segmenting.segmenter import load_segmenter

        yield Check("GPU", *_gpus(torch))
        device = choose_device("auto")
        for name, precisions in RUNTIMES.items():
            missing = missing_for(name, device)
            verdict = Verdict.MISSING if missing else Verdict.OK
            yield Check(f"runtime {name}", verdict, missing or ", ".join(precisions))
        segmenter = load_segmenter()
        segmenter.segment(np.zeros((96, 128, 3), np.uint8))
        trials = select_runtime(segmenter.runtime.model, device=device).trials
    except _FAILURES as failure:
        yield Check("runtime auto", Verdict.BROKEN, f"the network does not run: {_line(failure)}")
        return
    chosen = segmenter.runtime
    found = f"{chosen.name} {chosen.precision} on {chosen.device}"
    yield Check("runtime auto", Verdict.OK, f"{found}: {_reason(trials)}")


def _reason(trials: Sequence[Trial]) -> str:
    """How the runtimes did in the self-check that chose one."""
    if not trials:
        return "the only one that can be used"
    measured = (
        f"{trial.runtime} {trial.precision} "
        + (f"{trial.network_ms:.1f} ms, " if trial.network_ms is not None else "")
        + trial.verdict
        for trial in trials
    )
    return f"self-check at 416 x 256: {'; '.join(measured)}"


def _gpus(torch: Any) -> tuple[Verdict, str]:
    from blendmask_live.runtime import why_unusable

    if reason := why_unusable("cuda:0"):
        return Verdict.MISSING, f"none that PyTorch can use: {reason}"
    properties = map(torch.cuda.get_device_properties, range(torch.cuda.device_count()))
    described = (f"{gpu.name}, {gpu.total_memory / 2**30:.0f} GiB" for gpu in properties)
    return Verdict.OK, "; ".join(described)


def _timings() -> Iterator[Check]:
    """Latency of one demo picture in each runtime and precision."""
    from functools import partial

    from blendmask_live.capture import open_source
    from blendmask_live.measuring.benchmark import bench_sequential, runtimes_to_compare
    from blendmask_live.runtime import choose_device
    from blendmask_live.segmenting.segmenter import load_segmenter

    source = partial(open_source, "demo", max_frames=20)
    for name, precision in runtimes_to_compare(choose_device("auto"), "auto"):
        subject = f"time {name} {precision}"
        try:
            segmenter = load_segmenter(runtime=name, precision=precision)
            timed = bench_sequential(segmenter, source, frames=20, report=lambda done, total: None)
        except _FAILURES as failure:
            yield Check(subject, Verdict.MISSING, _line(failure))
            continue
        network_ms, latency_ms = (timed.stages_ms[s].p50_ms for s in ("network", "latency"))
        found = f"{network_ms:.1f} ms network, {latency_ms:.1f} ms picture to masks (720p)"
        yield Check(subject, Verdict.OK, found)


def _media() -> Iterator[Check]:
    try:
        import av
        import av.codec
    except _FAILURES:
        # Reported with the packages.
        return
    libraries = (
        f"{name} {'.'.join(map(str, version))}" for name, version in av.library_versions.items()
    )
    yield Check("FFmpeg libraries", Verdict.OK, ", ".join(libraries))
    yield from _codecs()


def _codecs() -> Iterator[Check]:
    for name, absence in _ENCODERS.items():
        is_there = _has_codec(name, "w")
        yield Check(f"encoder {name}", Verdict.OK if is_there else absence, "")
    missing = [name for name in _DECODERS if not _has_codec(name, "r")]
    there = ", ".join(name for name in _DECODERS if name not in missing)
    found = there + (f"; not {', '.join(missing)}" if missing else "")
    yield Check("decoders", Verdict.MISSING if missing else Verdict.OK, found)


def _has_codec(name: str, mode: Literal["r", "w"]) -> bool:
    import av.codec
    import av.error

    try:
        av.codec.Codec(name, mode)
    except (ValueError, av.error.FFmpegError):
        return False
    return True


def _virtual_cameras() -> Check:
    from blendmask_live.sending.virtual_camera import find_virtual_cameras

    try:
        found = find_virtual_cameras()
    except _FAILURES as failure:
        return Check("virtual cameras", Verdict.MISSING, f"cannot be used: {_line(failure)}")
    verdict = Verdict.MISSING if found.missing else Verdict.OK
    listed = ", ".join(f"{device} ({name})" for device, name in found.devices)
    return Check("virtual cameras", verdict, found.missing or listed)


def _cameras() -> Check:
    try:
        from blendmask_live.capture import list_cameras

        cameras = list_cameras()
    except _FAILURES as failure:
        return Check("cameras", Verdict.MISSING, f"cannot be listed: {_line(failure)}")
    if not cameras:
        return Check("cameras", Verdict.MISSING, "none; only live view of a camera needs one")
    found = ", ".join(f"{camera.index}: {camera.name} ({camera.path})" for camera in cameras)
    return Check("cameras", Verdict.OK, found)


def _cache() -> Check:
    try:
        from blendmask_live.atomic import cache_folder

        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except _FAILURES as failure:
        found = f"not writable ({_line(failure)}); networks are prepared again in every run"
        return Check("cache folder", Verdict.MISSING, found)
    return Check("cache folder", Verdict.OK, str(folder))


def _qt() -> Check:
    found = [name for name in _QT if find_spec(name)]
    if found:
        return Check("Qt", Verdict.OK, ", ".join(found))
    return Check("Qt", Verdict.MISSING, "none; only the graphical interface needs it")


def _line(failure: BaseException) -> str:
    return " ".join(str(failure).split()) or type(failure).__name__
