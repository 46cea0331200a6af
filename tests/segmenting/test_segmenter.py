"""Any picture in, instances of that picture out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import Frame, Instances
from blendmask_live.errors import ConfigError, WeightsError
from blendmask_live.network.blender import blend_logits
from blendmask_live.segmenting.segmenter import Segmenter, SegmentersInTurn, load_segmenter

Picture = NDArray[np.uint8]


def _change(segmenter: Segmenter, **changes: object) -> None:
    segmenter.settings = replace(segmenter.settings, **changes)  # type: ignore[arg-type]


def _assert_same(found: Instances, expected: Instances) -> None:
    for name in ("boxes", "scores", "class_ids", "soft_masks", "mask_boxes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def _assert_valid(instances: Instances, picture: Picture) -> None:
    height, width = picture.shape[:2]
    assert instances.frame_size == (height, width)
    boxes = instances.boxes
    assert boxes.dtype == np.float32 and boxes.shape == (len(instances), 4)
    assert (boxes >= 0).all()
    assert (boxes <= [width, height, width, height]).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert ((instances.scores >= 0) & (instances.scores <= 1)).all()
    assert (np.diff(instances.scores) <= 0).all()
    assert instances.soft_masks is not None
    assert ((instances.soft_masks >= 0) & (instances.soft_masks <= 1)).all()
    for crop in instances.cropped_masks():
        x0, y0, x1, y1 = crop.box
        assert 0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height


# what is in the picture


def test_a_cat_and_a_person_are_found(segmenter: Segmenter, cat: Picture, person: Picture) -> None:
    assert segmenter.segment(cat).class_names[0] == "cat"
    assert segmenter.segment(person).class_names[0] == "person"


def test_the_mask_of_a_person_is_on_the_person(segmenter: Segmenter, person: Picture) -> None:
    mask = segmenter.segment(person).masks()[0]
    face, flag = mask[90:160, 195:250], mask[:100, :100]
    assert face.mean() > 0.9
    assert flag.mean() < 0.1


def test_masks_and_rles_describe_the_same_pixels(segmenter: Segmenter, cat: Picture) -> None:
    _change(segmenter, score_threshold=0.1)
    instances = segmenter.segment(cat)
    masks = instances.masks()
    assert masks.shape == (len(instances), *cat.shape[:2]) and masks.dtype == bool
    assert len(instances) > 1
    for mask, rle in zip(masks, instances.rles(), strict=True):
        np.testing.assert_array_equal(coco_mask.decode(rle).astype(bool), mask)


def test_the_same_picture_gives_the_same_instances(segmenter: Segmenter, cat: Picture) -> None:
    _assert_same(segmenter.segment(cat), segmenter.segment(cat.copy()))


def test_a_mirrored_picture_gives_mirrored_boxes(segmenter: Segmenter, person: Picture) -> None:
    width = person.shape[1]
    x0, y0, x1, y1 = segmenter.segment(person[:, ::-1]).boxes[0]
    np.testing.assert_allclose(
        [width - x1, y0, width - x0, y1], segmenter.segment(person).boxes[0], atol=0.04 * width
    )


# pictures of every kind


@pytest.mark.parametrize(
    "size",
    [(1, 1), (16, 16), (17, 333), (333, 17), (1, 500), (255, 257), (64, 64), (4320, 7680)],
    ids=str,
)
def test_every_size_works_and_stays_inside_the_frame(
    segmenter: Segmenter, size: tuple[int, int]
) -> None:
    _change(segmenter, score_threshold=0.02, max_instances=20)
    picture = np.tile(np.uint8(130), (*size, 3))
    picture[size[0] // 4 :, size[1] // 3 :] = (200, 40, 60)
    _assert_valid(segmenter.segment(picture), picture)


def test_objects_at_the_border_stay_inside_the_frame(segmenter: Segmenter, cat: Picture) -> None:
    _change(segmenter, score_threshold=0.05)
    cut = cat[40:200, 120:300]
    instances = segmenter.segment(cut)
    assert len(instances)
    _assert_valid(instances, cut)


def test_grey_pictures_work(segmenter: Segmenter, cat: Picture) -> None:
    grey = np.repeat(cat.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    assert segmenter.segment(grey).class_names[0] == "cat"


def test_views_and_read_only_pictures_give_the_same_as_copies(
    segmenter: Segmenter, cat: Picture
) -> None:
    cropped, fortran, frozen = cat[10:291:1, 5:440], np.asfortranarray(cat), cat.copy()
    frozen.flags.writeable = False
    for view in (cropped, cat[:, ::-1], cat[::2, ::2], fortran, frozen, cat[:, :, ::-1]):
        before = view.copy()
        _assert_same(segmenter.segment(view), segmenter.segment(np.ascontiguousarray(view)))
        np.testing.assert_array_equal(view, before)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((8, 8), dtype=np.uint8),
        np.zeros((8, 8, 1), dtype=np.uint8),
        np.zeros((8, 8, 4), dtype=np.uint8),
        np.zeros((1, 8, 8, 3), dtype=np.uint8),
        np.zeros((8, 8, 3), dtype=np.float32),
        np.zeros((8, 8, 3), dtype=np.uint16),
        np.zeros((0, 8, 3), dtype=np.uint8),
        np.zeros((8, 0, 3), dtype=np.uint8),
    ],
    ids=lambda picture: f"{picture.shape}-{picture.dtype}",
)
def test_what_is_no_rgb_picture_is_refused(segmenter: Segmenter, picture: Picture) -> None:
    with pytest.raises(ValueError, match=r"\(H, W, 3\) uint8"):
        segmenter.segment(picture)


def test_what_is_no_array_is_refused(segmenter: Segmenter) -> None:
    with pytest.raises(ValueError, match=r"NumPy array \(H, W, 3\) uint8, got Tensor"):
        segmenter.segment(torch.zeros(8, 8, 3, dtype=torch.uint8))  # type: ignore[arg-type]


def test_threads_that_share_a_network_take_turns(segmenter: Segmenter, cat: Picture) -> None:
    segmenters = [segmenter, segmenter, segmenter.with_settings(segmenter.settings)]
    expected = segmenter.segment(cat).boxes
    with ThreadPoolExecutor(len(segmenters)) as pool:
        found = list(pool.map(lambda one: one.segment(cat).boxes, segmenters * 4))
    assert all(np.array_equal(boxes, expected) for boxes in found)


def test_segmenters_in_parallel_find_what_one_finds(cat: Picture, person: Picture) -> None:
    pytest.importorskip("openvino")
    one = load_segmenter(device="cpu", runtime="openvino", precision="fp32", short_side=256)
    several = SegmentersInTurn(one.in_parallel())
    frames = [Frame(picture, n, None, 0.0) for n, picture in enumerate((cat, person) * 4)]
    with ThreadPoolExecutor(several.at_once) as pool:
        found = list(pool.map(several, frames))
    assert len(found[0]) and len(found[1])
    for frame, instances in zip(frames, found, strict=True):
        _assert_same(instances, one.segment(frame.image))
    alone = load_segmenter(device="cpu", runtime="openvino", precision="fp32", threads=1)
    assert alone.in_parallel() == [alone]


# settings


def test_settings_changed_between_frames_take_effect(segmenter: Segmenter, cat: Picture) -> None:
    _change(segmenter, score_threshold=0.05)
    many = segmenter.segment(cat)
    assert len(many) > 3
    _change(segmenter, score_threshold=0.3, mask_size=112)
    few = segmenter.segment(cat)
    assert 0 < len(few) < len(many) and (few.scores > 0.3).all()
    assert few.soft_masks is not None and few.soft_masks.shape[1:] == (112, 112)
    _change(segmenter, score_threshold=0.05, max_instances=2, mask_size=28)
    two = segmenter.segment(cat)
    assert 0 < len(two) <= 2
    # The score holds the mean probability inside the mask, at that mask size.
    np.testing.assert_allclose(two.scores[0], many.scores[0], atol=0.02)


def test_a_lower_mask_threshold_gives_larger_masks(segmenter: Segmenter, cat: Picture) -> None:
    areas = []
    for threshold in (0.2, 0.5, 0.8):
        _change(segmenter, mask_threshold=threshold)
        areas.append(int(segmenter.segment(cat).masks()[0].sum()))
    assert areas[0] > areas[1] > areas[2] > 0


def test_only_wanted_classes_are_reported(segmenter: Segmenter, cat: Picture) -> None:
    _change(segmenter, score_threshold=0.02, classes=("dog", "couch"))
    instances = segmenter.segment(cat)
    assert len(instances) and set(instances.class_names) <= {"dog", "couch"}
    _change(segmenter, classes=None)
    assert "cat" in segmenter.segment(cat).class_names


def test_an_unknown_class_is_refused_and_nothing_changes(segmenter: Segmenter) -> None:
    before = segmenter.settings
    with pytest.raises(ConfigError, match="'unicorn' is not one of the network's"):
        _change(segmenter, classes=("cat", "unicorn"))
    with pytest.raises(ConfigError, match="class 0 is not one of the network's"):
        _change(segmenter, classes=(0,))
    assert segmenter.settings is before


def test_another_segmenter_on_the_same_network_has_its_own_settings(
    segmenter: Segmenter, cat: Picture
) -> None:
    other = segmenter.with_settings(replace(segmenter.settings, classes=("dog",)))
    assert other.runtime is segmenter.runtime
    assert "cat" not in other.segment(cat).class_names
    assert segmenter.segment(cat).class_names[0] == "cat"


def test_settings_may_be_replaced_while_another_thread_segments(
    segmenter: Segmenter, cat: Picture
) -> None:
    quiet = replace(segmenter.settings, classes=("dog",))
    loud = segmenter.settings
    done = threading.Event()

    def toggle() -> None:
        while not done.is_set():
            segmenter.settings = quiet
            segmenter.settings = loud

    toggler = threading.Thread(target=toggle)
    toggler.start()
    try:
        for _ in range(5):
            assert set(segmenter.segment(cat).class_names) <= {"cat", "dog"}
    finally:
        done.set()
        toggler.join()


def test_every_step_is_timed(segmenter: Segmenter, cat: Picture) -> None:
    segmenter.segment(cat)
    assert {"resize", "network", "detect", "blend"} <= segmenter.timings_ms.keys()
    assert all(value >= 0 for value in segmenter.timings_ms.values())


# latents


def test_kept_latents_blend_to_the_same_masks_again(segmenter: Segmenter, cat: Picture) -> None:
    _change(segmenter, keep_latents=True, score_threshold=0.05)
    instances = segmenter.segment(cat)
    height, width = segmenter.network_size((cat.shape[0], cat.shape[1]))
    assert instances.attention is not None and instances.bases is not None
    assert instances.attention.shape == (len(instances), 8, 14, 14)
    assert instances.bases.shape == (8, height // 4, width // 4)
    assert instances.mask_boxes is not None and instances.soft_masks is not None
    scale = np.array([width, height] * 2) / np.array(cat.shape[1::-1] * 2)
    again = blend_logits(
        torch.from_numpy(instances.bases)[None],
        torch.from_numpy(instances.mask_boxes * scale).float(),
        torch.from_numpy(instances.attention),
        mask_size=segmenter.settings.mask_size,
    )
    np.testing.assert_allclose(again.sigmoid().numpy(), instances.soft_masks, atol=1e-4)


def test_latents_are_not_kept_unless_asked(segmenter: Segmenter, cat: Picture) -> None:
    instances = segmenter.segment(cat)
    assert instances.attention is None and instances.bases is None


def test_instances_outlive_the_next_frame(
    segmenter: Segmenter, cat: Picture, person: Picture
) -> None:
    _change(segmenter, keep_latents=True)
    instances = segmenter.segment(cat)
    kept = {
        name: np.array(getattr(instances, name))
        for name in ("boxes", "scores", "soft_masks", "attention", "bases")
    }
    segmenter.segment(person)
    for name, values in kept.items():
        np.testing.assert_array_equal(getattr(instances, name), values)


# network size


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ((720, 1280), (352, 640)),
        ((1280, 720), (640, 352)),
        ((480, 640), (416, 544)),
        ((500, 500), (416, 416)),
        ((16, 16), (416, 416)),
        ((1, 1000), (64, 640)),
        ((4320, 7680), (352, 640)),
    ],
)
def test_the_network_sees_the_frame_in_its_own_shape(
    segmenter: Segmenter, frame: tuple[int, int], expected: tuple[int, int]
) -> None:
    _change(segmenter, short_side=416, long_side=640)
    assert segmenter.network_size(frame) == expected


# loading


def test_options_override_the_settings_they_name() -> None:
    segmenter = load_segmenter(
        device="cpu",
        runtime="torch",
        settings=SegmenterSettings(short_side=320, long_side=480, nms_iou=0.5),
        short_side=np.int64(256),  # type: ignore[arg-type]
        mask_size=28,
        score_threshold=0.5,
        classes=["person"],
        max_instances=7,
    )
    settings = segmenter.settings
    assert (settings.short_side, settings.long_side, settings.nms_iou) == (256, 384, 0.5)
    assert (settings.mask_size, settings.score_threshold) == (28, 0.5)
    assert (settings.classes, settings.max_instances) == (("person",), 7)
    assert segmenter.weights_path.name == "blendmask-lite.safetensors"
    assert len(segmenter.labels) == 80


def test_what_cannot_be_loaded_is_refused() -> None:
    with pytest.raises(WeightsError, match="neither a weights file nor one of blendmask-lite"):
        load_segmenter("blendmask-giant")
    with pytest.raises(ConfigError, match="mask size 57"):
        load_segmenter(mask_size=57)
    with pytest.raises(ConfigError, match="unicorn"):
        load_segmenter(device="cpu", runtime="torch", classes=["unicorn"])
    with pytest.raises(ConfigError, match=r"'persn' .* did you mean person"):
        load_segmenter(device="cpu", runtime="torch", classes="cat, persn")
    with pytest.raises(ConfigError, match="short_side '448': must be a whole number"):
        load_segmenter(short_side="448")  # type: ignore[arg-type]
