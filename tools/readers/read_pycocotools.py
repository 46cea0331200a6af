import json
from pathlib import Path

from found import Found, report
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO


def coco(folder):
    data = COCO(str(folder / "instances.json"))
    for annotation in data.anns.values():
        yield Found(
            # Ids of pictures are numbers of their own; the name tells the frame.
            frame=int(Path(data.imgs[annotation["image_id"]]["file_name"]).stem),
            mask=data.annToMask(annotation).astype(bool),
            label=data.cats[annotation["category_id"]]["name"],
            track_id=annotation["track_id"],
        )


def youtube_vis(folder):
    # Its own reader is for pictures; of these files it decodes the masks.
    data = json.loads((folder / "instances.json").read_text())
    names = {category["id"]: category["name"] for category in data["categories"]}
    for track in data["annotations"]:
        for frame, rle in enumerate(track["segmentations"]):
            if rle is not None:
                rle = coco_mask.frPyObjects(rle, *rle["size"])
                mask = coco_mask.decode(rle).astype(bool)
                yield Found(frame, mask, names[track["category_id"]], track["track_id"])


def mots(folder):
    for line in (folder / "gt" / "gt.txt").read_text().splitlines():
        frame, object_id, _, height, width, counts = line.split(" ")
        rle = {"size": [int(height), int(width)], "counts": counts.encode()}
        mask = coco_mask.decode(rle).astype(bool)
        yield Found(frame=int(frame), mask=mask, track_id=int(object_id))


report("pycocotools", {"coco": coco, "youtube-vis": youtube_vis, "mots --all-classes": mots})
