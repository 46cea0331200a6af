"""Cameras: clear words where there is none, or none that may be used."""

from __future__ import annotations

import errno
import os
import stat
import struct
import sys
from fractions import Fraction
from pathlib import Path

import av
import pytest

from blendmask_live.capture import camera as camera_module
from blendmask_live.capture import list_cameras, open_source
from blendmask_live.capture.camera import CameraInfo, _report_difference, find_camera
from blendmask_live.capture.source import CameraChoice
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import SourceOpenError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs V4L2")


def _refusal(spec: str | Path) -> str:
    with pytest.raises(SourceOpenError) as caught:
        open_source(spec)
    message = str(caught.value)
    assert "\n" not in message
    return message


def _two_cameras() -> tuple[CameraInfo, ...]:
    return (
        CameraInfo(0, "Integrated Webcam", "/dev/video0"),
        CameraInfo(2, "HD Webcam C525", "/dev/video2"),
    )


def test_listing_tells_index_name_and_path() -> None:
    for camera in list_cameras():
        assert camera.index >= 0 and camera.name and camera.path


@pytest.mark.parametrize(
    ("of_device", "of_node", "is_camera"),
    [
        (0x84A00001, 0x04200001, True),  # the pictures of a USB camera
        (0x84A00001, 0x04A00000, False),  # its metadata
        (0x80200002, 0x04200002, False),  # a display output
        (0x04000001, 0, True),  # a driver from before nodes told
    ],
)
@linux_only
def test_only_nodes_that_give_pictures_are_cameras(
    monkeypatch: pytest.MonkeyPatch, of_device: int, of_node: int, is_camera: bool
) -> None:
    capability = struct.pack("=16s32s32s6I", b"uvc", b"Cam", b"usb", 0, of_device, of_node, 0, 0, 0)
    node = av.device.DeviceInfo("/dev/video3", "Cam", False, [])
    monkeypatch.setattr(av.device, "enumerate_input_devices", lambda system: [node])
    monkeypatch.setattr(camera_module, "_v4l2_capability", lambda path: capability)
    assert [camera.index for camera in list_cameras()] == [3] * is_camera


@linux_only
def test_device_that_does_not_answer_stays_a_camera() -> None:
    assert camera_module._v4l2_capability("/dev/null") == b""
    assert camera_module._gives_pictures(b"")


@linux_only
def test_missing_camera_says_which_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "camera 987: there is no camera /dev/video987" in _refusal("987")
    monkeypatch.setattr(camera_module, "list_cameras", _two_cameras)
    assert "cameras here: 0 (Integrated Webcam), 2 (HD Webcam C525)" in _refusal("987")


@linux_only
def test_device_that_is_no_camera_is_named() -> None:
    assert "/dev/null: /dev/null is no camera" in _refusal("/dev/null")


@linux_only
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (errno.EBUSY, "taken by another program; close that program"),
        (errno.ENODEV, "is no camera"),
        (errno.EIO, "cannot be opened (Input/output error)"),
    ],
)
def test_refusal_of_the_driver_is_explained(
    monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    def refuse(path: str, **options: object) -> None:
        av.error.err_check(-code)

    monkeypatch.setattr(camera_module.av, "open", refuse)
    assert reason in _refusal("/dev/null")


@linux_only
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may open every device"
)
def test_camera_without_permission_names_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    private = Path("/dev/mem")
    if not (private.exists() and stat.S_ISCHR(private.stat().st_mode)):
        pytest.skip("needs a device that only the superuser may open")
    assert "join the group 'video'" in _refusal(private)


def test_camera_is_found_by_its_name_or_a_part_that_only_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(camera_module, "list_cameras", _two_cameras)
    found = [find_camera(name) for name in ("hd webcam c525", "C525", "Webcam", "other")]
    assert [camera and camera.index for camera in found] == [2, 2, None, None]


def test_unknown_name_is_refused_as_file_and_camera() -> None:
    assert "no such file, folder or camera" in _refusal("Webcam of nobody")


def test_camera_that_gives_something_else_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    info = SourceInfo(name="camera", width=640, height=480, average_fps=Fraction(15))
    _report_difference("camera 0", CameraChoice(1280, 720, 30), info)
    assert caplog.messages == [
        "camera 0: gives 640 x 480, not 1280 x 720",
        "camera 0: gives 15 fps, not 30",
    ]
    caplog.clear()
    _report_difference("camera 0", CameraChoice(width=640, fps=15), info)
    assert caplog.records == []
