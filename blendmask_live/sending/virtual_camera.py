"""Pictures into a virtual camera that calls and OBS can choose, through pyvirtualcam."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import usual_matrix
from blendmask_live.export.yuv420 import yuv420_planes, yuv_matrix
from blendmask_live.sending.attempts import ReceiverLost
from blendmask_live.sending.fitting import even, fitted
from blendmask_live.sending.sender import Picture

if TYPE_CHECKING:
    import pyvirtualcam

__all__ = ["CameraFinding", "CameraOutlet", "find_virtual_cameras"]

_USUAL_SIZES: Final = ((720, 1280), (480, 640))
"""(height, width) px that are tried where a device refuses the picture's own."""
_LOOPBACKS: Final = Path("/sys/devices/virtual/video4linux")
_HOW_ON_LINUX: Final = (
    "no v4l2loopback device; install it (Debian, Ubuntu: apt install v4l2loopback-dkms) and load "
    "it: sudo modprobe v4l2loopback exclusive_caps=1 card_label='BlendMask Live'"
)
_HOW_WITH_OBS: Final = "no backend; install OBS Studio, start its virtual camera once and stop it"
_NO_PACKAGE: Final = "install it with: pip install 'blendmask-live[virtualcam]'"


@dataclass(frozen=True, slots=True)
class CameraFinding:
    """Which virtual cameras there are."""

    devices: tuple[tuple[str, str], ...]
    """Device and name of each, as people know it."""
    missing: str
    """What is missing and how to get it; "" if there is a device."""


def find_virtual_cameras() -> CameraFinding:
    """Look for devices; opens none."""
    if find_spec("pyvirtualcam") is None:
        return CameraFinding((), _NO_PACKAGE)
    if platform.system() == "Linux":
        devices = tuple(_loopbacks())
        return CameraFinding(devices, "" if devices else _HOW_ON_LINUX)
    backends = _backends()
    named = {"obs": "OBS Virtual Camera", "unitycapture": "Unity Video Capture"}
    devices = tuple((named[name], named[name]) for name in backends if name in named)
    return CameraFinding(devices, "" if devices else _HOW_WITH_OBS)


def _loopbacks() -> Iterator[tuple[str, str]]:
    if not _LOOPBACKS.is_dir():
        return
    for entry in sorted(_LOOPBACKS.iterdir()):
        try:
            name = (entry / "name").read_text(errors="replace").strip()
        except OSError:
            continue
        yield f"/dev/{entry.name}", name


def _backends() -> tuple[str, ...]:
    from pyvirtualcam.camera import BACKENDS

    return tuple(BACKENDS)


class CameraOutlet:
    """An open virtual camera. Size and pixel format are what the device takes.

    Attributes:
        is_open: See `Outlet.is_open`.
    """

    is_open = True

    def __init__(self, device: str, frame_size: tuple[int, int], *, fps: float) -> None:
        """Open a camera.

        Args:
            device: As `find_virtual_cameras` gives it; "" for any.
            frame_size: (height, width) px of the pictures; if the device refuses that, the usual
                sizes are tried, and pictures are fitted into them.
            fps: What programs that show the camera may plan with.

        Raises:
            ReceiverLost: If there is no such camera, or it takes no picture of ours.
        """
        try:
            from pyvirtualcam import PixelFormat
        except ImportError as error:
            raise ReceiverLost(f"pyvirtualcam is missing; {_NO_PACKAGE}", is_final=True) from error
        self._formats = {
            PixelFormat.RGB: lambda image: image,
            PixelFormat.BGR: lambda image: cv2.cvtColor(image, cv2.COLOR_RGB2BGR),
            PixelFormat.I420: self._planes,
        }
        self._camera, self._size = self._negotiated(device, even(frame_size), fps)
        matrix = usual_matrix(width=self._size[1], height=self._size[0])
        self._matrix = yuv_matrix(matrix, full_range=False)

    @property
    def description(self) -> str:
        """Device, size and pixel format, for people."""
        camera = self._camera
        return f"{camera.device} {camera.width}x{camera.height} {camera.fmt}"

    def wait_ready(self) -> bool:
        """See `Outlet.wait_ready`."""
        return True

    def send(self, picture: Picture) -> None:
        """See `Outlet.send`."""
        image: Any = fitted(picture.image, self._size)
        if image.shape[2] == 4:
            image = cv2.cvtColor(image, cv2.COLOR_RGBA2RGB)
        pixels: Any = self._formats[self._camera.fmt](image)
        try:
            self._camera.send(np.ascontiguousarray(pixels))
        except (RuntimeError, OSError, ValueError) as error:
            raise ReceiverLost(_line(error)) from error

    def finish(self) -> None:
        """See `Outlet.finish`."""

    def kill(self) -> None:
        """See `Outlet.kill`."""
        self._camera.close()

    def _planes(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return yuv420_planes(image, self._matrix)

    def _negotiated(
        self, device: str, size: tuple[int, int], fps: float
    ) -> tuple[pyvirtualcam.Camera, tuple[int, int]]:
        from pyvirtualcam import Camera

        reasons = []
        for height, width in dict.fromkeys((size, *_USUAL_SIZES)):
            for pixel_format in self._formats:
                try:
                    camera = Camera(width, height, fps, fmt=pixel_format, device=device or None)
                except (RuntimeError, OSError, ValueError) as error:
                    reasons.append(_line(error))
                else:
                    return camera, (height, width)
        missing = find_virtual_cameras().missing
        raise ReceiverLost(missing or reasons[0], is_final=bool(missing))


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
