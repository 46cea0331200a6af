#!/bin/sh
# FFmpeg: the filter haldclut turns colours round where both of its inputs are planar RGB (gbrp16le). A table that
# changes nothing changes red into blue. With packed RGB (rgb48le) it is right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PY'
from fractions import Fraction
import av
import numpy as np

print("PyAV", av.__version__, "libavfilter", av.library_versions["libavfilter"])
TICK = Fraction(1, 25)


def applied(pixel_format):
    """The middle pixel of a red picture behind a table that changes nothing."""
    side = 4
    steps = np.linspace(0, 65535, side**2)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    cube = np.stack([red, green, blue], axis=-1).reshape(side**3, side**3, 3)
    picture = np.zeros((32, 32, 3))
    picture[:] = (0.8 * 65535, 0.25 * 65535, 0.2 * 65535)
    frames = [
        av.VideoFrame.from_ndarray(np.round(values).astype(np.uint16), format="rgb48le").reformat(
            format=pixel_format
        )
        for values in (picture, cube)
    ]
    graph = av.filter.Graph()
    table = graph.add("haldclut")
    for place, frame in enumerate(frames):
        frame.pts, frame.time_base = 0, TICK
        node = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=TICK
        )
        node.link_to(table, 0, place)
        frames[place] = node, frame
    table.link_to(graph.add("buffersink"))
    graph.configure()
    for node, frame in frames:
        node.push(frame)
        node.push(None)
    return graph.vpull().to_ndarray(format="rgb24")[16, 16].tolist()


packed, planar = applied("rgb48le"), applied("gbrp16le")
print("packed:", packed, "planar:", planar)
if max(abs(a - b) for a, b in zip(packed, (204, 64, 51))) > 2:
    raise SystemExit("packed pictures are changed: the behaviour has changed")
if planar == packed:
    raise SystemExit("planar pictures are right: the behaviour has changed")
PY
