#!/bin/sh
# PyAV: the sample aspect ratio set on a codec context reaches mp4 and mov, but not WebM, whose muxer asks the stream,
# where PyAV has no way to set it. VP9 has no place for it either (H.264 has), so players show square pixels.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==2.3.5
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from fractions import Fraction
import av
import numpy as np

print("PyAV", av.__version__, "libavformat", av.library_versions["libavformat"])
found = {}
for name, codec in (("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.webm", "libvpx-vp9")):
    with av.open(name, "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(16, 11)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8))))
        container.mux(stream.encode())
    with av.open(name) as container:
        found[name] = container.streams.video[0].sample_aspect_ratio
print({name: str(value) for name, value in found.items()})
if found["a.mp4"] != Fraction(16, 11) or found["a.webm"] == Fraction(16, 11):
    raise SystemExit("the behaviour has changed")
PY
