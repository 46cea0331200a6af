"""Streams: the newest frame, whatever the other side does."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, pairwise
from pathlib import Path

import pytest

from blendmask_live.capture import av_connection, open_source, reconnecting, stream
from blendmask_live.capture.backlog import Backlog
from blendmask_live.capture.reconnecting import ReconnectingSource, RetryPauses
from blendmask_live.capture.source import NoticingSource
from blendmask_live.capture.stream import StreamTimeouts, open_stream
from blendmask_live.datatypes import Frame
from blendmask_live.errors import SourceOpenError, one_line
from tests.capture.clips import ClipSpec, number_in, read_all, write_clip
from tests.capture.servers import (
    HTTP_TS,
    Sender,
    encoded_chunks,
    rtsp_sender,
    sender,
    udp_sender,
    wait_until,
)

# On a busy machine a stream may break off in any of these tests.
pytestmark = pytest.mark.may_log("lost (", "is back")
LIVE = ClipSpec(frames=40, options={"tune": "zerolatency", "g": "10", "x264-params": "scenecut=0"})
CHUNKS = encoded_chunks(LIVE)
RECEIVED = LIVE.frames - 2
"""Demuxer and parser give a frame once the next one begins: the last two stay inside."""
PATIENT = StreamTimeouts(open_s=120, read_s=120)
AT_ONCE = RetryPauses(first_s=0.01, longest_s=0.01)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *arguments: object) -> None:
        pass


def _all_then_wait(chunks: Iterable[bytes]) -> Callable[[int, Sender], Iterator[bytes]]:
    def script(connection: int, me: Sender) -> Iterator[bytes]:
        yield from chunks
        me.closing.wait()

    return script


def _paced(chunks: Iterable[bytes]) -> Callable[[int, Sender], Iterator[bytes]]:
    def script(connection: int, me: Sender) -> Iterator[bytes]:
        for chunk in chunks:
            if me.closing.wait(0.01):
                return
            yield chunk

    return script


def _open(url: str) -> ReconnectingSource:
    return open_stream(url, timeouts=PATIENT, pauses=AT_ONCE)


def _read_until(source: ReconnectingSource, is_last: Callable[[Frame], bool]) -> list[Frame]:
    frames: list[Frame] = []
    while not (frames and is_last(frames[-1])):
        frame = source.read()
        assert frame is not None
        frames.append(frame)
    return frames


def _assert_times_grow(frames: list[Frame]) -> None:
    times = [frame.pts_s for frame in frames if frame.pts_s is not None]
    assert len(times) == len(frames)
    assert all(later > earlier for earlier, later in pairwise(times))
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})


def test_reader_gets_the_newest_frame_and_the_index_counts_all() -> None:
    with sender(_all_then_wait(CHUNKS)) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        wait_until(lambda: source._captured == RECEIVED)
        last = RECEIVED - 1
        frame = source.read()
        assert frame is not None
        assert (number_in(frame.image), frame.index) == (last, last)
        assert frame.pts_s == Fraction(last, LIVE.fps)
        source.interrupt()
    source.close()


@pytest.mark.parametrize("protocol", ["tcp", "http"])
def test_stream_is_described_as_live(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "StreamTimeouts", lambda: PATIENT)
    header = HTTP_TS if protocol == "http" else b""
    with sender(_all_then_wait(CHUNKS), header=header) as server:
        source = open_source(f"{protocol}://127.0.0.1:{server.port}/live.ts")
        assert isinstance(source, NoticingSource)
        info = source.info
        assert (info.width, info.height, info.average_fps) == (64, 48, 25)
        assert info.is_live and info.frame_count is None
        source.interrupt()
    source.close()


def test_udp_stream_is_received() -> None:
    with udp_sender(CHUNKS) as port:
        source = _open(f"udp://127.0.0.1:{port}")
        frames = _read_until(source, lambda frame: frame.index > 20)
        _assert_times_grow(frames)
        source.close()


def test_rtsp_camera_is_received() -> None:
    with rtsp_sender(CHUNKS) as port:
        source = _open(f"rtsp://user:secret@127.0.0.1:{port}/live")
        assert source.info.name == f"rtsp_127.0.0.1_{port}_live"
        _assert_times_grow(_read_until(source, lambda frame: frame.index > 20))
        source.close()


def test_read_that_waits_for_a_silent_stream_is_interrupted() -> None:
    with sender(_all_then_wait(CHUNKS)) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        ended = threading.Event()

        def read_on() -> None:
            while source.read() is not None:
                pass
            ended.set()

        reader = threading.Thread(target=read_on)
        reader.start()
        wait_until(lambda: source._captured == RECEIVED)
        source.interrupt()
        # The sender is silent for ever, and the stream's own timeout is far away.
        assert ended.wait(PATIENT.read_s / 2)
        reader.join()
        source.close()
    source._thread.join()


def test_stream_that_accepts_and_hangs_is_given_up() -> None:
    with sender(_all_then_wait([])) as server, pytest.raises(SourceOpenError) as caught:
        open_stream(f"tcp://127.0.0.1:{server.port}", timeouts=StreamTimeouts(open_s=0.3))
    assert "no answer within 0.3 s" in str(caught.value)


def test_stream_that_falls_silent_is_connected_to_again() -> None:
    is_lost = threading.Event()

    def script(connection: int, me: Sender) -> Iterator[bytes]:
        # All at once: a sender that has to wait for its turn would be silent too.
        yield b"".join(CHUNKS)
        wait_until(lambda: me.closing.is_set() or (connection == 0 and is_lost.is_set()))

    with sender(script) as server:
        url = f"tcp://127.0.0.1:{server.port}"
        limits = StreamTimeouts(open_s=PATIENT.open_s, read_s=0.5)
        source = open_stream(url, timeouts=limits, pauses=AT_ONCE)
        wait_until(lambda: "lost" in source.notice)
        is_lost.set()
        _assert_times_grow(_read_until(source, lambda frame: frame.index >= LIVE.frames))
        assert server.connections == 2
        source.interrupt()
    source.close()
    source._thread.join()


def test_stream_whose_pictures_stop_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconnecting, "_QUIET_S", 0.2)
    goes_on = threading.Event()

    def script(connection: int, me: Sender) -> Iterator[bytes]:
        yield from CHUNKS
        wait_until(lambda: me.closing.is_set() or goes_on.is_set())
        while not me.closing.is_set():
            yield from _paced(CHUNKS)(connection, me)

    with sender(script) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        wait_until(lambda: "no picture for" in source.notice)
        goes_on.set()
        wait_until(lambda: "no picture for" not in source.notice)
        source.interrupt()
    source.close()
    source._thread.join()


def test_lost_stream_is_announced_and_goes_on_when_it_returns() -> None:
    with sender(_paced(CHUNKS)) as server:
        port = server.port
        source = _open(f"tcp://127.0.0.1:{port}")
        before = _read_until(source, lambda frame: frame.index > 5)
    wait_until(lambda: "lost" in source.notice)
    assert f"tcp://127.0.0.1:{port}: lost" in source.notice
    with sender(_paced(cycle(CHUNKS)), port=port):
        captured = source._captured
        after = _read_until(source, lambda frame: frame.index > captured)
        wait_until(lambda: source.notice == "")
        _assert_times_grow(before + after)
        source.interrupt()
    source.close()
    source._thread.join()


def test_pauses_double_up_to_the_longest() -> None:
    pauses = RetryPauses()
    assert [pauses.after(n) for n in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert pauses.after(10**6) == 8


def test_interrupt_ends_a_pause() -> None:
    with sender(_paced(CHUNKS)) as server:
        url = f"tcp://127.0.0.1:{server.port}"
        source = open_stream(url, timeouts=PATIENT, pauses=RetryPauses(first_s=3600))
    wait_until(lambda: "next try" in source.notice)
    source.interrupt()
    source._thread.join(60)
    assert not source._thread.is_alive()
    assert source.read() is None


def test_resolution_change_gives_frames_of_the_new_size() -> None:
    large = ClipSpec(frames=40, width=128, height=96, options=LIVE.options)
    chunks, is_seen = encoded_chunks(large), threading.Event()

    def script(connection: int, me: Sender) -> Iterator[bytes]:
        yield from CHUNKS
        wait_until(lambda: me.closing.is_set() or is_seen.is_set())
        yield from _all_then_wait(chunks)(connection, me)

    with sender(script) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        frames = [frame for frame in [source.read()] if frame]
        is_seen.set()
        frames += _read_until(
            source, lambda frame: frame.size == (96, 128) and number_in(frame.image) > 15
        )
        assert {frame.size for frame in frames} == {(48, 64), (96, 128)}
        assert (source.info.height, source.info.width) == (48, 64)
        _assert_times_grow(frames)
        source.interrupt()
    source.close()


def test_stream_without_timestamps_gets_times_of_arrival() -> None:
    chunks = encoded_chunks(LIVE, container="h264")
    with sender(_paced([b"".join(chunks * 4), *chunks * 20])) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        _assert_times_grow(_read_until(source, lambda frame: number_in(frame.image) > 30))
        source.interrupt()
    source.close()


def test_damage_is_skipped_and_counted() -> None:
    damaged = list(CHUNKS)
    for number in (13, 14, 15):
        # The headers stay: the packets arrive, with nonsense inside.
        chunk = bytearray(damaged[number])
        for start in range(0, len(chunk), 188):
            chunk[start + 40 : start + 188] = bytes(range(148))
        damaged[number] = bytes(chunk)
    with sender(_paced(damaged * 2)) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        wait_until(lambda: re.search("damaged packets? skipped", source.notice) is not None)
        # The keyframe after the damage makes everything right again.
        frames = _read_until(source, lambda frame: number_in(frame.image) in range(25, 35))
        _assert_times_grow(frames)
        source.interrupt()
    source.close()


def test_time_grows_on_where_the_clock_of_the_stream_jumps_back() -> None:
    with sender(_paced(CHUNKS * 2)) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        frames = _read_until(source, lambda frame: frame.index > LIVE.frames + 20)
        _assert_times_grow(frames)
        # What the jump is taken for would be 26 hours: the range of such timestamps.
        assert frames[-1].pts_s is not None and frames[-1].pts_s < 600
        source.interrupt()
    source.close()


def test_sender_that_gives_no_video_is_refused() -> None:
    with (
        sender(lambda number, me: [b"hello\n" * 200_000], header=HTTP_TS) as server,
        pytest.raises(SourceOpenError, match="expected a video stream"),
    ):
        _open(f"http://127.0.0.1:{server.port}/live.ts")


def test_sender_that_ends_before_the_first_picture_is_refused() -> None:
    with sender(lambda number, me: [CHUNKS[0][:376]]) as server, pytest.raises(SourceOpenError):
        _open(f"tcp://127.0.0.1:{server.port}")


def test_sender_whose_first_picture_does_not_come_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconnecting, "_FIRST_PICTURE_TIMEOUT_S", 0.1)
    with (
        sender(_all_then_wait(CHUNKS[:1])) as server,
        pytest.raises(SourceOpenError, match=r"no picture came within 0\.1 s"),
    ):
        _open(f"tcp://127.0.0.1:{server.port}")
    wait_until(lambda: not any(t.name.startswith("capture") for t in threading.enumerate()))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("tcp://127.0.0.1:1", "connection refused"),
        ("rtsp://user:secret@127.0.0.1:1/live", "connection refused"),
        ("nonsense://127.0.0.1:1", "does not know the protocol"),
    ],
)
def test_unreachable_stream_says_why_and_keeps_the_password(url: str, reason: str) -> None:
    with pytest.raises(SourceOpenError) as caught:
        open_source(url)
    message = str(caught.value)
    assert reason in message
    assert "secret" not in message and "\n" not in message


def test_missing_path_of_a_server_is_named() -> None:
    header = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with (
        sender(lambda number, me: [], header=header) as server,
        pytest.raises(SourceOpenError, match="no such stream on this server"),
    ):
        open_source(f"http://127.0.0.1:{server.port}/gone.ts")


def test_part_of_a_stream_ends_and_passes_notices_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "StreamTimeouts", lambda: PATIENT)
    with sender(_paced(CHUNKS)) as server:
        source = open_source(f"tcp://127.0.0.1:{server.port}", max_frames=3)
        assert isinstance(source, NoticingSource)
        assert source.notice == ""
        assert len([*iter(source.read, None)]) == 3
        source.close()


def test_who_never_waits_is_behind_until_he_waits_again() -> None:
    backlog = Backlog()
    now = 0.0

    def second(waited_share: float) -> bool:
        nonlocal now
        for _ in range(25):
            now += 0.04
            found = backlog.is_behind(waited_s=0.04 * waited_share, now=now)
        return found

    assert [second(share) for share in (0.5, 0.5, 0.0, 0.0)] == [False, False, False, True]
    assert [second(share) for share in (0.05, 0.5, 0.5, 0.05)] == [True, True, False, False]


def test_stream_that_is_too_much_shows_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the clip begins again, packets are missing; that is told first.
    monkeypatch.setattr(av_connection, "_NOTICE_S", 0.0)
    monkeypatch.setattr(Backlog, "is_behind", lambda self, *, waited_s, now: True)
    with sender(_paced(cycle(CHUNKS))) as server:
        source = _open(f"tcp://127.0.0.1:{server.port}")
        frames = [source.read() for _ in range(4)]
        # The picture before the decoder was told may be any.
        assert {number_in(frame.image) % 10 for frame in frames[1:] if frame} == {0}
        wait_until(lambda: "only keyframes are shown" in source.notice)
        monkeypatch.setattr(Backlog, "is_behind", lambda self, *, waited_s, now: False)
        _read_until(source, lambda frame: number_in(frame.image) % 10 != 0)
        assert "only keyframes" not in source.notice
        source.interrupt()
    source.close()


@pytest.mark.parametrize("chunks", [CHUNKS, CHUNKS * 1000], ids=["lost", "running"])
def test_program_that_does_not_close_its_source_ends(chunks: list[bytes]) -> None:
    with sender(_paced(chunks)) as server:
        url = f"tcp://127.0.0.1:{server.port}"
        program = f"from blendmask_live import open_source; open_source({url!r}).read()"
        done = subprocess.run([sys.executable, "-c", program], timeout=600)
    assert done.returncode == 0


def test_video_file_on_a_web_server_is_a_file(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", ClipSpec())
    handler = partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        source = open_source(f"http://127.0.0.1:{server.server_port}/clip.mp4?token=1")
        assert not source.info.is_live and source.info.name == "clip"
        assert [number_in(frame.image) for frame in read_all(source)] == list(range(12))
        server.shutdown()
        serving.join()


def test_a_refused_password_is_told_readably_and_without_it() -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with (
        sender(lambda number, server: [], header=refusal) as server,
        pytest.raises(SourceOpenError) as caught,
    ):
        open_source(f"http://anna:geheim@127.0.0.1:{server.port}/cam")
    line = one_line(caught.value)
    assert f"http://127.0.0.1:{server.port}/cam: user or password refused" in line
    assert "geheim" not in line
