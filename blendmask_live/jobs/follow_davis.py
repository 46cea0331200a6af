"""The sequences of the DAVIS benchmark, each object followed from its first mask.

    follow_davis("DAVIS", "out", subset="val")

Writes OUT/<sequence>/<frame>.png, as the benchmark's own programs read results, and OUT/davis.json
after each sequence. A sequence is there whole or not at all, so that a run that was killed goes
on with the next one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blendmask_live.atomic import written_beside
from blendmask_live.capture.image_file import UNREADABLE, load_rgb
from blendmask_live.errors import BlendMaskLiveError, DatasetError, ExportError, one_line
from blendmask_live.evaluation.davis import DavisSequence, davis_sequences, measure_davis
from blendmask_live.evaluation.following import SequenceAccuracy
from blendmask_live.export.davis import davis_palette
from blendmask_live.export.pictures import png_bytes
from blendmask_live.export.staging import StagedFolder, report_write_errors
from blendmask_live.jobs.follow import PROMPT_WEIGHTS
from blendmask_live.jobs.run_files import read_json
from blendmask_live.masks.crops import resolve_overlaps
from blendmask_live.prompting.following import FollowedFrame, Following
from blendmask_live.prompting.prompt import Prompt
from blendmask_live.prompting.prompter import Prompter, load_prompter

__all__ = ["DavisResult", "FollowedSequence", "follow_davis"]

RECORD = "davis.json"
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class FollowedSequence:
    """What became of one sequence.

    Attributes:
        name: Of the sequence.
        frames: How many it has.
        seconds: Reading, following and writing; 0 where it was done before.
        objects: Object number -> accuracy; empty where there is no truth to compare with.
        error: Why it failed, "" where it did not.
    """

    name: str
    frames: int
    seconds: float
    objects: dict[int, SequenceAccuracy] = field(default_factory=dict)
    error: str = ""

    @property
    def mean(self) -> SequenceAccuracy | None:
        """Over its objects; None where nothing was measured."""
        return _mean(list(self.objects.values()))


@dataclass(frozen=True, slots=True)
class DavisResult:
    """Results of all sequences; means are over objects, as the benchmark's are."""

    folder: Path
    sequences: tuple[FollowedSequence, ...]

    @property
    def mean(self) -> SequenceAccuracy | None:
        """None where nothing was measured."""
        return _mean([one for sequence in self.sequences for one in sequence.objects.values()])

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "mean": _plain(self.mean),
            "sequences": [
                {
                    "name": one.name,
                    "frames": one.frames,
                    "seconds": round(one.seconds, 3),
                    "error": one.error,
                    "mean": _plain(one.mean),
                    "objects": {str(n): _plain(value) for n, value in one.objects.items()},
                }
                for one in self.sequences
            ],
        }


def follow_davis(
    davis: str | Path,
    output: str | Path,
    *,
    subset: str | None = None,
    prompter: Prompter | str | Path = PROMPT_WEIGHTS,
    resume: bool = False,
    overwrite: bool = False,
    report: Report = lambda name, done, total: None,
) -> DavisResult:
    """Follow every object of many sequences from its first mask, and measure J and F.

    A sequence that fails is reported and does not stop the others.

    Args:
        davis: Data set, see `blendmask_live.evaluation.davis`.
        output: Folder of the results.
        subset: As for `davis_sequences`.
        prompter: Loaded, or the name or path of its weights.
        resume: Keep the sequences that an earlier run has completed.
        overwrite: Replace those that are there.
        report: Called with the name of the sequence, and frames done and in all sequences.

    Raises:
        DatasetError: If the data set cannot be used.
        ExportError: If the output holds results and neither `resume` nor `overwrite` is set, or
            those of other weights or another data set, or cannot be written.
        WeightsError: As `load_prompter`.
    """
    output = Path(output)
    sequences = davis_sequences(davis, subset=subset)
    loaded = prompter if isinstance(prompter, Prompter) else load_prompter(prompter)
    record = {
        "davis": str(Path(davis).resolve()),
        "subset": subset,
        "weights_sha256": loaded.weights_sha256,
        "runtime": loaded.runtime.name,
        "precision": loaded.runtime.precision,
    }
    earlier = read_json(output / RECORD)
    if earlier and not overwrite:
        _refuse_others(output, earlier, record, resume=resume)
    # Of these weights; folders of other sequences may be of an earlier run that was replaced.
    done = set(earlier.get("done", ())) if resume and not overwrite else set()
    total, before = sum(len(one.pictures) for one in sequences), 0
    result = DavisResult(output, ())
    for sequence in sequences:
        _write_record(output, record | {"done": sorted(done)} | result.to_json())
        if sequence.name in done and (output / sequence.name).is_dir():
            followed = _measured(sequence, output / sequence.name, began_s=None)
        else:
            step = _Step(sequence.name, before, total, report)
            may_replace = overwrite or bool(earlier)
            followed = _done(sequence, output / sequence.name, loaded, step, overwrite=may_replace)
        before += len(sequence.pictures)
        done |= set() if followed.error else {sequence.name}
        result = DavisResult(output, (*result.sequences, followed))
    _write_record(output, record | {"done": sorted(done)} | result.to_json())
    return result


@dataclass(frozen=True, slots=True)
class _Step:
    """Tells how far all sequences are, from inside of one."""

    name: str
    before: int
    total: int
    report: Report

    def __call__(self, done: int) -> None:
        self.report(self.name, self.before + done, self.total)


def _refuse_others(
    output: Path, earlier: dict[str, Any], record: dict[str, Any], *, resume: bool
) -> None:
    if not resume:
        raise ExportError(
            f"{output / RECORD}: exists already; go on with --resume or replace it with --overwrite"
        )
    for name, value in record.items():
        # Another list of the same data set adds sequences.
        if name != "subset" and earlier.get(name) != value:
            raise ExportError(
                f"{output}: its results are of {name} {earlier.get(name)}, not {value}; choose "
                "another folder with -o, or replace them with --overwrite"
            )


def _done(
    sequence: DavisSequence, target: Path, prompter: Prompter, step: _Step, *, overwrite: bool
) -> FollowedSequence:
    """Follow one sequence and measure it."""
    began_s = time.monotonic()
    try:
        _write(sequence, StagedFolder(target, overwrite=overwrite), prompter, step)
    except (BlendMaskLiveError, ValueError) as error:
        return _failed(sequence, error, began_s)
    return _measured(sequence, target, began_s=began_s)


def _measured(sequence: DavisSequence, target: Path, *, began_s: float | None) -> FollowedSequence:
    """A sequence whose results are there; without `began_s` from an earlier run."""
    seconds = 0.0 if began_s is None else time.monotonic() - began_s
    try:
        objects = measure_davis(sequence, target)
    except BlendMaskLiveError as error:
        return _failed(sequence, error, began_s)
    return FollowedSequence(sequence.name, len(sequence.pictures), seconds, objects)


def _failed(sequence: DavisSequence, error: Exception, began_s: float | None) -> FollowedSequence:
    seconds = 0.0 if began_s is None else time.monotonic() - began_s
    return FollowedSequence(sequence.name, len(sequence.pictures), seconds, error=one_line(error))


def _write(sequence: DavisSequence, staged: StagedFolder, prompter: Prompter, step: _Step) -> None:
    palette = davis_palette()
    try:
        with report_write_errors(staged.final):
            numbers = list(sequence.first_masks())
            for done, frame in enumerate(_follow(sequence, prompter), start=1):
                pixels = _pixels(frame, numbers)
                path = staged.path / f"{sequence.pictures[frame.index].stem}.png"
                path.write_bytes(png_bytes(pixels, palette=palette))
                step(done)
            staged.commit()
    finally:
        staged.discard()


def _follow(sequence: DavisSequence, prompter: Prompter) -> Iterator[FollowedFrame]:
    masks, first = sequence.first_masks(), sequence.first_index
    if not masks:
        raise DatasetError(f"{sequence.name}: its first mask is empty")
    following = Following([Prompt(frame=first, previous=mask) for mask in masks.values()], prompter)
    for index, path in enumerate(sequence.pictures):
        try:
            image = load_rgb(path)
        except UNREADABLE as error:
            raise DatasetError(f"{path}: cannot be read ({one_line(error)})") from error
        yield following.step(image, index)


def _pixels(frame: FollowedFrame, numbers: Sequence[int]) -> NDArray[np.uint8]:
    """(H, W) object numbers; of masks that overlap the surer one is in front."""
    pixels = np.zeros(frame.frame_size, dtype=np.uint8)
    scores = np.array([one.confidence for one in frame.objects], dtype=np.float32)
    crops = resolve_overlaps([one.crop for one in frame.objects], scores, frame.frame_size)
    for crop, number in zip(crops, numbers, strict=True):
        x0, y0, x1, y1 = crop.box
        pixels[y0:y1, x0:x1][crop.mask] = number
    return pixels


def _write_record(output: Path, record: dict[str, Any]) -> None:
    path = output / RECORD
    with report_write_errors(path):
        output.mkdir(parents=True, exist_ok=True)
        with written_beside(path) as partial:
            partial.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _mean(values: Sequence[SequenceAccuracy]) -> SequenceAccuracy | None:
    if not values:
        return None
    j, f = np.mean([one.j for one in values]), np.mean([one.f for one in values])
    return SequenceAccuracy(float(j), float(f), sum(one.frames for one in values))


def _plain(accuracy: SequenceAccuracy | None) -> dict[str, Any] | None:
    return None if accuracy is None else asdict(accuracy) | {"j_and_f": accuracy.j_and_f}
