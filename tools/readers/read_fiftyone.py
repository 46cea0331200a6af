"""FiftyOne's importers, without its data base."""

from pathlib import Path

import fiftyone.utils.coco as coco_utils
import fiftyone.utils.cvat as cvat_utils
import fiftyone.utils.yolo as yolo_utils
from found import Found, report
from PIL import Image


def coco(folder):
    importer = coco_utils.COCODetectionDatasetImporter(
        data_path=str(folder),
        labels_path=str(folder / "instances.json"),
        label_types="segmentations",
    )
    with importer:
        for path, metadata, labels in importer:
            for detection in labels.detections if labels else ():
                size = (metadata["width"], metadata["height"])
                yield Found(
                    frame=int(Path(path).stem),
                    mask=_painted(detection, size),
                    label=detection.label,
                    track_id=detection.get_attribute_value("track_id", None),
                )


def cvat(folder):
    _, _, tracks = cvat_utils.load_cvat_video_annotations(str(folder / "annotations.xml"))
    for track in tracks:
        for number, label in track.to_labels().items():
            # Its frames count from 1.
            mask = _painted(label, (track.width, track.height))
            yield Found(number - 1, mask, label.label, label.index)


def yolo(folder):
    importer = yolo_utils.YOLOv5DatasetImporter(
        dataset_dir=str(folder), yaml_path="data.yaml", split="train", label_type="polylines"
    )
    with importer:
        for path, _, labels in importer:
            size = Image.open(path).size
            for line in labels.polylines if labels else ():
                yield Found(int(Path(path).stem), _painted(line, size), line.label)


def _painted(label, size):
    return label.to_segmentation(frame_size=size).mask > 0


CVAT = ("cvat", "cvat --shape polygon", "cvat --shape mask")
YOLO = ("yolo-seg", "yolo-seg --polygon-tolerance 0")
report("fiftyone", {"coco": coco} | dict.fromkeys(CVAT, cvat) | dict.fromkeys(YOLO, yolo))
