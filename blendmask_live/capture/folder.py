"""Images: one file or a folder of them, as a source of frames."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image

from blendmask_live.capture.image_file import UNREADABLE, brightest_value, load_rgb
from blendmask_live.capture.naming import output_name
from blendmask_live.capture.source import refuse_negative
from blendmask_live.capture.source_part import Choose, NextFrame, take_every
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.errors import SourceOpenError
from blendmask_live.picture_names import IMAGE_SUFFIXES, pictures_in

__all__ = ["IMAGE_SUFFIXES", "ImageSource", "open_folder", "open_image"]

logger = logging.getLogger(__name__)


def open_folder(folder: Path) -> ImageSource:
    """The images directly inside a folder, sorted by name with numbers by value.

    Raises:
        SourceOpenError: If the folder cannot be listed or holds no image that can be read.
    """
    try:
        files = pictures_in(folder)
        inside = [] if files else [path for path in folder.iterdir() if path.is_dir()]
    except OSError as failure:
        raise SourceOpenError(f"{folder}: cannot be listed: {failure.strerror}") from failure
    if not files:
        below = sorted(path.name for path in inside if _has_images(path))
        found = (
            f"found some in {', '.join(below[:3])}; give one of these" if below else "found none"
        )
        raise SourceOpenError(
            f"{folder}: expected a folder of images ({', '.join(sorted(IMAGE_SUFFIXES))}), {found}"
        )
    return ImageSource(files, path=folder)


def _has_images(folder: Path) -> bool:
    # A folder that cannot be listed is no reason to say nothing of the others.
    with suppress(OSError):
        return bool(pictures_in(folder))
    return False


def open_image(path: Path) -> ImageSource | None:
    """One image; None for an animated PNG, which is a video.

    Raises:
        SourceOpenError: If it cannot be read.
    """
    count, kind = 1, None
    with suppress(*UNREADABLE), Image.open(path) as stored:
        count, kind = getattr(stored, "n_frames", 1), stored.format
    if count > 1 and kind == "PNG":
        return None
    # What phones add to a photo (MPO) nobody misses.
    has_more = count > 1 and kind != "MPO"
    notice = f"{path}: only the first of its {count} pictures is read; convert it to a video"
    return ImageSource([path], path=path, notice=notice if has_more else "")


class ImageSource:
    """Image files as frames without timestamps; images may differ in size.

    An image that cannot be read is left out with a warning. The index of a frame is its
    position in the list of files, so such an image leaves a gap.

    Attributes:
        notice: See `NoticingSource.notice`.
    """

    def __init__(self, files: Sequence[Path], *, path: Path, notice: str = "") -> None:
        """Read the first image.

        Args:
            files: In the order of delivery.
            path: The folder or single file that names the source.
            notice: What is missing of it.

        Raises:
            SourceOpenError: If none of the files can be read.
        """
        self.notice = notice
        self._files = list(files)
        self._next_index = 0
        self._interrupted = threading.Event()
        self._brightest: int | None = None
        self._brightest = self._find_brightest()
        self._first = self._read_file(take_every)
        if self._first is None:
            raise SourceOpenError(f"{path}: none of the {len(files)} image file(s) can be read")
        if notice:
            logger.warning("%s", notice)
        self._next_index = self._first.index
        height, width = self._first.size
        self._info = SourceInfo(
            # The absolute path, so that "." has a name.
            name=output_name(path.absolute().stem if path.is_file() else path.resolve().name),
            width=width,
            height=height,
            path=path,
            frame_count=len(files),
        )

    def _find_brightest(self) -> int | None:
        """One for all pictures, so that they do not flicker."""
        try:
            brightest = brightest_value(self._files)
        except UNREADABLE:
            return None
        if brightest is not None and brightest < 65535:
            logger.warning(
                "%s: 16-bit pictures; the value %d is taken for white", self._files[0], brightest
            )
        return brightest

    @property
    def info(self) -> SourceInfo:
        """Size of the first image; no time base and no frame rate."""
        return self._info

    def read(self) -> Frame | None:
        """See `FrameSource.read`."""
        return self.read_selected(take_every)

    def read_selected(self, choose: Choose) -> Frame | None:
        """See `SelectiveSource.read_selected`: files that are not taken are not opened."""
        first, self._first = self._first, None
        if first is not None and not self._interrupted.is_set():
            self._next_index = first.index + 1
            if choose(first.index, None) is NextFrame.TAKE:
                return first
        return self._read_file(choose)

    def seek(self, index: int) -> None:
        """See `SeekableSource.seek`; an image that cannot be read gives way to the next one."""
        refuse_negative(index)
        self._first = None
        self._next_index = index

    def interrupt(self) -> None:
        """See `FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `FrameSource.close`."""
        self._interrupted.set()

    def _read_file(self, choose: Choose) -> Frame | None:
        while self._next_index < len(self._files) and not self._interrupted.is_set():
            index = self._next_index
            self._next_index += 1
            choice = choose(index, None)
            if choice is NextFrame.STOP:
                self._next_index = len(self._files)
            elif choice is NextFrame.TAKE:
                try:
                    image = load_rgb(self._files[index], brightest=self._brightest)
                except UNREADABLE as failure:
                    logger.warning("%s: left out, cannot be read: %s", self._files[index], failure)
                    continue
                return Frame(image=image, index=index, pts_s=None, captured_at=time.monotonic())
        return None
