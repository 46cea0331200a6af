"""What is no object: the class of every pixel, as a panoptic network gave it."""

from __future__ import annotations

import logging
import zlib

import numpy as np
from numpy.typing import NDArray

from blendmask_live.annotation.database import Database, Row

__all__ = ["has_stuff", "read_stuff", "stuff_row"]

logger = logging.getLogger(__name__)


def stuff_row(frame: int, semantic: NDArray[np.uint8]) -> Row:
    """A row of the table `stuff`.

    Args:
        frame: Source frame index.
        semantic: (H, W) uint8, see `Instances.semantic`.
    """
    return frame, zlib.compress(np.ascontiguousarray(semantic).tobytes(), 1)


def has_stuff(database: Database) -> bool:
    """Whether any frame has a map of stuff."""
    return bool(database.rows("SELECT 1 FROM stuff LIMIT 1"))


def read_stuff(
    database: Database, frame: int, frame_size: tuple[int, int]
) -> NDArray[np.uint8] | None:
    """The (H, W) map that `stuff_row` kept; None where there is none.

    Only panoptic outputs need it, so that a damaged one is passed over with a warning.
    """
    for (blob,) in database.rows("SELECT classes FROM stuff WHERE frame = ?", (frame,)):
        try:
            return np.frombuffer(zlib.decompress(blob), np.uint8).reshape(frame_size)
        except (TypeError, ValueError, zlib.error) as error:
            logger.warning(
                "%s: frame %d: its map of stuff is damaged (%s); its objects are not",
                database.path,
                frame,
                error,
            )
    return None
