"""A second, zoomed look at the objects of the main job."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blendmask_live.capture.demo import DemoSource
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.annotate import annotate_video
from blendmask_live.segmenting.segmenter import Segmenter


def _best_ious(folder: Path, truth: NDArray[np.bool_]) -> list[float]:
    """IoU of each found object with the true one that it meets best."""
    ids = np.asarray(Image.open(folder / "davis" / "00000.png"))
    found = [ids == track for track in np.unique(ids) if track]
    assert found
    return [max(float((f & t).sum() / (f | t).sum()) for t in truth) for f in found]


def test_a_second_look_makes_finer_masks_of_the_same_tracks(
    segmenter: Segmenter, tmp_path: Path
) -> None:
    truth = DemoSource().truth(0).instances.masks()
    folders = []
    for refine in (False, True):
        result = annotate_video(
            "demo",
            tmp_path / str(refine),
            formats=["davis", "csv"],
            segmenter=segmenter,
            project=False,
            max_frames=4,
            refine=refine,
        )
        folders.append(result.folder)
    first, second = (_best_ious(folder, truth) for folder in folders)
    assert len(first) == len(second)
    assert np.mean(second) > np.mean(first) + 0.02
    tracks = [json.loads((folder / "tracks.json").read_text())["tracks"] for folder in folders]
    first_ids, second_ids = ([(t["id"], t["class"]) for t in found] for found in tracks)
    assert first_ids == second_ids
    records = [json.loads((folder / "run.json").read_text()) for folder in folders]
    assert [record["request"]["refine"] for record in records] == [False, True]
    assert ["refined_with" in record for record in records] == [False, True]


@pytest.mark.parametrize("with_first_look", [{"keep_latents": True}, {"coast_s": 0.5}])
def test_what_blends_masks_from_the_first_look_excludes_a_second(
    segmenter: Segmenter, tmp_path: Path, with_first_look: dict[str, bool | float]
) -> None:
    with pytest.raises(ConfigError, match="refine"):
        annotate_video(
            "demo",
            tmp_path / "out",
            segmenter=segmenter,
            refine=True,
            **with_first_look,  # type: ignore[arg-type]
        )
    assert not (tmp_path / "out").exists()
