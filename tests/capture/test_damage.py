"""A damaged frame costs itself only, and every other one keeps its index however it is reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from blendmask_live.capture import open_source
from blendmask_live.errors import SourceError
from gui.editor.frame_reader import PictureAccess
from tests.capture.clips import ClipSpec, number_in, read_all

DAMAGED = 7
EACH_ALONE = {
    "clip.mp4": ClipSpec(frames=24, options={"g": "1"}),
    "clip.mkv": ClipSpec(frames=24, options={"g": "1", "bf": "0"}),
    "clip.mov": ClipSpec(frames=24, codec="prores_ks", pixel_format="yuv422p10le"),
}


@pytest.fixture(params=EACH_ALONE)
def damaged(clip: Callable[..., Path], request: pytest.FixtureRequest) -> Path:
    """Every picture can be decoded by itself, but the packet of one is overwritten."""
    path = clip(request.param, EACH_ALONE[request.param])
    with av.open(str(path)) as container:
        packet = [p for p in container.demux(video=0) if p.size][DAMAGED]
        stored = path.read_bytes()
        at = stored.index(bytes(packet)[8:])
        size = packet.size - 8
    path.write_bytes(stored[:at] + b"\xff" * size + stored[at + size :])
    if request.param == "clip.mp4":
        # The length of its first part too.
        path.write_bytes(stored[: at - 8] + b"\xff" * (size + 8) + stored[at + size :])
    return path


@pytest.mark.may_log("damaged packet")
def test_indexes_are_the_same_read_in_order_and_sought(damaged: Path) -> None:
    in_order = {frame.index: number_in(frame.image) for frame in read_all(open_source(damaged))}
    assert in_order == {number: number for number in range(24) if number != DAMAGED}
    for index in (23, DAMAGED + 1, DAMAGED, DAMAGED - 1):
        source = open_source(damaged)
        source.seek(index)
        frame = source.read()
        source.close()
        assert (frame.index, number_in(frame.image)) == (index + (index == DAMAGED),) * 2


@pytest.mark.may_log("damaged packet")
def test_editor_shows_no_other_frame_in_its_place(damaged: Path) -> None:
    pictures = PictureAccess(damaged)
    assert number_in(pictures(DAMAGED + 3)) == DAMAGED + 3
    with pytest.raises(SourceError, match=f"nothing can be decoded of frame {DAMAGED}"):
        pictures(DAMAGED)
    assert number_in(pictures(DAMAGED + 1)) == DAMAGED + 1
    pictures.close()


def test_sound_that_begins_late_costs_no_picture(clip: Callable[..., Path]) -> None:
    path = clip("late.flv", ClipSpec(frames=200, codec="flv1", options={"g": "10"}))
    content = path.read_bytes()
    head, tags = content[:9], content[13:]
    parts: list[bytes] = []
    while tags:
        size = 11 + int.from_bytes(tags[1:4], "big") + 4
        parts.append(tags[:size])
        tags = tags[size:]
    # 16-bit mono at 44,100 Hz, 7.2 s after the first picture.
    time_ms = (7200).to_bytes(3, "big")
    sound = b"\x08" + (201).to_bytes(3, "big") + time_ms + bytes(4) + b"\x3e" + bytes(200)
    parts.insert(182, sound + len(sound).to_bytes(4, "big"))
    path.write_bytes(head + bytes(4) + b"".join(parts))
    source = open_source(path)
    for index in range(199, 0, -20):
        source.seek(index)
        frame = source.read()
        assert (frame.index, number_in(frame.image)) == (index, index)
        source.seek(199)
        assert number_in(source.read().image) == 199
        assert source.read() is None
    source.close()
