"""Unusual but valid sources simply work."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from blendmask_live.importing.frames_csv import frames_csv
from tests.capture.clips import ClipSpec
from tests.cli.conftest import MakeClip, Run, files_in


def _video(path: Path) -> tuple[tuple[int, int], list[Fraction]]:
    """(width, height) and presentation times of a video's frames."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return (frames[0].width, frames[0].height), [f.pts * f.time_base for f in frames]


_SPECS = {
    "one frame": ("clip.mp4", ClipSpec(frames=1)),
    "odd size": ("clip.mp4", ClipSpec(width=65, height=49, pixel_format="yuv444p", frames=3)),
    "16 x 16": ("clip.mp4", ClipSpec(width=16, height=16, frames=3)),
    "greyscale": ("clip.mkv", ClipSpec(codec="ffv1", pixel_format="gray", frames=3)),
    "10 bit": ("clip.mp4", ClipSpec(pixel_format="yuv420p10le", frames=3)),
    "alpha": ("clip.mov", ClipSpec(codec="prores_ks", pixel_format="yuva444p10le", frames=3)),
    "sound": ("clip.mp4", ClipSpec(has_audio=True, frames=8)),
}


@pytest.mark.parametrize(("name", "spec"), _SPECS.values(), ids=_SPECS.keys())
def test_unusual_video_works_in_every_format(
    annotate: Run, clip: MakeClip, tmp_path: Path, name: str, spec: ClipSpec
) -> None:
    formats = "overlay,youtube-vis,mots,davis,coco,csv"
    outcome = annotate(clip(name, spec), "--format", formats)
    assert (outcome.exit_code, outcome.err) == (0, "")
    folder = tmp_path / "out/clip"
    (width, height), times = _video(folder / "overlay/overlay.mp4")
    assert len(times) == spec.frames
    assert abs(width - spec.width) <= 1 and abs(height - spec.height) <= 1
    for name in formats.split(","):
        rows = frames_csv(folder / name).read_text().splitlines()
        assert len(rows) == spec.frames + 1
    assert json.loads((folder / "run.json").read_text())["frames"] == spec.frames


def test_variable_frame_rate_is_kept(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    ticks = [0, 40, 47, 190, 200, 1000]
    path = clip("vfr.mkv", ClipSpec(frames=len(ticks), ticks=ticks))
    assert annotate(path).exit_code == 0
    times = _video(tmp_path / "out/vfr/overlay/overlay.mp4")[1]
    assert times == [Fraction(tick, 1000) for tick in ticks]


def test_rotated_video_is_annotated_upright(annotate: Run, clip: MakeClip, tmp_path: Path) -> None:
    path = clip("phone.mp4", ClipSpec(frames=2, rotation_ccw_deg=90))
    assert annotate(path).exit_code == 0
    assert _video(tmp_path / "out/phone/overlay/overlay.mp4")[0] == (48, 64)


def test_folder_of_pictures_works(annotate: Run, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(3):
        grey = np.full((48, 64), 40 * number, np.uint8)
        Image.fromarray(grey).save(folder / f"{number}.png")
    outcome = annotate(folder)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert len(_video(tmp_path / "out/pictures/overlay/overlay.mp4")[1]) == 3
    assert "pictures/run.json" in files_in(tmp_path / "out")


def test_folder_called_by_a_dot_keeps_its_name(
    annotate: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (32, 32)).save(folder / "a.png")
    monkeypatch.chdir(folder)
    assert annotate(".", "--format", "csv").exit_code == 0
    assert (tmp_path / "out/pictures/csv/tracks.csv").is_file()


def test_huge_picture_works(annotate: Run, tmp_path: Path) -> None:
    picture = tmp_path / "huge.jpg"
    Image.new("RGB", (7680, 4320), (90, 120, 40)).save(picture)
    assert annotate(picture, "--format", "csv,davis").exit_code == 0
    assert Image.open(tmp_path / "out/huge/davis/00000.png").size == (7680, 4320)
