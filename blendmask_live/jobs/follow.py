"""Objects that are pointed at, followed through a video onto disk.

    follow_video("clip.mp4", "out", prompts=[Prompt(frame=0, box=(40, 30, 200, 180))])

First backwards, from the last prompt to the first frame; what is found is kept packed in memory.
Then forwards through all frames, and into the outputs.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from blendmask_live.capture import SourcePart, open_source
from blendmask_live.capture.source import SeekableSource
from blendmask_live.config import DEFAULT_FORMATS, NetworkChoice
from blendmask_live.counting import counted
from blendmask_live.datatypes import Frame, Instances, TrackedInstances, TrackState
from blendmask_live.errors import ConfigError
from blendmask_live.export import ExportOptions
from blendmask_live.jobs.earlier_run import EarlierRun
from blendmask_live.jobs.outputs import output_folder
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import AnnotateResult, common_record
from blendmask_live.jobs.running import (
    EarlierPass,
    Opener,
    Report,
    begin_run,
    folder_of,
    open_part_of,
    spelled,
)
from blendmask_live.jobs.worker import recorded
from blendmask_live.masks.crops import CroppedMask
from blendmask_live.pipeline import Pipeline, PipelineProgress
from blendmask_live.prompting.following import Following
from blendmask_live.prompting.naming import likeliest_class, things_in
from blendmask_live.prompting.prompt import Masks, Prompt, SoftMask
from blendmask_live.prompting.prompter import Picture, Prompter, load_prompter

__all__ = [
    "PROMPT_WEIGHTS",
    "follow_prompts",
    "follow_unless_done",
    "follow_video",
    "open_prompter",
]

_log = logging.getLogger(__name__)

PROMPT_WEIGHTS = "blendmask-prompt"
_HARDLY_SEEN = 0.1
"""Share of the frames up to which an object's are told at the end."""


def follow_video(
    source: str | Path,
    output: str | Path,
    *,
    prompts: Sequence[Prompt],
    formats: Sequence[str] = DEFAULT_FORMATS,
    prompter: Prompter | str | Path = PROMPT_WEIGHTS,
    project: bool = True,
    start_s: float | None = None,
    end_s: float | None = None,
    stride: int = 1,
    max_frames: int | None = None,
    options: ExportOptions | None = None,
    folder_name: str | None = None,
    opener: Opener = open_source,
    report: Report = lambda progress, total: None,
) -> AnnotateResult:
    """Follow objects that are pointed at through a video or a folder of images, and export them.

    Each prompt begins an object, which is followed forwards and backwards from its frame; its
    track id is the position of the prompt, from 1 on. What is written is what `annotate_video`
    writes.

    Args:
        source: As for `open_source`; a live one cannot be followed.
        output: Folder; files go to OUT/<source name>/<format>/.
        prompts: `Prompt.frame` is the frame's index in the source, whatever part of it is read.
            Without a `class_name`, the class is the likeliest that the detector names there, and
            "object" where it names none.
        formats: Names from `blendmask_live.export.EXPORTERS`.
        prompter: Loaded, or the name or path of its weights.
        project: Also write the annotation project OUT/<source name>.bml.
        start_s, end_s, stride, max_frames: As for `open_source`.
        options: Choices of the exporters, among them whether to overwrite.
        folder_name: Instead of the source's name.
        opener: What opens the source.
        report: Called several times a second with counters and the expected number of frames.

    Raises:
        ConfigError: If a prompt makes no sense in its frame, or that is not read.
        SourceError, WeightsError, ExportError, ProjectError: What is wrong and the way out.
        StageFailed: As for `annotate_video`.
        KeyboardInterrupt: On Ctrl-C, after completing the outputs with what was done so far; if
            that was on the way back, with the frames up to the last prompt's. A second one
            ends that too.
    """
    if isinstance(formats, str):
        raise ConfigError(f"formats {formats!r}: expected a list of names, as in [{formats!r}]")
    options = options or ExportOptions()
    loaded = prompter if isinstance(prompter, Prompter) else None
    request = AnnotateRequest(
        source=spelled(source),
        output=str(output),
        folder_name=folder_name or "",
        part=SourcePart(start_s, end_s, stride, max_frames),
        network=NetworkChoice(str(loaded.weights_path if loaded else prompter)),
        formats=tuple(formats),
        options=replace(options, overwrite=False),
        project=project,
        overwrite=options.overwrite,
    )
    return follow_prompts(request, prompts, prompter=loaded, opener=opener, report=report)


def open_prompter(network: NetworkChoice) -> Prompter:
    """The prompter that is asked for, loaded.

    Raises:
        WeightsError, ConfigError: As `load_prompter`.
    """
    return load_prompter(
        network.weights,
        device=network.device,
        runtime=network.runtime,
        precision=network.precision,
        threads=network.threads,
    )


def follow_prompts(
    request: AnnotateRequest,
    prompts: Sequence[Prompt],
    *,
    prompter: Prompter | None = None,
    opener: Opener | None = None,
    report: Report = lambda progress, total: None,
) -> AnnotateResult:
    """Do what is requested; `follow_video` says what happens and what is raised.

    Args:
        request: Where frames come from and outputs go; its network is a prompted one, and what
            it says of segmenter and tracker is not looked at.
        prompts: As for `follow_video`.
        prompter: As the request wants it, loaded; it is loaded here where absent.
        opener: What opens the source; as the request says where absent.
        report: As for `annotate_video`.
    """
    if not prompts:
        raise ConfigError(
            "nothing to follow: expected an object that is pointed at; give --box, --point, --mask "
            "(or --davis for the first masks of a data set), in Python prompts=[Prompt(...)]"
        )
    open_part = partial(open_part_of, request, opener or request.opening.opener())
    with ExitStack() as stack:
        source = stack.enter_context(closing(open_part(request.part)))
        info = source.info
        if info.is_live or not isinstance(source, SeekableSource):
            raise ConfigError(f"{info.name}: a live source cannot be followed; record it first")
        folder = stack.enter_context(output_folder(folder_of(request, info)))
        prompter = prompter or open_prompter(request.network)
        named = _named(source, prompts, prompter, stride=request.part.stride)
        labels = tuple(dict.fromkeys(name for _, name in named))
        record = _record(request, named, prompter)
        run = begin_run(stack, request, info, folder, labels, record)
        back = _look_back(source, prompts, prompter, request.part.stride, report)
        part = request.part
        if back.stopped_by is not None:
            part = replace(part, max_frames=back.frames_until_last_prompt)
        class_ids = np.array([labels.index(name) for _, name in named], dtype=np.int64)
        stage = _FollowStage(Following(prompts, prompter), back, labels, class_ids)
        forwards = open_part(part)
        pipeline = Pipeline(
            forwards,
            segment=stage.find,
            track=_as_found,
            sinks=run.outputs.exporters,
            observers={"count": run.counts},
        )
        earlier = EarlierPass({}, back.stopped_by)
        result = run.complete(pipeline, forwards, report, earlier=earlier)
        _tell_hardly_seen(stage.seen, [name for _, name in named], result.frames)
        return result


def follow_unless_done(
    request: AnnotateRequest,
    prompts: Sequence[Prompt],
    *,
    report: Report = lambda progress, total: None,
) -> dict[str, Any]:
    """Follow, or with `resume` skip what an earlier run did; returns what run.json holds.

    After Ctrl-C the record's "status" is "interrupted"; of a skipped one "was_done" is true.

    Raises:
        ExportError: If the folder holds the outputs of another source.
        BlendMaskLiveError: As `follow_prompts`.
    """
    earlier = EarlierRun.in_folder(request.folder)
    earlier.refuse_others(request)
    prompter = open_prompter(request.network)
    was_done = (
        request.resume
        and earlier.is_whole(request)
        and _did(earlier.record, request, prompts, prompter)
    )
    if was_done and earlier.outputs_are_in(request.folder, request):
        return {**earlier.record, "was_done": True}
    may_replace = request.overwrite or (request.resume and earlier.is_of(request))
    wanted = replace(request, overwrite=may_replace)
    return recorded(
        wanted, lambda: follow_prompts(wanted, prompts, prompter=prompter, report=report)
    )


def _did(
    record: Mapping[str, Any],
    request: AnnotateRequest,
    prompts: Sequence[Prompt],
    prompter: Prompter,
) -> bool:
    """Whether a run followed the same prompts with the same weights into the same outputs."""
    if any(record.get(name) != value for name, value in _deciding(prompts, prompter).items()):
        return False
    try:
        asked = AnnotateRequest.from_json(record["request"])
    except (ConfigError, KeyError):
        return False
    # The weights were compared, not their names.
    made = replace(asked, source=request.source, network=request.network)
    return request.is_done_by(made)


def _deciding(prompts: Sequence[Prompt], prompter: Prompter) -> dict[str, Any]:
    """What of prompts and network decides the outputs, for run.json."""
    return {
        "prompts_sha256": _digest(prompts),
        "weights": {"file": prompter.weights_path.name, "sha256": prompter.weights_sha256},
        "runtime": {"name": prompter.runtime.name, "precision": prompter.runtime.precision},
    }


def _digest(prompts: Sequence[Prompt]) -> str:
    """Of all that the prompts say, the pixels of their masks included."""
    digest = hashlib.sha256()
    for prompt in prompts:
        box = None if prompt.box is None else [float(value) for value in prompt.box]
        points = [(float(x), float(y), bool(inside)) for x, y, inside in prompt.points]
        said = prompt.frame, box, points, prompt.size_step, prompt.class_name
        digest.update(repr(said).encode())
        if prompt.previous is not None:
            digest.update(_mask_bytes(prompt.previous))
    return digest.hexdigest()


def _mask_bytes(mask: Masks) -> bytes:
    if isinstance(mask, CroppedMask):
        return repr(mask.box).encode() + mask.mask.tobytes()
    if isinstance(mask, SoftMask):
        return repr((mask.x0, mask.y0, mask.values.shape)).encode() + mask.values.tobytes()
    pixels = np.asarray(mask)
    return repr(pixels.shape).encode() + pixels.tobytes()


def _record(
    request: AnnotateRequest, named: Sequence[tuple[Prompt, str]], prompter: Prompter
) -> dict[str, Any]:
    """What decides the outputs, for run.json."""
    return common_record(request) | {
        "prompts": [
            {
                "track": number,
                "class": name,
                "frame": prompt.frame,
                "box": None if prompt.box is None else [float(value) for value in prompt.box],
                "size_step": prompt.size_step,
                "points": [[float(x), float(y), bool(inside)] for x, y, inside in prompt.points],
                "has_mask": prompt.previous is not None,
            }
            for number, (prompt, name) in enumerate(named, 1)
        ],
        **_deciding([prompt for prompt, _ in named], prompter),
    }


def _named(
    source: SeekableSource, prompts: Sequence[Prompt], prompter: Prompter, *, stride: int
) -> list[tuple[Prompt, str]]:
    """Each prompt with its class, after a look at its frame.

    Raises:
        ConfigError: If one makes no sense there, or nothing is there.
    """
    pictures: dict[int, Picture] = {}
    named = []
    for number, prompt in enumerate(prompts, 1):
        place = f"object {number}, frame {prompt.frame}"
        if prompt.frame not in pictures:
            frame = None if prompt.frame < 0 else _frame_at(source, prompt.frame)
            if frame is None:
                raise ConfigError(
                    f"{place}: expected a frame of {source.info.name} that is read, "
                    f"{_frames_read(source, stride)}; point at one of them, or read others (start, "
                    "end, stride, max-frames)"
                )
            pictures[prompt.frame] = prompter.open(frame.image)
        named.append((prompt, _class_of(pictures[prompt.frame], prompt, place)))
    return named


def _frame_at(source: SeekableSource, index: int) -> Frame | None:
    source.seek(index)
    frame = source.read()
    return frame if frame is not None and frame.index == index else None


def _frames_read(source: SeekableSource, stride: int) -> str:
    """Which frames a source delivers, as people say it; frames count from 0."""
    source.seek(0)
    frame = source.read()
    if frame is None:
        return "which is none"
    first, count = frame.index, source.info.frame_count
    every = f", one in {stride}" if stride > 1 else ""
    if count is None:
        return f"{first} and later ones{every}"
    if count == 1:
        return f"frame {first} alone"
    # A container's count is an estimate, mostly a frame off.
    expected = first + (count - 1) * stride
    for index in (expected, expected - stride):
        if _frame_at(source, index) is not None:
            return f"{first} to {index}{every}"
    return f"{first} to about {expected}{every}"


def _class_of(picture: Picture, prompt: Prompt, place: str) -> str:
    is_doubtful = False
    try:
        if prompt.previous is not None and prompt.box is None and not prompt.points:
            crop = picture.given(prompt)
        else:
            (found,) = picture.masks([prompt])
            crop, is_doubtful = found.crop, found.is_doubtful
            _tell_missing_size(prompt, found.size_step, place)
    except ValueError as error:
        form = "; a box is X0,Y0,X1,Y1@FRAME, in px" if prompt.box is not None else ""
        raise ConfigError(f"{place}: {error}{form}") from error
    if not crop.area:
        raise ConfigError(f"{place}: nothing is found there; try another box or point, or a mask")
    if is_doubtful:
        _log.warning(
            "%s: nothing stands out at this point, so what is followed may not be what you mean "
            "(expected IoU %.2f); a box, or several points, say more",
            place,
            found.confidence,
        )
    if prompt.previous is None and len(held := things_in(crop, picture.detections)) > 1:
        _log.warning(
            "%s: holds several things (%s), which are followed as one; a tighter box, or a point, "
            "says which is meant",
            place,
            ", ".join(held),
        )
    if prompt.class_name:
        return prompt.class_name
    return likeliest_class(picture.classes_of(crop))


def _tell_missing_size(prompt: Prompt, taken: int, place: str) -> None:
    asked = prompt.size_step
    if asked == taken:
        return
    if prompt.box is not None or prompt.previous is not None:
        why = "boxes and masks say the size themselves; it is left out"
    else:
        most = "largest" if asked > 0 else "smallest"
        why = f"there are not so many; the {most} mask found there, size step {taken}, is followed"
    _log.warning("%s: size step %d: %s", place, asked, why)


def _tell_hardly_seen(seen: Mapping[int, list[int]], names: Sequence[str], frames: int) -> None:
    """Say which objects were lost almost at once."""
    for number, name in enumerate(names):
        found = seen.get(number, [])
        if len(found) < frames and len(found) <= max(1, _HARDLY_SEEN * frames):
            where = f" ({found[0]} to {found[-1]})" if len(found) > 1 else f" ({found[0]})"
            _log.warning(
                "object %d, %s: seen in %d of %s only%s; if it is there longer, point at it in "
                "another frame, or with a tighter box or a mask",
                number + 1,
                name,
                len(found),
                counted(frames, "frame"),
                where if found else "",
            )


@dataclass(frozen=True, slots=True)
class _PackedMask:
    """A mask in an eighth of its memory, and how sure it is."""

    prompt: int
    corner: tuple[int, int]
    shape: tuple[int, int]
    bits: bytes
    confidence: float

    @classmethod
    def of(cls, prompt: int, crop: CroppedMask, confidence: float) -> _PackedMask:
        tight = crop.tight()
        height, width = tight.mask.shape
        bits = np.packbits(tight.mask).tobytes()
        return cls(prompt, (tight.x0, tight.y0), (height, width), bits, confidence)

    def crop(self) -> CroppedMask:
        height, width = self.shape
        bits = np.frombuffer(self.bits, dtype=np.uint8)
        mask = np.unpackbits(bits, count=height * width).reshape(self.shape).astype(bool)
        return CroppedMask(*self.corner, mask)


@dataclass(frozen=True, slots=True)
class _Back:
    """What was found on the way back: frame index -> masks of objects pointed at later."""

    found: dict[int, list[_PackedMask]]
    frames_until_last_prompt: int
    stopped_by: KeyboardInterrupt | None = None


def _look_back(
    source: SeekableSource,
    prompts: Sequence[Prompt],
    prompter: Prompter,
    stride: int,
    report: Report,
) -> _Back:
    """Follow every object from its frame to the first one."""
    source.seek(0)
    first = source.read()
    start = 0 if first is None else first.index
    later = [number for number, prompt in enumerate(prompts) if prompt.frame > start]
    last = max((prompts[number].frame for number in later), default=start)
    indexes = range(last, start - 1, -stride)
    following = Following([prompts[number] for number in later], prompter)
    found: dict[int, list[_PackedMask]] = {}
    masks = 0
    try:
        for done, index in enumerate(indexes if later else (), 1):
            frame = _frame_at(source, index)
            # None: lost to damage.
            objects = () if frame is None else following.step(frame.image, index).objects
            found[index] = [
                _PackedMask.of(later[one.prompt], one.crop, one.confidence)
                for one in objects
                if one.crop.area and index < prompts[later[one.prompt]].frame
            ]
            masks += sum(bool(one.crop.area) for one in objects)
            report(_progress_back(done, masks), len(indexes))
    except KeyboardInterrupt as stop:
        _log.warning("interrupted: finishing the outputs up to frame %d", last)
        return _Back(found, len(indexes), stop)
    return _Back(found, len(indexes))


def _progress_back(frames: int, masks: int) -> PipelineProgress:
    return PipelineProgress(
        frames_read=frames,
        frames_tracked=frames,
        frames_done=frames,
        instances=masks,
        frames_dropped=0,
        exports_dropped=0,
        is_first_of_two=True,
    )


class _FollowStage:
    """Finds the objects of each frame, in place of segmenter and tracker."""

    def __init__(
        self,
        following: Following,
        back: _Back,
        labels: tuple[str, ...],
        class_ids: np.ndarray[Any, np.dtype[np.int64]],
    ) -> None:
        self._following = following
        self._back = back
        self._labels = labels
        self._class_ids = class_ids
        self.seen: dict[int, list[int]] = {}
        """Frames in which each object has a mask, by its prompt's number."""

    def find(self, frame: Frame) -> TrackedInstances:
        objects = self._following.step(frame.image, frame.index).objects
        seen = [(one.prompt, one.crop.tight(), one.confidence) for one in objects if one.crop.area]
        earlier = self._back.found.get(frame.index, ())
        seen += [(packed.prompt, packed.crop(), packed.confidence) for packed in earlier]
        seen.sort(key=lambda row: row[0])
        for number, *_ in seen:
            self.seen.setdefault(number, []).append(frame.index)
        numbers = np.array([number for number, *_ in seen], dtype=np.int64)
        instances = Instances(
            boxes=np.array([crop.box for _, crop, _ in seen], dtype=np.float32).reshape(-1, 4),
            scores=np.array([confidence for *_, confidence in seen], dtype=np.float32),
            class_ids=self._class_ids[numbers],
            frame_size=frame.size,
            labels=self._labels,
            exact_masks=tuple(crop for _, crop, _ in seen),
        )
        states = (TrackState.CONFIRMED,) * len(seen)
        return TrackedInstances(instances, numbers + 1, states)


def _as_found(found: TrackedInstances, /, *, timestamp_s: float) -> TrackedInstances:
    return found
