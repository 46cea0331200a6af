#!/bin/sh
# FFmpeg 8 (PyAV 18.1.0): the HLS muxer passes over failed writes. On a full disk (here: a limit on the
# size of files) `mux` and `close` raise nothing and the segments are cut short, while the mp4
# muxer raises at once. Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy
"$work/venv/bin/python" - "$work" <<'PYTHON'
import resource
import signal
import sys
from pathlib import Path

import av
import numpy as np

print("PyAV", av.__version__, "libavformat", av.library_versions["libavformat"])
LIMIT = 20_000


def error_of(path, container, options):
    """What writing three seconds of noise ends with."""
    noise = np.random.default_rng(0)
    try:
        output = av.open(str(path), "w", format=container, options=options)
        stream = output.add_stream("libx264", rate=10, options={"qp": "20", "g": "10"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(30):
            picture = av.VideoFrame.from_ndarray(noise.integers(0, 255, (96, 160, 3), dtype=np.uint8))
            picture = picture.reformat(format="yuv420p")
            picture.pts = number
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
        output.close()
    except OSError as error:
        return type(error).__name__
    return "no error"


signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
folder = Path(sys.argv[1])
fragments = {"movflags": "frag_keyframe+empty_moov"}
mp4 = error_of(folder / "a.mp4", "mp4", fragments)
print("mp4:", mp4)
hls = error_of(folder / "a.m3u8", "hls", {"hls_time": "1", "hls_segment_type": "fmp4"})
sizes = [path.stat().st_size for path in sorted(folder.glob("a*.m4s"))]
print("hls:", hls, "- sizes of its segments:", sizes)
sys.exit(not (mp4 != "no error" and hls == "no error" and LIMIT in sizes))
PYTHON
