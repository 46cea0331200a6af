"""Secrets of addresses stay out of all texts; FFmpeg gets names that it cannot misread."""

from __future__ import annotations

import json
import logging
import os
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blendmask_live.addresses import (
    SafeFormatter,
    ffmpeg_name,
    safe_values,
    without_secrets,
    without_secrets_in,
)
from blendmask_live.capture import open_source
from blendmask_live.capture.naming import full_name
from blendmask_live.datatypes import ColorInfo
from blendmask_live.errors import SourceError, SourceOpenError, one_line
from blendmask_live.export.audio_copy import count_frames_after
from blendmask_live.export.video_file import VideoFile, VideoTiming
from blendmask_live.jobs.batch import failed
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.validation.videos import _check_video

# Anything that a person can type, and that is not part of the rest of the address by chance.
SECRETS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=3).map(
    lambda text: f"Q7{text}7Q"
)
POSITIONS = [
    "rtsp://user:{}@camera.local:554/live",
    "rtsp://user:{}@camera.local/live?channel=1",
    "rtsp://{}@camera.local/live",
    "rtsp://{}:word@camera.local/live",
    "http://camera.local/live?token={}",
    "http://camera.local:8080/live?channel=1&{}=1",
    "http://camera.local:8080/live?{}",
    "http://camera.local/clip.mp4?a=1&password={}&b=2",
    "http://user:{}@camera.local/clip.mp4?sig={}",
    "http://camera.local/live#{}",
    "srt://camera.local:9000?mode=caller&passphrase={}",
    "s3://user:{}@bucket/folder",
    "rtsp://camera.local:554/user=admin&password={}&channel=1&stream=0.sdp",
    "rtsp://camera.local:554/user=admin_password={}_channel=1.sdp",
    "rtsp://camera.local/live;pwd={}",
    # As a path holds it, or a person types it.
    "rtsp:/user:{}@camera.local/live",
]


@pytest.mark.parametrize("position", POSITIONS)
@given(secret=SECRETS)
def test_a_secret_anywhere_in_an_address_is_not_shown(position: str, secret: str) -> None:
    address = position.format(*[secret] * position.count("{}"))
    request = AnnotateRequest(source=address, output=address)
    for text in (
        without_secrets(address),
        full_name(address),
        request.shown_source,
        json.dumps(request.to_json(), ensure_ascii=False),
        json.dumps(failed(request, f"{address}: lost"), ensure_ascii=False),
        str(safe_values({"source": address, "all": [address]})),
        without_secrets_in(f"cannot open '{address}'"),
        one_line(SourceOpenError(f"{address}: refused")),
        one_line(ValueError(address)),
    ):
        assert secret not in text
    assert without_secrets(without_secrets(address)) == without_secrets(address)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://user:s3cret@host:554/live", "rtsp://host:554/live"),
        ("rtsp://user:se@cret@host/live", "rtsp://host/live"),
        ("rtsp://user:se/cret@host/live", "rtsp://host/live"),
        ("rtsp://user:s@e/c@ret@host/live", "rtsp://host/live"),
        ("rtsp://user:se?cret@host/live", "rtsp://…"),
        ("http://host:8080/live?token=s3cret&a=1", "http://host:8080/live"),
        ("http://host/clip.mp4?token=a@s3cret", "http://host/clip.mp4"),
        ("http://host/clip.mp4?token=a/b.s3cret", "http://host/clip.mp4"),
        ("http://host/live", "http://host/live"),
        ("http://host/monkey=1/bypass", "http://host/monkey=1/bypass"),
        ("rtsp://host/user=a&password=s3cret&channel=1", "rtsp://host/…"),
        ("C:/Users/me@home/clip.mp4", "C:/Users/me@home/clip.mp4"),
        ("/home/user@host/clip?.mp4", "/home/user@host/clip?.mp4"),
        ("2024-05-13T12:30:05.mp4", "2024-05-13T12:30:05.mp4"),
        ("demo", "demo"),
    ],
)
def test_what_is_no_secret_is_shown(address: str, shown: str) -> None:
    assert without_secrets(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://u:s3cret@host/a: refused", "rtsp://host/a: refused"),
        ("see 'http://host/a?key=s3cret'.", "see 'http://host/a'."),
        ("rtsp://u:s3://cr@et@host/a: refused", "rtsp://host/a: refused"),
        ('[rtsp://u:s 3"c<r@host/a, 7]', "[rtsp://host/a, 7]"),
        ("rtsp://a 'rtsp://u:s3cret@b'", "rtsp://a 'rtsp://b'"),
        ("from http://a?k=s3cret to rtsp://u:s3cret@b", "from http://a to rtsp://b"),
        ("mail user@host, see http://host", "mail user@host, see http://host"),
    ],
)
def test_texts_keep_all_but_the_secrets(text: str, shown: str) -> None:
    assert without_secrets_in(text) == shown


def test_sources_that_differ_in_their_query_are_different() -> None:
    one, two = "http://host/live?camera=1", "http://host/live?camera=2"
    assert full_name(one) == full_name(one) != full_name(two)
    # A password that was changed does not make another source.
    assert full_name("rtsp://u:a@host/x") == full_name("rtsp://u:b@host/x") == "rtsp://host/x"


@pytest.mark.parametrize(
    "address",
    [
        "http://user:s3cret@127.0.0.1:1/clip.mp4?token=s3cret",
        "http://127.0.0.1:1/s3cret@clip.mp4",
        "http://127.0.0.1:1/clip.mp4?token=a/b.s3cret",
        "http://user:sec/ret@127.0.0.1:1/live?sig=s3cret",
        "rtsp://user:sec@ret/s3cret@127.0.0.1:1/live",
        "nonsense://127.0.0.1:1/live?token=s3cret",
    ],
)
def test_a_source_that_does_not_open_keeps_its_secrets(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError) as caught:
        open_source(address)
    for text in (str(caught.value), *(record.getMessage() for record in caplog.records)):
        assert "s3cret" not in text and "sec@ret" not in text and "sec/ret" not in text


def test_log_lines_and_their_tracebacks_keep_secrets() -> None:
    try:
        raise ValueError("http://u:s3cret@host/x?token=s3cret")
    except ValueError:
        record = logging.LogRecord(
            "a", logging.ERROR, "b", 1, "%s failed", ("rtsp://u:s3cret@host",), sys.exc_info()
        )
    text = SafeFormatter("%(message)s").format(record)
    assert "rtsp://host failed" in text and "http://host/x" in text
    assert "s3cret" not in text


ODD_NAMES = [
    "2024-05-13T12:30:05.mp4",
    "a%03d.mp4",
    "-x.mp4",
    "concat:a.mp4",
    "http:x.mp4",
    "pipe:1.mp4",
    "file:a.mp4",
    "a?b#c.mp4",
    "subfile,,start,0,end,10,,:x.mp4",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("is_relative", [True, False])
def test_any_name_can_be_written_read_and_checked(
    tmp_path: Path, name: str, is_relative: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(name) if is_relative else tmp_path / name
    timing = VideoTiming.of_source(time_base=None, fps=Fraction(25))
    video = VideoFile(path, frame_size=(48, 64), timing=timing, color=ColorInfo())
    for index in range(3):
        video.write(np.full((48, 64, 3), 80 * index, np.uint8), Fraction(index, 25))
    video.close(has_source_ended=True)
    assert [item.name for item in tmp_path.iterdir()] == [name]
    source = open_source(path)
    frames = [frame.index for frame in iter(source.read, None)]
    source.close()
    assert frames == [0, 1, 2]
    assert count_frames_after(path, Fraction(0), at_most=9) == 2
    assert list(_check_video(path, 3, has_alpha=False, is_matte=False)) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["a%03d.png", "12:30.png"])
def test_an_animated_picture_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    from PIL import Image

    pictures = [Image.new("RGB", (64, 48), (80 * i, 0, 0)) for i in range(3)]
    pictures[0].save(tmp_path / name, save_all=True, append_images=pictures[1:], duration=40)
    source = open_source(tmp_path / name)
    assert len(list(iter(source.read, None))) == 3
    source.close()


def test_addresses_go_to_ffmpeg_as_they_are() -> None:
    assert ffmpeg_name("rtsp://u:p@host/live") == "rtsp://u:p@host/live"
    assert ffmpeg_name(Path("a.mp4")) == "file:a.mp4"
