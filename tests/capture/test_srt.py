"""SRT, through the program ffmpeg."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from blendmask_live.capture import open_source, srt
from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.capture.stream import StreamTimeouts, open_stream
from blendmask_live.errors import SourceOpenError
from tests.capture.clips import ClipSpec, write_clip
from tests.capture.servers import wait_until

# On a busy machine a stream may break off in any of these tests.
pytestmark = pytest.mark.may_log("lost (", "is back")
AT_ONCE = RetryPauses(first_s=0.01, longest_s=0.01)


@pytest.fixture
def ffmpeg() -> str:
    """An ffmpeg that can send SRT."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("needs the program ffmpeg")
    known = subprocess.run([program, "-hide_banner", "-protocols"], capture_output=True).stdout
    if b"srt" not in known.split():
        pytest.skip("needs an ffmpeg with SRT")
    return program


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        return int(finder.getsockname()[1])


def _receivers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.name() == "ffmpeg"]


@contextmanager
def _sender(ffmpeg: str, clip: Path, port: int) -> Iterator[None]:
    """Waits for a receiver on `port` and sends the clip over and over."""
    read = [ffmpeg, "-nostdin", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i", str(clip)]
    target = f"srt://127.0.0.1:{port}?mode=listener&passphrase=secretsecret"
    running = subprocess.Popen([*read, "-c", "copy", "-f", "mpegts", target])
    try:
        yield
    finally:
        running.kill()
        running.wait()


def test_srt_stream_is_received_and_comes_back(
    ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(srt, "_LIST_TIMEOUT_S", 120)
    clip = write_clip(tmp_path / "a.ts", ClipSpec(frames=50, options={"g": "5", "bf": "0"}))
    port = _free_port()
    # Who is silent for so long is lost, also where only the machine stood still.
    limits = StreamTimeouts(open_s=120, read_s=4)
    with _sender(ffmpeg, clip, port):
        url = f"srt://127.0.0.1:{port}?passphrase=secretsecret"
        source = open_stream(url, timeouts=limits, pauses=AT_ONCE)
        assert (source.info.width, source.info.height, source.info.is_live) == (64, 48, True)
        assert source.info.name == f"srt_127.0.0.1_{port}"
        frames = [source.read() for _ in range(5)]
    wait_until(lambda: "lost" in source.notice)
    assert "secret" not in source.notice
    captured = source._captured
    with _sender(ffmpeg, clip, port):
        while frames[-1] is not None and frames[-1].index <= captured:
            frames.append(source.read())
        source.interrupt()
    source.close()
    source._thread.join()
    times = [frame.pts_s for frame in frames if frame and frame.pts_s is not None]
    assert len(times) == len(frames)
    assert all(later > earlier for earlier, later in pairwise(times))
    assert not _receivers()


def test_srt_address_without_a_sender_is_given_up(ffmpeg: str) -> None:
    limits = StreamTimeouts(open_s=0.5)
    with pytest.raises(SourceOpenError, match="no video came") as caught:
        open_stream(f"srt://127.0.0.1:{_free_port()}?passphrase=secretsecret", timeouts=limits)
    assert "secret" not in str(caught.value)
    assert not _receivers()


def test_srt_without_ffmpeg_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceOpenError, match="SRT needs the program ffmpeg"):
        open_source("srt://127.0.0.1:1")
