#!/bin/sh
# PyAV 18.1.0: the `timeout` of av.open is not used when writing. A receiver that accepts a TCP
# connection and never reads holds `mux` up for ever, though the timeout is one second; when reading
# the same timeout ends the wait. Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet av==18.1.0 numpy
"$work/venv/bin/python" - <<'PYTHON'
import socket
import subprocess
import sys
import time

import av

print("PyAV", av.__version__)
WRITER = """
import sys
import av
import numpy as np
output = av.open(sys.argv[1], "w", format="mpegts", timeout=(1.0, 1.0))
stream = output.add_stream("libx264", rate=25, options={"qp": "1", "preset": "ultrafast"})
stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
noise = np.random.default_rng(0)
for number in range(400):
    picture = av.VideoFrame.from_ndarray(noise.integers(0, 255, (360, 640, 3), dtype=np.uint8))
    picture = picture.reformat(format="yuv420p")
    picture.pts = number
    output.mux(stream.encode(picture))
"""
READER = """
import sys
import av
av.open(sys.argv[1], format="mpegts", timeout=(1.0, 1.0))
"""


def ended_within(program, seconds):
    """Whether a program ends that talks to somebody who accepts, and neither reads nor writes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, "-c", program, address], stderr=subprocess.PIPE)
        connection, _ = server.accept()
        with connection:
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
            finally:
                process.kill()
                print(f"  waited {time.monotonic() - began:.1f} s")
    return True


print("writing, timeout 1 s:")
has_written_ended = ended_within(WRITER, 20)
print("  ended" if has_written_ended else "  still waits")
print("reading, timeout 1 s:")
has_read_ended = ended_within(READER, 20)
print("  ended" if has_read_ended else "  still waits")
sys.exit(has_written_ended or not has_read_ended)
PYTHON
