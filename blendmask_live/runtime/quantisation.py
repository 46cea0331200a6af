"""int8 for OpenVINO: calibrated on real frames, and refused where it changes what is seen."""

from __future__ import annotations

import logging
import os
from contextlib import closing
from importlib.util import find_spec
from typing import Any, Final

import cv2
import numpy as np
import skimage.data
import torch
from numpy.typing import NDArray
from torch import Tensor

from blendmask_live.capture import open_source
from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.model import DenseOutput
from blendmask_live.runtime.graph import PlainNetwork, rebuild
from blendmask_live.runtime.runtime import Dense, Network

__all__ = ["quantised"]

_FRAME_SIZE: Final = (384, 672)
_CALIBRATION_FRAMES: Final = 24
_CHECKED_FRAMES: Final = 4
_IN_FULL: Final = (".*head.pred.*", ".*bottom.bases.*", ".*cls_logits.*", ".*bbox_pred.*")
"""Names of the last layers: next to nothing of the time, and most of the harm."""
_LIKELIEST: Final = 50
"""(location, class) pairs of a frame whose probabilities are compared."""
_LARGEST_SHIFT: Final = 0.06
"""Mean change of those probabilities."""
_LARGEST_BASES_ERROR: Final = 0.15
"""Mean change of the bases, as a share of their spread."""


def quantised(graph: Any, model: Network) -> Any:
    """An OpenVINO graph with int8 convolutions.

    Args:
        graph: Of `PlainNetwork`, in fp32.
        model: The same network in PyTorch, to check against.

    Raises:
        ConfigError: If NNCF is not installed, or the result differs too much from fp32.
    """
    if not find_spec("nncf"):
        raise ConfigError("precision int8 needs NNCF; pip install 'blendmask-live[int8]'")
    # NNCF would report its use over the network; this switches that off.
    os.environ.setdefault("NNCF_CI", "1")
    import nncf

    frames = _demo_frames(_CALIBRATION_FRAMES + _CHECKED_FRAMES)
    checked, calibrating = frames[:_CHECKED_FRAMES], frames[_CHECKED_FRAMES:] + _photographs()
    nncf.set_log_level(logging.ERROR)
    result = nncf.quantize(
        graph,
        nncf.Dataset(calibrating),
        # Activations are signed: leaky ReLUs let negative values pass.
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(calibrating),
        ignored_scope=nncf.IgnoredScope(patterns=list(_IN_FULL), validate=False),
    )
    _refuse_if_wrong(result, model, checked)
    return result


def _demo_frames(count: int) -> list[NDArray[np.uint8]]:
    """`count` frames (1, h, w, 3) from all over the demo clip."""
    source = open_source("demo")
    total = source.info.frame_count or 1
    frames: list[NDArray[np.uint8]] = []
    with closing(source):
        for index in range(total):
            frame = source.read()
            if frame is not None and index * count // total == len(frames):
                height, width = _FRAME_SIZE
                resized = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
                frames.append(resized[None])  # type: ignore[arg-type]
    return frames


def _photographs() -> list[NDArray[np.uint8]]:
    """Photographs (1, h, w, 3), whole and in quarters: other scenes and scales than the demo's."""
    frames: list[NDArray[np.uint8]] = []
    for picture in (skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee()):
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        quarters = [picture[y : y + height, x : x + width] for y in (0, height) for x in (0, width)]
        for part in (picture, *quarters):
            frames.append(cv2.resize(part, _FRAME_SIZE[::-1])[None])
    return frames


@torch.inference_mode()
def _refuse_if_wrong(graph: Any, model: Network, frames: list[NDArray[np.uint8]]) -> None:
    from blendmask_live.runtime.openvino_core import CORE

    compiled = CORE.compile_model(graph, "CPU")
    exact = PlainNetwork(model)
    for frame in frames:
        results = compiled({0: frame})
        found = rebuild(model, [torch.from_numpy(results[i]) for i in range(len(results))])
        expected = rebuild(model, exact(torch.from_numpy(frame)))
        ours, reference = _probabilities(found), _probabilities(expected)
        likeliest = reference.topk(_LIKELIEST).indices
        shift = float((ours[likeliest] - reference[likeliest]).abs().mean())
        error = float((found.bases - expected.bases).abs().mean() / expected.bases.std())
        if not (shift <= _LARGEST_SHIFT and error <= _LARGEST_BASES_ERROR):
            raise ConfigError(
                f"precision int8 changes this network too much: probabilities by {shift:.3f} "
                f"(limit {_LARGEST_SHIFT}), bases by {error:.3f} (limit {_LARGEST_BASES_ERROR}); "
                "choose bf16 or fp32"
            )


def _probabilities(dense: Dense) -> Tensor:
    """Of every location and class, in one row."""
    if isinstance(dense, DenseOutput):
        return dense.class_logits.flatten().sigmoid()
    return torch.cat([level.class_logits.flatten() for level in dense.levels]).sigmoid()
