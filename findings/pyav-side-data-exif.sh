#!/bin/sh
# PyAV: VideoFrame.side_data raises ValueError for a whole frame if one entry is of a kind that it has no name for.
# FFmpeg 8.1 attaches EXIF data (kind 31) to frames of JPEG, so that the display matrix beside it cannot be read
# that way. The filter "sidedata" with the bare number takes the entry away.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 pillow==12.1.0
"$folder/venv/bin/python" - <<'PY'
import io
import av
from PIL import Image

print("PyAV", av.__version__, "libavutil", av.library_versions["libavutil"])
exif = Image.Exif()
exif[0x0112] = 6
photo = io.BytesIO()
Image.new("RGB", (64, 48), "red").save(photo, "JPEG", exif=exif)
frame = next(av.open(io.BytesIO(photo.getvalue() * 2), format="mjpeg").decode(video=0))
print("rotation:", frame.rotation)
try:
    print("side data:", list(frame.side_data))
    raise SystemExit("side_data can be read: the behaviour has changed")
except ValueError as error:
    print("side_data raises:", error)
graph = av.filter.Graph()
source = graph.add_buffer(
    width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
)
graph.link_nodes(source, graph.add("sidedata", "mode=delete:type=31"), graph.add("buffersink"))
graph.configure()
graph.push(frame)
print("behind the filter:", [entry.type.name for entry in graph.vpull().side_data])
PY
