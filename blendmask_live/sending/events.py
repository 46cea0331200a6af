"""Lines of JSON to the receivers that somebody asked for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec

from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.datatypes import TrackedFrame
from blendmask_live.errors import ConfigError
from blendmask_live.sending.attempts import Attempts, ReceiverLost
from blendmask_live.sending.event_lines import EventLines, Line
from blendmask_live.sending.line_queue import LineQueue
from blendmask_live.sending.wires import (
    SILENT,
    SocketWire,
    WebSocketWire,
    Wire,
    WireChoice,
    open_wire,
)
from blendmask_live.sending.zones import Zone

__all__ = ["EventSink", "Receiver", "ReceiverStatus", "start_receiver"]

_MOST_CALLERS: Final = 32
_DRAIN_S: Final = 5.0
"""So long is waited at the end for what a receiver has not read yet."""


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """A snapshot."""

    target: str
    state: str
    """'starting', 'sending', 'waiting' for the next try, 'failed' or 'ended'."""
    notice: str
    """What is wrong now, for people; "" if nothing."""
    sent: int
    """Lines handed to the system."""
    lost: int
    """Lines that a receiver missed because it was slow or away."""
    connections: int
    """How often a receiver was reached."""


class Receiver(Protocol):
    """Who gets lines; `put` never waits."""

    @property
    def status(self) -> ReceiverStatus: ...

    def put(self, line: bytes) -> None: ...

    def close(self) -> None: ...


def start_receiver(
    choice: WireChoice,
    hello: Callable[[], bytes],
    *,
    keeps_trying: bool = False,
    pauses: RetryPauses | None = None,
    on_change: Callable[[], None] = lambda: None,
) -> Receiver:
    """Begin to connect, or to listen.

    Args:
        choice: Where to.
        hello: The first line of every connection.
        keeps_trying: Whether the first connection may fail too.
        pauses: Between attempts.
        on_change: Called in a thread when the state has changed; must return at once.

    Raises:
        ConfigError: If it shall listen where it cannot.
    """
    if choice.listens:
        return _Server(choice, hello)
    return _Client(choice, hello, keeps_trying=keeps_trying, pauses=pauses, on_change=on_change)


class _Client:
    """Calls a receiver."""

    def __init__(
        self,
        choice: WireChoice,
        hello: Callable[[], bytes],
        *,
        keeps_trying: bool,
        pauses: RetryPauses | None,
        on_change: Callable[[], None],
    ) -> None:
        self._choice, self._hello = choice, hello
        self._queue = LineQueue()
        self._attempts = Attempts(
            choice.shown,
            self._serve,
            keeps_trying=keeps_trying,
            pauses=pauses,
            on_change=on_change,
            # Nobody may read our standard output, and such a write cannot be ended.
            is_daemon=choice.kind == "-",
        )
        self._attempts.start()

    @property
    def status(self) -> ReceiverStatus:
        link = self._attempts.link
        return ReceiverStatus(
            self._choice.shown,
            link.state,
            link.notice,
            self._queue.sent,
            self._queue.lost,
            link.connections,
        )

    def put(self, line: bytes) -> None:
        self._queue.put(line)

    def close(self) -> None:
        self._attempts.close(_DRAIN_S if self._choice.kind == "-" else None)
        self._queue.give_up()

    def _serve(self) -> None:
        wire = open_wire(self._choice)
        self._attempts.note_open()
        try:
            wire.send(self._hello())
            self._queue.send_to(wire, lambda: self._attempts.is_stopping)
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise ReceiverLost(reason, is_final=self._choice.is_final) from error
        finally:
            wire.close()


class _Server:
    """Lets receivers call; each has its own queue."""

    def __init__(self, choice: WireChoice, hello: Callable[[], bytes]) -> None:
        self._choice, self._hello = choice, hello
        self._lock = threading.Lock()
        self._queues: list[LineQueue] = []
        self._past = LineQueue()
        self._calls = 0
        self._stopping = threading.Event()
        host, port = choice.parts.hostname or "", choice.parts.port or 0
        try:
            self._socket = socket.create_server((host, port))
        except OSError as error:
            raise ConfigError(
                f"{choice.shown}: cannot listen there ({error.strerror}); give another port"
            ) from error
        serve = self._serve_web_sockets if choice.kind == "ws" else self._serve_tcp
        self._thread = threading.Thread(target=serve, name=f"serve {choice.shown}")
        self._shut_down: Callable[[], None] = lambda: None
        self._thread.start()

    @property
    def port(self) -> int:
        """Where callers reach it; chosen by the system where 0 was asked for."""
        return int(self._socket.getsockname()[1])

    @property
    def status(self) -> ReceiverStatus:
        with self._lock:
            queues = [*self._queues, self._past]
            state = "sending" if self._queues else "waiting"
            sent, lost = sum(q.sent for q in queues), sum(q.lost for q in queues)
        return ReceiverStatus(self._choice.shown, state, "", sent, lost, self._calls)

    def put(self, line: bytes) -> None:
        with self._lock:
            for queue in self._queues:
                queue.put(line)

    def close(self) -> None:
        self._stopping.set()
        self._shut_down()
        self._thread.join()

    def _serve_tcp(self) -> None:
        callers: list[threading.Thread] = []
        self._socket.settimeout(0.1)
        with self._socket:
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    connection, _ = self._socket.accept()
                    wire = SocketWire(connection)
                    caller = threading.Thread(target=self._serve_one, args=(wire,))
                    caller.start()
                    callers = [c for c in callers if c.is_alive()] + [caller]
        for caller in callers:
            caller.join()

    def _serve_web_sockets(self) -> None:
        from websockets.sync.server import serve

        with serve(
            lambda connection: self._serve_one(WebSocketWire(connection)),
            sock=self._socket,
            compression=None,
            ping_interval=5,
            ping_timeout=5,
            close_timeout=1,
            logger=SILENT,
        ) as server:
            self._shut_down = server.shutdown
            if not self._stopping.is_set():
                server.serve_forever()

    def _serve_one(self, wire: Wire) -> None:
        queue = LineQueue()
        with self._lock:
            is_welcome = len(self._queues) < _MOST_CALLERS
            if is_welcome:
                self._queues.append(queue)
                self._calls += 1
        try:
            if is_welcome:
                wire.send(self._hello())
                queue.send_to(wire, self._stopping.is_set)
        except OSError:
            # The caller has gone; that is its right.
            pass
        finally:
            wire.close()
            queue.give_up()
            with self._lock:
                if is_welcome:
                    self._queues.remove(queue)
                self._past.sent += queue.sent
                self._past.lost += queue.lost


class EventSink:
    """A sink of tracked frames: what happens in them goes to receivers as lines of JSON.

    Attributes:
        lines: Makes the lines.
    """

    def __init__(
        self, lines: EventLines, choices: Sequence[WireChoice] = (), *, keeps_trying: bool = False
    ) -> None:
        """Begin to connect.

        Args:
            lines: Of the source.
            choices: Where to.
            keeps_trying: Whether a first connection may fail too.

        Raises:
            ConfigError: If it cannot be listened where that is asked for.
        """
        self.lines = lines
        self._keeps_trying = keeps_trying
        self._lock = threading.Lock()
        self._number = 0
        self._has_ended = False
        self._receivers: tuple[Receiver, ...] = ()
        self.connect(choices)

    def connect(self, choices: Sequence[WireChoice]) -> None:
        """Send to these receivers too; from any thread.

        Raises:
            ConfigError: If it cannot be listened where that is asked for; none is added then.
        """
        added: list[Receiver] = []
        try:
            for choice in choices:
                added.append(start_receiver(choice, self._hello, keeps_trying=self._keeps_trying))
        except ConfigError:
            for receiver in added:
                receiver.close()
            raise
        with self._lock:
            if not self._receivers:
                self.lines.begin_anew()
            self._receivers += tuple(added)

    def disconnect(self) -> None:
        """Send to nobody any more, after what waits and the end; from any thread."""
        with self._lock:
            if self._receivers:
                self._put(self.lines.pause())
            receivers, self._receivers = self._receivers, ()
        for receiver in receivers:
            receiver.close()

    @property
    def statuses(self) -> tuple[ReceiverStatus, ...]:
        """Of all receivers; from any thread."""
        return tuple(receiver.status for receiver in self._receivers)

    def set_zones(self, zones: Sequence[Zone]) -> None:
        """Watch other zones from now on; from any thread."""
        with self._lock:
            self._put([self.lines.set_zones(zones)])

    def write(self, tracked: TrackedFrame) -> None:
        """See `Sink.write`."""
        with self._lock:
            self._put(self.lines.of_frame(tracked))

    def close(self) -> tuple[Path, ...]:
        """See `Sink.close`."""
        with self._lock:
            if not self._has_ended:
                self._has_ended = True
                self._put(self.lines.end())
        self.discard()
        return ()

    def discard(self) -> None:
        """See `Sink.discard`."""
        # They stay, so that their last states can be seen.
        for receiver in self._receivers:
            receiver.close()

    def _put(self, lines: Sequence[Line]) -> None:
        for line in lines:
            encoded = _encoded({"seq": self._number, **line})
            self._number += 1
            for receiver in self._receivers:
                receiver.put(encoded)

    def _hello(self) -> bytes:
        return _encoded({"seq": self._number, **self.lines.begin()})


def _encoded(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"
