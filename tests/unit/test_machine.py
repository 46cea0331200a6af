"""What this machine is, and what the program depends on, told everywhere alike."""

from __future__ import annotations

import platform
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import psutil
import pytest

from blendmask_live.commands import doctor
from blendmask_live.commands.doctor import Verdict
from blendmask_live.jobs.run_files import installed_versions
from blendmask_live.measuring import machine
from blendmask_live.measuring.machine import dependencies, dependency_versions, this_machine
from gui.crash_report import CrashReports

REQUIRED = [
    "numpy>=1.26",
    "opencv-python>=4.10",
    "no-such-package>=1",
    "not-for-this-machine>=1; platform_machine == 'vax'",
    'onnxruntime>=1.20; extra == "onnx"',
    'pytest>=8; extra == "dev"',
    "ruff>=0.8; extra == 'dev'",
    "numba[extra]>=0.61",
]


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "requires", lambda name: REQUIRED)
    dependencies.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> object:
    yield
    dependencies.cache_clear()


def test_dependencies_are_those_of_the_installed_program(required: None) -> None:
    found = {item.name: item.is_needed for item in dependencies()}
    assert found == {
        "no-such-package": True,
        "not-for-this-machine": False,
        "numba": True,
        "numpy": True,
        "onnxruntime": False,
        "opencv-python": True,
    }


def test_doctor_run_json_and_crash_reports_tell_of_the_same(required: None, tmp_path: Path) -> None:
    versions = dependency_versions()
    assert {"blendmask-live", "numpy", "opencv-python", "numba"} <= set(versions)
    assert not {"no-such-package", "pytest", "ruff"} & set(versions)
    assert installed_versions() == {"python": platform.python_version(), **versions}
    path = CrashReports(tmp_path).write(ValueError())
    assert path is not None
    text = path.read_text(encoding="utf-8")
    checks = {check.subject: check for check in doctor._packages()}
    for name in set(versions) - {"blendmask-live"}:
        assert f"{name} {versions[name]}" in text
        assert (checks[name].verdict, checks[name].found) == (Verdict.OK, versions[name])
    assert checks["no-such-package"].verdict is Verdict.BROKEN
    assert "not-for-this-machine" not in checks


def test_every_dependency_of_pyproject_can_be_imported_by_its_distribution() -> None:
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    wanted = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    modules = doctor._modules_of_distributions()
    names = [text.split(">")[0] for text in wanted]
    assert {name: modules[name] for name in ("opencv-python", "pillow", "scikit-image")} == {
        "opencv-python": "cv2",
        "pillow": "PIL",
        "scikit-image": "skimage",
    }
    assert not [name for name in names if name not in modules]


def test_a_program_that_is_not_installed_has_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(machine, "requires", absent)
    dependencies.cache_clear()
    assert dependencies() == ()


def test_memory_and_cores_are_what_the_system_says() -> None:
    this_machine.cache_clear()
    found = this_machine()
    assert found.memory_gb == round(psutil.virtual_memory().total / 2**30, 1)
    assert found.cores == len(psutil.Process().cpu_affinity())


def test_cores_that_this_process_may_not_use_do_not_count() -> None:
    process = psutil.Process()
    allowed = process.cpu_affinity()
    try:
        process.cpu_affinity(allowed[:1])
        assert machine.usable_cores() == 1
    finally:
        process.cpu_affinity(allowed)
