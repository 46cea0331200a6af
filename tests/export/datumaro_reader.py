"""Run by a Python that has datumaro: prints what it reads as JSON.

Usage: python datumaro_reader.py FORMAT FOLDER
"""

import json
import sys

import numpy as np
from datumaro.components.dataset import Dataset


def main(format_name: str, folder: str) -> None:
    dataset = Dataset.import_from(folder, format_name)
    labels = [label.name for label in dataset.categories()[next(iter(dataset.categories()))]]
    items = []
    for item in dataset:
        masks = []
        for annotation in item.annotations:
            if annotation.attributes.get("outside"):
                continue
            masks.append(
                {
                    "label": labels[annotation.label],
                    "track_id": int(annotation.attributes["track_id"]),
                    "pixels": _pixels(annotation),
                }
            )
        items.append({"id": item.id, "frame": item.attributes.get("frame"), "masks": masks})
    json.dump({"labels": labels, "items": items}, sys.stdout)


def _pixels(annotation) -> list:  # type: ignore[no-untyped-def]
    """[x, y] of every pixel of a mask; of a polygon its points."""
    if hasattr(annotation, "points"):
        return annotation.points
    rows, columns = np.nonzero(annotation.image)
    return np.stack([columns, rows], axis=1).tolist()


if __name__ == "__main__":
    main(*sys.argv[1:])
