"""What a target means, and what is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from blendmask_live.errors import ConfigError
from blendmask_live.sending.stream import check_encoder
from blendmask_live.sending.target import read_target


@pytest.mark.parametrize(
    ("text", "shown", "container"),
    [
        ("rtsp://anna:geheim@host/cam", "rtsp://host/cam", "rtsp"),
        ("rtmp://host/live/geheim", "rtmp://host/live/…", "flv"),
        ("rtmps://host:443/live2/geheim?x=geheim", "rtmps://host:443/live2/…", "flv"),
        ("srt://host:9000?passphrase=geheim", "srt://host:9000", "mpegts"),
        ("udp://239.0.0.1:5000", "udp://239.0.0.1:5000", "mpegts"),
        ("virtual-camera", "virtual-camera", ""),
        ("virtual-camera:/dev/video3", "virtual-camera:/dev/video3", ""),
    ],
)
def test_addresses_are_read_and_shown_without_secrets(
    text: str, shown: str, container: str
) -> None:
    target = read_target(text)
    assert (target.shown, target.container) == (shown, container)


def test_a_folder_becomes_a_playlist_in_it(tmp_path: Path) -> None:
    target = read_target(f"{tmp_path}/wall/")
    assert target.path == tmp_path / "wall" / "index.m3u8"
    assert (tmp_path / "wall").is_dir()


def test_who_listens_waits_for_its_receiver() -> None:
    assert read_target("tcp://0.0.0.0:9000?listen").waits_for_receiver
    assert read_target("srt://0.0.0.0:9000?mode=listener").waits_for_receiver
    assert not read_target("tcp://listener:9000").waits_for_receiver


@pytest.mark.parametrize(
    "text",
    [
        "",
        "clip.avi",
        "gopher://host/x",
        "tcp://host",
        "udp://host/9000",
        "rtsp://",
        "tcp://h:99999",
        "rtsp://h:0/x",
    ],
)
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        read_target(text)


def test_a_file_that_exists_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"mine")
    with pytest.raises(ConfigError, match="exists already"):
        read_target(str(tmp_path / "a.mp4"))
    assert (tmp_path / "a.mp4").read_bytes() == b"mine"


def test_an_encoder_that_the_container_cannot_hold_is_named() -> None:
    with pytest.raises(ConfigError, match="flv cannot hold prores, which prores_ks makes"):
        check_encoder(read_target("rtmp://host/live/key"), "prores_ks")
    with pytest.raises(ConfigError, match="no such encoder"):
        check_encoder(read_target("rtmp://host/live/key"), "h265000")
