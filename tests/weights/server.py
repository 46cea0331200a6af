"""A local HTTP server that misbehaves as asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Behaviour:
    """What the server does; may be changed while it runs."""

    content: bytes = b""
    resumes: bool = True
    """Answers Range requests."""
    cut_after: list[int] = field(default_factory=list)
    """Bytes sent before the connection breaks, one entry per request."""
    statuses: list[int] = field(default_factory=list)
    """Errors to answer with first, one per request."""
    retry_after: str | None = None
    """Header of these errors."""
    announced_extra: int = 0
    """Bytes announced but never sent."""
    redirect_to: str | None = None
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range of each request so far."""


class _Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        does = self.behaviour
        wanted = self.headers.get("Range")
        does.requests.append((self.path, wanted))
        if does.statuses:
            self.send_response(does.statuses.pop(0))
            if does.retry_after is not None:
                self.send_header("Retry-After", does.retry_after)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if does.redirect_to and not self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", does.redirect_to)
            self.end_headers()
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and does.resumes else 0
        if start and start >= len(does.content):
            self.send_error(416)
            return
        body = does.content[start:]
        self.send_response(206 if start else 200)
        if start:
            last, total = len(does.content) - 1, len(does.content) + does.announced_extra
            self.send_header("Content-Range", f"bytes {start}-{last}/{total}")
        self.send_header("Content-Length", str(len(body) + does.announced_extra))
        self.end_headers()
        self.wfile.write(body[: does.cut_after.pop(0)] if does.cut_after else body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[str]:
    """The address of a running server."""
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
