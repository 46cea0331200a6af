"""The COCO classes: names in network order and their official category ids."""

from collections.abc import Sequence
from typing import Final

__all__ = [
    "COCO_CATEGORY_IDS",
    "COCO_NAMES",
    "COCO_STUFF_NAMES",
    "category_ids",
    "free_category_id",
    "stuff_category_ids",
]

COCO_NAMES: Final[tuple[str, ...]] = tuple(
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,"
    "stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,"
    "backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,"
    "baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,"
    "knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,"
    "chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,"
    "cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,"
    "hair drier,toothbrush".split(",")
)
"""80 names; the position is the network's class id."""

_UNUSED_COCO_IDS: Final = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
COCO_CATEGORY_IDS: Final[tuple[int, ...]] = tuple(
    i for i in range(1, 91) if i not in _UNUSED_COCO_IDS
)
"""COCO's own category ids (1 to 90 with gaps), in the order of `COCO_NAMES`."""


COCO_STUFF_NAMES: Final[tuple[str, ...]] = tuple(
    "banner,blanket,bridge,cardboard,counter,curtain,door-stuff,floor-wood,flower,fruit,gravel,"
    "house,light,mirror-stuff,net,pillow,platform,playingfield,railroad,river,road,roof,sand,sea,"
    "shelf,snow,stairs,tent,towel,wall-brick,wall-stone,wall-tile,wall-wood,water-other,"
    "window-blind,window-other,tree-merged,fence-merged,ceiling-merged,sky-other-merged,"
    "cabinet-merged,table-merged,floor-other-merged,pavement-merged,mountain-merged,grass-merged,"
    "dirt-merged,paper-merged,food-other-merged,building-other-merged,rock-merged,"
    "wall-other-merged,rug-merged".split(",")
)
"""COCO panoptic's 53 kinds of stuff; the position plus 1 is the semantic head's class."""
_COCO_STUFF_IDS: Final = (
    92, 93, 95, 100, 107, 109, 112, 118, 119, 122, 125, 128, 130, 133, 138, 141, 144, 145, 147, 148,
    149, 151, 154, 155, 156, 159, 161, 166, 168, 171, 175, 176, 177, 178, 180, 181, *range(184, 201)
)  # fmt: skip


_FIRST_OWN_ID: Final = 201
"""First id of classes beside COCO's: after all ids of COCO's objects and stuff."""


def category_ids(labels: Sequence[str]) -> tuple[int, ...]:
    """Category ids to write into exports for these labels.

    COCO's official ids where all of COCO's classes are among the labels, or nothing else is;
    further labels follow from 201 up. Other sets of labels are numbered 1, 2, 3...
    """
    official = dict(zip(COCO_NAMES, COCO_CATEGORY_IDS, strict=True))
    others = [label for label in labels if label not in official]
    if others and not official.keys() <= set(labels):
        return tuple(range(1, len(labels) + 1))
    ids = official | {label: _FIRST_OWN_ID + index for index, label in enumerate(others)}
    return tuple(ids[label] for label in labels)


def free_category_id(labels: Sequence[str]) -> int:
    """The id of the first class that is added to these labels; see `category_ids`."""
    is_official = bool(labels) and set(labels) <= set(COCO_NAMES)
    return max(_FIRST_OWN_ID - 1 if is_official else 0, 0, *category_ids(labels)) + 1


def stuff_category_ids(thing_ids: Sequence[int]) -> tuple[int, ...]:
    """Category ids of `COCO_STUFF_NAMES`: official unless objects have some of them already."""
    if not set(thing_ids) & set(_COCO_STUFF_IDS):
        return _COCO_STUFF_IDS
    start = (max(thing_ids) // 1000 + 1) * 1000
    return tuple(range(start, start + len(COCO_STUFF_NAMES)))
