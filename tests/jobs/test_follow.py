"""Following as a job: what is written, where tracks begin and end, what is refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blendmask_live import AnnotateResult, Prompt, follow_video, load_prompter
from blendmask_live.annotation import Project
from blendmask_live.capture.demo import DemoSource
from blendmask_live.datatypes import Instances, SourceInfo
from blendmask_live.errors import ConfigError
from blendmask_live.evaluation.following import region_j
from blendmask_live.labels import COCO_NAMES
from blendmask_live.pipeline import PipelineProgress
from blendmask_live.prompting.prompter import Prompter
from tests.capture.clips import ClipSpec, write_clip

FRAMES = 8
WIDTH, HEIGHT, RADIUS = 192, 128, 26


@pytest.fixture(scope="module")
def prompter() -> Prompter:
    """The built-in weights."""
    return load_prompter(device="cpu", runtime="torch", precision="fp32", threads=1)


def disk(number: int, *, row: int = 64) -> NDArray[np.bool_]:
    """(H, W) where the disk is in a frame: 6 px further to the right in each."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.asarray((x - 50 - 6 * number) ** 2 + (y - row) ** 2 < RADIUS**2)


def orange_disk(number: int) -> NDArray[np.uint8]:
    """A checked orange disk on a blue-green ground."""
    rng = np.random.default_rng(5)
    coarse = rng.integers(60, 110, (HEIGHT // 8, WIDTH // 8, 3)).repeat(8, axis=0).repeat(8, axis=1)
    image = (coarse * (0.5, 1.0, 1.2)).astype(np.uint8)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    is_light = ((x - 6 * number) // 8 + y // 8) % 2 == 0
    for_disk = np.where(is_light[..., None], (240, 160, 40), (205, 110, 20)).astype(np.uint8)
    return np.where(disk(number)[..., None], for_disk, image)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    images = [orange_disk(number) for number in range(FRAMES)]
    options = {"crf": "12"}
    spec = ClipSpec(
        frames=FRAMES, width=WIDTH, height=HEIGHT, fps=10, images=images, options=options
    )
    return write_clip(tmp_path / "clip.mp4", spec)


def _box(number: int) -> tuple[float, float, float, float]:
    x = 50 + 6 * number
    return x - RADIUS, 64 - RADIUS, x + RADIUS, 64 + RADIUS


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "csv" / "tracks.csv").open() as file:
        return list(csv.DictReader(file))


def _ids(folder: Path, number: int) -> NDArray[np.uint8]:
    return np.asarray(Image.open(folder / "davis" / f"{number:05d}.png"))


def _record(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return values


def test_an_object_is_followed_to_both_ends_from_a_frame_between(
    prompter: Prompter, clip: Path, tmp_path: Path
) -> None:
    result = follow_video(
        clip,
        tmp_path / "out",
        prompts=[Prompt(frame=4, box=_box(4), class_name="ball")],
        formats=["davis", "csv"],
        prompter=prompter,
    )
    assert (result.status, result.frames, result.tracks) == ("complete", FRAMES, 1)
    for number in range(FRAMES):
        ids = _ids(result.folder, number)
        assert set(np.unique(ids)) == {0, 1}
        assert region_j(disk(number), ids == 1) > 0.85, number
    rows = _rows(result.folder)
    assert [(row["frame"], row["track_id"], row["class"]) for row in rows] == [
        (str(number), "1", "ball") for number in range(FRAMES)
    ]
    record = _record(result.folder)
    assert record["prompts"][0]["box"] == list(_box(4))
    assert record["weights"]["sha256"] == prompter.weights_sha256
    assert result.project is not None
    with Project.open(result.project, read_only=True) as project:
        assert [track.track_id for track in project.tracks] == [1]
        assert project.frame_count == FRAMES


def test_every_prompt_is_a_track_of_its_own_in_their_order(
    prompter: Prompter, clip: Path, tmp_path: Path
) -> None:
    """The second object is a part of the ground, given as a mask in the last frame."""
    corner = np.zeros((HEIGHT, WIDTH), dtype=bool)
    corner[100:124, 8:60] = True
    result = follow_video(
        clip,
        tmp_path / "out",
        prompts=[
            Prompt(frame=FRAMES - 1, previous=corner, class_name="ground"),
            Prompt(frame=0, points=[(50, 64, True)], class_name="ball"),
        ],
        formats=["davis", "csv"],
        prompter=prompter,
        project=False,
    )
    classes = {row["track_id"]: row["class"] for row in _rows(result.folder)}
    assert classes == {"1": "ground", "2": "ball"}
    last = _ids(result.folder, FRAMES - 1)
    assert region_j(corner, last == 1) == 1
    assert all(region_j(disk(n), _ids(result.folder, n) == 2) > 0.8 for n in range(FRAMES))


def test_only_the_part_that_is_asked_for_is_read_and_keeps_its_frame_numbers(
    prompter: Prompter, clip: Path, tmp_path: Path
) -> None:
    result = follow_video(
        clip,
        tmp_path / "out",
        prompts=[Prompt(frame=4, box=_box(4))],
        formats=["csv"],
        prompter=prompter,
        start_s=0.2,
        stride=2,
        project=False,
    )
    with (result.folder / "csv" / "frames.csv").open() as file:
        assert [row["source_index"] for row in csv.DictReader(file)] == ["2", "4", "6"]
    assert [row["frame"] for row in _rows(result.folder)] == ["0", "1", "2"]


@pytest.mark.parametrize(("score", "expected"), [(0.8, "orange"), (0.2, "object")])
def test_an_object_that_nobody_names_gets_the_class_that_is_detected_there(
    prompter: Prompter,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    score: float,
    expected: str,
) -> None:
    found = Instances.from_masks(
        disk(0)[None], class_ids=[COCO_NAMES.index("orange")], scores=[score]
    )
    monkeypatch.setattr(prompter, "detect", lambda image: found)
    result = follow_video(
        clip,
        tmp_path / "out",
        prompts=[Prompt(previous=disk(0))],
        formats=["csv"],
        prompter=prompter,
        max_frames=2,
    )
    assert {row["class"] for row in _rows(result.folder)} == {expected}


def test_a_box_around_two_things_is_told(
    prompter: Prompter,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    left = disk(0) & (np.arange(WIDTH) < 50)
    halves = Instances.from_masks(
        np.stack([left, disk(0) & ~left]), class_ids=[0, 1], scores=[0.9, 0.6]
    )
    monkeypatch.setattr(prompter, "detect", lambda image: halves)
    follow_video(
        clip,
        tmp_path / "out",
        prompts=[Prompt(box=_box(0), class_name="pair")],
        formats=["csv"],
        prompter=prompter,
        max_frames=2,
    )
    names = ", ".join(COCO_NAMES[:2])
    assert f"object 1, frame 0: holds several things ({names})" in caplog.text


@pytest.mark.parametrize(("point", "is_told"), [((50, 64), False), ((150, 20), True)])
def test_a_click_where_nothing_stands_out_is_told_and_carried_out(
    prompter: Prompter,
    clip: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    point: tuple[int, int],
    is_told: bool,
) -> None:
    result = follow_video(
        clip,
        tmp_path / "out",
        prompts=[Prompt(points=[(*point, True)])],
        formats=["csv"],
        prompter=prompter,
        max_frames=2,
    )
    told = "object 1, frame 0: nothing stands out at this point" in caplog.text
    assert told is is_told
    first = _rows(result.folder)[0]
    assert (float(first["score"]) < 0.33) is is_told


class _Stop:
    """Presses Ctrl-C when frames are done, on the way back or forth."""

    def __init__(self, *, on_the_way_back: bool) -> None:
        self._wanted = on_the_way_back

    def __call__(self, progress: PipelineProgress, total: int | None) -> None:
        if progress.frames_done >= 2 and progress.is_first_of_two == self._wanted:
            raise KeyboardInterrupt


@pytest.mark.may_log("interrupted")
@pytest.mark.parametrize("on_the_way_back", [True, False])
def test_ctrl_c_keeps_what_is_done(
    prompter: Prompter, clip: Path, tmp_path: Path, on_the_way_back: bool
) -> None:
    with pytest.raises(KeyboardInterrupt):
        follow_video(
            clip,
            tmp_path / "out",
            prompts=[Prompt(frame=5, box=_box(5))],
            formats=["csv"],
            prompter=prompter,
            report=_Stop(on_the_way_back=on_the_way_back),
        )
    folder = tmp_path / "out" / "clip"
    assert _record(folder)["status"] == "interrupted"
    frames = [int(row["frame"]) for row in _rows(folder)]
    if on_the_way_back:
        assert frames == [4, 5]
    else:
        assert frames[:2] == [0, 1]
    with Project.open(tmp_path / "out" / "clip.bml", read_only=True) as project:
        assert project.status == "interrupted"


def _follow_pictures(
    prompter: Prompter, folder: Path, pictures: list[NDArray[Any]], first: NDArray[np.bool_]
) -> tuple[AnnotateResult, list[NDArray[np.bool_]]]:
    """Follow a mask of the first picture through a folder of PNGs."""
    folder.mkdir()
    for number, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / f"{number:02d}.png")
    result = follow_video(
        folder,
        folder.parent / "out",
        prompts=[Prompt(previous=first)],
        formats=["davis"],
        prompter=prompter,
        project=False,
    )
    return result, [_ids(result.folder, number) == 1 for number in range(len(pictures))]


def test_grey_pictures_of_16_bits_are_followed(prompter: Prompter, tmp_path: Path) -> None:
    deep = [orange_disk(n).mean(axis=2).astype(np.uint16) * 256 for n in range(4)]
    _, found = _follow_pictures(prompter, tmp_path / "deep", deep, disk(0))
    assert all(region_j(disk(n), mask) > 0.8 for n, mask in enumerate(found))


def test_pictures_that_change_their_size_are_followed(prompter: Prompter, tmp_path: Path) -> None:
    larger = [np.kron(orange_disk(n), np.ones((2, 2, 1), np.uint8)) for n in (2, 3)]
    pictures = [orange_disk(0), orange_disk(1), *larger]
    _, found = _follow_pictures(prompter, tmp_path / "sizes", pictures, disk(0))
    assert all(region_j(disk(n), mask) > 0.8 for n, mask in enumerate(found))


def test_an_object_that_fills_the_picture_is_followed(prompter: Prompter, tmp_path: Path) -> None:
    pictures = [orange_disk(0)[44:84, 30:70]] * 3
    _, found = _follow_pictures(prompter, tmp_path / "full", pictures, np.ones((40, 40), bool))
    assert all(mask.mean() > 0.9 for mask in found)


def test_after_a_cut_the_object_is_lost_until_its_scene_returns(
    prompter: Prompter, tmp_path: Path
) -> None:
    rng = np.random.default_rng(7)
    other = rng.integers(0, 90, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    other[70:, :, 2] += 120
    pictures = [orange_disk(0), orange_disk(1), *[other] * 3, *map(orange_disk, (5, 6))]
    result, found = _follow_pictures(prompter, tmp_path / "cut", pictures, disk(0))
    assert [mask.any() for mask in found] == [True, True, False, False, False, True, True]
    assert region_j(disk(6), found[-1]) > 0.8
    assert result.status == "complete"


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        (Prompt(frame=3, box=(500, 10, 600, 40)), r"object 1, frame 3: box .* outside the picture"),
        (Prompt(frame=3, points=[(10, 400, True)]), r"object 1, frame 3: point .* outside"),
        (
            Prompt(frame=FRAMES, box=_box(0)),
            r"object 1, frame 8: expected a frame .* read, 0 to 7;",
        ),
        (Prompt(frame=-1, box=_box(0)), r"object 1, frame -1: expected a frame .* read, 0 to 7;"),
        (Prompt(frame=3, previous=np.zeros((4, 5), dtype=bool)), "192 x 128 px; got 5 x 4 px"),
        (Prompt(frame=3, previous=np.zeros((HEIGHT, WIDTH), dtype=bool)), "with a pixel"),
        (Prompt(frame=3), "found none of them"),
    ],
)
def test_what_cannot_be_followed_is_refused_before_anything_is_written(
    prompter: Prompter, clip: Path, tmp_path: Path, prompt: Prompt, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        follow_video(clip, tmp_path / "out", prompts=[prompt], prompter=prompter)
    assert not (tmp_path / "out").exists()


def test_without_a_prompt_there_is_nothing_to_follow(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to follow"):
        follow_video(clip, tmp_path / "out", prompts=[])


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (None, "0 and later ones; point"),
        (FRAMES + 1, "0 to 7; point"),
        (99, "0 to about 98; point"),
    ],
)
def test_frames_that_are_read_are_told_where_their_number_is_an_estimate(
    prompter: Prompter, clip: Path, tmp_path: Path, count: int | None, told: str
) -> None:
    class Estimating(DemoSource):
        @property
        def info(self) -> SourceInfo:
            return replace(super().info, frame_count=count)

    def opener(source: str, **part: Any) -> DemoSource:
        return Estimating(seconds=FRAMES / 30)

    prompts = [Prompt(frame=200, box=(10, 10, 60, 60))]
    with pytest.raises(ConfigError, match=f"frame 200: expected .*, {told}"):
        follow_video("demo", tmp_path / "out", prompts=prompts, prompter=prompter, opener=opener)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"max_frames": 3}, "0 to 2; point"),
        ({"start_s": 0.2, "stride": 2}, "2 to 6, one in 2; point"),
        ({"max_frames": 1}, "frame 0 alone; point"),
    ],
)
def test_a_frame_that_is_not_read_is_refused_with_those_that_are(
    prompter: Prompter, clip: Path, tmp_path: Path, part: dict[str, Any], told: str
) -> None:
    for frame in (-1, 3, 200):
        prompts = [Prompt(frame=frame, box=_box(3))]
        with pytest.raises(ConfigError, match=f"object 1, frame {frame}: expected .*, {told}"):
            follow_video(clip, tmp_path / "out", prompts=prompts, prompter=prompter, **part)


@pytest.mark.parametrize(
    ("step", "box", "told"),
    [(0, False, ""), (9, False, "not so many; the larg"), (1, True, "boxes and masks say")],
)
def test_a_size_that_is_not_there_is_told(
    prompter: Prompter,
    clip: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    step: int,
    box: bool,
    told: str,
) -> None:
    pointed = Prompt(points=[(50, 64, True)], box=_box(0) if box else None, size_step=step)
    follow_video(
        clip, tmp_path / "out", prompts=[pointed], formats=["csv"], prompter=prompter, max_frames=2
    )
    assert ("size step" in caplog.text) is bool(told)
    assert told in caplog.text


def test_an_object_that_is_lost_at_once_is_told_at_the_end(
    prompter: Prompter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = [np.full((HEIGHT, WIDTH, 3), 30 * n, np.uint8) for n in range(FRAMES)]
    images[0] = orange_disk(0)
    spec = ClipSpec(frames=FRAMES, width=WIDTH, height=HEIGHT, fps=10, images=images)
    follow_video(
        write_clip(tmp_path / "gone.mp4", spec),
        tmp_path / "out",
        prompts=[Prompt(box=_box(0), class_name="ball")],
        formats=["csv"],
        prompter=prompter,
    )
    assert "object 1, ball: seen in 1 of 8 frames only (0); if it is there longer" in caplog.text


def test_what_is_reported_agrees_with_what_was_done(
    prompter: Prompter, clip: Path, tmp_path: Path
) -> None:
    told: dict[bool, tuple[int, int | None, int]] = {}

    def report(progress: PipelineProgress, total: int | None) -> None:
        told[progress.is_first_of_two] = progress.frames_done, total, progress.instances

    prompts = [Prompt(frame=4, box=_box(4))]
    result = follow_video(
        clip, tmp_path / "out", prompts=prompts, formats=["csv"], prompter=prompter, report=report
    )
    assert told[True] == (5, 5, 5)
    assert told[False] == (result.frames, FRAMES, result.masks) == (FRAMES, FRAMES, FRAMES)
