"""Training pictures from annotation projects: the frames that a person corrected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from blendmask_live.annotation import FrameMasks, Project
from blendmask_live.capture import open_source
from blendmask_live.capture.source import SeekableSource
from blendmask_live.counting import counted
from blendmask_live.errors import DatasetError

__all__ = ["Corrections", "gather_corrections", "restricted"]

LEAST_FRAMES: Final = 5
MOST_FRAMES: Final = 400
"""Of a project; a confirmed stretch of video has many frames that teach the same."""
HELD_OUT_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrected frames as COCO-format data.

    Attributes:
        images: Folder of the pictures.
        train: Annotations to learn from.
        held_out: Annotations to measure on: the last corrected frames of projects, a fifth of all.
            Masks that no person confirmed are regions that are not counted.
        labels: Class names of all masks.
        train_frames, held_out_frames: How many pictures.
    """

    images: Path
    train: Path
    held_out: Path
    labels: tuple[str, ...]
    train_frames: int
    held_out_frames: int


def gather_corrections(
    projects: Sequence[Path],
    folder: Path,
    *,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Corrections:
    """Collect every frame with a keyframe: a mask that a person drew, changed or confirmed.

    Only frames in which all masks are keyframes say that nothing else is there; in the others
    what is not labelled is not held against the network.

    Args:
        folder: Pictures and annotations are written here.
        report: Called with frames done and in all.

    Raises:
        DatasetError: If fewer than five frames are corrected.
        ProjectError, SourceError: If a project or its video cannot be read.
    """
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        opened = [stack.enter_context(Project.open(path, read_only=True)) for path in projects]
        chosen = [_corrected_frames(project) for project in opened]
        total = sum(map(len, chosen))
        if total < LEAST_FRAMES:
            found = counted(total, "corrected frame")
            raise DatasetError(
                f"{', '.join(str(path) for path in projects)}: {found}, at least "
                f"{LEAST_FRAMES} are needed; draw, change or confirm masks in more frames"
            )
        held_out = _held_out_frames([len(frames) for frames in chosen])
        names = dict.fromkeys(label for project in opened for label in project.labels)
        sets = _CocoFile(names, is_truth=False), _CocoFile(names, is_truth=True)
        done = 0
        for number, (project, frames) in enumerate(zip(opened, chosen, strict=True)):
            first_held_out = len(frames) - held_out[number]
            with_pictures = _pictures(project, frames)
            for place, (frame, image) in enumerate(with_pictures):
                name = f"{number:02d}-{frame:06d}.png"
                _save(images / name, image)
                target = sets[place >= first_held_out]
                target.add(name, image.shape[:2], project.masks(frame), _hidden(project))
                done += 1
                report(done, total)
    train, measured = sets
    return Corrections(
        images=images,
        train=train.write(folder / "train.json"),
        held_out=measured.write(folder / "held_out.json"),
        labels=tuple(dict.fromkeys((*train.used_labels, *measured.used_labels))),
        train_frames=len(train.images),
        held_out_frames=len(measured.images),
    )


def restricted(annotations: Path, labels: Sequence[str]) -> Path | None:
    """The same file with the categories that a network knows; None if it knows none."""
    content = json.loads(annotations.read_text(encoding="utf-8"))
    known = [category for category in content["categories"] if category["name"] in labels]
    if len(known) == len(content["categories"]):
        return annotations
    if not known:
        return None
    ids = {category["id"] for category in known}
    kept = [a for a in content["annotations"] if a["category_id"] in ids]
    path = annotations.with_name(f"{annotations.stem}_known.json")
    path.write_text(json.dumps(content | {"categories": known, "annotations": kept}))
    return path


def _corrected_frames(project: Project) -> list[int]:
    frames: set[int] = set()
    for lane in project.lanes():
        for run in lane.runs:
            if run.is_keyframe and not lane.track.is_hidden:
                frames.update(project.frames.between(run.first, run.last).tolist())
    ordered = sorted(frames)
    if len(ordered) > MOST_FRAMES:
        places = np.linspace(0, len(ordered) - 1, MOST_FRAMES).round().astype(int)
        ordered = [ordered[place] for place in places]
    return ordered


def _held_out_frames(counts: Sequence[int]) -> list[int]:
    """How many of each project's corrected frames are held out: a fifth of all together.

    Each gives its whole share; what is lacking then comes from those that lost most by that.
    """
    shares = [count * HELD_OUT_SHARE for count in counts]
    held_out = [int(share) for share in shares]
    by_loss = sorted(range(len(counts)), key=lambda place: held_out[place] - shares[place])
    for place in by_loss[: round(sum(shares)) - sum(held_out)]:
        held_out[place] += 1
    return held_out


def _hidden(project: Project) -> set[int]:
    return {track.track_id for track in project.tracks if track.is_hidden}


def _pictures(project: Project, frames: Iterable[int]) -> Iterable[tuple[int, NDArray[np.uint8]]]:
    source = open_source(project.locate_source(), deinterlace=not project.media.keeps_fields)
    try:
        assert isinstance(source, SeekableSource)
        for frame in frames:
            source.seek(frame)
            picture = source.read()
            if picture is None or picture.index != frame:
                raise DatasetError(f"{project.media.name}: frame {frame} cannot be read any more")
            yield frame, picture.image
    finally:
        source.close()


def _save(path: Path, image: NDArray[np.uint8]) -> None:
    encoded = cv2.imencode(".png", image[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])[1]
    try:
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise DatasetError(f"{path}: cannot be written ({error.strerror})") from error


class _CocoFile:
    """COCO instances JSON, filled frame by frame."""

    def __init__(self, labels: Iterable[str], *, is_truth: bool) -> None:
        self._ids = {label: number for number, label in enumerate(labels, start=1)}
        self._is_truth = is_truth
        self.images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(
        self, file_name: str, size: tuple[int, int], masks: FrameMasks, hidden: set[int]
    ) -> None:
        """Add a frame; hidden tracks are left out."""
        instances = masks.tracked.instances
        image_id = len(self.images) + 1
        rows = [row for row, run in enumerate(masks.runs) if run.track not in hidden]
        is_complete = all(masks.runs[row].is_keyframe for row in rows)
        self.images.append(
            {
                "id": image_id,
                "file_name": file_name,
                "height": size[0],
                "width": size[1],
                "exhaustive": ["*"] if is_complete else [],
            }
        )
        rles = instances.rles()
        for row in rows:
            area = int(coco_mask.area(rles[row]))
            if not area:
                continue
            counts = rles[row]["counts"].decode("ascii")
            self._annotations.append(
                {
                    "id": len(self._annotations) + 1,
                    "image_id": image_id,
                    "category_id": self._ids[instances.class_names[row]],
                    "segmentation": {"size": rles[row]["size"], "counts": counts},
                    "area": area,
                    "bbox": coco_mask.toBbox(rles[row]).tolist(),
                    "iscrowd": int(self._is_truth and not masks.runs[row].is_keyframe),
                }
            )

    @property
    def used_labels(self) -> tuple[str, ...]:
        """Class names of its masks, in the order of their ids."""
        used = {annotation["category_id"] for annotation in self._annotations}
        return tuple(label for label, number in self._ids.items() if number in used)

    def write(self, path: Path) -> Path:
        """Write the file; categories without a mask are left out."""
        used = self.used_labels
        content = {
            "images": self.images,
            "annotations": self._annotations,
            "categories": [{"id": self._ids[label], "name": label} for label in used],
        }
        path.write_text(json.dumps(content), encoding="utf-8")
        return path
