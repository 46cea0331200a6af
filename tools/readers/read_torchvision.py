from pathlib import Path

from found import Found, report
from torchvision import datasets
from torchvision.io import ImageReadMode, decode_image


def coco(folder):
    plain = datasets.CocoDetection(str(folder), str(folder / "instances.json"))
    keys = ["masks", "labels", "image_id"]
    dataset = datasets.wrap_dataset_for_transforms_v2(plain, target_keys=keys)
    for (_, target), (_, annotations) in zip(dataset, plain, strict=True):
        if not annotations:
            continue
        path = plain.coco.imgs[target["image_id"]]["file_name"]
        rows = zip(target["masks"], target["labels"].tolist(), annotations, strict=True)
        for mask, category, annotation in rows:
            label = plain.coco.cats[category]["name"]
            yield Found(int(Path(path).stem), mask.numpy() > 0, label, annotation["track_id"])


def numbers(folder):
    for file in sorted(folder.glob("*.png")):
        (values,) = decode_image(str(file), ImageReadMode.UNCHANGED).int()
        for value in values.unique().tolist():
            if value:
                yield Found(int(file.stem), (values == value).numpy(), track_id=value)


def mots_png(folder):
    return numbers(folder / "instances")


report("torchvision", {"coco": coco, "davis": numbers, "mots-png --all-classes": mots_png})
