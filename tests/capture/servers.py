"""Senders of live video on this machine, for tests: over TCP, HTTP or UDP."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle

import av

from tests.capture.clips import ClipSpec, numbered_image


class _Sink(io.RawIOBase):
    """Collects what a muxer writes."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.written)
        self.written.clear()
        return taken


def encoded_chunks(spec: ClipSpec, *, container: str = "mpegts") -> list[bytes]:
    """The bytes of each frame of a clip, as a sender would give them to the network."""
    sink = _Sink()
    chunks = []
    with av.open(sink, "w", format=container) as output:
        stream = output.add_stream(spec.codec, rate=spec.fps, options=spec.options)
        stream.width, stream.height, stream.pix_fmt = spec.width, spec.height, spec.pixel_format
        for number in range(spec.frames):
            image = numbered_image(number % 256, width=spec.width, height=spec.height)
            picture = av.VideoFrame.from_ndarray(image).reformat(format=spec.pixel_format)
            picture.pts = number
            output.mux(stream.encode(picture))
            chunks.append(sink.take())
        output.mux(stream.encode())
    chunks.append(sink.take())
    return chunks


class Sender:
    """Accepts connections, one after the other, and sends each what `script` yields.

    Attributes:
        port: On the loopback address.
        connections: How many were accepted so far.
        closing: Set at the end; a script that waits should wait on it.
    """

    def __init__(
        self, script: Callable[[int, Sender], Iterable[bytes]], *, header: bytes, port: int
    ) -> None:
        self._script = script
        self._header = header
        self._server = socket.create_server(("127.0.0.1", port))
        self._server.settimeout(0.05)
        self.port = self._server.getsockname()[1]
        self.connections = 0
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(60)
                number, self.connections = self.connections, self.connections + 1
                try:
                    if self._header:
                        connection.recv(4096)
                        connection.sendall(self._header)
                    for chunk in self._script(number, self):
                        connection.sendall(chunk)
                except OSError:
                    # The receiver has gone; that is its right.
                    continue

    def stop(self) -> None:
        self.closing.set()
        self._thread.join()
        self._server.close()


@contextmanager
def sender(
    script: Callable[[int, Sender], Iterable[bytes]], *, header: bytes = b"", port: int = 0
) -> Iterator[Sender]:
    """A running `Sender`; `header` is the answer to the request that comes first."""
    running = Sender(script, header=header, port=port)
    try:
        yield running
    finally:
        running.stop()


HTTP_TS = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nConnection: close\r\n\r\n"


@contextmanager
def udp_sender(chunks: Sequence[bytes]) -> Iterator[int]:
    """Sends the chunks over and over to the port that it gives, a datagram per 7 TS packets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    closing = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for datagram in _datagrams(cycle(chunks)):
                if closing.wait(0.01):
                    return
                out.sendto(datagram, ("127.0.0.1", port))

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield port
    finally:
        closing.set()
        thread.join()


def wait_until(is_reached: Callable[[], bool], *, timeout_s: float = 60.0) -> None:
    """Poll a condition that another thread makes true."""
    deadline_s = time.monotonic() + timeout_s
    pause = threading.Event()
    while not is_reached():
        assert time.monotonic() < deadline_s, "waited in vain"
        pause.wait(0.005)


_SDP = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\n"
_RTSP_ANSWERS = {
    "OPTIONS": ("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN", b""),
    "DESCRIBE": ("Content-Type: application/sdp", _SDP),
    "SETUP": ("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1", b""),
    "PLAY": ("Session: 1", b""),
}


@contextmanager
def rtsp_sender(chunks: Sequence[bytes]) -> Iterator[int]:
    """A camera of one visitor: a transport stream in RTP inside its RTSP connection."""
    server = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            method = ""
            while method != "PLAY":
                request = connection.recv(4096).decode()
                method = request.split(" ", 1)[0]
                number = request.split("CSeq: ", 1)[1].split("\r\n", 1)[0]
                headers, body = _RTSP_ANSWERS[method]
                answer = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{headers}\r\n"
                connection.sendall(f"{answer}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            for number, payload in enumerate(_datagrams(cycle(chunks))):
                if closing.wait(0.01):
                    return
                # Version 2, payload type 33 (MP2T), 90 kHz time; channel 0 of the connection.
                packet = (
                    struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, number * 3600, 1) + payload
                )
                connection.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        closing.set()
        thread.join()
        server.close()


def _datagrams(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Seven transport packets at most, as Ethernet carries them."""
    for chunk in chunks:
        for start in range(0, len(chunk), 1316):
            yield chunk[start : start + 1316]
