"""What differs between blendmask-lite and the published family around the network itself."""

from __future__ import annotations

from functools import partial

from blendmask_live.config import SegmenterSettings
from blendmask_live.network.family.config import BlendMaskConfig
from blendmask_live.network.lite.choosing import look_at
from blendmask_live.network.lite.config import LiteConfig
from blendmask_live.runtime.runtime import Runtime, is_lite, plain_form, torch_form
from blendmask_live.segmenting.processing.lite import LiteProcessing, Look
from blendmask_live.segmenting.processing.protocol import Blended, Processing

__all__ = [
    "Blended",
    "LiteProcessing",
    "Processing",
    "default_settings",
    "processing_for",
    "top_layer",
]


def default_settings(config: LiteConfig | BlendMaskConfig) -> SegmenterSettings:
    """What a network was made for."""
    if isinstance(config, LiteConfig):
        return SegmenterSettings(short_side=config.short_side, long_side=config.long_side)
    # Sizes and thresholds as published.
    return SegmenterSettings(
        short_side=config.short_side,
        long_side=config.long_side,
        mask_threshold=0.5,
        nms_iou=0.6,
    )


def processing_for(runtime: Runtime) -> Processing:
    """What belongs around a network that runs like this."""
    config = runtime.model.config
    if isinstance(config, LiteConfig) and config.blender == "blend" and runtime.device == "cpu":
        return LiteProcessing(config, top_layer(runtime))
    model = torch_form(runtime.model)
    if is_lite(runtime.model):
        from blendmask_live.segmenting.processing.lite_on_device import DeviceLiteProcessing

        return DeviceLiteProcessing(model, runtime.precision)  # type: ignore[arg-type]
    from blendmask_live.segmenting.processing.family import FamilyProcessing

    return FamilyProcessing(model)  # type: ignore[arg-type]


def top_layer(runtime: Runtime) -> Look:
    """The top layer of a blendmask-lite on the CPU."""
    top = plain_form(runtime.model).top
    assert top is not None
    if runtime.name == "openvino":
        from blendmask_live.runtime.openvino_cpu import OpenVinoTop

        return OpenVinoTop(top, runtime.precision)
    return partial(look_at, top)
