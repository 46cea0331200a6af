"""The published family through the same door as blendmask-lite."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from blendmask_live import load_segmenter
from blendmask_live.cli import main
from blendmask_live.errors import WeightsError
from blendmask_live.masks.blending import blend_mask
from blendmask_live.network.conversion import convert_checkpoint
from blendmask_live.network.family.model import BlendMaskOutput, build_blendmask
from blendmask_live.runtime import open_runtime
from blendmask_live.segmenting.segmenter import Segmenter
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
    # 494.5 px, which the two steps of the official resizing leave a little above or below.
    assert segmenter.network_size((430, 640)) == (495, 736)
    assert segmenter.network_size((245, 448)) == (402, 736)
    assert segmenter.network_size((448, 161)) == (736, 265)


def test_pictures_are_resized_as_detectron2_does(
    segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    from blendmask_live.segmenting.processing import processing_for

    resized = processing_for(segmenter.runtime).resize(picture, (256, 321))
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


def test_kept_bases_span_the_frame_without_the_padding_around_it(
    segmenter: Segmenter, picture: NDArray[np.uint8]
) -> None:
    settings = replace(segmenter.settings, short_side=200, score_threshold=0.0, keep_latents=True)
    instances = segmenter.with_settings(settings).segment(picture[:200, :330])
    assert instances.bases is not None and instances.bases.shape[1:] == (50, 83)
    assert instances.attention is not None and instances.soft_masks is not None
    assert instances.mask_boxes is not None and len(instances) > 10
    boxes = instances.mask_boxes / 4
    # Outside the picture the two continue the bases differently.
    inside = np.flatnonzero((boxes >= 0).all(axis=1) & (boxes <= [82.5, 50] * 2).all(axis=1))
    assert len(inside) > 3
    for row in inside:
        again = blend_mask(instances.bases, boxes[row], instances.attention[row], mask_size=56)
        assert np.abs(again - instances.soft_masks[row]).mean() < 0.01


def test_a_checkpoint_without_its_architecture_says_what_is_needed(checkpoint: Path) -> None:
    with pytest.raises(WeightsError, match="--architecture"):
        load_segmenter(checkpoint)


def test_a_converted_file_under_another_name_is_refused(converted: Path) -> None:
    with pytest.raises(WeightsError, match=f"holds {NAME}, not blendmask-r50"):
        load_segmenter(converted, architecture="blendmask-r50")
    assert load_segmenter(converted, architecture=NAME).settings.short_side == 512


@pytest.mark.parametrize("name", [NAME, "blendmask-panoptic-r50"])
def test_openvino_gives_the_same_numbers_at_every_size(
    name: str, picture: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openvino")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = build_blendmask(name)
    fill(model)
    fast = open_runtime(model, runtime="openvino", device="cpu", threads=1)
    exact = open_runtime(model, device="cpu")
    assert (fast.precision, exact.name) == ("fp32", "torch")
    for height, width in ((128, 160), (101, 70)):
        pictures = picture[None, :height, :width].copy()
        with torch.inference_mode():
            ours, expected = fast.run(pictures), exact.run(pictures)
        assert isinstance(ours, BlendMaskOutput) and isinstance(expected, BlendMaskOutput)
        torch.testing.assert_close(ours, expected, atol=2e-3, rtol=1e-3)


def test_annotate_runs_with_a_converted_file(
    converted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--short-side", "96", "--max-frames", "3", "--format", "csv", "--quiet"]
    output = tmp_path / "out"
    arguments = ["annotate", "demo", "-o", str(output), "--weights", str(converted), *options]
    assert main([*arguments, "--runtime", "torch", "--threads", "1", "--as-published"]) == 0
    (run_file,) = output.rglob("run.json")
    done = json.loads(run_file.read_text())
    assert done["segmenter"]["short_side"] == 96 and done["segmenter"]["as_published"]


@pytest.mark.parametrize("name", [NAME, "blendmask-r101-dcn"])
def test_bf16_finds_about_the_same(name: str, picture: NDArray[np.uint8], tmp_path: Path) -> None:
    model = build_blendmask(name)
    fill(model)
    torch.save(model.state_dict(), tmp_path / "x.pth")
    exact, rounded = (
        load_segmenter(
            tmp_path / "x.pth",
            architecture=name,
            device="cpu",
            runtime="torch",
            precision=precision,
            short_side=192,
            score_threshold=0.0,
        ).segment(picture)
        for precision in ("fp32", "bf16")
    )
    assert abs(len(exact) - len(rounded)) < 20
    assert abs(exact.scores[0] - rounded.scores[0]) < 0.05
