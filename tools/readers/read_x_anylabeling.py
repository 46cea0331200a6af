"""X-AnyLabeling: its own label files, and what it makes of COCO and YOLO files.

It stores polygons. Each is painted as it does when it exports masks.
"""

import json
import tempfile
from pathlib import Path

import cv2
import numpy as np
import yaml
from anylabeling.views.labeling.label_converter import LabelConverter
from anylabeling.views.labeling.label_file import LabelFile
from found import Found, report


def labelme(folder):
    for file in sorted(folder.glob("*.json")):
        LabelFile(str(file))
        yield from _found(file)


def coco(folder):
    with tempfile.TemporaryDirectory() as scratch:
        LabelConverter().coco_to_custom(str(folder / "instances.json"), scratch, "polygon")
        for file in sorted(Path(scratch).glob("*.json")):
            yield from _found(file)


def yolo(folder):
    with tempfile.TemporaryDirectory() as scratch:
        classes = Path(scratch) / "classes.txt"
        names = yaml.safe_load((folder / "data.yaml").read_text())["names"]
        classes.write_text("\n".join(names.values()))
        for file in sorted((folder / "labels").glob("*.txt")):
            out = Path(scratch) / f"{file.stem}.json"
            picture = folder / "images" / f"{file.stem}.png"
            LabelConverter(str(classes)).yolo_to_custom(str(file), str(out), str(picture), "seg")
            yield from _found(out)


def _found(file):
    content = json.loads(file.read_text())
    size = content["imageHeight"], content["imageWidth"]
    masks = {}
    for number, shape in enumerate(content["shapes"]):
        group = shape["group_id"]
        key = shape["label"], group, number if group is None else None
        canvas = masks.setdefault(key, np.zeros(size, np.uint8))
        with tempfile.TemporaryDirectory() as scratch:
            one, out = Path(scratch) / "one.json", Path(scratch) / "one.png"
            one.write_text(json.dumps({**content, "shapes": [shape]}))
            colours = {"type": "grayscale", "colors": {shape["label"]: 255}}
            LabelConverter().custom_to_mask(str(one), str(out), colours)
            canvas |= cv2.imread(str(out), cv2.IMREAD_GRAYSCALE)
    for (label, group, _), canvas in masks.items():
        yield Found(int(file.stem), canvas > 0, label, group)


LABELME = ("labelme", "labelme --shape polygon")
YOLO = ("yolo-seg", "yolo-seg --polygon-tolerance 0")
report(
    "x-anylabeling-cvhub",
    {"coco": coco} | dict.fromkeys(LABELME, labelme) | dict.fromkeys(YOLO, yolo),
)
