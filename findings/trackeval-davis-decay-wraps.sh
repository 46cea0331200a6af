#!/bin/sh
# TrackEval 1.3.0: J-Decay and F-Decay of a DAVIS sequence of more than 256 frames are wrong. They
# compare the first quarter of the frames with the last, but JAndF keeps the quarters' ends in
# uint8: of 400 frames "the last quarter" is frames 43 to 143. A result that follows an object
# for 300 frames and then loses it has J-Decay 0.00 instead of 0.99; of 300 frames it is nan.
# Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet trackeval==1.3.0 opencv-python-headless scikit-image
HOME="$work" "$work/venv/bin/python" - "$work" 2>"$work/warnings" <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from PIL import Image
from trackeval.datasets import DAVIS
from trackeval.metrics import JAndF

print("TrackEval", version("trackeval"))
work = Path(sys.argv[1])
seen = {}
for frames in (200, 300, 400):
    lost_from = frames * 3 // 4
    truth, results = work / str(frames) / "gt", work / str(frames) / "trackers"
    for folder in (truth / "a", results / "ours" / "data" / "a"):
        folder.mkdir(parents=True)
        for number in range(frames):
            picture = np.zeros((16, 16), dtype=np.uint8)
            if folder.is_relative_to(truth) or number < lost_from:
                picture[4:12, 4:12] = 1
            Image.fromarray(picture).save(folder / f"{number:05d}.png")
    data = DAVIS(
        {
            "GT_FOLDER": str(truth),
            "TRACKERS_FOLDER": str(results),
            "OUTPUT_FOLDER": str(work),
            "PRINT_CONFIG": False,
        }
    )
    raw = data.get_raw_seq_data("ours", "a")
    told = JAndF().eval_sequence(data.get_preprocessed_seq_data(raw, "general"))
    seen[frames] = (round(float(told["J-Mean"]), 2), round(float(told["J-Decay"]), 2))
    print(f"{frames} frames, lost from {lost_from} on: J-Mean {seen[frames][0]}, J-Decay {seen[frames][1]}")
is_so = seen[200] == (0.75, 0.98) and np.isnan(seen[300][1]) and seen[400] == (0.75, 0.0)
sys.exit(not is_so)
PYTHON
