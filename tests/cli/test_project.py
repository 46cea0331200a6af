"""`annotate` to a project, `export` and `re-blend` from one."""

from __future__ import annotations

import filecmp
import json
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.annotation import AddLabel, HideTrack, Project, RenameLabel
from blendmask_live.capture import open_source
from tests.capture.clips import ClipSpec
from tests.cli.conftest import FAST, MakeClip, Outcome, Run, files_in
from tests.export.sequences import export as write_masks
from tests.export.sequences import walkers

FORMATS = "csv,youtube-vis,davis,mots"


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a part of the built-in clip was annotated into `out`."""
    from blendmask_live.cli import main

    folder = tmp_path_factory.mktemp("annotated")
    arguments = ["annotate", "demo", "-o", str(folder / "out"), *FAST[:4], "--short-side", "224"]
    more = ["--start", "0.5", "--max-frames", "8", "--format", FORMATS, "--latents", "--quiet"]
    assert main([*arguments, *more, "--all-classes"]) == 0
    return folder


@pytest.fixture
def out(annotated: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(annotated / "out", tmp_path / "out")
    return tmp_path / "out"


def export(run: Run, out: Path, *arguments: str | Path) -> Outcome:
    return run("export", out / "demo.bml", "-o", out / "again", "--all-classes", *arguments)


@pytest.mark.may_log("numbered in classes.csv")
def test_project_exports_to_the_files_that_annotate_wrote(run: Run, out: Path) -> None:
    outcome = export(run, out, "--format", FORMATS)
    assert outcome.exit_code == 0, outcome
    compared = filecmp.cmpfiles(
        out / "demo",
        out / "again" / "demo",
        [name for name in files_in(out / "demo") if "/" in name],
        shallow=False,
    )
    assert len(compared[0]) > 12 and compared[1:] == ([], [])


def test_categories_keep_their_ids_when_classes_are_renamed_and_added(run: Run, out: Path) -> None:
    with Project.open(out / "demo.bml") as project:
        project.apply(AddLabel("drone"))
        project.apply(RenameLabel("cat", "kitten"))
    assert export(run, out, "--format", "coco,youtube-vis").exit_code == 0
    for path in (out / "again/demo").glob("*/instances.json"):
        categories = json.loads(path.read_text())["categories"]
        ids = {category["name"]: category["id"] for category in categories}
        assert (ids["person"], ids["kitten"], ids["toothbrush"], ids["drone"]) == (1, 17, 90, 201)


def test_outputs_of_several_sources_are_validated_at_once(run: Run, out: Path) -> None:
    outcome = run("validate", out)
    assert outcome.exit_code == 0, outcome
    assert len(outcome.out.splitlines()) == len(FORMATS.split(","))
    assert run("validate", out / "demo").out == outcome.out
    assert "is a project; make an export" in run("validate", out / "demo.bml").refusal()


def test_folder_in_place_of_the_project_beside_it_is_told(run: Run, out: Path) -> None:
    refusal = run("export", out / "demo", "-o", out / "again").refusal()
    assert f"the project is {out / 'demo.bml'}" in refusal


def test_track_that_no_frame_shows_is_told(
    run: Run, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = export(run, out, "--format", "matte", "--tracks", "99,98", "--matte", "png")
    assert outcome.exit_code == 0 and "matte: no frame shows track 98, 99" in caplog.text


def test_project_says_how_it_was_made(out: Path) -> None:
    with Project.open(out / "demo.bml") as project:
        assert project.status == "complete" and project.has_latents
        assert project.settings["weights"]["file"].endswith(".safetensors")
        assert project.frame_indices[0] > 0 and project.frame_count == 8
        assert project.tracks, "nothing was found: the comparison proves nothing"


def test_export_leaves_hidden_tracks_out_and_reads_the_source_for_pictures(
    run: Run, out: Path, tmp_path: Path
) -> None:
    with Project.open(out / "demo.bml") as project:
        for track in project.tracks[1:]:
            project.apply(HideTrack(track.track_id))
        shown = project.tracks[0].track_id
    json_path = tmp_path / "result.json"
    outcome = export(run, out, "--format", "overlay,csv", "--json", json_path)
    assert outcome.exit_code == 0, outcome
    assert (out / "again/demo/overlay/overlay.mp4").stat().st_size > 1000
    rows = (out / "again/demo/csv/tracks.csv").read_text().splitlines()[1:]
    assert {int(row.split(",")[2]) for row in rows} == {shown}
    assert json.loads(json_path.read_text())["frames"] == 8
    assert export(run, out, "--format", "csv").refusal().endswith("--overwrite")


def test_export_finds_a_moved_video_when_told(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = clip("v.mp4", ClipSpec(frames=4))
    assert run("annotate", path, "-o", out, *FAST, "--format", "csv").exit_code == 0
    moved = path.rename(tmp_path / "w.mp4")
    export_it = ("export", out / "v.bml", "-o", tmp_path / "again", "--format", "overlay")
    assert "moved or deleted" in run(*export_it).refusal()
    assert not (tmp_path / "again").exists()
    assert run(*export_it, "--source", moved).exit_code == 0
    assert run(*export_it, "--overwrite").exit_code == 0


PICTURES = ("coco", "youtube-vis", "mots", "mots-png", "davis", "cvat", "yolo-seg", "labelme")
WITHOUT_PIXELS = (*PICTURES, "csv", "panoptic", "parquet", "matte")


@pytest.fixture
def project(run: Run, clip: MakeClip, tmp_path: Path) -> Path:
    """Of a clip of four frames `v.mp4`, with two tracks in it."""
    path = clip("v.mp4", ClipSpec(frames=4, width=64, height=48))
    write_masks(walkers(4), "coco", tmp_path / "masks")
    imported = run("import", tmp_path / "masks", "--video", path, "-o", tmp_path / "p.bml")
    assert imported.exit_code == 0, imported
    return tmp_path / "p.bml"


@pytest.mark.parametrize("format_name", PICTURES)
def test_pictures_of_an_export_are_the_sources(
    run: Run, project: Path, tmp_path: Path, format_name: str
) -> None:
    frames = ("--frames", "png", "--format", format_name)
    assert run("export", project, "-o", tmp_path / "out", *frames).exit_code == 0
    out = tmp_path / "out/p" / format_name
    pictures = [out / name for name in files_in(out) if name.endswith(".png")]
    shown = [np.asarray(picture) for picture in map(Image.open, pictures) if picture.mode == "RGB"]
    with closing(open_source(tmp_path / "v.mp4")) as source:
        for picture in shown:
            frame = source.read()
            assert frame is not None
            np.testing.assert_array_equal(picture, frame.image)
    assert len(shown) == 4


@pytest.mark.may_log("only with its picture beside", "panoptic outputs have no stuff")
@pytest.mark.parametrize("format_name", WITHOUT_PIXELS)
def test_a_format_without_pixels_needs_no_video(
    run: Run, project: Path, tmp_path: Path, format_name: str
) -> None:
    assert run("export", project, "-o", tmp_path / "a", "--format", format_name).exit_code == 0
    (tmp_path / "v.mp4").unlink()
    outcome = run("export", project, "-o", tmp_path / "b", "--format", format_name)
    assert outcome.exit_code == 0, outcome
    names = files_in(tmp_path / "a")
    same = filecmp.cmpfiles(tmp_path / "a", tmp_path / "b", names, shallow=False)
    assert same == (names, [], [])


def test_re_blend_in_place_or_into_exports(run: Run, out: Path, tmp_path: Path) -> None:
    project = out / "demo.bml"
    assert "nothing to change" in run("re-blend", project).refusal()
    outcome = run("re-blend", project, "-o", tmp_path / "none", "--score", "1", "--format", "csv")
    assert outcome.exit_code == 0 and "no mask is left with these settings" in outcome.err
    finer = ("re-blend", project, "--mask-size", "112")
    outcome = run(*finer, "-o", tmp_path / "finer", "--format", "youtube-vis", "--all-classes")
    assert outcome.exit_code == 0, outcome
    new = (tmp_path / "finer/demo/youtube-vis/instances.json").read_bytes()
    assert new != (out / "demo/youtube-vis/instances.json").read_bytes()
    outcome = run("re-blend", project, "--mask-size", "112")
    assert "re-blend (mask size 112)" in outcome.out
    assert export(run, out, "--format", "youtube-vis").exit_code == 0
    assert (out / "again/demo/youtube-vis/instances.json").read_bytes() == new


def test_no_project_is_made_where_none_is_wanted(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    assert annotate(clip(), "--format", "csv", "--no-project", "--quiet").exit_code == 0
    assert not (tmp_path / "out/clip.bml").exists()


def test_annotate_refuses_to_replace_a_project(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    path = clip()
    assert annotate(path, "--format", "csv").exit_code == 0
    shutil.rmtree(tmp_path / "out/clip")
    assert "clip.bml: exists already" in annotate(path, "--format", "csv").refusal()
    assert annotate(path, "--format", "csv", "--overwrite").exit_code == 0
    assert [p.name for p in (tmp_path / "out").glob("*.bml")] == ["clip.bml"]


def test_export_of_something_else_is_refused(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    refusal = run("export", clip(), "-o", tmp_path / "out", "--format", "csv").refusal()
    assert "expected an annotation project" in refusal
