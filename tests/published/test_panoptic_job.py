"""`annotate --panoptic`, from a file to pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from blendmask_live import load_segmenter
from blendmask_live.cli import main
from blendmask_live.config import SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.network.conversion import convert_checkpoint
from blendmask_live.network.family.model import build_blendmask
from tests.published.seeded import fill, seeded_picture

NAME = "blendmask-panoptic-r50"


def test_every_pixel_of_a_folder_of_pictures_is_labelled(tmp_path: Path) -> None:
    weights = tmp_path / "panoptic.safetensors"
    model = build_blendmask(NAME)
    fill(model)
    torch.save({"model": model.state_dict()}, tmp_path / "panoptic.pth")
    convert_checkpoint(tmp_path / "panoptic.pth", weights, NAME)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(2):
        small = Image.fromarray(seeded_picture(number)[..., ::-1]).resize((320, 256))
        small.save(pictures / f"{number}.png")
    arguments = f"annotate {pictures} -o {tmp_path} --weights {weights} --panoptic --format csv"
    assert main([*arguments.split(), "--short-side", "256", "--quiet", "--runtime", "torch"]) == 0
    folder = tmp_path / "pictures" / "panoptic"
    result = json.loads((folder / "panoptic.json").read_text())
    assert len(result["annotations"]) == 2
    for annotation in result["annotations"]:
        rgb = np.array(Image.open(folder / "panoptic" / annotation["file_name"])).astype(int)
        ids = rgb[..., 0] + 256 * rgb[..., 1]
        assert ids.shape == (256, 320)
        assert {info["id"] for info in annotation["segments_info"]} == set(np.unique(ids)) - {0}
        assert any("track_id" not in info for info in annotation["segments_info"])
    assert (tmp_path / "pictures" / "csv" / "tracks.csv").exists()


def test_a_network_without_a_head_for_stuff_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", "demo", "-o", "unused", "--panoptic", "--quiet"]) == 1
    assert "has no head for stuff; use weights of a blendmask-panoptic" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="panoptic"):
        load_segmenter(settings=SegmenterSettings(panoptic=True))
