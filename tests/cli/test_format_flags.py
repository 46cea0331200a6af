"""Choices for the output formats on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from PIL import Image

from blendmask_live.commands.format_flags import add_format_flags, chosen_options
from blendmask_live.export import ExportOptions


def chosen(*arguments: str) -> ExportOptions:
    parser = argparse.ArgumentParser()
    add_format_flags(parser)
    return chosen_options(parser.parse_args(arguments), overwrite=False)


def test_without_flags_the_exporters_own_defaults_hold() -> None:
    assert chosen() == ExportOptions()


def test_every_flag_reaches_the_exporters(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "wall.png")
    flags = "--frames png --all-classes --rle compressed --shape polygon --polygon-tolerance 2"
    flags += " --cutout vp9 --matte png --per-track --tracks 3,7 --video-crf 0"
    options = chosen(*flags.split(), "--background", str(tmp_path / "wall.png"))
    assert options == ExportOptions(
        frames="png",
        all_classes=True,
        rle="compressed",
        shape="polygon",
        polygon_tolerance_px=2.0,
        cutout="vp9",
        matte="png",
        one_file_per_track=True,
        tracks=(3, 7),
        video_crf=0,
        background=str(tmp_path / "wall.png"),
    )


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--background", "grene"), "expected 'blur', a colour like 'green'"),
        (("--tracks", "3,x"), "track ids separated by commas"),
        (("--tracks", "0"), "track ids separated by commas"),
        (("--polygon-tolerance", "-1"), "pixels from 0 to 100"),
        (("--video-crf", "99"), "99"),
        (("--cutout", "gif"), "prores"),
    ],
)
def test_what_cannot_be_used_is_wrong_usage(
    flags: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        chosen(*flags)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err
