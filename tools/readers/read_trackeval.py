"""TrackEval: each file as truth and as result of itself, so it must also score HOTA 1."""

import shutil
import tempfile
from pathlib import Path

import trackeval
from found import Found, report
from pycocotools import mask as coco_mask

MOTS_CLASSES = {1: "car", 2: "person"}


def youtube_vis(folder):
    with tempfile.TemporaryDirectory() as scratch:
        truth = Path(scratch, "gt", "youtube_vis_val")
        results = Path(scratch, "trackers", "youtube_vis_val", "ours", "data")
        _copy(folder / "instances.json", truth)
        _copy(folder / "results.json", results)
        data = trackeval.datasets.YouTubeVIS(
            {
                "GT_FOLDER": f"{scratch}/gt/",
                "TRACKERS_FOLDER": f"{scratch}/trackers/",
                "SPLIT_TO_EVAL": "val",
                "PRINT_CONFIG": False,
            }
        )
        names = {number: name for name, number in data.class_name_to_class_id.items()}
        yield from _found(data, data.class_list, first_frame=0, names=names)


def mots(folder):
    with tempfile.TemporaryDirectory() as scratch:
        results = Path(scratch, "ours", "data")
        _copy(folder / "results.txt", results).rename(results / f"{folder.name}.txt")
        data = trackeval.datasets.MOTSChallenge(
            {
                "GT_FOLDER": str(folder.parent),
                "TRACKERS_FOLDER": scratch,
                "SKIP_SPLIT_FOL": True,
                "SEQMAP_FILE": str(folder / "seqmap.txt"),
                "PRINT_CONFIG": False,
            }
        )
        yield from _found(data, ["pedestrian"], first_frame=1, names=MOTS_CLASSES)


def davis(folder):
    with tempfile.TemporaryDirectory() as scratch:
        for place in ("gt/clip", "trackers/ours/data/clip"):
            for picture in folder.glob("*.png"):
                _copy(picture, Path(scratch, place))
        data = trackeval.datasets.DAVIS(
            {
                "GT_FOLDER": f"{scratch}/gt",
                "TRACKERS_FOLDER": f"{scratch}/trackers",
                "PRINT_CONFIG": False,
            }
        )
        yield from _found(data, ["general"], first_frame=0, names={})


def _copy(file, folder):
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(file, folder))


def _found(data, classes, first_frame, names):
    raw = data.get_raw_seq_data("ours", data.seq_list[0])
    for number, (ids, masks) in enumerate(zip(raw["gt_ids"], raw["gt_dets"], strict=True)):
        kinds = raw["gt_classes"][number] if "gt_classes" in raw else [None] * len(ids)
        for track_id, mask, kind in zip(ids, masks, kinds, strict=True):
            yield Found(
                frame=number + first_frame,
                mask=coco_mask.decode(mask).astype(bool),
                label=names.get(kind),
                track_id=int(track_id),
            )
    for name in classes:
        hota = trackeval.metrics.HOTA({"PRINT_CONFIG": False}).eval_sequence(
            data.get_preprocessed_seq_data(raw, name)
        )
        if hota["HOTA"].min() < 1 - 1e-6:
            raise ValueError(f"HOTA of {name} is {hota['HOTA'].mean():.3f}")


report("trackeval", {"youtube-vis": youtube_vis, "mots --all-classes": mots, "davis": davis})
