"""How the prompted network is run: PyTorch anywhere, OpenVINO on the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from blendmask_live.errors import ConfigError
from blendmask_live.measuring.machine import this_machine
from blendmask_live.network.prompt.plain import PlainPrompt
from blendmask_live.runtime.devices import choose_device
from blendmask_live.runtime.opening import missing_for

if TYPE_CHECKING:
    from blendmask_live.network.prompt.model import PromptNetwork

__all__ = [
    "MEMORIES",
    "Answers",
    "PromptForm",
    "PromptRuntime",
    "Questions",
    "needs_pytorch",
    "open_prompt_runtime",
]

PromptForm: TypeAlias = "PlainPrompt | PromptNetwork"

MEMORIES = 3
"""Remembered crops that a question may bring along."""
_RUNTIMES = {"torch": ("fp32", "bf16"), "openvino": ("fp32", "bf16")}


@dataclass(frozen=True, slots=True)
class Questions:
    """B crops with what is asked of each.

    Attributes:
        crops: (B, side, side, 3) uint8 RGB.
        maps: (B, 5, side / 4, side / 4) float32.
        keys: (B, channels, M) float32, M cells of `MEMORIES` crops.
        memory_masks: (B, 2, M) float32, see `PromptNetwork.forward`.
    """

    crops: NDArray[np.uint8]
    maps: NDArray[np.float32]
    keys: NDArray[np.float32]
    memory_masks: NDArray[np.float32]

    def parts(self) -> tuple[NDArray[Any], ...]:
        """All, as a network takes them."""
        return self.crops, self.maps, self.keys, self.memory_masks


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network says of B questions; see `PromptOutput`.

    Attributes:
        logits: (B, side / 4, side / 4) float32.
        confidences: (B,) float32 expected IoU, 0 to 1.
        keys: (B, channels, cells) float32.
        recall: (B, 2, cells) float32.
    """

    logits: NDArray[np.float32]
    confidences: NDArray[np.float32]
    keys: NDArray[np.float32]
    recall: NDArray[np.float32]


class PromptRuntime(Protocol):
    """Answers questions on one machine in one precision; one thread at a time."""

    name: str
    precision: str

    def ask(self, questions: Questions) -> Answers:
        """Answer any number of questions with crops of one size."""
        ...


def open_prompt_runtime(
    model: PromptForm, *, runtime: str, device: str, precision: str, threads: int
) -> PromptRuntime:
    """Prepare the network for running.

    Args:
        runtime: 'torch', 'openvino', or 'auto': OpenVINO on the CPU where it is installed.

    Raises:
        ConfigError: If the combination is not to be had on this machine.
    """
    device = choose_device(device)
    if runtime == "auto":
        runtime = _quickest(device)
    if runtime not in _RUNTIMES:
        offered = ", ".join(_RUNTIMES)
        raise ConfigError(f"runtime {runtime!r}: the prompted network runs with {offered} or auto")
    if missing := missing_for(runtime, device):
        raise ConfigError(f"runtime {runtime!r} {missing}")
    if precision == "auto":
        gains = runtime == "openvino" and this_machine().multiplies_bf16
        precision = "bf16" if gains else "fp32"
    if precision not in _RUNTIMES[runtime]:
        offered = ", ".join(_RUNTIMES[runtime])
        raise ConfigError(f"precision {precision}: runtime {runtime!r} offers {offered}")
    # Imported when used: each runtime is a library of its own.
    if runtime == "openvino":
        from blendmask_live.runtime.prompts_openvino import OpenVinoPrompts

        plain = model if isinstance(model, PlainPrompt) else PlainPrompt.of(model)
        return OpenVinoPrompts(plain, precision=precision, threads=threads)
    from blendmask_live.runtime.prompts_torch import TorchPrompts

    module = model.module() if isinstance(model, PlainPrompt) else model
    return TorchPrompts(module, device=device, precision=precision)


def needs_pytorch(device: str) -> bool:
    """Whether a prompter that picks its runtime on a device, 'cpu' or 'cuda:N', needs PyTorch."""
    return _quickest(device) == "torch"


def _quickest(device: str) -> str:
    return "torch" if missing_for("openvino", device) else "openvino"
