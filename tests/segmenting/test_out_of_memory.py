"""A GPU that is too small gets smaller pictures, not a crash. The error is injected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from blendmask_live.runtime import Dense, Runtime
from blendmask_live.segmenting.segmenter import Segmenter

Picture = NDArray[np.uint8]


class _SmallMemory:
    """A runtime that raises what PyTorch raises for inputs beyond a number of pixels."""

    def __init__(self, runtime: Runtime, *, largest_px: int) -> None:
        self._runtime, self._largest_px = runtime, largest_px
        self.name, self.precision = runtime.name, runtime.precision
        self.device, self.model = runtime.device, runtime.model
        self.sizes: list[tuple[int, int]] = []

    def run(self, pictures: NDArray[np.uint8]) -> Dense:
        height, width = pictures.shape[1:3]
        self.sizes.append((height, width))
        if height * width > self._largest_px:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return self._runtime.run(pictures)


def _on_small_memory(segmenter: Segmenter, *, largest_px: int) -> tuple[Segmenter, _SmallMemory]:
    memory = _SmallMemory(segmenter.runtime, largest_px=largest_px)
    return (
        Segmenter(
            memory, segmenter.labels, segmenter.settings, weights_path=segmenter.weights_path
        ),
        memory,
    )


def test_running_out_of_memory_makes_the_input_smaller_with_one_warning(
    segmenter: Segmenter, cat: Picture, caplog: pytest.LogCaptureFixture
) -> None:
    starved, memory = _on_small_memory(segmenter, largest_px=160 * 256)
    found = starved.segment(cat)
    assert found.class_names[0] == "cat"
    assert len(memory.sizes) > 2
    assert len(caplog.records) == 1
    height, width = memory.sizes[-1]
    assert f"going on with {width} x {height} px" in caplog.text
    assert starved.network_size(cat.shape[:2]) == (height, width)  # type: ignore[arg-type]
    expected = segmenter.with_settings(
        replace(starved.settings, short_side=144, long_side=216)
    ).segment(cat)
    np.testing.assert_allclose(found.boxes, expected.boxes)


def test_later_pictures_start_at_the_size_that_fits(
    segmenter: Segmenter, cat: Picture, caplog: pytest.LogCaptureFixture
) -> None:
    starved, memory = _on_small_memory(segmenter, largest_px=160 * 256)
    starved.segment(cat)
    tried = len(memory.sizes)
    starved.segment(cat)
    starved.settings = replace(starved.settings, score_threshold=0.2)
    starved.segment(cat)
    assert len(memory.sizes) == tried + 2
    assert len(caplog.records) == 1


def test_memory_that_suffices_for_nothing_is_an_error(segmenter: Segmenter, cat: Picture) -> None:
    starved, memory = _on_small_memory(segmenter, largest_px=0)
    with pytest.raises(torch.OutOfMemoryError, match="input of 64 px; close other programs"):
        starved.segment(cat)
    assert memory.sizes[-1][0] == 64
