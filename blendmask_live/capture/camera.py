"""Cameras: through PyAV (V4L2) on Linux, through OpenCV elsewhere."""

from __future__ import annotations

import errno
import logging
import os
import re
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.capture.av_connection import AvConnection
from blendmask_live.capture.live_clock import MICROSECOND
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.reconnecting import (
    Connection,
    LivePicture,
    ReconnectingSource,
    RetryPauses,
)
from blendmask_live.capture.source import CameraChoice
from blendmask_live.datatypes import SourceInfo
from blendmask_live.errors import SourceOpenError, SourceReadError

__all__ = ["CameraInfo", "find_camera", "list_cameras", "open_camera"]

logger = logging.getLogger(__name__)

_OPEN_TIMEOUT_S: Final = 5.0
_READ_TIMEOUT_S: Final = 3.0
_DEVICES: Final = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""Platform -> libav's name for its cameras."""
# linux/videodev2.h: driver, card, bus, version, what the device can do, what this node can do.
_V4L2_CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")
_VIDIOC_QUERYCAP: Final = 0x80005600 | _V4L2_CAPABILITY.size << 16
_V4L2_VIDEO_CAPTURE: Final = 0x1
_V4L2_HAS_NODE_BITS: Final = 0x80000000


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this machine."""

    index: int
    """What opens it: N of /dev/videoN on Linux, else the place in the system's list."""
    name: str
    """For people."""
    path: str
    """The device file on Linux, else the system's name of the device."""


def list_cameras() -> tuple[CameraInfo, ...]:
    """Cameras that the system knows now; none where it cannot say."""
    system = _DEVICES.get(sys.platform)
    try:
        devices = av.device.enumerate_input_devices(system) if system else []
    except (av.FFmpegError, ValueError) as failure:
        logger.debug("cameras cannot be listed: %s", failure)
        return ()
    # Devices that say nothing of what they give are kept.
    cameras = [d for d in devices if not d.media_types or "video" in d.media_types]
    if system == "v4l2":
        cameras = [d for d in cameras if _gives_pictures(_v4l2_capability(d.name))]
    return tuple(
        CameraInfo(_index_of(device.name, place), device.description or device.name, device.name)
        for place, device in enumerate(cameras)
    )


def _v4l2_capability(path: str) -> bytes:
    """What a V4L2 device can do, as struct v4l2_capability; empty where it does not say."""
    import fcntl

    try:
        with Path(path).open("rb", buffering=0) as device:
            return fcntl.ioctl(device, _VIDIOC_QUERYCAP, bytes(_V4L2_CAPABILITY.size))
    except OSError as failure:
        logger.debug("%s: cannot be asked: %s", path, failure)
        return b""


def _gives_pictures(capability: bytes) -> bool:
    """False for the nodes of a camera that give something else, such as times of exposure.

    Their device as a whole gives pictures, which is what libav looks at.
    """
    if not capability:
        return True
    *_, of_device, of_node = _V4L2_CAPABILITY.unpack(capability)
    return bool((of_node if of_device & _V4L2_HAS_NODE_BITS else of_device) & _V4L2_VIDEO_CAPTURE)


def _index_of(path: str, place: int) -> int:
    numbered = re.fullmatch(r"/dev/video(\d+)", path)
    return int(numbered[1]) if numbered else place


def find_camera(name: str) -> CameraInfo | None:
    """The camera of this name or, if only one has it, with this part of a name."""
    wanted = name.casefold()
    cameras = list_cameras()
    exact = [camera for camera in cameras if camera.name.casefold() == wanted]
    found = exact or [camera for camera in cameras if wanted in camera.name.casefold()]
    return found[0] if len(found) == 1 or exact else None


def open_camera(
    camera: int | Path, choice: CameraChoice | None = None, *, pauses: RetryPauses | None = None
) -> ReconnectingSource:
    """Open a camera by index or, on Linux, by its device file.

    Raises:
        SourceOpenError: If there is no such camera, it is taken or may not be used.
    """
    name = f"camera {camera}" if isinstance(camera, int) else str(camera)
    if sys.platform == "linux":
        path = Path(f"/dev/video{camera}") if isinstance(camera, int) else camera
        connect = partial(_connect_v4l2, path, name, choice or CameraChoice())
    elif isinstance(camera, int):
        connect = partial(_OpenCvCamera, camera, name, choice or CameraChoice())
    else:
        raise SourceOpenError(f"{name}: device files are a thing of Linux; give the camera's index")
    source = ReconnectingSource(name, connect, pauses=pauses)
    if choice:
        _report_difference(name, choice, source.info)
    return source


def _report_difference(name: str, choice: CameraChoice, given: SourceInfo) -> None:
    asked = (choice.width or given.width, choice.height or given.height)
    if asked != (given.width, given.height):
        logger.warning("%s: gives %d x %d, not %d x %d", name, given.width, given.height, *asked)
    if choice.fps and given.average_fps and abs(float(given.average_fps) - choice.fps) > 0.5:
        logger.warning("%s: gives %g fps, not %g", name, float(given.average_fps), choice.fps)


def _connect_v4l2(path: Path, name: str, choice: CameraChoice) -> Connection:
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise SourceOpenError(
            f"{name}: {path} may not be used by this user; join the group 'video' and log in again"
        )
    # Uncompressed pictures of HD size come at a few frames a second over USB.
    for options in ({"input_format": "mjpeg"}, {}):
        if choice.width and choice.height:
            options["video_size"] = f"{choice.width}x{choice.height}"
        if choice.fps:
            options["framerate"] = f"{choice.fps:g}"
        try:
            container = av.open(
                str(path),
                format="v4l2",
                options=options,
                timeout=(_OPEN_TIMEOUT_S, _READ_TIMEOUT_S),
            )
        except av.FFmpegError as failure:
            reason = failure
        else:
            return AvConnection(container, name)
    raise SourceOpenError(f"{name}: {_why_not_open(reason, path)}") from reason


def _why_not_open(failure: av.FFmpegError, path: Path) -> str:
    if not path.exists():
        return f"there is no camera {path}; {_what_there_is()}"
    if failure.errno == errno.EBUSY:
        return "taken by another program; close that program"
    if failure.errno in (errno.ENOTTY, errno.ENODEV, errno.EINVAL):
        return f"{path} is no camera; {_what_there_is()}"
    return f"{path} cannot be opened ({failure.strerror}); {_what_there_is()}"


def _what_there_is() -> str:
    cameras = [f"{camera.index} ({camera.name})" for camera in list_cameras()]
    return f"cameras here: {', '.join(cameras)}" if cameras else "no camera is connected"


class _OpenCvCamera:
    """A camera of macOS or Windows."""

    notice = ""

    def __init__(self, index: int, name: str, choice: CameraChoice) -> None:
        backend = cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_DSHOW
        self._capture = cv2.VideoCapture(index, backend)
        if not self._capture.isOpened():
            raise SourceOpenError(
                f"{name}: there is none, another program uses it, or this program may not "
                f"(see the system's camera privacy settings); {_what_there_is()}"
            )
        asked = {
            cv2.CAP_PROP_FRAME_WIDTH: choice.width,
            cv2.CAP_PROP_FRAME_HEIGHT: choice.height,
            cv2.CAP_PROP_FPS: choice.fps,
        }
        for what, value in asked.items():
            if value:
                self._capture.set(what, value)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self._info = SourceInfo(
            name=output_name(name),
            width=int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height=int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            average_fps=Fraction(fps).limit_denominator(1001) if fps > 0 else None,
            time_base=MICROSECOND,
            is_live=True,
        )

    @property
    def info(self) -> SourceInfo:
        """See `Connection.info`."""
        return self._info

    def pictures(self) -> Iterator[LivePicture]:
        """See `Connection.pictures`."""
        while True:
            is_there, image = self._capture.read()
            if not is_there:
                raise SourceReadError("it gives no more pictures")
            yield LivePicture(partial(_rgb_of_bgr, image), None, time.monotonic())

    def close(self) -> None:
        """See `Connection.close`."""
        self._capture.release()


def _rgb_of_bgr(image: cv2.typing.MatLike) -> NDArray[np.uint8]:
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
