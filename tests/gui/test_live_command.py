"""`blendmask-live live` where the window cannot open."""

from __future__ import annotations

import pytest

from blendmask_live.cli import main


def test_without_pyqt5_the_command_to_install_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("blendmask_live.commands.live.find_spec", lambda name: None)
    assert main([]) == 1
    assert "pip install 'blendmask-live[gui]'" in capsys.readouterr().err


def test_without_a_screen_the_way_out_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["live", "--source", "demo"]) == 1
    assert "needs a screen" in capsys.readouterr().err
