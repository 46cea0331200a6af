"""Where pictures are sent, and how: read from what the user wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from blendmask_live.addresses import ffmpeg_name, is_address, without_secrets
from blendmask_live.errors import ConfigError

__all__ = ["KINDS_TEXT", "VIRTUAL_CAMERA", "Target", "read_target"]

VIRTUAL_CAMERA: Final = "virtual-camera"
KINDS_TEXT: Final = (
    "an address (rtsp, rtmp, srt, udp, tcp, rtp), PLAYLIST.m3u8 or FOLDER/ (HLS), FILE.mp4 "
    "(fragmented), FILE.webm (with transparency), or virtual-camera[:DEVICE]"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of target is written."""

    container: str
    options: dict[str, str] = field(default_factory=dict)
    query: str = ""
    """Options that FFmpeg takes within the address, where the user gave none."""


_TS: Final = _Kind("mpegts", {"flush_packets": "1", "muxdelay": "0", "muxpreload": "0"})
_UDP: Final = _Kind("mpegts", _TS.options, query="pkt_size=1316")
_RTSP: Final = _Kind("rtsp", {"rtsp_transport": "tcp"})
_FLV: Final = _Kind("flv", {"flvflags": "no_duration_filesize", "flush_packets": "1"})
_SCHEMES: Final = {
    "rtsp": _RTSP,
    "rtsps": _RTSP,
    "rtmp": _FLV,
    "rtmps": _FLV,
    "srt": _TS,
    "udp": _UDP,
    "tcp": _TS,
    "rtp": _Kind("rtp_mpegts", query="pkt_size=1316"),
}
_HLS: Final = _Kind(
    "hls",
    {
        "hls_time": "1",
        "hls_list_size": "6",
        "hls_flags": "delete_segments+independent_segments+program_date_time+temp_file",
        "hls_segment_type": "fmp4",
    },
)
_SUFFIXES: Final = {
    ".m3u8": _HLS,
    ".mp4": _Kind(
        "mp4",
        {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"},
    ),
    ".webm": _Kind("webm", {"live": "1", "flush_packets": "1"}),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One place that pictures go to.

    Attributes:
        shown: What people may read of it.
        url: As FFmpeg takes it; of a virtual camera its device, "" for any.
        container: FFmpeg's name of the container; "" of a virtual camera.
        options: Of the container.
        path: The file that is written, where it is one.
        needs_ffmpeg: Whether the program ffmpeg sends what is muxed here.
        has_alpha: Whether pictures keep their transparency.
    """

    shown: str
    url: str
    container: str = ""
    options: dict[str, str] = field(default_factory=dict)
    path: Path | None = None
    needs_ffmpeg: bool = False
    has_alpha: bool = False

    @property
    def is_camera(self) -> bool:
        """Whether it is a virtual camera."""
        return not self.container

    @property
    def waits_for_receiver(self) -> bool:
        """Whether a receiver comes to us, so that nobody being there is no failure."""
        return re.search(r"[?&](listen=1|mode=listener)", self.url) is not None


def read_target(text: str) -> Target:
    """What is meant by a text.

    Raises:
        ConfigError: If it is no place to send to, or cannot be written.
    """
    text = text.strip()
    name, _, device = text.partition(":")
    if name == VIRTUAL_CAMERA:
        return Target(text, device)
    return _address(text) if is_address(text) else _file(text)


def _address(text: str) -> Target:
    shown = without_secrets(text)
    scheme, _, rest = text.partition("://")
    kind = _SCHEMES.get(scheme.lower())
    if kind is None:
        raise ConfigError(f"{shown}: cannot be sent to; expected {KINDS_TEXT}")
    host = re.split(r"[/?#]", rest.rpartition("@")[2] or rest, maxsplit=1)[0]
    port = re.search(r":(\d+)$", host)
    if port is not None and not 0 < int(port[1]) < 65536:
        raise ConfigError(f"{shown}: expected a port from 1 to 65535, found {port[1]}")
    has_port = port is not None
    if not host or (scheme.lower() in ("srt", "udp", "tcp", "rtp") and not has_port):
        raise ConfigError(f"{shown}: expected {scheme}://HOST:PORT, found no host or no port")
    # FFmpeg overlooks the word alone.
    url = re.sub(r"([?&]listen)(?=&|$)", r"\1=1", text)
    if kind.query and "?" not in rest:
        url = f"{url}?{kind.query}"
    return Target(
        shown, url, kind.container, dict(kind.options), needs_ffmpeg=scheme.lower() == "srt"
    )


def _file(text: str) -> Target:
    if not text:
        raise ConfigError(f"the target is empty; expected {KINDS_TEXT}")
    path = Path(text)
    if text.endswith(("/", "\\")) or path.is_dir():
        path = path / "index.m3u8"
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ConfigError(f"{text}: cannot be sent to; expected {KINDS_TEXT}")
    _make_ready(path)
    options = dict(kind.options)
    if kind is _HLS:
        # Beside the playlist, and named as it, so that several can share a folder.
        options["hls_fmp4_init_filename"] = f"{path.stem}-init.mp4"
        options["hls_segment_filename"] = str(path.with_name(f"{path.stem}-%05d.m4s"))
    return Target(
        str(path),
        ffmpeg_name(path) if kind is not _HLS else str(path),
        kind.container,
        options,
        path,
        has_alpha=path.suffix.lower() == ".webm",
    )


def _make_ready(path: Path) -> None:
    if path.suffix.lower() != ".m3u8" and path.exists():
        raise ConfigError(f"{path}: exists already; give another name or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{path.parent}: cannot be made ({error.strerror})") from error
