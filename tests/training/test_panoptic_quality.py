"""Panoptic quality, by hand and on the segmenter's own export."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from blendmask_live.cli import main
from blendmask_live.evaluation.panoptic_quality import Tally
from blendmask_live.network.conversion import convert_checkpoint
from blendmask_live.network.family.model import build_blendmask
from tests.published.seeded import fill, seeded_picture

NAME = "blendmask-panoptic-r50"
A, B = 1, 2
"""Categories."""


def _row(*parts: tuple[int, int]) -> np.ndarray:
    """(1, W) segment ids from (id, px)."""
    return np.concatenate([np.full((1, width), value, np.int32) for value, width in parts], axis=1)


def test_a_match_needs_more_than_half_and_the_same_category() -> None:
    tally = Tally()
    truth = _row((10, 8), (11, 8), (12, 4))
    found = _row((5, 6), (6, 10), (7, 4))
    # 10 and 5: IoU 6 / 8; 11 and 6: 8 / 10; 12 and 7 are of different categories.
    tally.add(truth, {10: A, 11: A, 12: A}, found, {5: A, 6: A, 7: B})
    assert tally.qualities({A}) == pytest.approx(
        {"PQ": 1.55 / 2.5, "SQ": 1.55 / 2, "RQ": 2 / 2.5}, abs=1e-4
    )
    assert tally.qualities({B}) == {"PQ": 0, "SQ": 0, "RQ": 0}
    assert tally.qualities({A, B})["PQ"] == pytest.approx(1.55 / 5, abs=1e-4)
    assert tally.qualities({3}) == {"PQ": -1, "SQ": -1, "RQ": -1}


def test_half_is_no_match() -> None:
    tally = Tally()
    tally.add(_row((10, 4)), {10: A}, _row((5, 2), (0, 2)), {5: A})
    assert tally.qualities({A}) == {"PQ": 0, "SQ": 0, "RQ": 0}


def test_what_lies_on_unlabelled_pixels_or_crowds_is_not_held_against_it() -> None:
    tally = Tally()
    truth = _row((10, 4), (0, 6), (20, 6), (0, 4))
    found = _row((5, 6), (0, 4), (6, 6), (7, 4))
    # 5 has 2 unlabelled px, which its union leaves out; 6 lies on a crowd, 7 on nothing known.
    tally.add(truth, {10: A, 20: A}, found, {5: A, 6: A, 7: A}, crowds=frozenset({20}))
    assert tally.qualities({A}) == {"PQ": 1, "SQ": 1, "RQ": 1}


def test_a_network_agrees_with_its_own_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = build_blendmask(NAME)
    fill(model)
    torch.save({"model": model.state_dict()}, tmp_path / "p.pth")
    weights = tmp_path / "p.safetensors"
    convert_checkpoint(tmp_path / "p.pth", weights, NAME)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.fromarray(seeded_picture()[..., ::-1]).resize((320, 256)).save(pictures / "00000.jpg")
    network = ["--weights", str(weights), "--short-side", "256", "--runtime", "torch", "--quiet"]
    exported = ["--panoptic", "--no-track", "--format", "csv"]
    assert main(["annotate", str(pictures), "-o", str(tmp_path), *exported, *network]) == 0
    truth = tmp_path / "pictures" / "panoptic" / "panoptic.json"
    measured = ["--images", str(pictures), "--drop-duplicates", "--json", str(tmp_path / "r.json")]
    assert main(["evaluate", "--annotations", str(truth), *measured, *network]) == 0
    result = json.loads((tmp_path / "r.json").read_text())
    for part in ("everything", "things", "stuff"):
        assert result[part] == {"PQ": 1, "SQ": 1, "RQ": 1}
    assert "stuff" in capsys.readouterr().out
    (truth.parent / "panoptic" / "00000.png").unlink()
    assert main(["evaluate", "--annotations", str(truth), *measured, *network]) == 1
    assert "PNG files are expected in" in capsys.readouterr().err
