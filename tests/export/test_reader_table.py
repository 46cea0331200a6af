"""The table of what other tools read (tools/readers): that it tells what is lost."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "tools" / "readers")
    import compare
    import found
    import run
    import sample

    yield compare, found, run, sample
    for name in ("compare", "found", "run", "sample"):
        sys.modules.pop(name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda item: item, "66 of 66 masks, ids, classes, IoU 1.0"),
        (
            lambda item: replace(item, track_id=item.track_id + 1),
            "66 of 66 masks, tracks under other ids, classes, IoU 1.0",
        ),
        (
            lambda item: replace(item, track_id=None, label=None),
            "66 of 66 masks, no ids, no classes, IoU 1.0",
        ),
        (
            lambda item: replace(item, label="cat") if item.label == "dog" else item,
            "66 of 66 masks, ids, classes, wrong class for dog, IoU 1.0",
        ),
        (
            lambda item: replace(item, frame=item.frame + 100),
            "0 of 66 masks, 66 more that match none",
        ),
        (
            lambda item: replace(item, track_id=item.track_id * 100 + item.frame),
            "66 of 66 masks, 6 tracks have 66 ids, classes, IoU 1.0",
        ),
    ],
)
def test_table_tells_what_is_lost(modules: Any, change: Any, said: str) -> None:
    compare, found, _, sample = modules
    variant = sample.VARIANTS["coco"]
    items = [
        found.Found(frame, mask, label, track_id)
        for (frame, track_id), (label, mask) in sample.truth_of(variant).items()
    ]
    assert compare.in_words([change(item) for item in items], variant) == said


def test_table_tells_masks_that_are_not_exact(modules: Any) -> None:
    compare, found, _, sample = modules
    variant = sample.VARIANTS["coco"]
    items = []
    for (frame, track_id), (label, mask) in sample.truth_of(variant).items():
        wider = mask | np.roll(mask, 1, axis=1)
        items.append(found.Found(frame, wider if track_id == 6 else mask, label, track_id))
    assert compare.in_words(items[:-1], variant) == (
        "65 of 66 masks, ids, classes, IoU .907, lowest .500"
    )


def test_documented_table_has_the_versions_that_the_script_installs(modules: Any) -> None:
    _, _, run, _ = modules
    documented = (ROOT / "docs" / "formats.md").read_text("utf-8")
    pinned = {
        name.split("[")[0]: version
        for requirements in run.ENVIRONMENTS.values()
        for name, version in (requirement.split("==") for requirement in requirements)
    }
    packages = {"x_anylabeling": "x-anylabeling-cvhub", "panopticapi": "panopticapi-lite"}
    for name in run.READERS:
        assert f"{name} {pinned[packages.get(name, name)]}" in documented
