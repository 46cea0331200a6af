"""What this machine is: for reports and measurements."""

from __future__ import annotations

import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

import psutil

__all__ = [
    "Dependency",
    "Machine",
    "dependencies",
    "dependency_versions",
    "memory_peak_mb",
    "reset_memory_peak",
    "this_machine",
    "usable_cores",
]

_NOTABLE_FEATURES: Final = (
    "avx2 avx512f avx512_bf16 avx512_vnni avx_vnni amx_bf16 amx_int8 bf16 i8mm sve asimd".split()
)
"""CPU instructions that decide which runtime and precision is fast."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor, memory and system."""

    cpu: str
    cores: int
    """Logical cores that this process may use."""
    cpu_features: tuple[str, ...]
    """Those among the notable ones that the CPU has; empty where the system does not say."""
    memory_gb: float
    system: str

    @property
    def multiplies_bf16(self) -> bool:
        """Whether the CPU has instructions for bf16 products."""
        return any("bf16" in feature for feature in self.cpu_features)


@cache
def this_machine() -> Machine:
    """The machine that this process runs on."""
    flags = set(_cpuinfo("flags").split()) | set(_cpuinfo("Features").split())
    return Machine(
        cpu=_cpuinfo("model name") or platform.processor() or platform.machine(),
        cores=usable_cores(),
        cpu_features=tuple(name for name in _NOTABLE_FEATURES if name in flags),
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        system=platform.platform(),
    )


def _cpuinfo(field: str) -> str:
    """A field of the first processor in Linux's /proc/cpuinfo; "" where there is none."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(rf"^{field}\s*:\s*(.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def usable_cores() -> int:
    """Logical cores that this process may use."""
    try:
        return len(psutil.Process().cpu_affinity())
    except AttributeError:
        # macOS does not bind processes to cores.
        return psutil.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Dependency:
    """A distribution that this program uses, as its own metadata says.

    Attributes:
        name: Of the distribution.
        is_needed: Whether it must be there: on every machine, whatever else was asked for.
    """

    name: str
    is_needed: bool


@cache
def dependencies() -> tuple[Dependency, ...]:
    """What the installed program depends on, tools of its developers excepted, by name."""
    found: dict[str, bool] = {}
    with suppress(PackageNotFoundError):
        for text in requires("blendmask-live") or ():
            name = re.split(r"[^\w.-]", text, maxsplit=1)[0]
            _, _, condition = text.partition(";")
            if not re.search(r"extra\s*==\s*.dev\b", condition):
                found[name] = found.get(name, False) or not condition
    return tuple(Dependency(name, found[name]) for name in sorted(found, key=str.lower))


def dependency_versions() -> dict[str, str]:
    """Name -> version of this program and of those of its dependencies that are installed."""
    versions = {}
    for name in ("blendmask-live", *(dependency.name for dependency in dependencies())):
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def reset_memory_peak() -> None:
    """Count the peak of `memory_peak_mb` from now on, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def memory_peak_mb() -> float:
    """Largest resident memory of this process in MiB."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if found := re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE):
            return int(found[1]) / 1024
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset / 2**20)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, KiB elsewhere.
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
