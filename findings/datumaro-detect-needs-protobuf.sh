#!/bin/sh
# datumaro 1.13.12: where a CSV file lies in a folder or at most two folders below, detecting the
# format ends with "No module named 'google'", whatever the folder holds: its reader of AVA imports
# protobuf, on which the package does not depend. Without the CSV file the format is found. Exits
# with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet datumaro==1.13.12 opencv-python-headless
"$work/venv/bin/python" - "$work" <<'PYTHON'
import json
import sys
from pathlib import Path

import datumaro
from datumaro.components.environment import Environment

print("datumaro", datumaro.__version__)


def detected(folder):
    try:
        return Environment().detect_dataset(str(folder), depth=2)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


seen = {}
for name, csv in (("without", None), ("beside", "notes.csv"), ("two below", "a/b/notes.csv")):
    folder = Path(sys.argv[1]) / name
    (folder / "annotations").mkdir(parents=True)
    content = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}]}
    (folder / "annotations" / "instances_train.json").write_text(json.dumps(content))
    if csv:
        (folder / csv).parent.mkdir(parents=True, exist_ok=True)
        (folder / csv).write_text("frame,time\n0,0.0\n")
    seen[name] = detected(folder)
    print(f"CSV file {name}: {seen[name]}")
missing = "ModuleNotFoundError: No module named 'google'"
expected = {"without": ["coco_instances"], "beside": missing, "two below": missing}
sys.exit(seen != expected)
PYTHON
