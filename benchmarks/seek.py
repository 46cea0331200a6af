"""How long a frame takes that is asked for by its index: seek, decode, convert to RGB.

    python benchmarks/seek.py CLIP ...

Measured for each clip: first seeks (random, each with nothing kept from the ones before), random
seeks one after the other, steps forward, and steps back from the last frame.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from blendmask_live import open_source
from blendmask_live.capture.source import SeekableSource

_FIRST_SEEKS = 60
_SEEKS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIP")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = {clip.name: _measure(clip) for clip in options.clips}
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _measure(clip: Path) -> dict[str, dict[str, float]]:
    with closing(_open(clip)) as source:
        count = sum(1 for _ in iter(source.read, None))
        info = source.info
    print(f"{clip.name}: {info.width} x {info.height}, {count} frames; ms")
    choose = random.Random(0)
    chosen = [choose.randrange(count) for _ in range(_SEEKS)]
    # Evenly spread, so that a far frame of a long group is among them however few there are.
    spread = np.linspace(0, count - 1, _FIRST_SEEKS).astype(int).tolist()
    results = {"first seek": _summary("first seek", [_first_seek_ms(clip, i) for i in spread])}
    patterns: dict[str, Callable[[], Iterable[int]]] = {
        "random": lambda: chosen,
        "step forward": lambda: range(count),
        "step back": lambda: reversed(range(count)),
    }
    for name, indexes in patterns.items():
        with closing(_open(clip)) as source:
            results[name] = _summary(name, [_frame_ms(source, index) for index in indexes()])
    return results


def _open(clip: Path) -> SeekableSource:
    source = open_source(clip)
    assert isinstance(source, SeekableSource)
    return source


def _first_seek_ms(clip: Path, index: int) -> float:
    with closing(_open(clip)) as source:
        # The pass over the file's packets is made once for each file.
        source.seek(10**9)
        source.read()
        return _frame_ms(source, index)


def _frame_ms(source: SeekableSource, index: int) -> float:
    began_s = time.perf_counter()
    source.seek(index)
    frame = source.read()
    assert frame is not None and frame.index == index
    return (time.perf_counter() - began_s) * 1000


def _summary(name: str, times_ms: list[float]) -> dict[str, float]:
    p50, p99 = np.percentile(times_ms, (50, 99)).tolist()
    print(f"  {name:13} p50 {p50:7.1f}   p99 {p99:7.1f}   worst {max(times_ms):7.1f}")
    return {"p50": p50, "p99": p99, "worst": max(times_ms)}


if __name__ == "__main__":
    main()
