from __future__ import annotations

from blendmask_live.labels import COCO_CATEGORY_IDS, COCO_NAMES, category_ids, free_category_id


def test_coco_has_eighty_different_classes_with_official_ids() -> None:
    assert len(set(COCO_NAMES)) == len(set(COCO_CATEGORY_IDS)) == 80
    official = dict(zip(COCO_NAMES, COCO_CATEGORY_IDS, strict=True))
    known = {"person": 1, "stop sign": 13, "backpack": 27, "wine glass": 46, "chair": 62, "tv": 72}
    assert {name: official[name] for name in known} == known
    assert official["toothbrush"] == 90


def test_coco_classes_are_exported_under_their_official_ids() -> None:
    assert category_ids(("cat", "person")) == (17, 1)


def test_other_classes_are_numbered_from_one() -> None:
    assert category_ids(("cat", "weld seam")) == (1, 2)
    assert category_ids(()) == ()


def test_a_class_beside_all_of_coco_leaves_the_official_ids_alone() -> None:
    assert category_ids((*COCO_NAMES, "drone")) == (*COCO_CATEGORY_IDS, 201)
    assert category_ids(("drone", *COCO_NAMES))[:3] == (201, 1, 2)


def test_an_added_class_gets_an_id_that_no_class_of_coco_has() -> None:
    assert free_category_id(COCO_NAMES) == free_category_id(("person", "bicycle")) == 201
    assert free_category_id((*COCO_NAMES, "drone")) == 202
    assert free_category_id(("cat", "weld seam")) == 3
    assert free_category_id(()) == 1
