"""Sending the newest picture: to receivers that come, go, and do not read."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.sending.attempts import ReceiverLost
from blendmask_live.sending.sender import Picture, Sender, SenderStatus
from blendmask_live.sending.starting import start_sender
from blendmask_live.sending.stream import Encoding
from blendmask_live.sending.target import read_target
from tests.capture.servers import wait_until
from tests.disks import file_size_limit

SIZE = (48, 64)
AT_ONCE = RetryPauses(first_s=0.01, longest_s=0.02)


@pytest.fixture(autouse=True)
def _nothing_is_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a busy machine a picture would count as standing still.
    monkeypatch.setattr("blendmask_live.sending.sender._STANDING_S", 1e9)


def _picture(value: int = 0, *, at_s: float | None = None) -> Picture:
    captured_at = time.monotonic() if at_s is None else at_s
    return Picture(np.full((*SIZE, 3), value, np.uint8), captured_at, Fraction(captured_at))


class _Outlet:
    """An outlet that a test opens, holds up and breaks.

    Attributes:
        may_take: Whether it is ready.
        breaks: Whether the next `send` finds the receiver gone.
        values: The first pixel of every picture sent.
    """

    is_open = True

    def __init__(self) -> None:
        self.may_take = threading.Event()
        self.breaks = False
        self.values: list[int] = []
        self.is_finished = self.is_killed = False

    def wait_ready(self) -> bool:
        return self.may_take.wait(0.01)

    def send(self, picture: Picture) -> None:
        if self.breaks:
            raise ReceiverLost("the receiver ended the connection")
        self.values.append(int(picture.image[0, 0, 0]))

    def finish(self) -> None:
        self.is_finished = True

    def kill(self) -> None:
        self.is_killed = True


@contextmanager
def _closing(sender: Sender) -> Iterator[Sender]:
    try:
        yield sender
    finally:
        sender.close()


def test_a_slow_receiver_gets_the_newest_picture_and_the_rest_is_counted() -> None:
    outlet = _Outlet()
    with _closing(Sender("there", lambda size: outlet, frame_size=SIZE)) as sender:
        for value in range(50):
            sender.add(_picture(value))
        outlet.may_take.set()
        wait_until(lambda: sender.status.sent == 1)
        assert outlet.values == [49]
        assert sender.status.dropped == 49
    assert outlet.is_finished and outlet.is_killed


def test_the_last_picture_still_reaches_a_receiver_that_is_slow_to_open() -> None:
    outlet = _Outlet()
    sender = Sender("there", lambda size: outlet, frame_size=SIZE)
    sender.add(_picture(9))
    threading.Timer(0.2, outlet.may_take.set).start()
    sender.close()
    assert outlet.values == [9] and outlet.is_finished


@pytest.mark.may_log("lost (", "is back")
def test_a_lost_receiver_is_tried_again_with_growing_pauses_and_told() -> None:
    outlets: list[_Outlet] = []
    refusals = iter([False, True, True, False])
    pauses: list[str] = []

    def open_outlet(size: tuple[int, int]) -> _Outlet:
        if next(refusals):
            raise ReceiverLost("connection refused")
        outlets.append(_Outlet())
        outlets[-1].may_take.set()
        return outlets[-1]

    def note(status: SenderStatus) -> None:
        if "next try" in status.notice:
            pauses.append(status.notice)

    sender = Sender("there", open_outlet, frame_size=SIZE, pauses=AT_ONCE, on_change=note)
    with _closing(sender):
        sender.add(_picture())
        wait_until(lambda: sender.status.sent == 1)
        outlets[0].breaks = True
        sender.add(_picture())
        wait_until(lambda: sender.status.connections == 2)
        sender.add(_picture(7))
        wait_until(lambda: sender.status.state == "sending" and outlets[1].values[-1:] == [7])
    assert [text.partition("(")[2] for text in pauses] == [
        "the receiver ended the connection)",
        "connection refused)",
        "connection refused)",
    ]
    assert sender.status.notice == ""


def test_the_first_connection_may_fail_only_where_it_is_waited_for() -> None:
    def refuse(size: tuple[int, int]) -> _Outlet:
        raise ReceiverLost("connection refused")

    with _closing(Sender("there", refuse, frame_size=SIZE)) as sender:
        wait_until(lambda: sender.status.state == "failed")
        assert sender.status.notice == "connection refused"


@pytest.mark.may_log("trying again")
def test_who_waits_for_a_receiver_goes_on_trying() -> None:
    tries: list[int] = []

    def refuse(size: tuple[int, int]) -> _Outlet:
        tries.append(1)
        raise ReceiverLost("connection refused")

    sender = Sender("there", refuse, frame_size=SIZE, keeps_trying=True, pauses=AT_ONCE)
    with _closing(sender):
        wait_until(lambda: len(tries) >= 3)
        assert sender.status.state != "failed"


def test_a_picture_that_stands_still_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blendmask_live.sending.sender._STANDING_S", 0.0)
    outlet = _Outlet()
    outlet.may_take.set()
    with _closing(Sender("there", lambda size: outlet, frame_size=SIZE)) as sender:
        sender.add(_picture(5))
        wait_until(lambda: outlet.values[:2] == [5, 5])


def _decoded(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    with av.open(str(path)) as container:
        return [(f.time or 0.0, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def test_a_fragmented_file_holds_the_pictures_at_their_times(tmp_path: Path) -> None:
    target = read_target(str(tmp_path / "out.mp4"))
    with _closing(start_sender(target, frame_size=SIZE, encoding=Encoding(fps=10))) as sender:
        wait_until(lambda: sender.status.state == "sending")
        for number in range(5):
            sender.add(_picture(number * 50, at_s=100 + number / 10))
            wait_until(lambda count=number + 1: sender.status.sent == count)  # type: ignore[misc]
    frames = _decoded(tmp_path / "out.mp4")
    assert [round(time_s, 3) for time_s, _ in frames] == [0, 0.1, 0.2, 0.3, 0.4]
    assert [abs(float(image.mean()) - n * 50) < 3 for n, (_, image) in enumerate(frames)] == [
        True
    ] * 5


def test_odd_and_other_sizes_are_fitted(tmp_path: Path) -> None:
    target = read_target(str(tmp_path / "out.mp4"))
    with _closing(start_sender(target, frame_size=(33, 47))) as sender:
        wait_until(lambda: sender.status.state == "sending")
        for count, size in enumerate([(33, 47), (66, 94), (33, 200)], start=1):
            image = np.full((*size, 3), 200, np.uint8)
            sender.add(Picture(image, 100 + count))
            wait_until(lambda wanted=count: sender.status.sent == wanted)  # type: ignore[misc]
    whole, scaled, wide = (image for _, image in _decoded(tmp_path / "out.mp4"))
    assert whole.shape == (34, 48, 3)
    assert abs(float(scaled.mean()) - 200) < 12
    # A wide picture is shown whole, with black above and below.
    assert wide[17, 24, 0] > 150 and wide[0].max() < 60


def test_a_refused_port_is_told_in_one_line() -> None:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    with _closing(start_sender(read_target(f"tcp://127.0.0.1:{port}"), frame_size=SIZE)) as sender:
        wait_until(lambda: sender.status.state == "failed")
        assert sender.status.notice.startswith("connection refused; check address and port")


def test_an_srt_receiver_that_is_not_there_is_told_in_one_line() -> None:
    program = shutil.which("ffmpeg")
    listed = program and subprocess.run([program, "-protocols"], capture_output=True).stdout
    if not listed or b"srt" not in listed.split():
        pytest.skip("needs an ffmpeg with SRT")
    with socket.socket(type=socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        target = read_target(f"srt://127.0.0.1:{finder.getsockname()[1]}?connect_timeout=50")
    with _closing(start_sender(target, frame_size=SIZE)) as sender:
        wait_until(lambda: sender.status.state == "failed")
        assert sender.status.notice == (
            "no SRT receiver answers; check address, port, mode and passphrase, and that the "
            "receiver runs"
        )


def test_an_encoder_that_cannot_work_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    # mpeg2video counts time in other steps.
    encoding = Encoding("mpeg2video")
    with _closing(start_sender(read_target(str(path)), frame_size=SIZE, encoding=encoding)) as sent:
        wait_until(lambda: sent.status.state == "failed")
        assert sent.status.notice.startswith("the encoder mpeg2video does not work here (")
    assert not path.exists()


@pytest.mark.may_log("lost (", "is back")
def test_a_receiver_that_does_not_read_holds_nobody_up_and_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("blendmask_live.sending.stream._STUCK_S", 0.5)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (240, 320, 3), dtype=np.uint8)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        target = read_target(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        encoding = Encoding(bit_rate=50_000_000)
        sender = start_sender(target, frame_size=(240, 320), encoding=encoding, pauses=AT_ONCE)
        with _closing(sender):

            def add_until_lost() -> bool:
                moved = np.roll(noise, sender.status.sent * 7, axis=1)
                sender.add(Picture(moved, time.monotonic()))
                return sender.status.connections >= 2

            # It accepts and never reads; after a while the connection is given up and made anew.
            wait_until(add_until_lost)
            assert sender.status.dropped > 0


@pytest.mark.parametrize(("name", "limit_bytes"), [("out.mp4", 40_000), ("live.m3u8", 5_000)])
def test_a_full_disk_ends_the_file_in_one_line_and_what_is_there_can_be_played(
    name: str, limit_bytes: int, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*SIZE, 3), dtype=np.uint8)
    with file_size_limit(limit_bytes):
        sender = start_sender(read_target(str(tmp_path / name)), frame_size=SIZE)
        # The limit is that of the process, which is started by a thread.
        wait_until(lambda: sender.status.state == "sending")
    with _closing(sender):
        number = 0

        def add_until_failed() -> bool:
            nonlocal number
            if sender.status.sent == number:
                number += 1
                moved = np.roll(noise, number, axis=1)
                sender.add(Picture(moved, 100 + number / 10))
            return sender.status.state == "failed"

        wait_until(add_until_failed)
        assert sender.status.notice == "cannot be written (File too large)"
    if name == "out.mp4":
        with av.open(str(tmp_path / name)) as container:
            frames = container.decode(video=0)
            # The fragment that did not fit is cut off; those before it are whole.
            assert sum(1 for _ in islice(frames, 10)) == 10


def test_a_playlist_and_its_segments_are_written_beside_each_other(tmp_path: Path) -> None:
    target = read_target(f"{tmp_path}/wall/")
    with _closing(start_sender(target, frame_size=SIZE)) as sender:
        wait_until(lambda: sender.status.state == "sending")
        for count in range(1, 6):
            sender.add(_picture(count * 40, at_s=100 + count))
            wait_until(lambda wanted=count: sender.status.sent == wanted)  # type: ignore[misc]
    playlist = tmp_path / "wall" / "index.m3u8"
    segments = [line for line in playlist.read_text().splitlines() if line.endswith(".m4s")]
    assert segments and all((playlist.parent / name).stat().st_size for name in segments)
    assert len(_decoded(playlist)) == 5


def test_a_cutout_keeps_its_transparency_in_webm(tmp_path: Path) -> None:
    image = np.zeros((*SIZE, 4), np.uint8)
    image[:, :32] = (0, 255, 0, 255)
    image[:, 32:48] = (0, 0, 255, 128)
    target = read_target(str(tmp_path / "out.webm"))
    with _closing(start_sender(target, frame_size=SIZE)) as sender:
        wait_until(lambda: sender.status.state == "sending")
        sender.add(Picture(image, 100))
        wait_until(lambda: sender.status.sent == 1)
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(tmp_path / "out.webm")) as container:
        (picture,) = (p for packet in container.demux() for p in decoder.decode(packet))  # type: ignore[attr-defined]
    shown = picture.to_ndarray(format="rgba")
    for column, wanted in ((16, (0, 255, 0, 255)), (40, (0, 0, 255, 128)), (56, (0, 0, 0, 0))):
        assert np.abs(shown[24, column].astype(int) - wanted).max() < 12
