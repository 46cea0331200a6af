"""What our exports hold comes back from every format that can be imported."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blendmask_live.datatypes import TrackedInstances
from blendmask_live.export import ExportOptions, importable_formats
from blendmask_live.importing import ImportTarget, read_annotations
from blendmask_live.importing.frames_csv import frames_csv
from tests.export.sequences import (
    CAR,
    PERSON,
    MaskSequence,
    awkward_sequences,
    export,
    owners,
    visible_rows,
)

# Polygons with tolerance 0 are exact too.
KINDS = {name: ExportOptions(all_classes=True) for name in importable_formats()} | {
    "cvat mask": ExportOptions(shape="mask"),
    "cvat polygon": ExportOptions(shape="polygon", polygon_tolerance_px=0),
    "labelme polygon": ExportOptions(shape="polygon", polygon_tolerance_px=0),
}
WITHOUT_OVERLAP = {"mots", "mots-png", "davis"}
OWN_IDS = {"youtube-vis", "coco", "davis", "cvat", "labelme"}

# Writers say what their format cannot hold.
pytestmark = pytest.mark.may_log("blendmask_live.export.")


def import_back(sequence: MaskSequence, kind: str, folder: Path) -> dict[int, TrackedInstances]:
    """Exported and read again: frames of the source with masks."""
    format_name = kind.split()[0]
    export(sequence, format_name, folder, KINDS[kind])
    target = ImportTarget(sequence.size, 1 + max(f.frame.index for f in sequence.tracked_frames()))
    imported = read_annotations(folder, target=target)
    frames = list(imported.frames)
    assert [index for index, _ in frames] == sorted({index for index, _ in frames})
    return dict(frames)


def check(sequence: MaskSequence, kind: str, folder: Path) -> None:
    format_name = kind.split()[0]
    found = import_back(sequence, kind, folder)
    for tracked_frame, rows in zip(sequence.tracked_frames(), sequence.frames, strict=True):
        expected = {row[0]: row[3] for row in visible_rows(rows)}
        if format_name in WITHOUT_OVERLAP:
            expected = {i: mask for i, mask in owners(rows).items() if mask.any()}
        tracked = found.pop(tracked_frame.frame.index, None)
        if tracked is None:
            assert not expected
            continue
        masks = dict(zip(tracked.track_ids.tolist(), tracked.instances.masks(), strict=True))
        if format_name in OWN_IDS:
            assert masks.keys() == expected.keys()
            assert all((masks[i] == expected[i]).all() for i in masks)
        else:
            assert {m.tobytes() for m in masks.values()} == {m.tobytes() for m in expected.values()}
            assert len(masks) == len(expected)
    assert not found


@pytest.mark.parametrize("kind", KINDS)
def test_masks_and_tracks_come_back_exactly(
    kind: str, tmp_path: Path, awkward: MaskSequence
) -> None:
    check(awkward, kind, tmp_path / "x")


@st.composite
def sequences(draw: st.DrawFn) -> MaskSequence:
    """Noisy masks with holes and parts, empty ones, gaps, any ids and classes, odd sizes."""
    size = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames = []
    for _ in range(draw(st.integers(1, 4))):
        ids = draw(st.lists(st.integers(1, 600), max_size=4, unique=True))
        density = draw(st.sampled_from([0.0, 0.02, 0.5, 0.9, 1.0]))
        frames.append([(i, i % 80, 0.5 + i / 2000, noise.random(size) < density) for i in ids])
    gaps = draw(st.lists(st.integers(1, 5), min_size=len(frames), max_size=len(frames)))
    indices = np.cumsum(gaps).tolist()
    return MaskSequence(size, frames, source_indices=indices)


@settings(max_examples=6, deadline=None)
@given(sequences())
@pytest.mark.parametrize("kind", KINDS)
def test_any_sequence_comes_back_exactly(kind: str, sequence: MaskSequence) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(sequence, kind, Path(folder) / "x")


@pytest.mark.parametrize("format_name", sorted(importable_formats()))
def test_labels_come_back(format_name: str, tmp_path: Path) -> None:
    sequence = awkward_sequences()["walkers"]
    export(sequence, format_name, tmp_path / "x")
    imported = read_annotations(tmp_path / "x", target=ImportTarget(sequence.size, 6))
    names = {name for _, tracked in imported.frames for name in tracked.instances.class_names}
    assert names == ({"object"} if format_name == "davis" else {"person", "car"})


def test_scores_come_back_from_coco(tmp_path: Path) -> None:
    sequence = awkward_sequences()["walkers"]
    export(sequence, "coco", tmp_path / "x")
    imported = read_annotations(tmp_path / "x", target=ImportTarget(sequence.size, 6))
    _, tracked = next(iter(imported.frames))
    np.testing.assert_allclose(tracked.instances.scores, [0.9, 0.6, 0.8])


def test_classes_and_names_with_any_characters_come_back(tmp_path: Path) -> None:
    sequence = awkward_sequences()["unicode"]
    for name in ("youtube-vis", "coco", "cvat", "labelme"):
        export(sequence, name, tmp_path / name)
        imported = read_annotations(tmp_path / name, target=ImportTarget(sequence.size, 1))
        ((_, tracked),) = imported.frames
        assert tracked.instances.class_names == ("猫 äöü",)


def test_frames_of_a_part_go_to_their_place_in_the_source(tmp_path: Path) -> None:
    sequence = awkward_sequences()["subsampled"]
    for name in sorted(importable_formats()):
        export(sequence, name, tmp_path / name)
        imported = read_annotations(tmp_path / name, target=ImportTarget(sequence.size, 20))
        assert [index for index, _ in imported.frames] == [7, 10, 13, 16]


@pytest.mark.parametrize("format_name", ["coco", "cvat", "davis", "mots-png"])
def test_exports_with_their_table_in_the_folder_are_read_as_ever(
    tmp_path: Path, format_name: str
) -> None:
    """So they were written before, CVAT's frames counted from 0 like all others."""
    sequence = awkward_sequences()["subsampled"]
    export(sequence, format_name, tmp_path / "part")
    table = frames_csv(tmp_path / "part")
    counted = MaskSequence(sequence.size, sequence.frames)
    export(counted, format_name, tmp_path / "x")
    frames_csv(tmp_path / "x").unlink()
    table.rename(tmp_path / "x" / "frames.csv")
    if format_name == "coco":
        path = tmp_path / "x" / "instances.json"
        path.write_text(path.read_text().replace('"frame_index"', '"other"'))
    imported = read_annotations(tmp_path / "x", target=ImportTarget(sequence.size, 20))
    assert [index for index, _ in imported.frames] == [7, 10, 13, 16]


def test_simplified_polygons_stay_near_the_mask(tmp_path: Path) -> None:
    size = (120, 160)
    rows, columns = np.mgrid[: size[0], : size[1]]
    blob = (columns - 70) ** 2 / 40**2 + (rows - 60) ** 2 / 25**2 <= 1
    hole = (columns - 80) ** 2 + (rows - 60) ** 2 <= 8**2
    mask = blob & ~hole
    sequence = MaskSequence(size, [[(1, PERSON, 0.9, mask), (2, CAR, 0.8, blob)]])
    for tolerance_px, smallest_iou in ((0.5, 0.98), (2.0, 0.9)):
        options = ExportOptions(shape="polygon", polygon_tolerance_px=tolerance_px)
        folder = tmp_path / str(tolerance_px)
        export(sequence, "cvat", folder, options)
        target = ImportTarget(size, 1, [Fraction(0)])
        ((_, tracked),) = read_annotations(folder, target=target).frames
        for found, wanted in zip(tracked.instances.masks(), (mask, blob), strict=True):
            assert (found & wanted).sum() / (found | wanted).sum() > smallest_iou
