"""The published family as ONNX."""

from __future__ import annotations

import io
import warnings
from typing import Final

import torch

from blendmask_live.network.family.model import BlendMask
from blendmask_live.runtime.graph import PlainNetwork

__all__ = ["family_model"]

_OPSET: Final = 17


def family_model(model: BlendMask) -> bytes:
    """A file's content, for pictures of any size."""
    content = io.BytesIO()
    example = torch.zeros(1, 64, 96, 3, dtype=torch.uint8)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        # The tracer leaves sizes open; the newer exporter fixes them where they divide.
        torch.onnx.export(
            PlainNetwork(model),
            (example,),
            content,  # type: ignore[arg-type]  # The older exporter takes streams too.
            dynamo=False,
            opset_version=_OPSET,
            input_names=["pictures"],
            dynamic_axes={"pictures": {0: "batch", 1: "height", 2: "width"}},
        )
    return content.getvalue()
