"""What other tools read of our files: prints the table of docs/formats.md.

    python tools/readers/run.py FOLDER [--only NAME]

Into FOLDER come the tools, in environments of their own (about 10 GB, used again by the next run),
and a sample in every format. Each tool reads it with its own code, in its own process, and what it
found is compared with the truth.
"""

from __future__ import annotations

import argparse
import os
import pickle
import shutil
import subprocess
import sys
import venv
from collections import defaultdict
from pathlib import Path
from textwrap import shorten
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from compare import in_words
from found import Outcome
from sample import VARIANTS, write_all

ENVIRONMENTS: Final = {
    "datumaro": ("datumaro==1.13.12", "opencv-python-headless==4.14.0.94"),
    "fiftyone": ("fiftyone==1.22.1", "pycocotools==2.0.11"),
    "labelme": ("labelme==6.3.1",),
    "panopticapi": ("panopticapi-lite==0.2.0",),
    "tables": (
        "numpy==2.4.6",
        "pandas==3.1.1",
        "pillow==13.0.0",
        "pyarrow==26.0.1",
        "pycocotools==2.0.11",
        "trackeval==1.3.0",
    ),
    "torch": (
        "boxmot==25.0.0",
        "pycocotools==2.0.11",
        "supervision==0.31.2",
        "torch==2.14.1",
        "torchvision==0.29.1",
        "trackers==2.6.1",
        "ultralytics==8.4.190",
    ),
    "x_anylabeling": ("pycocotools==2.0.11", "x-anylabeling-cvhub[cpu]==4.2.1"),
}
"""Name (a folder) -> what is installed."""
READERS: Final = {
    "boxmot": "torch",
    "datumaro": "datumaro",
    "fiftyone": "fiftyone",
    "labelme": "labelme",
    "pandas": "tables",
    "panopticapi": "panopticapi",
    "pyarrow": "tables",
    "pycocotools": "tables",
    "supervision": "torch",
    "torchvision": "torch",
    "trackers": "torch",
    "trackeval": "tables",
    "ultralytics": "torch",
    "x_anylabeling": "x_anylabeling",
}
"""Reader (its script is `read_NAME.py`) -> its environment."""


def main() -> None:
    """Install, export, read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=READERS, action="append")
    args = parser.parse_args()
    folder = args.folder.resolve()
    sample = folder / "sample"
    shutil.rmtree(sample, ignore_errors=True)
    write_all(sample)
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in args.only or READERS:
        python = _environment(folder / READERS[name], ENVIRONMENTS[READERS[name]])
        version, outcomes = _read(python, name, sample)
        for variant, outcome in outcomes.items():
            rows[variant, _cell(variant, outcome)].append(f"{name} {version}")
    print("| format | reader | what arrives |\n|---|---|---|")
    for variant, cell in sorted(rows, key=lambda row: list(VARIANTS).index(row[0])):
        print(f"| {variant} | {', '.join(rows[variant, cell])} | {cell} |")


def _environment(place: Path, requirements: tuple[str, ...]) -> Path:
    """The Python of an environment that has the requirements, made where it is missing."""
    ready = place / "ready.txt"
    python = place / "bin" / "python"
    if not ready.is_file() or ready.read_text() != "\n".join(requirements):
        print(f"installing {', '.join(requirements)}", file=sys.stderr)
        venv.create(place, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(install, check=True)
        ready.write_text("\n".join(requirements))
    return python


def _read(python: Path, name: str, sample: Path) -> tuple[str, dict[str, Outcome]]:
    script = Path(__file__).parent / f"read_{name}.py"
    out = sample.parent / f"{name}.pickle"
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""}
    done = subprocess.run(
        [python, script, sample, out], env=quiet, cwd=sample.parent, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{script.name} ended with {done.returncode}:\n{done.stderr}")
    found: tuple[str, dict[str, Outcome]] = pickle.loads(out.read_bytes())
    return found


def _cell(variant: str, outcome: Outcome) -> str:
    if outcome.error:
        return f"fails: {shorten(outcome.error, 90, placeholder=' ...')}"
    return in_words(outcome.found, VARIANTS[variant])


if __name__ == "__main__":
    main()
