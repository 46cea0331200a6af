"""Moving shapes with exact masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

from blendmask_live.datatypes import Frame, Instances, TrackedFrame, TrackedInstances

FRAME_SIZE = (180, 320)
PERSON, CAR = 0, 2

Shape = tuple[float, float, float, float]
"""Ellipse: centre x, centre y, width, height in px."""
MakeInstances = Callable[..., Instances]


@pytest.fixture
def draw_instances() -> MakeInstances:
    """Instances of ellipses; shapes given first lie in front of later ones."""

    def draw(
        shapes: Sequence[Shape],
        *,
        scores: Sequence[float] | None = None,
        class_ids: Sequence[int] | None = None,
        frame_size: tuple[int, int] = FRAME_SIZE,
    ) -> Instances:
        y, x = np.mgrid[: frame_size[0], : frame_size[1]] + 0.5
        covered = np.zeros(frame_size, dtype=bool)
        masks = []
        for centre_x, centre_y, width, height in shapes:
            radius = ((x - centre_x) / width * 2) ** 2 + ((y - centre_y) / height * 2) ** 2
            masks.append((radius <= 1) & ~covered)
            covered |= masks[-1]
        return Instances.from_masks(
            np.array(masks, dtype=bool).reshape(-1, *frame_size),
            class_ids=[PERSON] * len(masks) if class_ids is None else class_ids,
            scores=[0.96] * len(masks) if scores is None else scores,
        )

    return draw


@pytest.fixture
def as_frame() -> Callable[[TrackedInstances, int], TrackedFrame]:
    """Put tracked instances on a grey picture."""

    def wrap(tracked: TrackedInstances, index: int) -> TrackedFrame:
        image = np.full((*tracked.instances.frame_size, 3), 127, dtype=np.uint8)
        return TrackedFrame(Frame(image, index, Fraction(index, 25), 0.0), tracked)

    return wrap
