"""Senders of live video on this machine, for tests: over TCP, HTTP or UDP."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

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

    def __init__(self, script: Callable[[int, Sender], Iterable[bytes]], *, header: bytes) -> None:
        self._script = script
        self._header = header
        self._server = socket.create_server(("127.0.0.1", 0))
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
                connection.settimeout(5)
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
    script: Callable[[int, Sender], Iterable[bytes]], *, header: bytes = b""
) -> Iterator[Sender]:
    """A running `Sender`; `header` is the answer to the request that comes first."""
    running = Sender(script, header=header)
    try:
        yield running
    finally:
        running.stop()


HTTP_TS = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nConnection: close\r\n\r\n"
