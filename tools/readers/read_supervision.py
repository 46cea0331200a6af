from pathlib import Path

import supervision
from found import Found, report


def coco(folder):
    yield from _found(
        supervision.DetectionDataset.from_coco(
            str(folder), str(folder / "instances.json"), force_masks=True
        )
    )


def yolo(folder):
    yield from _found(
        supervision.DetectionDataset.from_yolo(
            str(folder / "images"),
            str(folder / "labels"),
            str(folder / "data.yaml"),
            force_masks=True,
        )
    )


def labelme(folder):
    yield from _found(
        supervision.DetectionDataset.from_labelme(str(folder), str(folder), force_masks=True)
    )


def _found(dataset):
    for path, _, detections in dataset:
        for _, mask, _, class_id, track_id, _ in detections:
            frame = int(Path(path).stem)
            yield Found(frame, mask.astype(bool), dataset.classes[class_id], track_id)


YOLO = ("yolo-seg", "yolo-seg --polygon-tolerance 0")
LABELME = ("labelme", "labelme --shape polygon")
report("supervision", {"coco": coco} | dict.fromkeys(YOLO, yolo) | dict.fromkeys(LABELME, labelme))
