from found import Found, report
from pyarrow import parquet as arrow_parquet
from pycocotools import mask as coco_mask


def parquet(folder):
    for row in arrow_parquet.read_table(folder / "masks.parquet").to_pylist():
        rle = {"size": [row["height"], row["width"]], "counts": row["rle"]}
        yield Found(row["frame"], coco_mask.decode(rle).astype(bool), row["class"], row["track_id"])


report("pyarrow", {"parquet": parquet})
