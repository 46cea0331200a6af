"""`follow`: how objects are pointed at on the command line, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.jobs.run_files import UnfinishedMark
from tests.capture.clips import ClipSpec
from tests.cli.conftest import MakeClip, Run

FAST = ("--runtime", "torch", "--threads", "1")


def _picture(path: Path, values: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> Path:
    Image.fromarray(values).save(path)
    return path


def _classes(folder: Path) -> dict[str, str]:
    with (folder / "csv" / "tracks.csv").open() as file:
        return {row["track_id"]: row["class"] for row in csv.DictReader(file)}


def test_flags_begin_objects_in_their_order_and_a_class_names_the_one_before(
    run: Run, clip: MakeClip, tmp_path: Path
) -> None:
    values = np.zeros((48, 64), dtype=np.uint8)
    values[4:20, 4:20] = 1
    values[24:44, 30:60] = 2
    both = _picture(tmp_path / "both.png", values)
    one = _picture(tmp_path / "one.png", np.where(values == 2, 255, 0).astype(np.uint8))
    path = clip(spec=ClipSpec(frames=3))
    out = tmp_path / "out"
    pointed = ("--mask", f"{one}@1", "--class", "cup", "--mask", f"{both}@0", "--class", "dog")
    outcome = run("follow", path, *pointed, "-o", out, "--format", "csv,davis", *FAST)
    assert outcome.exit_code == 0, outcome.err
    record = json.loads((out / "clip" / "run.json").read_text())
    assert [(p["track"], p["frame"], p["class"]) for p in record["prompts"]] == [
        (1, 1, "cup"),
        (2, 0, "dog"),
        (3, 0, "dog"),
    ]
    found = _classes(out / "clip")
    assert set(found.items()) <= {("1", "cup"), ("2", "dog"), ("3", "dog")}
    assert {"2", "3"} <= set(found)
    assert (out / "clip.bml").is_file()
    again = ("follow", path, *pointed, "-o", out, "--format", "csv")
    assert "exists already" in run(*again, *FAST).refusal()
    assert "complete already, skipped" in run(*again, "--resume", *FAST).err
    record_file = out / "clip" / "run.json"
    kept = record_file.read_text()
    Image.fromarray(np.where(values == 1, 255, 0).astype(np.uint8)).save(one)
    assert "skipped" not in run(*again, "--resume", *FAST).err
    assert json.loads(record_file.read_text())["prompts_sha256"] not in kept
    (out / "clip" / UnfinishedMark.NAME).write_text(json.dumps({"source": str(path)}))
    outcome = run(*again, "--resume", *FAST)
    assert outcome.exit_code == 0 and "skipped" not in outcome.err
    assert run(*again, "--overwrite", *FAST).exit_code == 0


def test_without_an_object_nothing_is_done(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    outcome = run("follow", clip(), "-o", tmp_path / "out")
    refusal = outcome.refusal()
    assert "nothing to follow" in refusal
    assert all(flag in refusal for flag in ("--box", "--point", "--mask", "--davis"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--box", "1,2,3@0"), "expected X0,Y0,X1,Y1@FRAME"),
        (("--box", "1,2,3,4"), "expected X0,Y0,X1,Y1@FRAME"),
        (("--box", "9,2,3,4@0"), "'9,2,3,4@0': expected X0,Y0,X1,Y1@FRAME with X0 < X1"),
        (("--box", "1,2,3,nan@0"), "expected X0,Y0,X1,Y1@FRAME"),
        (("--point", "1,inf@0"), "expected X,Y@FRAME"),
        (("--box", "1,2,3,4@0", "--size-step", "1.5"), "--size-step: invalid int value: '1.5'"),
        (("--point", "1,b@0"), "expected X,Y@FRAME"),
        (("--point", "1,2@-1"), "expected X,Y@FRAME"),
        (("--point", "-1,b@0"), "'-1,b@0': expected X,Y@FRAME"),
        (("--box", "-.5,2,3@0"), "'-.5,2,3@0': expected X0,Y0,X1,Y1@FRAME"),
        (("--point", "1,2,3@0"), "expected X,Y@FRAME, or X,Y,X,Y,...@FRAME for several"),
        (("--class", "dog"), "comes after the object"),
        (("--box", "1,2,3,4@0", "--size-step", "1"), "comes after a --point"),
        (("--mask", "missing.png@0"), "missing.png: no such file"),
    ],
)
def test_what_points_at_nothing_is_wrong_usage(
    run: Run, tmp_path: Path, flags: tuple[str, ...], told: str
) -> None:
    outcome = run("follow", "clip.mp4", "-o", tmp_path / "out", *flags)
    assert (outcome.exit_code, outcome.err.count("\n")) == (2, 1)
    assert told in outcome.err


def test_masks_that_cannot_be_used_are_told_in_one_line(
    run: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path, out = clip(), tmp_path / "out"
    text = tmp_path / "text.png"
    text.write_text("no picture")
    outcome = run("follow", path, "-o", out, "--mask", f"{text}@0")
    assert (outcome.exit_code, outcome.err.count("\n")) == (2, 1)
    assert "text.png" in outcome.err
    empty = _picture(tmp_path / "empty.png", np.zeros((48, 64), dtype=np.uint8))
    outcome = run("follow", path, "-o", out, "--mask", f"{empty}@0")
    assert outcome.exit_code == 2 and "the mask is empty" in outcome.err
    small = _picture(tmp_path / "small.png", np.full((10, 12), 255, dtype=np.uint8))
    refused = run("follow", path, "-o", out, "--mask", f"{small}@0", *FAST).refusal()
    assert "the picture, 64 x 48 px; got 12 x 10 px" in refused
    assert not out.exists()


def test_a_settings_file_may_point_too(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    settings = tmp_path / "follow.toml"
    settings.write_text('box = "900,1,990,20@1"\n')
    arguments = ("follow", clip(), "-o", tmp_path / "out", "--config", settings, *FAST)
    refusal = run(*arguments).refusal()
    assert "object 1, frame 1: box" in refusal and "X0,Y0,X1,Y1@FRAME" in refusal
    assert "object 1, frame 0: point" in run(*arguments, "--point", "999,1@0").refusal()
    # All that it points at is followed, in whatever order it stands there.
    settings.write_text('point = "999,1@0"\nbox = "1,1,20,20@0"\n')
    assert "object 2, frame 0: point" in run(*arguments).refusal()


@pytest.mark.parametrize("said", ["size-step = 1", 'class = "dog"'])
@pytest.mark.parametrize("pointed", [(), ("--point", "9,9@0")])
def test_what_says_more_of_an_object_is_no_setting(
    run: Run, tmp_path: Path, said: str, pointed: tuple[str, ...]
) -> None:
    settings = tmp_path / "follow.toml"
    settings.write_text(f'{said}\npoint = "9,9@0"\n')
    outcome = run("follow", "a.mp4", "-o", tmp_path / "out", "--config", settings, *pointed)
    assert f"expected on the command line, as --{said.split()[0]}" in outcome.refusal()


def test_weights_of_another_network_are_refused_with_the_way_out(
    run: Run, clip: MakeClip, tmp_path: Path
) -> None:
    pointed = ("--point", "9,9@0", "--weights", "blendmask-lite-s")
    refusal = run("follow", clip(), "-o", tmp_path / "out", *pointed, *FAST).refusal()
    assert "holds blendmask-lite, expected blendmask-prompt; leave weights out" in refusal


def test_davis_sequences_are_followed_with_one_command(run: Run, tmp_path: Path) -> None:
    for kind, values in (("img", 90), ("mask", 0)):
        (tmp_path / "seq" / kind).mkdir(parents=True)
        for number in range(3):
            pixels = np.full((48, 64), values, dtype=np.uint8)
            pixels[10:40, 10 + number : 40 + number] = 255
            _picture(tmp_path / "seq" / kind / f"{number:05d}.png", pixels)
    command = ("follow", "--davis", tmp_path, "-o", tmp_path / "out")
    told = tmp_path / "told.json"
    outcome = run(*command, "--json", told, *FAST)
    assert outcome.exit_code == 0, outcome.err
    assert "seq" in outcome.out and "all objects" in outcome.out
    assert json.loads(told.read_text())["sequences"][0]["objects"]["1"]["frames"] == 1
    assert "--resume" in run(*command, *FAST).refusal()
    again = run(*command, "--resume", *FAST)
    assert again.exit_code == 0 and "kept" in again.out
    assert "leave out" in run(*command, "--box", "1,1,9,9@0").refusal()
    assert "leave out" in run(*command, "--format", "csv").refusal()
    assert "one of them" in run(*command, "clip.mp4").refusal()
    assert "--davis only" in run("follow", "clip.mp4", "--subset", "val", "-o", "x").refusal()
