"""Picture in, instances out."""

from __future__ import annotations

import difflib
import hashlib
import logging
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.config import NetworkChoice, SegmenterChoice, SegmenterSettings
from blendmask_live.datatypes import Frame, Instances
from blendmask_live.errors import ConfigError
from blendmask_live.masks.crops import distinct_rows
from blendmask_live.masks.second_thread import with_a_second_thread
from blendmask_live.measuring.machine import usable_cores
from blendmask_live.network.blenders import BASE_STRIDE
from blendmask_live.network.opening import holds_lite, open_for_running
from blendmask_live.runtime import Runtime, missing_for, open_runtime
from blendmask_live.runtime.devices import (
    free_memory,
    has_driver,
    out_of_memory,
    out_of_memory_errors,
)
from blendmask_live.runtime.opening import IN_PYTORCH
from blendmask_live.segmenting.processing import (
    Blended,
    Processing,
    default_settings,
    processing_for,
)
from blendmask_live.segmenting.scales import SCALES, merged

__all__ = ["Segmenter", "SegmentersInTurn", "load_segmenter", "needs_pytorch", "open_segmenter"]

_log = logging.getLogger(__name__)
DUPLICATE_IOU = 0.7
"""Two masks, of whatever classes, that overlap more are one object."""
DUPLICATE_SHARE = 0.8
"""Two masks of a class with more of the smaller one in common are one object."""
_SMALLER = 0.75
"""Share of the input's side that is tried next when memory runs out."""
_SMALLEST_SIDE = 64


class Segmenter:
    """Finds objects in single pictures; threads that share one take turns.

    Attributes:
        labels: Class names; class ids are positions in it.
        runtime: How the network is run.
        weights_path: The file that the network came from.
        weights_sha256: Its checksum when it was loaded, in hexadecimal digits.
        timings_ms: Time of each step of the last `segment`.
    """

    def __init__(
        self,
        runtime: Runtime,
        labels: tuple[str, ...],
        settings: SegmenterSettings,
        *,
        weights_path: Path,
        weights_sha256: str = "",
        processing: Processing | None = None,
        turn: threading.Lock | None = None,
        has_second_thread: bool = False,
    ) -> None:
        """Args as the attributes.

        Args:
            processing: The network's own where absent.
            turn: Of other segmenters on the same runtime, where there are any.
            has_second_thread: Whether crowds may be worked on by two threads.
        """
        self.runtime = runtime
        self._has_second_thread = has_second_thread
        self._turn = turn or threading.Lock()
        self._has_own_processing = processing is not None
        self._processing = processing or processing_for(runtime)
        self.labels = labels
        self.weights_path = weights_path
        self.weights_sha256 = weights_sha256
        self.timings_ms: dict[str, float] = {}
        self._input_share = 1.0
        self.settings = settings

    @property
    def settings(self) -> SegmenterSettings:
        """May be replaced between two frames, from any thread."""
        return self._chosen[0]

    @settings.setter
    def settings(self, settings: SegmenterSettings) -> None:
        if settings.panoptic and not self._processing.is_panoptic:
            raise ConfigError(
                f"panoptic: {self.weights_path.name} has no head for stuff; "
                "use weights of a blendmask-panoptic network"
            )
        # One assignment, so that a frame never sees one half of a change.
        wanted = _class_mask(settings.classes, self.labels)
        self._chosen = settings, None if wanted is None else self._processing.class_mask(wanted)

    def with_settings(self, settings: SegmenterSettings) -> Segmenter:
        """Another segmenter on the same loaded network."""
        other = self._with(settings, self._processing)
        other._has_own_processing = self._has_own_processing
        return other

    def with_processing(self, processing: Processing) -> Segmenter:
        """Another segmenter whose network's answers are read in another way."""
        return self._with(self.settings, processing)

    def in_parallel(self) -> list[Segmenter]:
        """Segmenters on the same network that work at the same time; itself alone if it cannot.

        Together they find more in a second than one; each picture takes longer.
        """
        if self.runtime.name != "openvino" or self._has_own_processing:
            return [self]
        from blendmask_live.runtime.openvino_cpu import OpenVinoRuntime

        assert isinstance(self.runtime, OpenVinoRuntime)
        runtimes = self.runtime.in_parallel()
        if len(runtimes) == 1:
            return [self]
        return [
            Segmenter(
                runtime,
                self.labels,
                self.settings,
                weights_path=self.weights_path,
                weights_sha256=self.weights_sha256,
            )
            for runtime in runtimes
        ]

    def _with(self, settings: SegmenterSettings, processing: Processing) -> Segmenter:
        return Segmenter(
            self.runtime,
            self.labels,
            settings,
            weights_path=self.weights_path,
            weights_sha256=self.weights_sha256,
            processing=processing,
            turn=self._turn,
            has_second_thread=self._has_second_thread,
        )

    def network_size(self, frame_size: tuple[int, int]) -> tuple[int, int]:
        """(height, width) of the network's input for frames of a (height, width)."""
        return self._processing.network_size(frame_size, self._affordable(self.settings))

    def segment(self, image: NDArray[np.uint8]) -> Instances:
        """Find the objects of one picture.

        Where the GPU's memory is not enough, this and all later pictures are made smaller.

        Args:
            image: (H, W, 3) uint8 RGB.

        Raises:
            ValueError: If `image` is of another shape or type.
            torch.OutOfMemoryError: If the smallest input is still too large.
        """
        if not isinstance(image, np.ndarray):
            raise ValueError(
                f"image must be a NumPy array (H, W, 3) uint8, got {type(image).__name__}"
            )
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f"image must be (H, W, 3) uint8, got {image.shape} {image.dtype}")
        with self._turn, with_a_second_thread() if self._has_second_thread else nullcontext():
            return self._segment_with_room(image)

    def _segment_with_room(self, image: NDArray[np.uint8]) -> Instances:
        settings, class_mask = self._chosen
        share_before = self._input_share
        while (instances := self._segment_if_it_fits(image, settings, class_mask)) is None:
            self._input_share *= _SMALLER
        if self._input_share < share_before:
            height, width = self.network_size((image.shape[0], image.shape[1]))
            _log.warning(
                "the GPU's memory is not enough for the network input asked for; going on with "
                "%d x %d px. Close other programs on the GPU, or choose a smaller short side.",
                width,
                height,
            )
        return instances

    def _affordable(self, settings: SegmenterSettings) -> SegmenterSettings:
        """The settings with the input size that memory was found to suffice for."""
        if self._input_share == 1:
            return settings
        short, long = settings.short_side, settings.long_side
        share = max(self._input_share, _SMALLEST_SIDE / short)
        return replace(settings, short_side=round(short * share), long_side=round(long * share))

    def _segment_if_it_fits(
        self, image: NDArray[np.uint8], settings: SegmenterSettings, class_mask: Any
    ) -> Instances | None:
        """None where memory runs out and a smaller input may help."""
        settings = self._affordable(settings)
        try:
            return self._segment(image, settings, class_mask)
        except out_of_memory_errors():
            if settings.short_side == _SMALLEST_SIDE:
                out_of_memory(
                    f"out of memory: the GPU has no room for an input of {_SMALLEST_SIDE} px; "
                    "close other programs on it, or choose --device cpu"
                )
        # The error's traceback held tensors; only now are they free.
        free_memory()
        return None

    def _segment(
        self, image: NDArray[np.uint8], settings: SegmenterSettings, class_mask: Any
    ) -> Instances:
        clock = _Clock()
        frame_size = image.shape[0], image.shape[1]
        if settings.multi_scale:
            instances = self._seen_in_two_sizes(image, settings, class_mask, clock)
        else:
            dense, blended, size = self._look(image, settings, class_mask, clock)
            instances = self._instances(blended, frame_size, settings)
            instances = self._with_more(instances, dense, blended, size, settings)
        clock.lap("blend")
        instances = instances.select(_best_rows(instances, settings))
        clock.lap("paste")
        self.timings_ms = clock.laps_ms
        return instances

    def _seen_in_two_sizes(
        self, image: NDArray[np.uint8], settings: SegmenterSettings, class_mask: Any, clock: _Clock
    ) -> Instances:
        frame_size = image.shape[0], image.shape[1]
        parts = []
        for scale in SCALES:
            own = scale.applied_to(settings)
            dense, blended, size = self._look(image, own, class_mask, clock)
            # The next look may write where this one's answers are.
            attention, _ = self._processing.latents(dense, blended)
            blended = replace(blended, attention=attention)
            parts.append(scale.kept(blended, _frame_per_network(frame_size, size)))
        found = merged(parts, nms_iou=settings.nms_iou, max_instances=settings.max_instances)
        instances = self._instances(found, frame_size, settings)
        # Each size has bases of its own.
        return replace(instances, attention=found.attention) if settings.keep_latents else instances

    def _look(
        self, image: NDArray[np.uint8], settings: SegmenterSettings, class_mask: Any, clock: _Clock
    ) -> tuple[Any, Blended, tuple[int, int]]:
        """What the network says, the masks of what it found, and the (height, width) it saw."""
        frame_size = image.shape[0], image.shape[1]
        size = self._processing.network_size(frame_size, settings)
        picture = self._processing.resize(image, size)
        clock.lap("resize")
        dense = self.runtime.run(picture[None])
        clock.lap("network")
        found = self._processing.find(
            dense, network_size=size, settings=settings, class_mask=class_mask
        )
        clock.lap("detect")
        blended = self._processing.blend(
            dense,
            found,
            frame_per_network=_frame_per_network(frame_size, size),
            mask_size=settings.mask_size,
        )
        clock.lap("blend")
        return dense, blended, size

    def _with_more(
        self,
        instances: Instances,
        dense: Any,
        blended: Blended,
        size: tuple[int, int],
        settings: SegmenterSettings,
    ) -> Instances:
        """With latents and stuff, where they are asked for."""
        if settings.keep_latents:
            # Without the padding, so that what is kept spans the frame.
            rows, columns = (-(-side // BASE_STRIDE) for side in size)
            attention, bases = self._processing.latents(dense, blended)
            bases = bases[:, :rows, :columns].copy()
            instances = replace(instances, attention=attention, bases=bases)
        if settings.panoptic:
            semantic = self._processing.semantic(
                dense, network_size=size, frame_size=instances.frame_size
            )
            instances = replace(instances, semantic=semantic)
        return instances

    def _instances(
        self, blended: Blended, frame_size: tuple[int, int], settings: SegmenterSettings
    ) -> Instances:
        height, width = frame_size
        boxes = blended.boxes.clip(0, np.array([width, height] * 2, dtype=np.float32))
        return Instances(
            boxes=boxes,
            scores=blended.scores,
            class_ids=blended.class_ids,
            frame_size=frame_size,
            labels=self.labels,
            soft_masks=blended.soft_masks,
            mask_boxes=boxes if settings.as_published else blended.mask_boxes,
            mask_threshold=settings.mask_threshold,
            as_published=settings.as_published,
        )


class SegmentersInTurn:
    """Segmenters that are the same but for each other's work; each call takes a free one.

    Attributes:
        at_once: How many calls can run at the same time.
    """

    def __init__(self, segmenters: Sequence[Segmenter]) -> None:
        self.at_once = len(segmenters)
        self._free = SimpleQueue[Segmenter]()
        for segmenter in segmenters:
            self._free.put(segmenter)

    def __call__(self, frame: Frame) -> Instances:
        segmenter = self._free.get()
        try:
            return segmenter.segment(frame.image)
        finally:
            self._free.put(segmenter)


def load_segmenter(
    weights: str | Path = "blendmask-lite",
    *,
    architecture: str | None = None,
    device: str = "auto",
    runtime: str = "auto",
    precision: str = "auto",
    threads: int = 0,
    settings: SegmenterSettings | None = None,
    short_side: int | None = None,
    mask_size: int | None = None,
    score_threshold: float | None = None,
    classes: Sequence[str] | None = None,
    max_instances: int | None = None,
    as_published: bool | None = None,
    drop_duplicates: bool | None = None,
    multi_scale: bool | None = None,
) -> Segmenter:
    """Load weights and prepare them for this machine.

    Args:
        weights: Name in the model zoo (`blendmask-live weights list`) or path of a weights file.
        architecture: What the file holds; needed for the authors' own PyTorch checkpoints.
        device: 'auto', 'cpu' or 'cuda[:N]'.
        runtime: 'auto' (the fastest that works here) or one of `blendmask_live.runtime.RUNTIMES`.
        precision: 'auto', 'fp32', 'fp16', 'bf16' or 'int8', where the runtime offers it.
        threads: CPU threads for the network; 0 for the runtime's own choice.
        settings: Everything that may change later; the options below override single values.
        short_side: Network input size, px of the frame's shorter side.
        mask_size: 28, 56, 112 or 224 cells.
        score_threshold: Smallest reported score, 0 to 1.
        classes: Class names to report, also as on the command line: "person,dog".
        max_instances: Most objects per frame.
        as_published: Paste masks exactly as the published figures were made.
        drop_duplicates: Report each object once, as `annotate` does.
        multi_scale: Look at each picture in two sizes; see `SegmenterSettings`.

    Raises:
        WeightsError: If the weights are missing or damaged.
        ConfigError: If an option cannot be used here.
    """
    if isinstance(classes, str):
        classes = [name.strip() for name in classes.split(",")]
    choice = SegmenterChoice(
        short_side=short_side,
        mask_size=mask_size,
        score_threshold=score_threshold,
        classes=None if classes is None else tuple(classes),
        max_instances=max_instances,
        as_published=as_published,
        drop_duplicates=drop_duplicates,
        multi_scale=multi_scale,
    )
    network = NetworkChoice(
        weights=str(weights),
        architecture=architecture,
        device=device,
        runtime=runtime,
        precision=precision,
        threads=threads,
    )
    return open_segmenter(network, choice, settings=settings)


def open_segmenter(
    choice: NetworkChoice, wanted: SegmenterChoice, *, settings: SegmenterSettings | None = None
) -> Segmenter:
    """`load_segmenter` for choices that travel; `settings` in place of the network's own."""
    from weights.registry import weights_path

    path = weights_path(choice.weights)
    network, labels = open_for_running(path, choice.architecture)
    settings = settings or default_settings(network.config)
    settings = wanted.applied_to(settings)
    runtime = open_runtime(
        network,
        runtime=choice.runtime,
        device=choice.device,
        precision=choice.precision,
        threads=choice.threads,
    )
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    return Segmenter(
        runtime,
        labels,
        settings,
        weights_path=path,
        weights_sha256=checksum,
        has_second_thread=choice.threads != 1 and usable_cores() > 1,
    )


def needs_pytorch(choice: NetworkChoice) -> bool:
    """Whether a network will be run in PyTorch, or may be: whoever asks can load it first.

    Raises:
        WeightsError: If there is no such weights file, or it is damaged.
    """
    from weights.registry import weights_path

    if choice.runtime in IN_PYTORCH or not holds_lite(weights_path(choice.weights)):
        return True
    may_use_gpu = choice.device != "cpu" and has_driver()
    return may_use_gpu or all(missing_for(name, "cpu") for name in ("openvino", "onnxruntime"))


def _frame_per_network(frame_size: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    """Frame px per network px, along x and y."""
    return frame_size[1] / size[1], frame_size[0] / size[0]


def _class_mask(
    classes: tuple[str, ...] | None, labels: tuple[str, ...]
) -> NDArray[np.bool_] | None:
    if classes is None:
        return None
    unknown = [name for name in classes if name not in labels]
    if unknown:
        alike = difflib.get_close_matches(str(unknown[0]), labels)
        hint = (
            f"did you mean {' or '.join(alike)}?" if alike else f"choose from {', '.join(labels)}"
        )
        raise ConfigError(f"class {unknown[0]!r} is not one of the network's; {hint}")
    return np.array([label in classes for label in labels])


def _best_rows(instances: Instances, settings: SegmenterSettings) -> NDArray[np.int64]:
    """Rows to report, best first: sure enough, with a box; each object once, if so set."""
    sides = instances.boxes[:, 2:] - instances.boxes[:, :2]
    sure = (instances.scores >= settings.score_threshold) & (sides > 0).all(axis=1)
    rows = np.flatnonzero(sure)
    if settings.drop_duplicates:
        distinct = distinct_rows(
            instances.cropped_masks(),
            instances.scores,
            instances.class_ids,
            max_iou=DUPLICATE_IOU,
            max_share=DUPLICATE_SHARE,
        )
        rows = distinct[sure[distinct]]
    order: NDArray[np.int64] = rows[np.argsort(-instances.scores[rows], kind="stable")]
    return order


class _Clock:
    """Time between laps, in ms; laps of a name add up."""

    def __init__(self) -> None:
        self.laps_ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps_ms[name] = self.laps_ms.get(name, 0.0) + (now - self._last) * 1e3
        self._last = now
