"""Addresses and paths of sources: what people may read of them, and what FFmpeg is given."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any, Final

__all__ = [
    "SafeFormatter",
    "ffmpeg_name",
    "is_address",
    "safe_values",
    "without_secrets",
    "without_secrets_in",
]

_ADDRESS: Final = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://(?P<rest>.*)", re.DOTALL)
# Paths hold one slash of the two, and some people type one. A drive has one letter.
_SHOWN: Final = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]+:/{1,2})(?P<rest>.*)", re.DOTALL)
# Many cameras take name and password within the path.
_NAMED_SECRET: Final = re.compile(
    r"(?<![a-z])(?:auth|key|login|pass(?:phrase|wd|word)?|psw|pwd?|secret|token|user(?:name)?|usr)"
    r"[=:].*",
    re.IGNORECASE | re.DOTALL,
)
# Up to the last @ before the next address, since a password may hold anything; then to the end
# of the path, and a query up to the next blank.
_ADDRESS_IN_TEXT: Final = re.compile(
    r"[A-Za-z][\w+.-]+:/{1,2}(?:(?:(?![\s'\"(,][A-Za-z][\w+.-]+:/)[^\n])*@)?[^\s?#\"<>]*"
    r"(?:[?#]\S*(?:[ ]\S*=\S*)*)?"
)
_KEY_IN_PATH: Final = re.compile(r"(?P<shown>[^/]*/[^/]*/).+", re.DOTALL)
"""Of RTMP: host/application/key; who knows the key may send in its owner's name."""
_HIDDEN: Final = "…"


def is_address(source: str | Path) -> bool:
    """Whether a source is given as SCHEME://..."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def without_secrets(source: str | Path) -> str:
    """What may be shown and kept of a source: an address without user, password and query.

    A password may hold `@`, `/` and `?` that nobody escaped, so everything before the last `@`
    goes; where a `?` before it leaves open what is password and what is query, all goes but
    the scheme. Of a path, what follows `password=` and the like goes, and the key of RTMP. What is
    no address stays as it is.
    """
    match = _SHOWN.fullmatch(str(source))
    if match is None:
        return str(source)
    place = re.split(r"[?#]", match["rest"], maxsplit=1)[0]
    query = match["rest"][len(place) :]
    if "@" in query and "@" not in place and ":" in place.partition("/")[0]:
        return f"{match['scheme']}{_HIDDEN}"
    place = _NAMED_SECRET.sub(_HIDDEN, place.rpartition("@")[2])
    if match["scheme"].lower().startswith("rtmp"):
        place = _KEY_IN_PATH.sub(rf"\g<shown>{_HIDDEN}", place)
    return match["scheme"] + place


def without_secrets_in(text: str) -> str:
    """A text in which every address is as `without_secrets` shows it."""

    def shown(match: re.Match[str]) -> str:
        address = match[0].rstrip(":,;.)'")
        return without_secrets(address) + match[0][len(address) :]

    return _ADDRESS_IN_TEXT.sub(shown, text)


def safe_values(value: Any) -> Any:
    """A JSON value whose texts are as `without_secrets_in` shows them."""
    if isinstance(value, str):
        return without_secrets_in(value)
    if isinstance(value, dict):
        return {key: safe_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [safe_values(item) for item in value]
    return value


class SafeFormatter(logging.Formatter):
    """Log lines and tracebacks without the secrets of addresses."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets_in(super().format(record))


def ffmpeg_name(source: str | Path) -> str:
    """What `av.open` is given to read or write a path, or an address as it is.

    FFmpeg takes what stands before a colon for a protocol: it would look for the protocol
    "2024-05-13T12" of 2024-05-13T12:30:05.mp4, and joins files for "concat:a.mp4".
    """
    return str(source) if is_address(source) else f"file:{source}"
