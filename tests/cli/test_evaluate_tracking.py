"""`evaluate-tracking` on files of both formats."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco_mask

from tests.cli.conftest import Run
from tests.tracking.test_evaluation import SIZE, random_tracks
from tracking.evaluation import ObjectMask

SEQUENCES = ("first", "second")


def disjoint(objects: list[ObjectMask]) -> list[ObjectMask]:
    """The objects without pixels of earlier ones of the same frame, as MOTS demands."""
    taken: dict[int, np.ndarray[Any, Any]] = {}
    kept = []
    for item in objects:
        mask = coco_mask.decode([item.rle])[..., 0].astype(bool)
        free = mask & ~taken.get(item.frame, np.zeros(SIZE, dtype=bool))
        taken[item.frame] = taken.get(item.frame, np.zeros(SIZE, dtype=bool)) | mask
        if free.any():
            rle = coco_mask.encode(np.asfortranarray(free, dtype=np.uint8))
            kept.append(ObjectMask(item.frame, item.object_id, item.class_id, rle))
    return kept


def write_mots(path: Path, objects: list[ObjectMask], *, first_frame: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{i.frame + first_frame} {2000 + i.object_id} 2 {SIZE[0]} {SIZE[1]} "
        f"{i.rle['counts'].decode()}\n"
        for i in objects
    ]
    path.write_text("".join(lines))


@pytest.fixture
def mots_folders(tmp_path: Path) -> tuple[Path, Path]:
    """Truth and results in the layout that trackeval reads."""
    truth, results = tmp_path / "truth", tmp_path / "trackers" / "ours"
    for seed, name in enumerate(SEQUENCES, start=7):
        true, found = map(disjoint, random_tracks(seed))
        write_mots(truth / name / "gt" / "gt.txt", true)
        write_mots(results / "data" / f"{name}.txt", found)
        (truth / name / "seqinfo.ini").write_text(f"[Sequence]\nname={name}\nseqLength=20\n")
    return truth, results


@pytest.mark.parametrize("empty", ["", "truth", "results"])
def test_mots_files_give_trackevals_numbers(
    run: Run, mots_folders: tuple[Path, Path], tmp_path: Path, empty: str
) -> None:
    truth, results = mots_folders
    if empty == "truth":
        (truth / "second" / "gt" / "gt.txt").write_text("")
    if empty == "results":
        (results / "data" / "second.txt").write_text("")
    outcome = run(
        "evaluate-tracking", "--groundtruth", truth, "--results", results,
        "--json", tmp_path / "out.json",
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome
    assert "HOTA" in outcome.out and "first" in outcome.out and "pedestrian" in outcome.out
    measured = json.loads((tmp_path / "out.json").read_text())
    expected = trackevals_mots(truth, results.parent)
    for name in (*SEQUENCES, "COMBINED_SEQ"):
        mine = measured["all"] if name == "COMBINED_SEQ" else measured["sequences"][name]
        theirs = expected[name]["pedestrian"]
        for measure in ("HOTA", "DetA", "AssA", "LocA"):
            assert mine[measure] == pytest.approx(np.mean(theirs["HOTA"][measure]))
        assert mine["IDF1"] == pytest.approx(theirs["Identity"]["IDF1"])
        assert mine["sMOTSA"] == pytest.approx(theirs["CLEAR"]["sMOTA"])
        assert mine["switches"] == theirs["CLEAR"]["IDSW"]


def trackevals_mots(truth: Path, trackers: Path) -> dict[str, Any]:
    trackeval = pytest.importorskip("trackeval")
    dataset = trackeval.datasets.MOTSChallenge(
        {
            "GT_FOLDER": str(truth),
            "TRACKERS_FOLDER": str(trackers),
            "SKIP_SPLIT_FOL": True,
            "SEQ_INFO": dict.fromkeys(SEQUENCES, 20),
            "PRINT_CONFIG": False,
        }
    )
    quiet = {"PRINT_CONFIG": False}
    flags = ("PRINT_RESULTS", "OUTPUT_SUMMARY", "OUTPUT_DETAILED", "PLOT_CURVES", "TIME_PROGRESS")
    evaluator = trackeval.Evaluator(dict.fromkeys(flags, False) | quiet)
    metrics = trackeval.metrics
    with contextlib.redirect_stdout(io.StringIO()):
        result, _ = evaluator.evaluate(
            [dataset], [metrics.HOTA(quiet), metrics.Identity(quiet), metrics.CLEAR(quiet)]
        )
    measured: dict[str, Any] = next(iter(result.values()))["ours"]
    return measured


def youtube_vis_tracks(objects: list[ObjectMask], *, compressed: bool) -> list[dict[str, Any]]:
    tracks: dict[int, dict[str, Any]] = {}
    for item in objects:
        track = tracks.setdefault(
            item.object_id,
            {"id": len(tracks), "video_id": 1, "category_id": 3, "segmentations": [None] * 20},
        )
        mask = coco_mask.decode([item.rle])[..., 0].ravel(order="F")
        runs = np.diff(np.flatnonzero(np.diff(mask)) + 1, prepend=0, append=mask.size).tolist()
        counts = item.rle["counts"].decode() if compressed else [0] * int(mask[0]) + runs
        track["segmentations"][item.frame] = {"size": SIZE, "counts": counts}
    return list(tracks.values())


def test_youtube_vis_and_mots_agree(run: Run, tmp_path: Path) -> None:
    truth, results = map(disjoint, random_tracks(9))
    measured = []
    for format_ in ("mots", "youtube-vis"):
        folder = tmp_path / format_
        if format_ == "mots":
            write_mots(folder / "truth" / "gt.txt", truth, first_frame=0)
            write_mots(folder / "results" / "results.txt", results, first_frame=0)
        else:
            video = {"id": 1, "file_names": [f"a/{i}.jpg" for i in range(20)]}
            categories = [{"id": 3, "name": "cat"}]
            tracks = youtube_vis_tracks(truth, compressed=False)
            document = {"videos": [video], "categories": categories, "annotations": tracks}
            found = youtube_vis_tracks(results, compressed=True)
            for side, content in (("truth", document), ("results", found)):
                (folder / side).mkdir(parents=True)
                (folder / side / f"{side}.json").write_text(json.dumps(content))
        out = tmp_path / "out.json"
        outcome = run(
            "evaluate-tracking", "--format", format_, "--json", out,
            "--groundtruth", folder / "truth", "--results", folder / "results",
        )  # fmt: skip
        assert outcome.exit_code == 0, outcome
        measured.append(json.loads(out.read_text()))
    assert measured[0]["all"] == pytest.approx(measured[1]["all"])
    assert list(measured[1]["classes"]) == ["cat"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("1 2001 2 24 32", "line 1"),
        ("1 2001 2 24 32 0000", "do not fill"),
        ("1 2001 2 24 32 ÿÿ", "line 1"),
        ("1 2001 2 24 32 Ph0\n1 2001 2 24 32 Ph0", "unique"),
    ],
)
def test_unusable_results_are_refused_in_one_line(
    run: Run, mots_folders: tuple[Path, Path], line: str, complaint: str
) -> None:
    truth, results = mots_folders
    (results / "data" / "first.txt").write_text(line, encoding="utf-8")
    outcome = run("evaluate-tracking", "--groundtruth", truth, "--results", results)
    assert complaint in outcome.refusal()


def test_folder_without_results_is_refused(
    run: Run, mots_folders: tuple[Path, Path], tmp_path: Path
) -> None:
    truth, _ = mots_folders
    for folder in (tmp_path / "gone", truth / "first" / "gt"):
        outcome = run("evaluate-tracking", "--groundtruth", truth, "--results", folder)
        assert str(folder) in outcome.refusal()


@pytest.mark.may_log("no ground truth for third", "no results for first")
def test_sequence_without_results_counts_as_nothing_found(
    run: Run, mots_folders: tuple[Path, Path], tmp_path: Path
) -> None:
    truth, results = mots_folders
    (results / "data" / "first.txt").unlink()
    (results / "data" / "third.txt").write_text("")
    out = tmp_path / "out.json"
    outcome = run("evaluate-tracking", "--groundtruth", truth, "--results", results, "--json", out)
    assert outcome.exit_code == 0
    measured = json.loads(out.read_text())["sequences"]
    assert measured["first"]["HOTA"] == 0 < measured["second"]["HOTA"]


def test_class_numbers_can_be_left_out_of_account(run: Run, tmp_path: Path) -> None:
    truth, _ = map(disjoint, random_tracks(9))
    write_mots(tmp_path / "truth" / "gt.txt", truth)
    write_mots(tmp_path / "results" / "results.txt", truth)
    text = (tmp_path / "results" / "results.txt").read_text()
    (tmp_path / "results" / "results.txt").write_text(text.replace(" 2 24 32 ", " 7 24 32 "))
    folders = ("--groundtruth", tmp_path / "truth", "--results", tmp_path / "results")
    out = tmp_path / "out.json"
    for options, expected in (((), 0.0), (("--any-class",), 1.0)):
        assert run("evaluate-tracking", *folders, "--json", out, *options).exit_code == 0
        assert json.loads(out.read_text())["all"]["HOTA"] == pytest.approx(expected)
