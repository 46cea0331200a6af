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
from numpy.typing import NDArray

from blendmask_live.capture import open_source
from blendmask_live.errors import ConfigError
from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.network.lite.plain import PlainDense
from blendmask_live.runtime.runtime import Network

__all__ = ["quantised"]

Floats = NDArray[np.float32]

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


def quantised(graph: Any, network: Network) -> Any:
    """An OpenVINO graph with int8 convolutions.

    Args:
        graph: The network in fp32, which the result is checked against.
        network: Says which output is what.

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
    _refuse_if_wrong(result, graph, checked, network)
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


def _refuse_if_wrong(
    graph: Any, exact: Any, frames: list[NDArray[np.uint8]], network: Network
) -> None:
    """Compare two graphs.

    Raises:
        ConfigError: If what `graph` says differs too much from what `exact` says in fp32.
    """
    from blendmask_live.runtime.openvino_core import CORE

    rounded = CORE.compile_model(graph, "CPU")
    full = CORE.compile_model(exact, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for frame in frames:
        ours, our_bases = _told(rounded, frame, network)
        reference, bases = _told(full, frame, network)
        likeliest = np.argpartition(-reference, _LIKELIEST)[:_LIKELIEST]
        shift = float(np.abs(ours[likeliest] - reference[likeliest]).mean())
        error = float(np.abs(our_bases - bases).mean() / bases.std())
        if not (shift <= _LARGEST_SHIFT and error <= _LARGEST_BASES_ERROR):
            raise ConfigError(
                f"precision int8 changes this network too much: probabilities by {shift:.3f} "
                f"(limit {_LARGEST_SHIFT}), bases by {error:.3f} (limit {_LARGEST_BASES_ERROR}); "
                "choose bf16 or fp32"
            )


def _told(compiled: Any, frame: NDArray[np.uint8], network: Network) -> tuple[Floats, Floats]:
    """Probabilities of every location and class in one row, and the bases."""
    results = compiled({0: frame})
    outputs = [np.array(results[i]) for i in range(len(results))]
    if isinstance(network.config, LiteConfig):
        dense = PlainDense.of(outputs)
        logits, bases = dense.class_logits.ravel(), dense.bases
    else:
        # As `graph.rebuild` takes them: bases, stuff, then four for each level, classes first.
        first = 2 if network.config.is_panoptic else 1
        logits = np.concatenate([output.ravel() for output in outputs[first::4]])
        bases = outputs[0]
    # The logistic function, without overflow.
    return np.float32(0.5) + np.float32(0.5) * np.tanh(logits / 2), bases
