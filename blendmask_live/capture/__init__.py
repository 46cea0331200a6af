"""Sources of frames: files, folders of images, the built-in demo."""

from __future__ import annotations

import re
from pathlib import Path

from blendmask_live.capture.source import FrameSource
from blendmask_live.capture.window import Window, WindowedSource, part_of
from blendmask_live.errors import SourceOpenError

__all__ = ["FrameSource", "Window", "WindowedSource", "open_source"]


def open_source(
    spec: str | Path,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    stride: int = 1,
    max_frames: int | None = None,
) -> FrameSource:
    """Open a video file, an image, a folder of images or the built-in clip "demo".

    Frames keep their true index and timestamp whatever part of the source is asked for.

    Args:
        spec: Path, or "demo". A file that is really called demo is reached with "./demo".
        start_s: Seconds after the first frame; earlier frames are left out.
        end_s: Seconds after the first frame; frames from there on are left out.
        stride: Deliver every `stride`-th frame.
        max_frames: Deliver at most so many frames.

    Raises:
        SourceOpenError: If the source is missing, holds no picture or the part asked for
            cannot exist.
    """
    window = Window(start_s=start_s, end_s=end_s, stride=stride, max_frames=max_frames)
    source = _open_whole(spec)
    if window == Window():
        return source
    try:
        return part_of(source, window)
    except SourceOpenError:
        source.close()
        raise


def _open_whole(spec: str | Path) -> FrameSource:
    if spec == "demo":
        from blendmask_live.capture.demo import DemoSource

        return DemoSource()
    if isinstance(spec, str) and (spec == "screen" or re.match(r"[a-zA-Z][\w+.-]+://", spec)):
        raise SourceOpenError(
            f"{spec}: streams and screens are not supported yet; give a video file, "
            "a folder of images or 'demo'"
        )
    path = Path(spec)
    try:
        exists = path.exists()
    except OSError as failure:
        raise SourceOpenError(f"{path}: cannot be reached: {failure.strerror}") from failure
    if not exists:
        if re.fullmatch(r"\d+", str(spec)):
            raise SourceOpenError(
                f"{spec}: cameras are not supported yet; give a video file, "
                "a folder of images or 'demo'"
            )
        raise SourceOpenError(f"{path}: no such file or folder; check the path")
    return _open_path(path)


def _open_path(path: Path) -> FrameSource:
    from blendmask_live.capture.file import FileSource
    from blendmask_live.capture.folder import IMAGE_SUFFIXES, ImageSource, open_folder

    if path.is_dir():
        return open_folder(path)
    if not path.is_file():
        raise SourceOpenError(f"{path}: expected a file or a folder, found a special file")
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageSource([path], path=path)
    return FileSource(path)
