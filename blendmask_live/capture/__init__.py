"""Sources of frames: files, folders of images, cameras, streams, the screen, the demo."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blendmask_live.capture.source import CameraChoice, FrameSource, NoticingSource, SeekableSource
from blendmask_live.capture.source_part import PartialSource, SourcePart, part_of
from blendmask_live.errors import SourceOpenError

if TYPE_CHECKING:
    from blendmask_live.capture.camera import CameraInfo

__all__ = [
    "FrameSource",
    "NoticingSource",
    "PartialSource",
    "SeekableSource",
    "SourcePart",
    "list_cameras",
    "open_source",
]


_VIDEO_FILE_URL = re.compile(r"https?://[^?#]+\.(mp4|m4v|mov|mkv|webm|avi|mpe?g)([?#]|$)", re.I)
"""Files on a web server: every frame of them counts, and they end."""


def open_source(
    spec: str | Path,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    stride: int = 1,
    max_frames: int | None = None,
    width: int | None = None,
    height: int | None = None,
    fps: float | None = None,
    hardware: bool = False,
    deinterlace: bool = True,
) -> FrameSource:
    """Open a file, a folder of images, a camera, a stream, the screen or the built-in clip.

    Frames keep their true index and timestamp whatever part of the source is asked for.

    Args:
        spec: Path of a video, an image or a folder of images; a camera's index ("0"), name or
            device file; a URL (rtsp, http, udp, tcp, ...), live unless it names a video file as
            in http://.../clip.mp4; "screen", "screen:2" (a monitor),
            "screen:X,Y,WxH" (a region); "demo". A path wins over a name; a file that is really
            called demo or 0 is reached with "./demo".
        start_s: Seconds after the first frame; earlier frames are left out.
        end_s: Seconds after the first frame; frames from there on are left out.
        stride: Deliver every `stride`-th frame.
        max_frames: Deliver at most so many frames.
        width, height: Asked of a camera, in px; `info` says what it gives.
        fps: Asked of a camera; how often the screen is captured.
        hardware: Decode files and streams on the graphics processor; if that cannot be done, a
            warning and `info.decoded_on` say so. Colours are those of the CPU's decoder.
        deinterlace: Make pictures of two fields whole, where files, streams or cameras flag
            them; a warning says so.

    Raises:
        SourceOpenError: If the source is missing, holds no picture or the part asked for
            cannot exist.
    """
    part = SourcePart(start_s=start_s, end_s=end_s, stride=stride, max_frames=max_frames)
    decoding = _Decoding(hardware, deinterlace)
    source = _open_whole(spec, CameraChoice(width, height, fps), decoding)
    if part == SourcePart():
        return source
    try:
        return part_of(source, part)
    except SourceOpenError:
        source.close()
        raise


def list_cameras() -> tuple[CameraInfo, ...]:
    """Cameras that the system knows now; none where it cannot say."""
    from blendmask_live.capture.camera import list_cameras

    return list_cameras()


@dataclass(frozen=True, slots=True)
class _Decoding:
    hardware: bool
    deinterlace: bool


def _open_whole(spec: str | Path, choice: CameraChoice, decoding: _Decoding) -> FrameSource:
    if spec == "demo":
        from blendmask_live.capture.demo import DemoSource

        return DemoSource()
    if isinstance(spec, str) and re.fullmatch(r"screen(:.*)?", spec):
        from blendmask_live.capture.screen import open_screen

        return open_screen(spec, fps=choice.fps)
    if isinstance(spec, str) and re.match(r"[a-zA-Z][\w+.-]+://", spec):
        if _VIDEO_FILE_URL.match(spec):
            from blendmask_live.capture.file import FileSource

            return FileSource(spec, hardware=decoding.hardware, deinterlace=decoding.deinterlace)
        from blendmask_live.capture.stream import open_stream

        return open_stream(spec, hardware=decoding.hardware, deinterlace=decoding.deinterlace)
    if not str(spec):
        # Path("") would be the current folder.
        raise SourceOpenError("the name of the source is empty; give a file, folder or camera")
    path = Path(spec)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return _open_camera_called(str(spec), choice)
    except OSError as failure:
        raise SourceOpenError(f"{path}: cannot be reached: {failure.strerror}") from failure
    if stat.S_ISCHR(mode):
        from blendmask_live.capture.camera import open_camera

        return open_camera(path, choice)
    return _open_path(path, decoding)


def _open_camera_called(spec: str, choice: CameraChoice) -> FrameSource:
    from blendmask_live.capture.camera import find_camera, open_camera

    if re.fullmatch(r"\d+", spec):
        return open_camera(int(spec), choice)
    camera = find_camera(spec)
    if camera is None:
        # What has a suffix or a folder was meant as a path.
        kinds = "file or folder" if re.search(r"[./\\]", spec) else "file, folder or camera"
        raise SourceOpenError(f"{spec}: no such {kinds}; check the path")
    return open_camera(camera.index, choice)


def _open_path(path: Path, decoding: _Decoding) -> FrameSource:
    from blendmask_live.capture.file import FileSource
    from blendmask_live.capture.folder import IMAGE_SUFFIXES, open_folder, open_image

    if path.is_dir():
        return open_folder(path)
    if not path.is_file():
        raise SourceOpenError(f"{path}: expected a file or a folder, found a special file")
    if path.suffix.lower() in IMAGE_SUFFIXES and (image := open_image(path)):
        return image
    return FileSource(path, hardware=decoding.hardware, deinterlace=decoding.deinterlace)
