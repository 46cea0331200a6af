"""Virtual cameras, against the library's contract for backends, with one of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from blendmask_live.sending import virtual_camera
from blendmask_live.sending.sender import Picture
from blendmask_live.sending.starting import start_sender
from blendmask_live.sending.target import read_target
from blendmask_live.sending.virtual_camera import find_virtual_cameras
from tests.capture.servers import wait_until


def test_without_the_package_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_camera, "find_spec", lambda name: None)
    found = find_virtual_cameras()
    assert found.devices == ()
    assert "pip install 'blendmask-live[virtualcam]'" in found.missing


def test_loopback_devices_are_listed_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(virtual_camera, "find_spec", lambda name: object())
    monkeypatch.setattr(virtual_camera.platform, "system", lambda: "Linux")
    monkeypatch.setattr(virtual_camera, "_LOOPBACKS", tmp_path)
    assert "modprobe v4l2loopback" in find_virtual_cameras().missing
    (tmp_path / "video7").mkdir()
    (tmp_path / "video7" / "name").write_text("Stage\n")
    assert find_virtual_cameras().devices == (("/dev/video7", "Stage"),)
    assert find_virtual_cameras().missing == ""


class _Backend:
    """A device that takes one size and one pixel format, as pyvirtualcam's contract has it."""

    takes: ClassVar[tuple[int, int, str]]
    frames: ClassVar[list[np.ndarray]]
    rates: ClassVar[list[float]]
    breaks: ClassVar[bool]

    def __init__(
        self, *, width: int, height: int, fps: float, fourcc: int, device: str | None
    ) -> None:
        from pyvirtualcam.util import decode_fourcc

        if device not in (None, "stage") or (width, height, decode_fourcc(fourcc)) != self.takes:
            raise RuntimeError("not supported")
        self.rates.append(fps)

    def close(self) -> None:
        pass

    def send(self, frame: np.ndarray) -> None:
        if _Backend.breaks:
            _Backend.breaks = False
            raise RuntimeError("device is gone")
        self.frames.append(frame.copy())

    def device(self) -> str:
        return "stage"

    def native_fourcc(self) -> None:
        return None


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Backend]]:
    camera: Any = pytest.importorskip("pyvirtualcam.camera", reason="needs pyvirtualcam")
    monkeypatch.setattr(camera, "BACKENDS", {"test": _Backend})
    _Backend.takes, _Backend.frames, _Backend.rates = (64, 48, "raw "), [], []
    _Backend.breaks = False
    return _Backend


def _sent(size: tuple[int, int], *, device: str = "") -> np.ndarray:
    sender = start_sender(read_target(f"virtual-camera{device}"), frame_size=size)
    try:
        image = np.zeros((*size, 3), np.uint8)
        image[:, :, 0] = 200
        sender.add(Picture(image, 0.0))
        wait_until(lambda: sender.status.sent > 0)
        return _Backend.frames[0]
    finally:
        sender.close()


def test_pictures_arrive_as_they_are(backend: type[_Backend]) -> None:
    frame = _sent((48, 64), device=":stage").reshape(48, 64, 3)
    assert (frame == (200, 0, 0)).all()
    assert backend.rates == [25.0]


def test_the_pixel_format_is_the_devices(backend: type[_Backend]) -> None:
    backend.takes = (64, 48, "24BG")
    assert (_sent((48, 64)).reshape(48, 64, 3) == (0, 0, 200)).all()


def test_the_size_is_the_devices_and_the_picture_is_shown_whole(backend: type[_Backend]) -> None:
    backend.takes = (640, 480, "I420")
    luma = _sent((100, 400))[: 480 * 640].reshape(480, 640)
    assert luma[240, 320] > 50
    assert luma[0, 320] == 16


@pytest.mark.may_log("lost (", "is back")
def test_a_device_that_goes_away_is_opened_again(backend: type[_Backend]) -> None:
    backend.breaks = True
    _sent((48, 64))
    assert len(backend.rates) == 2


def test_a_device_that_is_not_there_is_told(backend: type[_Backend]) -> None:
    sender = start_sender(read_target("virtual-camera:nowhere"), frame_size=(48, 64))
    try:
        wait_until(lambda: sender.status.state == "failed")
        assert sender.status.notice
    finally:
        sender.close()
