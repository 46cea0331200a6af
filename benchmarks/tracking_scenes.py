"""Scripted scenes with exact masks, and a detector that is wrong in scripted ways.

Everything is drawn at run time from a seed, so a tracker can be measured without any network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import Instances
from blendmask_live.masks.crops import crop_mask

__all__ = ["SCENES", "Detector", "Mask", "TrueFrame", "play"]

Mask = NDArray[np.bool_]
SIZE = (360, 640)
PERSON, CAR = 0, 2
_DURATION_S = 7.0
_FPS = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class TrueFrame:
    """What is to be seen at one moment.

    Attributes:
        time_s: Presentation time.
        masks: (N, H, W) bool visible pixels, each with at least one.
        ids: (N,) object ids.
        class_ids: (N,) positions in the COCO names.
        visible: (N,) share of each object's pixels that nothing hides.
    """

    time_s: float
    masks: Mask
    ids: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    visible: NDArray[np.float64]


Path = Callable[[float], tuple[float, float]]
"""Time in s -> foot point x, y in px of the scene."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An object of the script; `height` in px, `pace` its strides per second."""

    path: Path
    height: float = 110.0
    class_id: int = PERSON
    pace: float = 1.2


@dataclass(frozen=True, slots=True)
class Scene:
    """Actors (later ones in front), poles (x0, x1 in px of the frame), camera and clock."""

    actors: Sequence[Actor]
    poles: Sequence[tuple[int, int]] = ()
    camera: Path = lambda time_s: (0.0, 0.0)
    times_s: Sequence[float] = tuple(i / _FPS for i in range(int(_DURATION_S * _FPS)))


def _walk(x: float, y: float, speed: float, *, wave: float = 0.0) -> Path:
    """Straight on at `speed` px/s, swaying up and down by `wave` px."""
    return lambda t: (x + speed * t, y + wave * math.sin(2 * t + x))


def _through(points: Sequence[tuple[float, float, float]]) -> Path:
    """Along (time s, x, y) points."""
    times, xs, ys = np.array(points).T
    return lambda t: (float(np.interp(t, times, xs)), float(np.interp(t, times, ys)))


def crossing(rng: np.random.Generator) -> Scene:
    """People and cars pass each other at different speeds."""
    actors = []
    for row in range(3):
        y = 130 + 95 * row + rng.uniform(-8, 8)
        actors.append(Actor(_walk(rng.uniform(20, 120), y, rng.uniform(55, 85)), 100))
        actors.append(Actor(_walk(rng.uniform(520, 620), y + 6, -rng.uniform(55, 85)), 105))
    speed = rng.uniform(110, 150)
    actors.append(Actor(_walk(-60, 235, speed), 70, CAR))
    return Scene(actors)


def meeting(rng: np.random.Generator) -> Scene:
    """Pairs meet, stand in front of each other, and go on or turn back."""
    actors = []
    for row, turns_back in enumerate((True, False, True)):
        y = 125 + 110 * row
        meet = 320 + rng.uniform(-120, 120)
        gap = rng.uniform(8, 18)
        left_end, right_end = (40, 600) if turns_back else (600, 40)
        stop, go = rng.uniform(2.0, 2.5), rng.uniform(3.5, 4.5)
        for x, end, y_shift in ((40, left_end, 0), (600, right_end, 6)):
            side = -gap if x < 320 else gap
            near = (stop, meet + side, y + y_shift)
            leave = (go, meet + side, y + y_shift)
            points = [(0, x, y + y_shift), near, leave, (6.8, end, y + y_shift)]
            actors.append(Actor(_through(points), 105))
    return Scene(actors)


def leave_and_return(rng: np.random.Generator) -> Scene:
    """People leave the picture and come back where they left, one to three seconds later."""
    actors = []
    for row in range(3):
        y = 125 + 110 * row
        away_s = (0.8, 1.6, 2.6)[row]
        for x, outside in ((150, -60), (490, 700)):
            out = rng.uniform(1.8, 2.4)
            back = out + away_s
            points = [(0, x, y), (out, outside, y), (back, outside, y), (back + 2, x, y)]
            actors.append(Actor(_through(points), 100))
    return Scene(actors)


def poles(rng: np.random.Generator) -> Scene:
    """A thin pole splits people in two, a pillar hides them whole."""
    actors = []
    for row in range(3):
        y = 125 + 110 * row
        actors.append(Actor(_walk(rng.uniform(-20, 60), y, rng.uniform(70, 110)), 105))
        actors.append(Actor(_walk(rng.uniform(580, 660), y + 5, -rng.uniform(70, 110)), 105))
    return Scene(actors, poles=((180, 190), (300, 370), (470, 484)))


def camera_pan(rng: np.random.Generator) -> Scene:
    """The crossing, seen from a camera that pans to and fro, and shakes."""
    phase, swing = rng.uniform(0, 6), rng.uniform(60, 90)

    def camera(t: float) -> tuple[float, float]:
        shake = 5 * math.sin(19 * t + phase)
        return swing * math.sin(2.4 * t + phase) + shake, 12 * math.sin(3.1 * t) + shake

    return Scene(crossing(rng).actors, camera=camera)


def frame_drops(rng: np.random.Generator) -> Scene:
    """The crossing at 25 frames a second, then 5, then with gaps of half a second."""
    times: list[float] = []
    time_s = 0.0
    while time_s < _DURATION_S:
        times.append(time_s)
        time_s += 0.04 if time_s < 2 else 0.2 if time_s < 5 else float(rng.choice([0.1, 0.5]))
    return Scene(crossing(rng).actors, times_s=tuple(times))


def crowd(rng: np.random.Generator) -> Scene:
    """Sixteen people and two cars on a square, nearer ones in front."""
    people = []
    for _ in range(16):
        y, speed = rng.uniform(120, 350), rng.uniform(30, 100) * rng.choice([-1, 1])
        x = rng.uniform(0, 640) - 3 * speed
        people.append((y, Actor(_walk(x, y, speed, wave=rng.uniform(0, 12)), 60 + 0.2 * y)))
    for y in (200.0, 300.0):
        speed = rng.uniform(90, 160) * rng.choice([-1, 1])
        people.append((y, Actor(_walk(320 - 3.5 * speed, y, speed), 70, CAR)))
    return Scene([actor for _, actor in sorted(people, key=lambda pair: pair[0])])


SCENES: dict[str, Callable[[np.random.Generator], Scene]] = {
    "crossing": crossing,
    "meeting": meeting,
    "leave and return": leave_and_return,
    "poles": poles,
    "camera pan": camera_pan,
    "frame drops": frame_drops,
    "crowd": crowd,
}


def play(name: str, *, seed: int) -> Iterator[TrueFrame]:
    """The frames of a scene."""
    scene = SCENES[name](np.random.default_rng(seed))
    for time_s in scene.times_s:
        yield _draw(scene, time_s)


def _draw(scene: Scene, time_s: float) -> TrueFrame:
    free = np.ones(SIZE, dtype=bool)
    for x0, x1 in scene.poles:
        free[:, x0:x1] = False
    shift_x, shift_y = scene.camera(time_s)
    rows = []
    for object_id, actor in reversed(list(enumerate(scene.actors, start=1))):
        x, y = actor.path(time_s)
        whole = _silhouette(actor, x - shift_x, y - shift_y, time_s)
        mask = whole & free
        free &= ~whole
        if mask.any():
            rows.append((object_id, actor.class_id, mask, mask.sum() / whole.sum()))
    rows.reverse()
    return TrueFrame(
        time_s,
        np.array([row[2] for row in rows], dtype=bool).reshape(-1, *SIZE),
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


def _silhouette(actor: Actor, x: float, y: float, time_s: float) -> Mask:
    """A person with swinging arms and legs, or a car, standing on (x, y)."""
    canvas = np.zeros(SIZE, dtype=np.uint8)
    height = actor.height

    def point(along: float, up: float) -> tuple[int, int]:
        return round((x + along * height) * 16), round((y - up * height) * 16)

    def limb(a: tuple[int, int], b: tuple[int, int], thickness: float) -> None:
        cv2.line(canvas, a, b, 1, max(1, round(thickness * height)), cv2.LINE_8, 4)

    def ellipse(centre: tuple[int, int], width: float, tall: float) -> None:
        axes = (round(width * height * 16), round(tall * height * 16))
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, 1, cv2.FILLED, cv2.LINE_8, 4)

    if actor.class_id == CAR:
        ellipse(point(0, 0.45), 1.0, 0.3)
        ellipse(point(-0.1, 0.7), 0.55, 0.3)
        for wheel in (-0.6, 0.6):
            ellipse(point(wheel, 0.2), 0.2, 0.2)
    else:
        swing = 0.13 * math.sin(2 * math.pi * actor.pace * time_s)
        ellipse(point(0, 0.9), 0.07, 0.1)
        limb(point(0, 0.75), point(0, 0.5), 0.2)
        for side in (-1, 1):
            limb(point(0, 0.48), point(side * swing, 0.02), 0.09)
            limb(point(0, 0.74), point(-side * swing - side * 0.04, 0.45), 0.06)
    return canvas.astype(bool)


@dataclass(slots=True, eq=False)
class Detector:
    """Finds the true objects with scripted mistakes; deterministic for a seed.

    Attributes:
        miss_share: Of the objects that could be found, this share is not.
        false_positives: Per frame, on average.
        jitter: Masks move and grow or shrink by about this share of their size.
        hidden_share: An object less visible than this is never found.
        wrong_class_share: So many detections have another class.
    """

    seed: int
    miss_share: float = 0.2
    false_positives: float = 0.4
    jitter: float = 0.05
    hidden_share: float = 0.25
    wrong_class_share: float = 0.03

    def detect(self, frame: TrueFrame, index: int) -> Instances:
        """The detections of frame `index`; rows shuffled."""
        rng = np.random.default_rng((self.seed, index))
        rows: list[tuple[Mask, float, int]] = []
        for mask, class_id, visible in zip(
            frame.masks, frame.class_ids.tolist(), frame.visible.tolist(), strict=True
        ):
            if visible < self.hidden_share or rng.random() < self.miss_share:
                continue
            # A half hidden object is found with less confidence.
            score = 0.35 + 0.5 * visible + rng.normal(0, 0.08)
            if rng.random() < self.wrong_class_share:
                class_id = CAR if class_id == PERSON else PERSON
            rows.append((self._shaken(mask, rng), score, class_id))
        for _ in range(rng.poisson(self.false_positives)):
            rows.append((_blob(frame.masks.shape[1:], rng), rng.uniform(0.3, 0.7), PERSON))
        rows = [rows[i] for i in rng.permutation(len(rows)) if rows[i][0].any()]
        masks = np.array([row[0] for row in rows], dtype=bool)
        return Instances.from_masks(
            masks.reshape(-1, *frame.masks.shape[1:]),
            scores=np.clip([row[1] for row in rows], 0.05, 0.99),
            class_ids=[row[2] for row in rows],
        )

    def _shaken(self, mask: Mask, rng: np.random.Generator) -> Mask:
        crop = crop_mask(mask)
        height, width = crop.mask.shape
        scale_x, scale_y = np.exp(rng.normal(0, self.jitter, 2))
        move_x, move_y = rng.normal(0, self.jitter, 2) * (width, height)
        centre_x, centre_y = crop.x0 + width / 2, crop.y0 + height / 2
        matrix = np.array(
            [
                [scale_x, 0, centre_x * (1 - scale_x) + move_x],
                [0, scale_y, centre_y * (1 - scale_y) + move_y],
            ]
        )
        shaken: NDArray[Any] = cv2.warpAffine(
            mask.astype(np.uint8), matrix, mask.shape[::-1], flags=cv2.INTER_NEAREST
        )
        if rng.random() < 0.5:
            shaken = cv2.morphologyEx(shaken, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        return shaken.astype(bool)


def _blob(size: tuple[int, ...], rng: np.random.Generator) -> Mask:
    canvas = np.zeros(size, dtype=np.uint8)
    centre = (int(rng.integers(size[1])), int(rng.integers(size[0])))
    axes = (int(rng.integers(8, 40)), int(rng.integers(8, 60)))
    cv2.ellipse(canvas, centre, axes, 0, 0, 360, 1, cv2.FILLED)
    return canvas.astype(bool)
