#!/bin/sh
# PyAV 18.1.0: its libx265 lists yuva420p as a pixel format, and cannot be opened with it: "Operation
# not supported" (its x265 was built without alpha). Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet av==18.1.0
"$work/venv/bin/python" - <<'PYTHON'
import sys

import av
from av.codec import Codec

print("PyAV", av.__version__)
is_listed = "yuva420p" in [form.name for form in Codec("libx265", "w").video_formats]
print("libx265 lists yuva420p:", is_listed)


def opened(pixel_format):
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt = 320, 240, pixel_format
    context.framerate = 25
    try:
        context.open()
    except OSError as error:
        return f"{type(error).__name__}: {error.strerror}"
    return "opened"


seen = {name: opened(name) for name in ("yuv420p", "yuva420p")}
for name, outcome in seen.items():
    print(f"{name}: {outcome}")
is_refused = "not supported" in seen["yuva420p"]
sys.exit(not (is_listed and seen["yuv420p"] == "opened" and is_refused))
PYTHON
