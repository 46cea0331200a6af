"""Ways to a receiver of lines: standard output, a file, TCP, WebSocket, MQTT."""

from __future__ import annotations

import logging
import os
import re
import socket
import struct
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from blendmask_live.addresses import is_address, without_secrets, without_secrets_in
from blendmask_live.errors import ConfigError
from blendmask_live.sending.attempts import ReceiverLost

if TYPE_CHECKING:
    from websockets.sync.connection import Connection as WebSocket

__all__ = [
    "EVENTS_TEXT",
    "SILENT",
    "SocketWire",
    "WebSocketWire",
    "Wire",
    "WireChoice",
    "open_wire",
]

EVENTS_TEXT: Final = (
    "-, FILE.jsonl, tcp://HOST:PORT, ws://HOST:PORT/PATH, mqtt://HOST/TOPIC, or with ?listen "
    "tcp:// and ws:// to be called"
)
_OPEN_S: Final = 5.0
_STUCK_S: Final = 5.0
_SENT_AHEAD_BYTES: Final = 64 * 1024
SILENT: Final = logging.Logger("silent", logging.CRITICAL + 1)
"""Of libraries that would report each lost connection themselves."""


class Wire(Protocol):
    """An open way to a receiver; used by one thread."""

    def send(self, line: bytes) -> None:
        """Send a line, which ends with a line break.

        Raises:
            OSError, ReceiverLost: If the receiver is lost.
        """
        ...

    def close(self) -> None:
        """Release it."""
        ...


class WireChoice:
    """What is meant by --events.

    Attributes:
        shown: What people may read of it.
        text: As it was given.
        kind: '-', 'file', 'tcp', 'ws', 'wss', 'mqtt' or 'mqtts'.
        listens: Whether receivers call us.
        parts: Of an address.
    """

    def __init__(self, text: str) -> None:
        """Read it.

        Raises:
            ConfigError: If it cannot be used.
        """
        self.text, self.shown = text, without_secrets(text)
        self.kind, self.listens = "file", False
        self.parts = SplitResult("", "", "", "", "")
        if text == "-":
            self.kind = "-"
            self.shown = "standard output"
        elif is_address(text):
            self._read_address(text)
        elif Path(text).is_dir() or not Path(text).parent.is_dir():
            raise ConfigError(f"{text}: expected a file in a folder that exists, or {EVENTS_TEXT}")

    @property
    def is_final(self) -> bool:
        """Whether a failure is not tried again."""
        return self.kind in ("-", "file")

    def _read_address(self, text: str) -> None:
        try:
            self.parts = urlsplit(text)
            port = self.parts.port
        except ValueError:
            raise ConfigError(f"{self.shown}: expected HOST:PORT, found another port") from None
        self.kind = self.parts.scheme
        if self.kind not in ("tcp", "ws", "wss", "mqtt", "mqtts"):
            raise ConfigError(f"{self.shown}: cannot be sent to; expected {EVENTS_TEXT}")
        self.listens = re.search(r"(^|&)listen\b", self.parts.query) is not None
        if not self.parts.hostname or (self.kind == "tcp" and port is None):
            raise ConfigError(f"{self.shown}: expected {self.kind}://HOST:PORT")
        if self.listens and (self.kind not in ("tcp", "ws") or port is None):
            raise ConfigError(f"{self.shown}: only tcp://HOST:PORT and ws://HOST:PORT can listen")
        if self.kind.startswith("mqtt"):
            if not self.parts.path.strip("/"):
                raise ConfigError(
                    f"{self.shown}: expected {self.kind}://HOST/TOPIC, found no topic"
                )
            _require_paho()


def open_wire(choice: WireChoice) -> Wire:
    """Connect to a receiver that does not call us.

    Raises:
        ReceiverLost: If it cannot be reached.
    """
    try:
        match choice.kind:
            case "-":
                return _FileWire(sys.stdout.buffer)
            case "file":
                return _FileWire(Path(choice.text).open("ab"), is_ours=True)
            case "tcp":
                address = choice.parts.hostname or "", choice.parts.port or 0
                return SocketWire(socket.create_connection(address, _OPEN_S))
            case "ws" | "wss":
                return _open_web_socket(choice.text)
        return _MqttWire(choice.parts)
    except (OSError, EOFError) as error:
        raise ReceiverLost(_reason(error), is_final=choice.is_final) from error


class _FileWire:
    """Standard output or a file; each line is written at once."""

    def __init__(self, file: BinaryIO, *, is_ours: bool = False) -> None:
        self._file, self._is_ours = file, is_ours

    def send(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()

    def close(self) -> None:
        if self._is_ours:
            with suppress(OSError):
                self._file.close()


class SocketWire:
    """TCP; a receiver that does not read for some seconds is given up."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        _limit_waits(connection)

    def send(self, line: bytes) -> None:
        """See `Wire.send`."""
        self._socket.sendall(line)

    def close(self) -> None:
        """See `Wire.close`."""
        self._socket.close()


def _limit_waits(connection: socket.socket) -> None:
    """Let writes fail after some seconds, and the system keep only little unsent."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AHEAD_BYTES)
    if os.name == "nt":
        limit: Any = round(_STUCK_S * 1000)
    else:
        limit = struct.pack("ll", int(_STUCK_S), 0)
    # Not settimeout: WebSocket connections read in another thread, and reading may take long.
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


class WebSocketWire:
    """A WebSocket connection, whoever opened it; a message for each line."""

    def __init__(self, connection: WebSocket, *, opening: ExitStack | None = None) -> None:
        """Take over an open connection, and what ends it where it was opened here."""
        self._connection, self._opening = connection, opening or ExitStack()
        _limit_waits(connection.socket)

    def send(self, line: bytes) -> None:
        """See `Wire.send`."""
        from websockets.exceptions import WebSocketException

        try:
            self._connection.send(line.rstrip(b"\n").decode())
        except WebSocketException as error:
            raise ConnectionResetError("the receiver ended the connection") from error

    def close(self) -> None:
        """See `Wire.close`."""
        with suppress(OSError):
            self._opening.close()
            self._connection.close()


def _open_web_socket(address: str) -> WebSocketWire:
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    opening = ExitStack()
    try:
        connection = opening.enter_context(
            connect(
                address,
                open_timeout=_OPEN_S,
                close_timeout=1,
                ping_interval=5,
                ping_timeout=5,
                compression=None,
                logger=SILENT,
            )
        )
    except WebSocketException as error:
        reason = without_secrets_in(str(error).replace(address, without_secrets(address)))
        raise ReceiverLost(f"expected a WebSocket server ({reason})") from error
    return WebSocketWire(connection, opening=opening)


class _MqttWire:
    """A topic of an MQTT broker; a message for each line."""

    def __init__(self, parts: SplitResult) -> None:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

        self._topic = unquote(parts.path.lstrip("/"))
        self._success = MQTTErrorCode.MQTT_ERR_SUCCESS
        self._client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        if parts.username is not None:
            password = None if parts.password is None else unquote(parts.password)
            self._client.username_pw_set(unquote(parts.username), password)
        is_safe = parts.scheme == "mqtts"
        if is_safe:
            self._client.tls_set()
        self._refusal = ""
        self._has_answer = threading.Event()
        self._client.on_connect = self._note_answer
        self._client.connect_timeout = _OPEN_S
        self._client.connect(parts.hostname or "", parts.port or (8883 if is_safe else 1883), 10)
        self._client.loop_start()
        if not self._has_answer.wait(_OPEN_S) or self._refusal:
            self.close()
            raise ReceiverLost(self._refusal or "the broker does not answer")

    def send(self, line: bytes) -> None:
        """See `Wire.send`."""
        message = self._client.publish(self._topic, line.rstrip(b"\n"))
        with suppress(ValueError, RuntimeError):
            message.wait_for_publish(_STUCK_S)
        if message.rc != self._success or not message.is_published():
            raise ReceiverLost("the broker ended the connection")

    def close(self) -> None:
        """See `Wire.close`."""
        self._client.disconnect()
        self._client.loop_stop()

    def _note_answer(self, client: Any, data: Any, flags: Any, code: Any, *_: Any) -> None:
        if code.is_failure:
            self._refusal = f"the broker refuses: {code}"
        self._has_answer.set()


def _require_paho() -> None:
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError:
        raise ConfigError(
            "MQTT needs paho-mqtt; install it with: pip install 'blendmask-live[mqtt]'"
        ) from None


def _reason(error: BaseException) -> str:
    match error:
        case ConnectionRefusedError():
            return "connection refused; check address and port, and that the receiver runs"
        case socket.gaierror():
            return "no such host; check the address"
        case TimeoutError():
            return f"no answer within {_OPEN_S:g} s; check address and network"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
