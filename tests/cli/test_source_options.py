"""What the command line asks of cameras and decoders."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blendmask_live.commands.annotate_many import _listed
from blendmask_live.commands.flags import add_source_flags, asked_for
from blendmask_live.commands.live import add_arguments, live_settings
from blendmask_live.jobs.request import SourceChoice


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], (None, None, None, False, True)),
        (["--camera", "640x480"], (640, 480, None, False, True)),
        (["--camera", "1280x720@29.97", "--hardware"], (1280, 720, 29.97, True, True)),
        (["--no-deinterlace"], (None, None, None, False, False)),
    ],
)
def test_options_reach_the_source(arguments: list[str], asked: tuple[Any, ...]) -> None:
    parser = argparse.ArgumentParser()
    add_source_flags(parser)
    opener = asked_for(SourceChoice, parser.parse_args(arguments)).opener()
    assert isinstance(opener, partial)
    names = ("width", "height", "fps", "hardware", "deinterlace")
    assert opener.keywords == dict(zip(names, asked, strict=True))


@pytest.mark.parametrize("mode", ["640", "640x", "0x480", "640x480@0", "640x480@x", "axb"])
def test_camera_mode_that_is_none_is_refused(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_source_flags(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--camera", mode])
    assert "expected WIDTHxHEIGHT or WIDTHxHEIGHT@FPS" in capsys.readouterr().err


def test_list_of_sources_may_hold_addresses(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("rtsp://camera/live\ndemo\nclip.mp4\n")
    expected = ["rtsp://camera/live", "demo", str(tmp_path / "clip.mp4")]
    assert _listed(f"@{tmp_path / 'list.txt'}") == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), (448, 672)),
        (("--weights", "blendmask-lite-s"), (384, 576)),
        (("--weights", "blendmask-lite-s", "--short-side", "448"), (448, 672)),
        (("--short-side", "320"), (320, 480)),
    ],
)
def test_what_is_live_looks_in_the_size_of_its_weights(
    flags: tuple[str, ...], expected: tuple[int, int]
) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(flags)
    segmenter = live_settings(options).segmenter
    assert (segmenter.short_side, segmenter.long_side) == expected
