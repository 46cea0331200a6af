"""Tracked frames on disk, so that a long video can be looked at a second time."""

from __future__ import annotations

import io
import tempfile
import zlib
from array import array
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import ExportError
from blendmask_live.masks.crops import CroppedMask

__all__ = ["FrameStore", "StoredFrame"]


@dataclass(frozen=True, slots=True, eq=False)
class StoredFrame:
    """What the first look found in a frame; row i of everything is the same object.

    Attributes:
        time_s: Of the video.
        frame_size: (height, width) px.
        parts: (N,) int64, numbers of tracklets.
        is_coasted: (N,) bool, whether only the tracker gave the object its mask.
        class_ids: (N,) int64.
        scores: (N,) float32.
        boxes: (N, 4) float32 xyxy frame px.
        crops: N pixel masks.
    """

    time_s: float
    frame_size: tuple[int, int]
    parts: NDArray[np.int64]
    is_coasted: NDArray[np.bool_]
    class_ids: NDArray[np.int64]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]
    crops: tuple[CroppedMask, ...]


class FrameStore:
    """Frames in a temporary file, which is gone when closed; used by one thread at a time.

    Masks are packed and compressed: an object takes about 300 bytes a frame there, and a frame
    16 bytes of memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Keep the frames in `folder`; where absent, in the system's folder for temporary files."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._ends = array("q", [0])
        self.times_s = array("d")

    def __len__(self) -> int:
        return len(self.times_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def append(self, frame: StoredFrame) -> None:
        """Add the next frame.

        Raises:
            ExportError: If it cannot be written.
        """
        packed = _packed(frame)
        try:
            self._file.seek(self._ends[-1])
            self._file.write(packed)
            # A full disk is reported here, not at the next use of the file.
            self._file.flush()
        except OSError as error:
            raise ExportError(
                f"the first pass cannot be kept ({error.strerror}); free space in the output "
                "folder, or annotate without --two-pass"
            ) from error
        self._ends.append(self._ends[-1] + len(packed))
        self.times_s.append(frame.time_s)

    def read(self, number: int) -> StoredFrame:
        """A frame by its position, from 0."""
        self._file.seek(self._ends[number])
        packed = self._file.read(self._ends[number + 1] - self._ends[number])
        return _unpacked(packed, self.times_s[number])

    def close(self) -> None:
        # What did not fit on the disk does not fit at the end either.
        with suppress(OSError):
            self._file.close()


def _packed(frame: StoredFrame) -> bytes:
    parts = io.BytesIO()
    corners = [(c.x0, c.y0, *c.mask.shape) for c in frame.crops]
    parts.write(np.array([len(frame.crops), *frame.frame_size], dtype=np.int64).tobytes())
    parts.write(frame.parts.astype(np.int64).tobytes())
    parts.write(frame.class_ids.astype(np.int64).tobytes())
    parts.write(np.array(corners, dtype=np.int64).tobytes())
    parts.write(frame.scores.astype(np.float32).tobytes())
    parts.write(frame.boxes.astype(np.float32).tobytes())
    parts.write(frame.is_coasted.astype(np.bool_).tobytes())
    for crop in frame.crops:
        parts.write(np.packbits(crop.mask).tobytes())
    return zlib.compress(parts.getbuffer(), level=1)


def _unpacked(packed: bytes, time_s: float) -> StoredFrame:
    raw = io.BytesIO(zlib.decompress(packed))

    def read(kind: type[np.generic], *shape: int) -> NDArray[np.generic]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        return np.frombuffer(raw.read(size), dtype=kind).reshape(shape)

    count, height, width = read(np.int64, 3).tolist()
    parts, class_ids = read(np.int64, count), read(np.int64, count)
    corners = read(np.int64, count, 4).tolist()
    scores, boxes = read(np.float32, count), read(np.float32, count, 4)
    is_coasted = read(np.bool_, count)
    crops = []
    for x0, y0, rows, columns in corners:
        bits = np.frombuffer(raw.read((rows * columns + 7) // 8), dtype=np.uint8)
        mask = np.unpackbits(bits, count=rows * columns).astype(bool)
        crops.append(CroppedMask(x0, y0, mask.reshape(rows, columns)))
    return StoredFrame(
        time_s,
        (height, width),
        parts,  # type: ignore[arg-type]
        is_coasted,  # type: ignore[arg-type]
        class_ids,  # type: ignore[arg-type]
        scores,  # type: ignore[arg-type]
        boxes,  # type: ignore[arg-type]
        tuple(crops),
    )
