"""Ultralytics' data set of a training, without augmentation, masks at full size."""

import os
import tempfile
from pathlib import Path

os.environ["YOLO_CONFIG_DIR"] = os.environ["MPLCONFIGDIR"] = tempfile.gettempdir()

from found import Found, report
from ultralytics.cfg import get_cfg
from ultralytics.data import YOLODataset
from ultralytics.data.utils import check_det_dataset


def yolo(folder):
    data = check_det_dataset(str(folder / "data.yaml"))
    settings = get_cfg(overrides={"mask_ratio": 1, "overlap_mask": False})
    dataset = YOLODataset(
        data["train"], data=data, task="segment", imgsz=128, augment=False, hyp=settings
    )
    for sample in dataset:
        height, width = sample["ori_shape"]
        top = (sample["masks"].shape[1] - height) // 2
        left = (sample["masks"].shape[2] - width) // 2
        masks = sample["masks"][:, top : top + height, left : left + width].numpy().astype(bool)
        for mask, number in zip(masks, sample["cls"].flatten().tolist(), strict=True):
            yield Found(int(Path(sample["im_file"]).stem), mask, data["names"][int(number)])


report("ultralytics", dict.fromkeys(("yolo-seg", "yolo-seg --polygon-tolerance 0"), yolo))
