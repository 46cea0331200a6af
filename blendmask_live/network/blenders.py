"""What the blenders are called, and the grid that they work on."""

from typing import Literal

__all__ = ["BASE_STRIDE", "BLENDERS", "Blender"]

Blender = Literal["blend", "yolact", "fcis"]
"""How bases become masks; see `network.blender`."""
BLENDERS: tuple[Blender, ...] = ("blend", "yolact", "fcis")
BASE_STRIDE = 4
"""Network pixels per base pixel."""
