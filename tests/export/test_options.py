"""Which options matter to which format is told as it is."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from blendmask_live.errors import ExportError
from blendmask_live.export import EXPORTERS, ExportOptions, heeded_options
from blendmask_live.export.background import check_background
from tests.export.sequences import CAR, DOG, export, walkers

OTHER: dict[str, Any] = {
    "opacity": 0.9,
    "trail_frames": 4,
    "video_crf": 2,
    "all_classes": True,
    "rle": "compressed",
    "frames": "png",
    "shape": "polygon",
    "polygon_tolerance_px": 6.0,
    "cutout": "vp9",
    "matte": "png",
    "background": "#ff0000",
    "one_file_per_track": True,
    "tracks": (1,),
}


def contents(folder: Path, format_name: str, options: ExportOptions) -> dict[str, bytes]:
    """What is written of two people and a dog."""
    sequence = walkers(frame_count=3, size=(120, 160))
    for frame in sequence.frames:
        frame[:] = [(i, DOG if c == CAR else c, score, mask) for i, c, score, mask in frame]
    files = export(sequence, format_name, folder, options)
    return {str(path.relative_to(folder.parent)): path.read_bytes() for path in files}


@pytest.mark.may_log("left out dog", "in classes.csv", "only with its picture beside")
@pytest.mark.parametrize("format_name", list(EXPORTERS))
def test_the_heeded_options_are_those_that_change_what_is_written(
    format_name: str, tmp_path: Path
) -> None:
    assert set(OTHER) == {field.name for field in fields(ExportOptions)} - {"overwrite"}
    heeded, changed = set[str](), set[str]()
    for place, base in enumerate((ExportOptions(), ExportOptions(shape="polygon", cutout="png"))):
        heeded |= heeded_options([format_name], base)
        before = contents(tmp_path / f"{place}" / "clip", format_name, base)
        for name, value in OTHER.items():
            options = replace(base, **{name: value})
            after = contents(tmp_path / f"{place} {name}" / "clip", format_name, options)
            changed |= {name} if after != before else set()
    assert changed == heeded


def test_over_a_background_a_cutout_is_an_ordinary_video() -> None:
    options = ExportOptions(background="blur")
    assert "cutout" not in heeded_options(["cutout"], options)
    assert "video_crf" in heeded_options(["cutout"], options)
    assert "video_crf" not in heeded_options(["cutout"], ExportOptions())
    assert heeded_options(["csv", "parquet", "another"], options) == frozenset()


def test_the_documents_list_every_format() -> None:
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \|", text, flags=re.MULTILINE)
    assert sorted(listed) == sorted(EXPORTERS)


def test_what_checks_and_reads_a_format_is_there() -> None:
    for writer in EXPORTERS.values():
        format = writer.format
        assert format.options <= {field.name for field in fields(ExportOptions)}
        for name in filter(None, (format.validator, format.importer)):
            assert callable(resolve_name(name))


def test_a_background_is_checked_before_it_is_needed(tmp_path: Path) -> None:
    for good in ("blur", "green", "#00b140"):
        check_background(good)
    for bad in (str(tmp_path / "gone.png"), __file__, "not a colour", "nul\0.png"):
        with pytest.raises(ExportError, match="expected 'blur', a colour"):
            check_background(bad)
