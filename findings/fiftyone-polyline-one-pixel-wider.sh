#!/bin/sh
# FiftyOne 1.22.1: a filled Polyline over 3 x 3 pixels of a picture of 10 x 10 becomes a mask of
# 4 x 4 pixels (`Polyline.to_segmentation`), the Detection of the same box a mask of 3 x 3. Its
# points are rounded and their border is painted, so polygons of CVAT grow by up to a pixel, and
# one of a single pixel covers four. Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet fiftyone==1.22.1
HOME="$work" "$work/venv/bin/python" - <<'PYTHON'
import sys

import fiftyone
import numpy as np
from fiftyone.core.labels import Detection, Polyline

print("FiftyOne", fiftyone.__version__)
seen = {}
for side in (3, 1):
    low, high = 0.2, (2 + side) / 10
    corners = [(low, low), (high, low), (high, high), (low, high)]
    labels = {
        "Polyline": Polyline(points=[corners], closed=True, filled=True),
        "Detection": Detection(
            bounding_box=[low, low, side / 10, side / 10], mask=np.ones((side, side), dtype=bool)
        ),
    }
    for name, label in labels.items():
        mask = label.to_segmentation(frame_size=(10, 10)).mask
        seen[name, side] = int((mask > 0).sum())
        print(f"{name} over {side} x {side} pixels: {seen[name, side]} pixels painted")
expected = {
    ("Polyline", 3): 16,
    ("Detection", 3): 9,
    ("Polyline", 1): 4,
    ("Detection", 1): 1,
}
sys.exit(seen != expected)
PYTHON
