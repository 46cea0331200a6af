from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _patient_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes longer to start and answer than Ray waits by itself."""
    monkeypatch.setenv("RAY_worker_register_timeout_seconds", "600")
    monkeypatch.setenv("RAY_health_check_timeout_ms", "600000")
