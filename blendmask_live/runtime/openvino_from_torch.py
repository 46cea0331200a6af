"""OpenVINO graphs of networks in PyTorch: the published family."""

from __future__ import annotations

import warnings
from typing import Any

import openvino
import torch
from openvino.frontend import FrontEndManager
from torch import Tensor, nn

from blendmask_live.network.family.model import BlendMask
from blendmask_live.runtime.graph import PlainNetwork

__all__ = ["convert", "family_graph"]


def convert(module: nn.Module, *examples: Tensor) -> Any:
    """The OpenVINO graph of a module, for the shapes of the examples.

    Through the frontend itself: `openvino.convert_model` reports its use over the network.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

        traced = torch.jit.trace(module, examples, check_trace=False)
        frontend = FrontEndManager().load_by_framework("pytorch")
        # OpenVINO's frontend does not keep it alive by itself.
        decoder = TorchScriptPythonDecoder(traced, example_input=examples)
        return frontend.convert(frontend.load(decoder))


def family_graph(model: BlendMask) -> Any:
    """Of the published family, for pictures of any size."""
    graph = convert(PlainNetwork(model), torch.zeros(1, 64, 96, 3, dtype=torch.uint8))
    graph.inputs[0].get_node().set_partial_shape(openvino.PartialShape([-1, -1, -1, 3]))
    graph.validate_nodes_and_infer_types()
    return graph
