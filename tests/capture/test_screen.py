"""The screen as a source: the right pixels of the right area."""

from __future__ import annotations

import numpy as np
import pytest

from blendmask_live.capture import open_source
from blendmask_live.capture.screen import ScreenArea
from blendmask_live.capture.source import NoticingSource
from blendmask_live.errors import SourceOpenError
from tests.capture.conftest import VirtualDisplay


@pytest.mark.parametrize(
    ("spec", "area"),
    [
        ("screen", ScreenArea()),
        ("screen:2", ScreenArea(monitor=2)),
        ("screen:10,20,64x48", ScreenArea(region_px=(10, 20, 64, 48))),
        ("screen:-10,0,64x48", ScreenArea(region_px=(-10, 0, 64, 48))),
    ],
)
def test_area_is_read(spec: str, area: ScreenArea) -> None:
    assert ScreenArea.parse(spec) == area


@pytest.mark.parametrize("spec", ["screen:", "screen:a", "screen:1,2", "screen:0,0,0x9"])
def test_nonsense_is_refused(spec: str) -> None:
    with pytest.raises(SourceOpenError, match="expected screen, screen:2"):
        open_source(spec)


def test_screen_is_a_live_source_that_counts_its_frames(display: VirtualDisplay) -> None:
    source = open_source("screen", fps=50)
    assert isinstance(source, NoticingSource)
    info = source.info
    assert (info.width, info.height, info.average_fps, info.is_live) == (320, 240, 50, True)
    frames = [source.read() for _ in range(4)]
    assert all(frame is not None and frame.image.shape == (240, 320, 3) for frame in frames)
    times = [frame.pts_s for frame in frames if frame and frame.pts_s is not None]
    assert times == sorted(set(times)) and times[0] >= 0
    source.close()


def test_colours_are_those_of_the_screen(display: VirtualDisplay) -> None:
    display.paint((220, 30, 50))
    source = open_source("screen:16,8,100x50")
    frame = source.read()
    source.close()
    assert frame is not None
    assert np.array_equal(frame.image, np.full((50, 100, 3), (220, 30, 50), np.uint8))


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("screen:7", "there is no such monitor; there are 1 to 1"),
        ("screen:0,0,400x10", "leaves the desktop, which is 320 x 240 px from 0,0 on"),
        ("screen:-1,0,10x10", "leaves the desktop"),
    ],
)
def test_area_that_is_not_there_is_refused(display: VirtualDisplay, spec: str, reason: str) -> None:
    with pytest.raises(SourceOpenError) as caught:
        open_source(spec)
    assert reason in str(caught.value)


def test_missing_desktop_is_explained(
    monkeypatch: pytest.MonkeyPatch, display: VirtualDisplay
) -> None:
    monkeypatch.setenv("DISPLAY", ":12345")
    with pytest.raises(SourceOpenError, match="a desktop session is needed"):
        open_source("screen")
