import numpy as np
import pandas
from found import Found, report
from pycocotools import mask as coco_mask


def csv(folder):
    for row in pandas.read_csv(folder / "tracks.csv").to_dict("records"):
        yield _box(row)


def _box(row):
    mask = np.zeros((96, 128), bool)
    x, y, w, h = (int(row[key]) for key in ("x", "y", "w", "h"))
    mask[y : y + h, x : x + w] = True
    return Found(row["frame"], mask, row["class"], row["track_id"])


def parquet(folder):
    for row in pandas.read_parquet(folder / "masks.parquet").to_dict("records"):
        rle = {"size": [row["height"], row["width"]], "counts": row["rle"]}
        yield Found(row["frame"], coco_mask.decode(rle).astype(bool), row["class"], row["track_id"])


report("pandas", {"csv": csv, "parquet": parquet})
