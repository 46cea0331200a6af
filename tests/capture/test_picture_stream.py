"""Which stream of a file is read where there are several."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from blendmask_live.capture import open_source
from blendmask_live.errors import SourceOpenError
from tests.capture.clips import ClipSpec, number_in, numbered_image, read_all, write_clip


def _write_two(path: Path, sizes: list[tuple[int, int]], default: int | None) -> Path:
    """A file of two videos: the first one shows 0, 1, 2..., the second 100, 101..."""
    with av.open(str(path), "w") as container:
        streams = []
        for place, (width, height) in enumerate(sizes):
            stream = container.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.disposition = Disposition.default if place == default else Disposition(0)
            streams.append(stream)
        for number in range(6):
            for place, stream in enumerate(streams):
                width, height = sizes[place]
                image = numbered_image(number + 100 * place, width=width, height=height)
                picture = av.VideoFrame.from_ndarray(image).reformat(format="yuv420p")
                picture.pts, picture.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(picture))
        for stream in streams:
            container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("sizes", "default", "first_number"),
    [
        ([(64, 48), (160, 120)], 1, 100),
        ([(160, 120), (64, 48)], 1, 100),
        ([(64, 48), (160, 120)], None, 100),
        ([(160, 120), (64, 48)], None, 0),
        ([(64, 48), (64, 48)], None, 0),
    ],
)
def test_the_default_stream_is_read_else_the_largest(
    tmp_path: Path, sizes: list[tuple[int, int]], default: int | None, first_number: int
) -> None:
    source = open_source(_write_two(tmp_path / "a.mkv", sizes, default))
    assert (source.info.width, source.info.height) == sizes[first_number // 100]
    frames = read_all(source)
    assert [number_in(frame.image) for frame in frames] == [first_number + n for n in range(6)]


def _boxed(kind: str, *content: bytes, version: int | None = None, flags: int = 0) -> bytes:
    head = b"" if version is None else struct.pack(">I", version << 24 | flags)
    body = head + b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind.encode()) + body


def _write_grid(path: Path, *, codec: str, item: str, config: str, brand: str) -> Path:
    """An HEIF picture of two tiles side by side, as phones write it."""
    spec = ClipSpec(frames=2, codec=codec, options={"g": "1"})
    clip = write_clip(path.with_suffix(".mp4"), spec)
    with av.open(str(clip)) as container:
        extradata = container.streams.video[0].codec_context.extradata
        tiles = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    grid = struct.pack(">BBBBHH", 0, 0, 0, 1, 128, 48)
    kinds = ["grid", item, item]
    entries = [
        _boxed("infe", struct.pack(">HH4sB", n, 0, kind.encode(), 0), version=2, flags=n > 1)
        for n, kind in enumerate(kinds, 1)
    ]
    properties = _boxed(
        "ipco",
        _boxed("ispe", struct.pack(">II", 128, 48), version=0),
        _boxed("ispe", struct.pack(">II", 64, 48), version=0),
        _boxed(config, extradata),
    )
    owns = {1: [1], 2: [2, 0x83], 3: [2, 0x83]}
    owned = struct.pack(">I", len(owns)) + b"".join(
        struct.pack(">HB", n, len(places)) + bytes(places) for n, places in owns.items()
    )

    def meta(offset: int) -> bytes:
        places = struct.pack(">BBH", 0x44, 0, 3) + struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(grid))
        for n, tile in enumerate(tiles, 2):
            places += struct.pack(">HHHHII", n, 0, 0, 1, offset, len(tile))
            offset += len(tile)
        return _boxed(
            "meta",
            _boxed("hdlr", struct.pack(">I4s12x", 0, b"pict"), b"\0", version=0),
            _boxed("pitm", struct.pack(">H", 1), version=0),
            _boxed("iinf", struct.pack(">H", len(entries)), *entries, version=0),
            _boxed("iref", _boxed("dimg", struct.pack(">HHHH", 1, 2, 2, 3)), version=0),
            _boxed("iprp", properties, _boxed("ipma", owned, version=0)),
            _boxed("iloc", places, version=1),
            _boxed("idat", grid),
            version=0,
        )

    head = _boxed("ftyp", brand.encode(), bytes(4), b"mif1", brand.encode())
    offset = len(head) + len(meta(0)) + 8
    path.write_bytes(head + meta(offset) + _boxed("mdat", *tiles))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "item", "config", "brand"),
    [
        ("a.heic", "libx265", "hvc1", "hvcC", "heic"),
        ("a.avif", "libsvtav1", "av01", "av1C", "avif"),
    ],
)
def test_picture_of_tiles_is_refused_with_the_reason(
    tmp_path: Path, name: str, codec: str, item: str, config: str, brand: str
) -> None:
    path = _write_grid(tmp_path / name, codec=codec, item=item, config=config, brand=brand)
    with pytest.raises(SourceOpenError, match="of 2 tiles, which cannot be put together"):
        open_source(path)


def test_animated_avif_gives_all_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "a.avif"
    with av.open(str(path), "w", format="avif") as container:
        stream = container.add_stream("libsvtav1", rate=10, options={"preset": "10"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(12):
            picture = av.VideoFrame.from_ndarray(numbered_image(number)).reformat(format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    frames = read_all(open_source(path))
    assert [number_in(frame.image) for frame in frames] == list(range(12))
    assert np.diff([float(frame.pts_s or 0) for frame in frames]) == pytest.approx(0.1)
