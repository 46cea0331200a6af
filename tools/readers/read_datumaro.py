import shutil
import tempfile
from pathlib import Path

import datumaro
import numpy as np
from found import Found, report


def coco(folder):
    with tempfile.TemporaryDirectory() as scratch:
        # The layout of a COCO download, which it looks for.
        (Path(scratch) / "annotations").mkdir()
        named = Path(scratch) / "annotations" / "instances_default.json"
        shutil.copy(folder / "instances.json", named)
        shutil.copytree(folder / "images", Path(scratch) / "images" / "default")
        yield from _found(datumaro.Dataset.import_from(scratch, "coco_instances"))


def panoptic(folder):
    with tempfile.TemporaryDirectory() as scratch:
        annotations = Path(scratch) / "annotations"
        shutil.copytree(folder / "panoptic", annotations / "panoptic_default")
        shutil.copy(folder / "panoptic.json", annotations / "panoptic_default.json")
        # The folder must be there, the pictures need not.
        (Path(scratch) / "images").mkdir()
        yield from _found(datumaro.Dataset.import_from(scratch, "coco_panoptic"))


def mots_png(folder):
    yield from _found(datumaro.Dataset.import_from(str(folder), "mots"))


def cvat(folder):
    yield from _found(datumaro.Dataset.import_from(str(folder), "cvat"))


def _found(dataset):
    dataset.transform("polygons_to_masks")
    labels = dataset.categories()[datumaro.AnnotationType.label]
    for item in dataset:
        for annotation in item.annotations:
            if annotation.type == datumaro.AnnotationType.mask and not annotation.attributes.get(
                "outside"
            ):
                yield Found(
                    frame=int(item.attributes.get("frame", Path(item.id).stem)),
                    mask=np.asarray(annotation.image).astype(bool),
                    label=labels[annotation.label].name,
                    track_id=annotation.attributes.get("track_id", annotation.group or None),
                )


CVAT = ("cvat", "cvat --shape polygon", "cvat --shape mask")
report(
    "datumaro",
    {"coco": coco, "panoptic": panoptic, "mots-png --all-classes": mots_png}
    | dict.fromkeys(CVAT, cvat),
)
