"""How old pictures are when a receiver that is not ours shows them, and what it survives.

A clock is burnt into every picture when it is made: 24 black or white blocks along the upper edge
hold milliseconds of this machine's monotonic clock. FFmpeg receives and decodes; the age is read
from the blocks.

    python benchmarks/sending.py latency             # each protocol, pictures at 30 fps
    python benchmarks/sending.py pipeline            # behind the network, with and without sending
    python benchmarks/sending.py kills --times 100   # receivers killed and started again
    python benchmarks/sending.py soak --minutes 10   # memory, age and threads over time
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from blendmask_live.capture.demo import DemoSource
from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.datatypes import Frame, SourceInfo
from blendmask_live.live import LiveSession, LiveSettings
from blendmask_live.segmenting.segmenter import load_segmenter
from blendmask_live.sending.sender import Picture, Sender
from blendmask_live.sending.starting import start_sender
from blendmask_live.sending.stream import Encoding
from blendmask_live.sending.target import read_target
from blendmask_live.sending.view import View

BITS = 24
BLOCK_PX = 24
FPS = 30.0
SIZE = (720, 1280)
QUICK = RetryPauses(first_s=0.1, longest_s=0.5)


def burn(image: NDArray[np.uint8], clock_s: float) -> NDArray[np.uint8]:
    """A copy with the time in milliseconds along its upper edge."""
    burnt = image.copy()
    value = round(clock_s * 1000) % 2**BITS
    for bit in range(BITS):
        left = bit * BLOCK_PX
        burnt[:BLOCK_PX, left : left + BLOCK_PX] = 255 if value >> bit & 1 else 0
    return burnt


def age_ms(row: NDArray[np.uint8], now_s: float) -> float:
    """How long ago the time was burnt that a grey strip of `BLOCK_PX` rows shows."""
    middle = row[BLOCK_PX // 2, BLOCK_PX // 2 : BITS * BLOCK_PX : BLOCK_PX]
    value = sum(1 << bit for bit in range(BITS) if middle[bit] > 127)
    return (round(now_s * 1000) - value) % 2**BITS


@dataclass(frozen=True, slots=True)
class Ages:
    """Of the pictures that a receiver showed."""

    values_ms: list[float]

    def text(self) -> str:
        """Count, p50 and p99."""
        if len(self.values_ms) < 5:
            return f"{len(self.values_ms)} pictures"
        p50, p99 = np.percentile(self.values_ms, (50, 99))
        return f"{len(self.values_ms)} pictures, age p50 {p50:.0f} ms, p99 {p99:.0f} ms"


class Receiver:
    """FFmpeg, which decodes and gives the strip with the clock."""

    def __init__(self, arguments: list[str], *, width: int = SIZE[1]) -> None:
        read = ["-fflags", "nobuffer", "-flags", "low_delay", *arguments]
        strip = f"crop={width}:{BLOCK_PX}:0:0,format=gray"
        write = ["-an", "-vf", strip, "-vsync", "passthrough", "-f", "rawvideo", "pipe:1"]
        self.values_ms: list[float] = []
        self._bytes = width * BLOCK_PX
        self._width = width
        self.process = subprocess.Popen(
            ["ffmpeg", "-nostdin", "-loglevel", "quiet", *read, *write],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while len(data := self.process.stdout.read(self._bytes)) == self._bytes:
            strip = np.frombuffer(data, np.uint8).reshape(BLOCK_PX, self._width)
            self.values_ms.append(age_ms(strip, time.monotonic()))

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self._thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as finder:
        return int(finder.getsockname()[1])


def ways(folder: Path) -> dict[str, tuple[str, list[str], bool]]:
    """Protocol -> target, FFmpeg's input, and whether the receiver has to be there first."""
    quick = ["-probesize", "100000", "-analyzeduration", "0"]
    udp, tcp, rtsp, rtmp, srt = (free_port() for _ in range(5))
    return {
        "udp": (f"udp://127.0.0.1:{udp}", [*quick, "-i", f"udp://127.0.0.1:{udp}"], True),
        "tcp": (
            f"tcp://127.0.0.1:{tcp}",
            [*quick, "-f", "mpegts", "-listen", "1", "-i", f"tcp://127.0.0.1:{tcp}"],
            True,
        ),
        "rtsp": (
            f"rtsp://127.0.0.1:{rtsp}/live",
            [*quick, "-rtsp_flags", "listen", "-i", f"rtsp://127.0.0.1:{rtsp}/live"],
            True,
        ),
        "rtmp": (
            f"rtmp://127.0.0.1:{rtmp}/live/key",
            [*quick, "-listen", "1", "-i", f"rtmp://127.0.0.1:{rtmp}/live/key"],
            True,
        ),
        "srt": (
            f"srt://127.0.0.1:{srt}",
            [*quick, "-f", "mpegts", "-i", f"srt://127.0.0.1:{srt}?mode=listener"],
            True,
        ),
        "hls": (
            f"{folder}/live.m3u8",
            ["-live_start_index", "-1", "-i", f"{folder}/live.m3u8"],
            False,
        ),
    }


@contextmanager
def scene(size: tuple[int, int] = SIZE) -> Iterator[list[NDArray[np.uint8]]]:
    """Some pictures of the demo, of this size."""
    import cv2

    source = DemoSource()
    frames = []
    for _ in range(20):
        frame = source.read()
        assert frame is not None
        frames.append(cv2.resize(frame.image, (size[1], size[0])))
    source.close()
    yield frames  # type: ignore[misc]


def feed(
    senders: list[Sender],
    pictures: list[NDArray[np.uint8]],
    is_over: Callable[[], bool],
    *,
    fps: float = FPS,
) -> float:
    """Hand pictures over at a steady rate; returns the longest that `add` took, in ms."""
    began_s, number, slowest_s = time.monotonic(), 0, 0.0
    while not is_over():
        due_s = began_s + number / fps
        time.sleep(max(0.0, due_s - time.monotonic()))
        now_s = time.monotonic()
        picture = Picture(burn(pictures[number % len(pictures)], now_s), now_s)
        for sender in senders:
            before_s = time.perf_counter()
            sender.add(picture)
            slowest_s = max(slowest_s, time.perf_counter() - before_s)
        # Late by more than a picture: go on from here, as a camera does.
        number = max(number + 1, int((time.monotonic() - began_s) * fps))
    return slowest_s * 1000


def latency(seconds: float, fps: float) -> None:
    """Each protocol by itself."""
    with tempfile.TemporaryDirectory() as name, scene() as pictures:
        for protocol, (target, arguments, is_first) in ways(Path(name)).items():
            receiver = Receiver(arguments) if is_first else None
            time.sleep(1.0)
            sender = start_sender(
                read_target(target),
                frame_size=SIZE,
                encoding=Encoding(fps=fps),
                keeps_trying=True,
                pauses=QUICK,
            )
            until_s = time.monotonic() + 4
            feed([sender], pictures, lambda end_s=until_s: time.monotonic() > end_s, fps=fps)  # type: ignore[misc]
            receiver = receiver or Receiver(arguments)
            warm_s = time.monotonic() + 4
            feed([sender], pictures, lambda end_s=warm_s: time.monotonic() > end_s, fps=fps)  # type: ignore[misc]
            first, sent = len(receiver.values_ms), sender.status.sent
            until_s = time.monotonic() + seconds
            slowest_ms = feed(
                [sender],
                pictures,
                lambda end_s=until_s: time.monotonic() > end_s,  # type: ignore[misc]
                fps=fps,
            )
            status = sender.status
            sender.close()
            receiver.kill()
            print(
                f"{protocol:5} sent {status.sent - sent}, handed over at p50 "
                f"{status.age_ms_p50:.0f} ms; received {Ages(receiver.values_ms[first:]).text()}; "
                f"longest add {slowest_ms:.1f} ms",
                flush=True,
            )


class ClockCamera:
    """A live source that burns the time into each picture as it is read."""

    def __init__(self, pictures: list[NDArray[np.uint8]], fps: float) -> None:
        self._pictures, self._fps = pictures, fps
        self._stopped = threading.Event()
        self._began_s = time.monotonic()
        self._index = 0

    @property
    def info(self) -> SourceInfo:
        return SourceInfo(
            "clock", SIZE[1], SIZE[0], average_fps=Fraction(round(self._fps)), is_live=True
        )

    def read(self) -> Frame | None:
        now_s = time.monotonic()
        self._index = max(self._index + 1, int((now_s - self._began_s) * self._fps))
        due_s = self._began_s + self._index / self._fps
        if self._stopped.wait(max(0.0, due_s - now_s)):
            return None
        now_s = time.monotonic()
        image = burn(self._pictures[self._index % len(self._pictures)], now_s)
        return Frame(image, self._index, Fraction(round(due_s * 1000), 1000), now_s)

    def interrupt(self) -> None:
        self._stopped.set()

    def close(self) -> None:
        self._stopped.set()


def pipeline(seconds: float, fps: float, rounds: int) -> None:
    """Network, tracker, drawing, sending; with and without sending by turns."""
    segmenter = load_segmenter(drop_duplicates=True)
    for number in range(rounds):
        for is_sending in (False, True) if number % 2 == 0 else (True, False):
            with tempfile.TemporaryDirectory() as name, scene() as pictures:
                target, arguments, _ = ways(Path(name))["udp"]
                receiver = Receiver(arguments) if is_sending else None
                sender = None
                if is_sending:
                    sender = start_sender(
                        read_target(target), frame_size=SIZE, encoding=Encoding(fps=fps)
                    )
                changed = threading.Event()
                session = LiveSession(
                    ClockCamera(pictures, fps), segmenter, LiveSettings(), on_change=changed.set
                )
                session.start()
                view, ages = View(), []
                began_s = time.monotonic()
                first = 0
                while time.monotonic() - began_s < seconds + 4:
                    changed.wait(0.1)
                    changed.clear()
                    tracked = session.take_latest()
                    if tracked is None:
                        continue
                    image = view.draw(tracked)
                    if sender is not None:
                        sender.add(Picture(image, tracked.frame.captured_at))
                    if time.monotonic() - began_s > 4:
                        ages.append((time.monotonic() - tracked.frame.captured_at) * 1000)
                    elif receiver is not None:
                        first = len(receiver.values_ms)
                session.stop()
                shown_fps = len(ages) / seconds
                line = f"sending {is_sending!s:5} view: {Ages(ages).text()}, {shown_fps:.1f} fps"
                if sender is not None and receiver is not None:
                    sender.close()
                    receiver.kill()
                    line += f"; received {Ages(receiver.values_ms[first:]).text()}"
                print(line, flush=True)


def kills(times: int, protocol: str) -> None:
    """Kill the receiver while it receives, start it again, and see whether pictures come."""
    size = (240, 640)
    rng = random.Random(0)
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as name, scene(size) as pictures:
        target, arguments, _ = ways(Path(name))[protocol]
        sender = start_sender(
            read_target(target),
            frame_size=size,
            encoding=Encoding(fps=15),
            keeps_trying=True,
            pauses=QUICK,
        )
        is_over = threading.Event()
        slowest: list[float] = []
        feeder = threading.Thread(
            target=lambda: slowest.append(feed([sender], pictures, is_over.is_set, fps=15))
        )
        feeder.start()
        came_back, recoveries_s, threads = 0, [], 0
        rss_mb = 0.0
        for number in range(times):
            began_s = time.monotonic()
            receiver = Receiver(arguments, width=size[1])
            while not receiver.values_ms and time.monotonic() - began_s < 30:
                time.sleep(0.05)
            came_back += bool(receiver.values_ms)
            recoveries_s.append(time.monotonic() - began_s)
            time.sleep(rng.uniform(0.0, 0.5))
            receiver.kill()
            if number == 4:
                rss_mb, threads = process.memory_info().rss / 2**20, threading.active_count()
        is_over.set()
        feeder.join()
        status = sender.status
        sender.close()
        gc.collect()
        grown_mb = process.memory_info().rss / 2**20 - rss_mb
        children = [child.name() for child in process.children(recursive=True)]
        print(
            f"{protocol}: killed {times} times, pictures came again {came_back} times, after "
            f"{np.median(recoveries_s):.1f} s (p50), {max(recoveries_s):.1f} s at most; "
            f"{status.connections} connections, longest add {slowest[0]:.1f} ms, memory "
            f"{grown_mb:+.0f} MiB, threads {threads} -> {threading.active_count()}, "
            f"processes left: {children}",
            flush=True,
        )


def soak(minutes: float, fps: float) -> None:
    """One receiver over UDP and a file, for so long; the source may be faster than the encoder."""
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as name, scene((360, 640)) as pictures:
        folder = Path(name)
        target, arguments, _ = ways(folder)["udp"]
        receiver = Receiver(arguments, width=640)
        senders = [
            start_sender(read_target(text), frame_size=(360, 640), encoding=Encoding(fps=30))
            for text in (target, f"{folder}/live.m3u8")
        ]
        spans: list[dict[str, object]] = []
        for minute in range(max(1, round(minutes))):
            first, sent = len(receiver.values_ms), senders[0].status.sent
            until_s = time.monotonic() + min(60.0, minutes * 60)
            feed(senders, pictures, lambda end_s=until_s: time.monotonic() > end_s, fps=fps)  # type: ignore[misc]
            ages = Ages(receiver.values_ms[first:])
            spans.append(
                {
                    "minute": minute + 1,
                    "sent": senders[0].status.sent - sent,
                    "received": ages.text(),
                    "rss_mb": round(process.memory_info().rss / 2**20),
                    "children_mb": round(
                        sum(c.memory_info().rss for c in process.children()) / 2**20
                    ),
                    "threads": threading.active_count(),
                    "segments": len(list(folder.glob("*.m4s"))),
                }
            )
            print(json.dumps(spans[-1]), flush=True)
        for sender in senders:
            sender.close()
        receiver.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", choices=("latency", "pipeline", "kills", "soak"))
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--protocol", default="tcp")
    parser.add_argument("--fps", type=float, default=FPS)
    options = parser.parse_args()
    if shutil.which("ffmpeg") is None:
        raise SystemExit("needs the program ffmpeg")
    match options.what:
        case "latency":
            latency(options.seconds, options.fps)
        case "pipeline":
            pipeline(options.seconds, options.fps, options.rounds)
        case "kills":
            kills(options.times, options.protocol)
        case "soak":
            soak(options.minutes, options.fps)


if __name__ == "__main__":
    main()
