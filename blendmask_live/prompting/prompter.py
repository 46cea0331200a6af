"""Pointing at things in pictures.

prompter = load_prompter()
picture = prompter.open(image_rgb)
found = picture.mask(points=[(120, 80, True)])
found.mask, found.confidence, found.classes
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.masks.crops import CroppedMask, crop_mask, shared_px
from blendmask_live.network.prompt.config import CROP_SIDE, KEY_STRIDE
from blendmask_live.network.prompt.plain import read_prompt
from blendmask_live.prompting.maps import Window, cut_crop, paste_logits, prompt_maps
from blendmask_live.prompting.prompt import Box, Checked, Masks, Prompt, SoftMask, checked
from blendmask_live.prompting.zooms import CLICK_SIDES, answers_to, place_of_size, zooms_at
from blendmask_live.runtime.prompts import (
    MEMORIES,
    Answers,
    PromptRuntime,
    Questions,
    open_prompt_runtime,
)

if TYPE_CHECKING:
    from blendmask_live.datatypes import Instances
    from blendmask_live.segmenting.segmenter import Segmenter

__all__ = ["Found", "Glimpse", "Memory", "Picture", "Prompter", "load_prompter"]

BOX_MARGIN = 0.3
"""Around a box, of its longer side, on each side of the crop."""
MASK_MARGIN = 0.35
"""Around an earlier mask: it may have grown, or miss a part."""
CLOSE_MARGIN = 0.2
"""Around what was found at a first look, for the second."""
CLASSES_TOLD = 3
_KEPT_CROPS = 16
"""Of a picture: prompts that follow one another look at the same places."""
_DETECTED = 0.02
"""Detections down to this score may name the class of a mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What one crop of an object looked like, to recognise it by.

    Attributes:
        keys: (channels, cells) float32.
        mask: (cells,) float32, share of each cell that is object.
    """

    keys: NDArray[np.float32]
    mask: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Found:
    """What was found at a prompt.

    Attributes:
        frame_size: (height, width) px.
        crop: The mask; may be empty.
        soft: Probabilities of the part of the picture that was looked at.
        confidence: IoU that the mask is expected to have with what was meant, 0 to 1.
        is_doubtful: After clicks alone: nothing stands out there, or not sure which thing.
        size_step: See `Prompt`: how many steps there were.
        memory: What the object looks like here.
        likeness: How much of the mask looks like the object in the memories, 0 to 1; 0 without.
        window: The part of the picture that was looked at.
    """

    frame_size: tuple[int, int]
    crop: CroppedMask
    soft: SoftMask
    confidence: float
    memory: Memory
    likeness: float
    window: Window
    _picture: Picture
    is_doubtful: bool = False
    size_step: int = 0

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(H, W) bool."""
        whole = np.zeros(self.frame_size, dtype=bool)
        x0, y0, x1, y1 = self.crop.box
        whole[y0:y1, x0:x1] = self.crop.mask
        return whole

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """(H, W) float32."""
        return self.soft.whole(self.frame_size)

    @cached_property
    def classes(self) -> tuple[tuple[str, float], ...]:
        """Likeliest class names with the detector's scores for this place, best first."""
        return self._picture.classes_of(self.crop)


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What a first look at a prompt says.

    Attributes:
        prompt: With what was found as its earlier mask.
        window: What to look at now, closer.
        found: A coarse mask; None where it needed no first look, or nothing was found.
    """

    prompt: Checked
    window: Window
    found: Found | None = None

    def judged(self, closer: Found) -> Found:
        """What a closer look finds, as sure as the first one was.

        After clicks alone the closer look is told what the first one took, and takes it for true.
        """
        if self.prompt.box is not None:
            return closer
        first = self.found
        if first is None:
            return replace(closer, is_doubtful=self.prompt.extent is None)
        return replace(
            closer,
            confidence=first.confidence,
            is_doubtful=first.is_doubtful,
            size_step=first.size_step,
        )


class Prompter:
    """Answers prompts; threads that share one take turns.

    Attributes:
        runtime: How the network is run.
        detect: Finds objects in an (H, W, 3) picture, faint ones too; from them classes are read.
        weights_path, weights_sha256: Where the network came from.
        crop_side: Side of the crops that the network sees, px.
    """

    def __init__(
        self,
        runtime: PromptRuntime,
        *,
        weights_path: Path,
        weights_sha256: str,
        detect: Callable[[NDArray[np.uint8]], Instances],
        key_channels: int,
        crop_side: int = CROP_SIDE,
    ) -> None:
        self.runtime = runtime
        self.weights_path, self.weights_sha256 = weights_path, weights_sha256
        self.crop_side = crop_side
        self._key_channels = key_channels
        self.detect = detect
        self._turn = threading.Lock()

    def open(self, image: NDArray[Any]) -> Picture:
        """A picture to point into.

        Args:
            image: (H, W, 3) uint8 RGB; also grey, (H, W) or (H, W, 1), and uint16 over its
                whole range.

        Raises:
            ValueError: If `image` is of another shape or type.
        """
        return Picture(self, as_rgb(image))

    def ask(
        self,
        picture: Picture,
        prompts: Sequence[Checked],
        windows: Sequence[Window],
        memories: Sequence[Sequence[Memory]],
    ) -> Answers:
        """What the network says, one window for each prompt."""
        side, size = self.crop_side, picture.frame_size
        cells = (side // KEY_STRIDE) ** 2
        keys = np.zeros((len(prompts), self._key_channels, MEMORIES * cells), dtype=np.float32)
        masks = np.zeros((len(prompts), 2, MEMORIES * cells), dtype=np.float32)
        for row, remembered in enumerate(memories):
            for number, memory in enumerate(remembered[:MEMORIES]):
                place = slice(number * cells, (number + 1) * cells)
                keys[row, :, place], masks[row, 0, place] = memory.keys, memory.mask
                masks[row, 1, place] = 1
        questions = Questions(
            crops=np.stack([picture.crop(window) for window in windows]),
            maps=np.stack(
                [
                    prompt_maps(prompt, window, side, size)
                    for prompt, window in zip(prompts, windows, strict=True)
                ]
            ),
            keys=keys,
            memory_masks=masks,
        )
        with self._turn:
            return self.runtime.ask(questions)


class Picture:
    """One picture that prompts point into.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        frame_size: (height, width) px.
        crop: What the network sees of a window: (side, side, 3) uint8.
    """

    def __init__(self, prompter: Prompter, image: NDArray[np.uint8]) -> None:
        self.image = image
        self.frame_size = (image.shape[0], image.shape[1])
        self._prompter = prompter
        cut = partial(cut_crop, image, side=prompter.crop_side)
        self.crop: Callable[[Window], NDArray[np.uint8]] = lru_cache(_KEPT_CROPS)(cut)

    def mask(
        self,
        *,
        box: Sequence[float] | None = None,
        points: Sequence[tuple[float, float, bool]] = (),
        previous: Masks | None = None,
        size_step: int = 0,
        memories: Sequence[Memory] = (),
    ) -> Found:
        """The mask of what is pointed at.

        Args:
            box: x0, y0, x1, y1 in frame px.
            points: x, y in frame px, and whether the object is there.
            previous: (H, W) earlier mask, bool or probabilities, or several of them.
            size_step: As in `Prompt`.
            memories: Of other pictures of the object.

        Raises:
            ValueError: If the prompt makes no sense in this picture, see `prompt.checked`.
        """
        prompt = Prompt(box=box, points=tuple(points), previous=previous, size_step=size_step)
        return self.masks([prompt], memories=[memories])[0]

    def masks(
        self,
        prompts: Sequence[Prompt],
        *,
        memories: Sequence[Sequence[Memory]] | None = None,
        windows: Sequence[Window] | None = None,
    ) -> list[Found]:
        """The same for many prompts at once.

        Args:
            memories: For each prompt.
            windows: What to look at for each prompt, where that is known.
        """
        asked = [checked(prompt, self.frame_size) for prompt in prompts]
        remembered = list(memories) if memories is not None else [()] * len(asked)
        if not asked:
            return []
        if windows is not None:
            return self._looked(asked, windows, remembered)
        glimpses = self._glimpses(asked, remembered)
        closer = self._looked(
            [one.prompt for one in glimpses], [one.window for one in glimpses], remembered
        )
        return [one.judged(found) for one, found in zip(glimpses, closer, strict=True)]

    def glimpse(self, prompt: Prompt) -> Glimpse:
        """A first look at a prompt, for whom `mask` takes too long; `look_closer` goes on.

        Raises:
            ValueError: As `mask`.
        """
        return self._glimpses([checked(prompt, self.frame_size)], [()])[0]

    def look_closer(self, glimpse: Glimpse) -> Found:
        """What `mask` finds, after a first look at its prompt."""
        (found,) = self._looked([glimpse.prompt], [glimpse.window], [()])
        return glimpse.judged(found)

    def seek(self, windows: Sequence[Window], memories: Sequence[Memory]) -> list[Found]:
        """What in each window looks like the memories; no more is said."""
        nothing = Checked(None, (), None, None)
        count = len(windows)
        return self._looked([nothing] * count, windows, [memories] * count)

    def _looked(
        self,
        prompts: Sequence[Checked],
        windows: Sequence[Window],
        memories: Sequence[Sequence[Memory]],
    ) -> list[Found]:
        answers = self._prompter.ask(self, prompts, windows, memories)
        return [self._found(answers, row, window) for row, window in enumerate(windows)]

    def given(self, prompt: Prompt) -> CroppedMask:
        """The earlier mask of a prompt as it is."""
        soft = checked(prompt, self.frame_size).previous
        if soft is None:
            raise ValueError("previous: an earlier mask that is followed needs a pixel")
        crop = crop_mask(soft.values >= 0.5)
        return crop.moved(soft.x0, soft.y0)

    def remember(self, mask: Masks) -> Memory:
        """What an object looks like here.

        Args:
            mask: Of the object.

        Raises:
            ValueError: If the mask has no pixel.
        """
        prompt = checked(Prompt(previous=mask), self.frame_size)
        window = Window.around(_extent(prompt), MASK_MARGIN)
        answers = self._prompter.ask(self, [prompt], [window], [()])
        side = self._prompter.crop_side
        cells = side // KEY_STRIDE
        small = cv2.resize(
            prompt_maps(prompt, window, side, self.frame_size)[3],
            (cells, cells),
            interpolation=cv2.INTER_AREA,
        )
        return Memory(answers.keys[0], np.asarray(small, dtype=np.float32).ravel())

    def classes_of(self, mask: CroppedMask) -> tuple[tuple[str, float], ...]:
        """Class names and scores of detections where a mask is, best first."""
        if not mask.area:
            return ()
        best: dict[str, float] = {}
        for name, score, other in self.detections:
            shared = shared_px(mask, other)
            value = score * shared / (mask.area + other.area - shared)
            best[name] = max(best.get(name, 0.0), value)
        ranked = sorted(best.items(), key=lambda pair: -pair[1])
        return tuple(pair for pair in ranked[:CLASSES_TOLD] if pair[1] > 0)

    @cached_property
    def detections(self) -> list[tuple[str, float, CroppedMask]]:
        """Class name, score and mask of what the detector finds, faint things too."""
        instances = self._prompter.detect(self.image)
        return [
            (name, float(score), mask)
            for name, score, mask in zip(
                instances.class_names, instances.scores, instances.cropped_masks(), strict=True
            )
        ]

    def _glimpses(
        self, prompts: Sequence[Checked], memories: Sequence[Sequence[Memory]]
    ) -> list[Glimpse]:
        """Each prompt after a first look, where it needs one."""
        clicks = [row for row, one in enumerate(prompts) if one.box is None and one.extent is None]
        zoomed = self._zoomed([prompts[row] for row in clicks], [memories[row] for row in clicks])
        boxes = [row for row, one in enumerate(prompts) if one.box is not None and not one.extent]
        seen = self._seen_in_boxes(
            [prompts[row] for row in boxes], [memories[row] for row in boxes]
        )
        glimpses = dict(zip(clicks + boxes, zoomed + seen, strict=True))
        for row, prompt in enumerate(prompts):
            if row not in glimpses:
                # A box says where the object ends; an earlier mask may miss a part.
                margin = BOX_MARGIN if prompt.box is not None else MASK_MARGIN
                glimpses[row] = Glimpse(prompt, Window.around(_extent(prompt), margin))
        return [glimpses[row] for row in range(len(prompts))]

    def _seen_in_boxes(
        self, prompts: Sequence[Checked], memories: Sequence[Sequence[Memory]]
    ) -> list[Glimpse]:
        """Boxes alone, each with what a first look finds there, and where to look closer."""
        if not prompts:
            return []
        windows = [Window.around(_extent(prompt), BOX_MARGIN) for prompt in prompts]
        return [
            _after_first_look(prompt, one, Window.around(_extent(prompt), CLOSE_MARGIN))
            for prompt, one in zip(prompts, self._looked(prompts, windows, memories), strict=True)
        ]

    def _zoomed(
        self, prompts: Sequence[Checked], memories: Sequence[Sequence[Memory]]
    ) -> list[Glimpse]:
        """Clicks alone, each with a first mask: the answer of one of several zooms."""
        if not prompts:
            return []
        windows = [
            window for prompt in prompts for window in zooms_at(prompt.points, self.frame_size)
        ]
        zooms = len(CLICK_SIDES)
        tried = self._looked(
            [prompt for prompt in prompts for _ in range(zooms)],
            windows,
            [memory for memory in memories for _ in range(zooms)],
        )
        return [
            self._at_best_zoom(prompt, tried[row * zooms : (row + 1) * zooms], memories[row])
            for row, prompt in enumerate(prompts)
        ]

    def _at_best_zoom(
        self, prompt: Checked, tried: Sequence[Found], memories: Sequence[Memory]
    ) -> Glimpse:
        answers = answers_to(tried, prompt, lambda: self.detections)
        if not answers[0].crop.area:
            return Glimpse(prompt, tried[-1].window)
        glimpses = [_where_found(prompt, found) for found in answers]
        if not prompt.size_step:
            return glimpses[0]
        # Sizes are those of the masks that will be shown.
        shown = self._looked(
            [one.prompt for one in glimpses],
            [one.window for one in glimpses],
            [memories] * len(glimpses),
        )
        place, taken = place_of_size(shown, prompt.size_step)
        return replace(glimpses[place], found=replace(answers[place], size_step=taken))

    def _found(self, answers: Answers, row: int, window: Window) -> Found:
        logits = answers.logits[row]
        soft = paste_logits(logits, window, self.frame_size)
        crop = crop_mask(soft.values >= 0.5)
        if crop.area:
            crop = crop.moved(soft.x0, soft.y0)
        cells = self._prompter.crop_side // KEY_STRIDE
        small = cv2.resize(1 / (1 + np.exp(-logits)), (cells, cells), interpolation=cv2.INTER_AREA)
        share = np.asarray(small, dtype=np.float32).ravel()
        memory = Memory(answers.keys[row], share)
        return Found(
            frame_size=self.frame_size,
            crop=crop,
            soft=soft,
            confidence=float(answers.confidences[row]),
            memory=memory,
            likeness=float((answers.recall[row, 0] * share).sum() / (share.sum() + 1e-3)),
            window=window,
            _picture=self,
        )


def as_rgb(image: NDArray[Any]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 of a colour or grey picture with 8 or 16 bits.

    Raises:
        ValueError: If it is none.
    """
    kind = f"{np.shape(image)} {getattr(image, 'dtype', type(image).__name__)}"
    if not isinstance(image, np.ndarray) or image.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"image must be (H, W, 3) uint8, or grey, or uint16; got {kind}")
    if image.ndim == 2:
        image = image[..., None]
    if image.ndim != 3 or image.shape[2] not in (1, 3) or not image.size:
        raise ValueError(f"image must be (H, W, 3) uint8, or grey, or uint16; got {kind}")
    if image.dtype == np.uint16:
        # 65535 becomes 255.
        image = (image >> 8).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3)))


def load_prompter(
    weights: str | Path = "blendmask-prompt",
    *,
    device: str = "auto",
    runtime: str = "auto",
    precision: str = "auto",
    threads: int = 0,
    segmenter: Segmenter | None = None,
) -> Prompter:
    """Load weights and prepare them for this machine.

    Args:
        weights: Name in the model zoo or path of a weights file.
        device: 'auto', 'cpu' or 'cuda[:N]'.
        runtime: 'auto', 'torch' or 'openvino'.
        precision: 'auto', 'fp32' or 'bf16'.
        threads: CPU threads for the network; 0 for the runtime's own choice.
        segmenter: What names classes; blendmask-lite, loaded when a class is first asked for,
            where absent.

    Raises:
        WeightsError: If the weights are missing or damaged, or belong to another trunk.
        ConfigError: If an option cannot be used here.
    """
    from weights.registry import weights_path

    path = weights_path(weights)
    network = read_prompt(path, weights_path("blendmask-lite"))
    prepared = open_prompt_runtime(
        network, runtime=runtime, device=device, precision=precision, threads=threads
    )
    return Prompter(
        prepared,
        weights_path=path,
        weights_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        detect=_Detector(segmenter, device=device, threads=threads).segment,
        key_channels=network.config.key_channels,
    )


class _Detector:
    """A segmenter that reports faint detections too, loaded when it is first used."""

    def __init__(self, segmenter: Segmenter | None, *, device: str, threads: int) -> None:
        self._given, self._device, self._threads = segmenter, device, threads
        self._loaded: Segmenter | None = None
        self._turn = threading.Lock()

    def segment(self, image: NDArray[np.uint8]) -> Instances:
        from blendmask_live.segmenting.segmenter import load_segmenter

        with self._turn:
            if self._loaded is None:
                found = self._given or load_segmenter(device=self._device, threads=self._threads)
                settings = replace(found.settings, score_threshold=_DETECTED, classes=None)
                self._loaded = found.with_settings(settings)
        return self._loaded.segment(image)


def _extent(prompt: Checked) -> Box:
    """Around box, earlier mask and clicks inside."""
    boxes = [box for box in (prompt.box, prompt.extent) if box is not None]
    boxes += [(x, y, x, y) for x, y, is_inside in prompt.points if is_inside]
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _where_found(prompt: Checked, found: Found) -> Glimpse:
    """The prompt with an answer of one of its zooms, and where to look closer."""
    glimpse = _after_first_look(prompt, found, found.window)
    closer = Window.around(_extent(glimpse.prompt), CLOSE_MARGIN, least_side=16.0)
    return replace(glimpse, window=closer)


def _after_first_look(prompt: Checked, found: Found, window: Window) -> Glimpse:
    """The prompt with what was found as its earlier mask; as it was where nothing was."""
    if not found.crop.area:
        return Glimpse(prompt, window)
    x0, y0, x1, y1 = found.crop.box
    extent = float(x0), float(y0), float(x1), float(y1)
    return Glimpse(replace(prompt, previous=found.soft, extent=extent), window, found)
