"""The published family through the same door as blendmask-lite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from blendmask_live import load_segmenter
from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.blendmask import build_blendmask
from blendmask_live.network.published import convert_checkpoint
from blendmask_live.segmenter import Segmenter
from tests.published.seeded import fill, seeded_picture

NAME = "blendmask-rt-r50"
GOLDEN = Path(__file__).parent.parent / "golden" / f"{NAME}.npz"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "RT.pth"
    model = build_blendmask(NAME)
    fill(model)
    torch.save({"model": model.state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def converted(checkpoint: Path) -> Path:
    path = checkpoint.with_suffix(".safetensors")
    convert_checkpoint(checkpoint, path, NAME)
    return path


@pytest.fixture(scope="module")
def segmenter(converted: Path) -> Segmenter:
    return load_segmenter(converted, device="cpu", threads=1)


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    return np.ascontiguousarray(seeded_picture()[..., ::-1])


@pytest.mark.parametrize("as_published", [True, False])
def test_a_converted_file_gives_the_official_instances(
    segmenter: Segmenter, picture: NDArray[np.uint8], as_published: bool
) -> None:
    from dataclasses import replace

    settings = replace(segmenter.settings, score_threshold=0.0, as_published=as_published)
    instances = segmenter.with_settings(settings).segment(picture)
    with np.load(GOLDEN) as official:
        boxes = official["boxes"].clip(0, [640, 512, 640, 512])
        np.testing.assert_allclose(instances.boxes, boxes, atol=0.05)
        np.testing.assert_allclose(instances.scores, official["scores"], atol=1e-4)
        np.testing.assert_array_equal(instances.class_ids, official["classes"])
        assert instances.soft_masks is not None
        soft = official["soft_masks"] / 65535.0
        np.testing.assert_allclose(instances.soft_masks[: len(soft)], soft, atol=5e-3)
        areas = np.array([crop.area for crop in instances.cropped_masks()])
        difference = np.abs(areas - official["pasted_area_px"])
        assert (np.median(difference) <= 1) == as_published


def test_an_official_checkpoint_runs_without_conversion(
    checkpoint: Path, segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    direct = load_segmenter(checkpoint, architecture=NAME, device="cpu", short_side=128)
    assert direct.settings.long_side == 184
    assert (direct.runtime.name, len(direct.labels)) == ("torch", 80)
    instances = direct.segment(picture[:100, :70])
    assert instances.frame_size == (100, 70)
    assert (instances.boxes <= [70, 100, 70, 100]).all() and (instances.boxes >= 0).all()


def test_settings_are_those_of_the_architecture(segmenter: Segmenter) -> None:
    assert (segmenter.settings.short_side, segmenter.settings.long_side) == (512, 736)
    assert segmenter.network_size((512, 640)) == (512, 640)
    assert segmenter.network_size((720, 1280)) == (414, 736)
    assert segmenter.network_size((1080, 1081)) == (512, 512)


def test_pictures_are_resized_as_detectron2_does(
    segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    from blendmask_live.methods import method_for

    resized = method_for(segmenter.runtime.model).resize(picture, (256, 321))
    expected = Image.fromarray(picture).resize((321, 256), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(resized, np.asarray(expected))


def test_wanted_classes_and_most_instances_are_kept_to(
    converted: Path, picture: NDArray[np.uint8]
) -> None:
    options = {"device": "cpu", "short_side": 192, "score_threshold": 0.0}
    everything = load_segmenter(converted, **options).segment(picture)  # type: ignore[arg-type]
    name = everything.class_names[0]
    few = load_segmenter(converted, classes=[name], max_instances=3, **options)  # type: ignore[arg-type]
    found = few.segment(picture)
    assert set(found.class_names) == {name} and len(found) == 3


def test_a_checkpoint_without_its_architecture_says_what_is_needed(checkpoint: Path) -> None:
    with pytest.raises(WeightsError, match="--architecture"):
        load_segmenter(checkpoint)


def test_a_converted_file_under_another_name_is_refused(converted: Path) -> None:
    with pytest.raises(WeightsError, match=f"holds {NAME}, not blendmask-r50"):
        load_segmenter(converted, architecture="blendmask-r50")
    assert load_segmenter(converted, architecture=NAME).settings.short_side == 512


def test_openvino_says_that_it_runs_lite_only(converted: Path) -> None:
    pytest.importorskip("openvino")
    with pytest.raises(ConfigError, match="blendmask-lite only"):
        load_segmenter(converted, device="cpu", runtime="openvino")
