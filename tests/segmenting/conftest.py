from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from blendmask_live.config import SegmenterSettings
from blendmask_live.segmenting.segmenter import Segmenter, load_segmenter

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def loaded() -> Segmenter:
    return load_segmenter("blendmask-lite", device="cpu", runtime="torch", precision="fp32")


@pytest.fixture
def segmenter(loaded: Segmenter) -> Iterator[Segmenter]:
    """The built-in network at a small, quick size."""
    loaded.settings = replace(SegmenterSettings(), short_side=256, long_side=384)
    return loaded


@pytest.fixture(scope="session")
def cat() -> NDArray[np.uint8]:
    """(300, 451, 3): a cat's face."""
    return np.ascontiguousarray(data.chelsea())


@pytest.fixture(scope="session")
def person() -> NDArray[np.uint8]:
    """(512, 512, 3): an astronaut."""
    return np.ascontiguousarray(data.astronaut())
