"""Any sequence at all says the same in every format."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from blendmask_live.export import ExportOptions
from tests.export.sequences import MaskSequence, export


@st.composite
def sequences(draw: st.DrawFn) -> MaskSequence:
    """Up to four frames of up to five noisy, overlapping masks with any ids and classes."""
    size = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames = []
    for _ in range(draw(st.integers(1, 4))):
        ids = draw(st.lists(st.integers(1, 600), max_size=5, unique=True))
        density = draw(st.sampled_from([0.02, 0.5, 1.0]))
        frames.append(
            [
                (i, draw(st.integers(0, 79)), float(noise.random()), noise.random(size) < density)
                for i in ids
            ]
        )
    return MaskSequence(size, frames)


@pytest.mark.may_log("numbered in classes.csv", "a palette holds 253 objects")
@settings(max_examples=25, deadline=None)
@given(sequences())
def test_coco_davis_and_mots_agree_about_every_pixel(sequence: MaskSequence) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("coco", "davis", "mots"):
            export(sequence, name, Path(folder) / name, ExportOptions(all_classes=True))
        coco = COCO(str(Path(folder) / "coco" / "instances.json"))
        mots_lines = (Path(folder) / "mots" / "gt" / "gt.txt").read_text().splitlines()
        for t, rows in enumerate(sequence.frames):
            annotations = coco.loadAnns(coco.getAnnIds(imgIds=[t + 1]))
            expected = {row[0]: row[3] for row in rows if row[3].any()}
            found = {a["track_id"]: coco.annToMask(a).astype(bool) for a in annotations}
            assert found.keys() == expected.keys()
            assert all((found[i] == expected[i]).all() for i in found)
            covered = np.any([np.zeros(sequence.size, bool), *found.values()], axis=0)
            assert (_davis_foreground(Path(folder) / "davis", t) == covered).all()
            assert (_mots_counts(mots_lines, t + 1, sequence.size) == covered).all()


def _davis_foreground(folder: Path, t: int) -> np.ndarray:  # type: ignore[type-arg]
    parts = [Image.open(path) for path in folder.rglob(f"{t:05d}.png")]
    return np.any([np.asarray(part) > 0 for part in parts], axis=0)


def _mots_counts(lines: list[str], time: int, size: tuple[int, int]) -> np.ndarray:  # type: ignore[type-arg]
    counts = np.zeros(size, dtype=int)
    for line in lines:
        fields = line.split(" ")
        if int(fields[0]) == time:
            rle = {"size": list(size), "counts": fields[5].encode()}
            counts += coco_mask.decode(rle)
    return counts
