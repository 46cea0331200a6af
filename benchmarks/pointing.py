"""What pointing costs, and how well objects are followed.

python benchmarks/pointing.py --picture PICTURE [--pace VIDEO] [--davis FOLDER] [--flow]
    [--sheets OUT]

Times are medians; p95 beside them. The picture is brought to 1280 x 720. Hovering: the pointer
moves over it for some seconds, asking as the editor does; the age of each mask when it can be
shown. --pace follows the
surest one and five detections of the first frame through a video or a folder, decoding
included. --davis is a data set as `follow --davis` reads it, of which the first object of each
sequence is followed; J and F are DAVIS' own. --flow measures flow propagation alone beside it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live import Prompt, Prompter, load_prompter, open_source
from blendmask_live.evaluation.davis import davis_sequences
from blendmask_live.evaluation.following import SequenceAccuracy, measure_sequence
from blendmask_live.masks.crops import CroppedMask, crop_mask, whole_frame_masks
from blendmask_live.masks.flow import carried_mask, flow_between, grey_for_flow
from blendmask_live.prompting.following import Following, follow
from gui.editor.answering import Answer, Answerer, PrompterHolder, Question

RUNS = 40
HOVERS, EVENT_S = 250, 1 / 60
"""Places of the moving pointer, and how long it takes from one to the next."""
Pictures = list[NDArray[np.uint8]]
Masks = list[NDArray[np.bool_]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--pace", metavar="VIDEO")
    parser.add_argument("--davis", type=Path, metavar="FOLDER")
    parser.add_argument("--flow", action="store_true")
    parser.add_argument("--most-frames", type=int, default=60)
    parser.add_argument("--sheets", type=Path, metavar="OUT", help="pictures of what was followed")
    parser.add_argument("--weights", default="blendmask-prompt")
    options = parser.parse_args()
    prompter = load_prompter(options.weights)
    if options.picture:
        _print_costs(prompter, options.picture)
        _print_hover(options.picture)
    if options.pace:
        _print_pace(prompter, options.pace, options.most_frames)
    if options.davis:
        _print_sequences(prompter, options)


def _print_costs(prompter: Prompter, path: Path) -> None:
    image = cv2.resize(_read(path), (1280, 720), interpolation=cv2.INTER_AREA)
    picture = prompter.open(np.asarray(image, dtype=np.uint8))
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, (1000, 500), (16, 2))
    boxes = [Prompt(box=(x, y, x + 180, y + 160)) for x, y in corners.tolist()]
    found = picture.mask(box=boxes[0].box)
    rows: dict[str, tuple[Callable[[], object], int]] = {
        "a box": (lambda: picture.masks(boxes[:1]), 1),
        "each of 16 boxes at once": (lambda: picture.masks(boxes), 16),
        "a first click": (lambda: picture.mask(points=[(400, 300, True)]), 1),
        "a further click": (
            lambda: picture.mask(points=[(400, 300, True)], previous=found.soft),
            1,
        ),
    }
    print(f"{prompter.runtime.name} {prompter.runtime.precision}, crops {prompter.crop_side} px")
    for name, (ask, count) in rows.items():
        times_ms = np.array([_time_ms(ask) for _ in range(RUNS)][2:]) / count
        print(f"{name:26s} {np.median(times_ms):6.1f} ms, p95 {np.quantile(times_ms, 0.95):6.1f}")


def _print_hover(path: Path) -> None:
    image = np.asarray(cv2.resize(_read(path), (1280, 720)), dtype=np.uint8)
    asked_s = [0.0] * HOVERS
    ages_ms: dict[int, float] = {}

    def shown(answer: Answer) -> None:
        number = answer.question.number
        ages_ms.setdefault(number, (time.perf_counter() - asked_s[number]) * 1e3)

    holder = PrompterHolder()
    holder.get().open(image).mask(points=[(400, 300, True)])
    answerer = Answerer(
        holder,
        on_loaded=lambda: None,
        on_answer=shown,
        on_classes=lambda number, names: None,
        on_error=print,
    )
    began_cpu_s = time.process_time()
    for number in range(HOVERS):
        x, y = 640 + 500 * np.sin(number / 40), 360 + 250 * np.sin(number / 27)
        asked_s[number] = time.perf_counter()
        answerer.ask(Question(number, image, points=((x, y, True),), is_hover=True))
        time.sleep(EVENT_S)
    answerer.close()
    ages, cpu_ms = list(ages_ms.values()), (time.process_time() - began_cpu_s) * 1e3
    print(
        f"hovering, {len(ages)} masks of {HOVERS} places: {np.median(ages):.1f} ms, "
        f"p95 {np.quantile(ages, 0.95):.1f}, {cpu_ms / len(ages):.1f} ms of the processor each"
    )


def _time_ms(ask: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    ask()
    return (time.perf_counter() - began_s) * 1e3


def _print_pace(prompter: Prompter, video: str, most_frames: int) -> None:
    first = open_source(video).read()
    assert first is not None
    picture = prompter.open(first.image)
    found = sorted(picture.detections, key=lambda one: -one[1])
    for count in (1, 5):
        prompts = [Prompt(previous=mask) for _, _, mask in found[:count]]
        source = open_source(video, max_frames=most_frames)
        following = Following(prompts, prompter)
        wall_ms, cpu_ms = [], []
        while True:
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            if (frame := source.read()) is None:
                break
            following.step(frame.image, frame.index)
            wall_ms.append((time.perf_counter() - began_s) * 1e3)
            cpu_ms.append((time.process_time() - began_cpu_s) * 1e3)
        source.close()
        # The first frames open what is needed.
        print(
            f"{len(prompts)} followed: {np.mean(wall_ms[4:]):.1f} ms a frame "
            f"(median {np.median(wall_ms[4:]):.1f}), {np.mean(cpu_ms[4:]):.1f} ms of the processor"
        )


def _print_sequences(prompter: Prompter, options: argparse.Namespace) -> None:
    measured: dict[str, list[SequenceAccuracy]] = {}
    for sequence in davis_sequences(options.davis):
        stems = list(sequence.annotations)[: options.most_frames]
        images = [_read(path) for path in sequence.pictures if path.stem in stems]
        truth = sequence.truth(min(sequence.first_masks()))[: len(stems)]
        ways: dict[str, Callable[[], Iterator[CroppedMask]]] = {
            "followed": lambda images=images, truth=truth: (  # type: ignore[misc]
                frame.objects[0].crop
                for frame in follow(images, [Prompt(previous=truth[0])], prompter)
            )
        }
        if options.flow:
            ways["flow"] = lambda images=images, truth=truth: _by_flow(images, truth[0])  # type: ignore[misc]
        for way, go in ways.items():
            began_s = time.perf_counter()
            crops = list(go())
            pace = len(images) / (time.perf_counter() - began_s)
            masks = list(whole_frame_masks(crops, truth[0].shape[:2]))
            accuracy = measure_sequence(truth, masks)
            measured.setdefault(way, []).append(accuracy)
            print(
                f"{sequence.name:14s} {way:9s} {len(images):3d} frames  J {accuracy.j:.3f}  "
                f"F {accuracy.f:.3f}  {pace:5.1f} frames/s",
                flush=True,
            )
            if options.sheets and way == "followed":
                _write_sheet(options.sheets / f"{sequence.name}.jpg", images, truth, masks)
    for way, accuracies in measured.items():
        j, f = np.mean([a.j for a in accuracies]), np.mean([a.f for a in accuracies])
        print(f"{way}: mean J {j:.3f}, F {f:.3f}, J&F {(j + f) / 2:.3f}")


def _by_flow(images: Pictures, first: NDArray[np.bool_]) -> Iterator[CroppedMask]:
    mask, old = crop_mask(first), grey_for_flow(images[0])
    yield mask
    for image in images[1:]:
        new = grey_for_flow(image)
        mask = carried_mask(mask, flow_between(old, new), (image.shape[0], image.shape[1]))
        yield mask
        old = new


def _read(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise SystemExit(f"{path}: no picture")
    return np.ascontiguousarray(image[..., ::-1])


def _write_sheet(path: Path, images: Pictures, truth: Masks, masks: Masks) -> None:
    """Nine frames: what was followed in green, the true outline in red."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tiles = []
    for row in np.linspace(0, len(images) - 1, 9).astype(int):
        tile = images[row].copy()
        tile[masks[row]] = tile[masks[row]] // 2 + np.array([0, 127, 0], dtype=np.uint8)
        outlines, _ = cv2.findContours(
            truth[row].astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(tile, outlines, -1, (255, 0, 0), 2)
        tiles.append(cv2.resize(tile, (427, 240), interpolation=cv2.INTER_AREA))
    rows = [np.hstack(tiles[first : first + 3]) for first in (0, 3, 6)]
    cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
