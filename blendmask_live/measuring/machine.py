"""What this machine is: for reports and measurements."""

from __future__ import annotations

import os
import platform
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

__all__ = [
    "Machine",
    "memory_peak_mb",
    "package_versions",
    "reset_memory_peak",
    "this_machine",
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
    """Those among the notable ones that the CPU has; empty where the system does not tell."""
    memory_gb: float | None
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
        cores=_usable_cores(),
        cpu_features=tuple(name for name in _NOTABLE_FEATURES if name in flags),
        memory_gb=_memory_gb(),
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


def _usable_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gb() -> float | None:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return round(total / 2**30, 1)


def package_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Distribution name -> version of those that are installed."""
    versions = {}
    for name in names:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def reset_memory_peak() -> None:
    """Count the peak of `memory_peak_mb` from now on, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def memory_peak_mb() -> float | None:
    """Largest resident memory of this process in MiB; None where the system does not tell."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if found := re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE):
            return int(found[1]) / 1024
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, KiB elsewhere.
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
