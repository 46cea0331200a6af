#!/bin/sh
# PyAV: VideoFrame.from_numpy_buffer takes a yuv420p array whose height is even but no multiple of 4 for a picture of
# two rows less, without a word, and then finds the chroma planes two rows too early, in the luma. from_ndarray, which
# copies, gives the whole picture and the right colours.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==2.3.5
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import av
import numpy as np

print("PyAV", av.__version__)
found = {}
for height in (16, 18, 482):
    planes = np.full((height * 3 // 2, 64), 128, np.uint8)  # grey chroma
    planes[:height] = 40  # dark luma
    for make in (av.VideoFrame.from_ndarray, av.VideoFrame.from_numpy_buffer):
        frame = make(planes, format="yuv420p")
        chroma = np.frombuffer(frame.planes[1], np.uint8)
        found[height, make.__name__] = frame.height, int(chroma.min())
for (height, name), (got, least) in found.items():
    print(f"{name}: {height} rows given, {got} kept, least chroma value {least} (128 given)")
right = all(found[height, "from_ndarray"] == (height, 128) for height in (16, 18, 482))
wrong = [found[height, "from_numpy_buffer"] for height in (18, 482)]
if not right or found[16, "from_numpy_buffer"] != (16, 128) or wrong != [(16, 40), (480, 40)]:
    raise SystemExit("the behaviour has changed")
PY
