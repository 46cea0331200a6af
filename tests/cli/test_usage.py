"""Help, wrong usage and settings files."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from blendmask_live.cli import COMMANDS
from tests.cli.conftest import FAST, MakeClip, Run, files_in

ROOT = Path(__file__).parents[2]

_HELP_OF_ALL = """
import contextlib, io, sys
from blendmask_live.cli import COMMANDS, main
for arguments in ["--help"], *([name, "--help"] for name in COMMANDS):
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text):
            main(arguments)
    except SystemExit as stop:
        assert stop.code == 0, arguments
    assert "usage: blendmask-live" in text.getvalue(), arguments
# Numba brings the outermost module of SciPy, which is empty.
heavy = {"torch", "openvino", "scipy.linalg", "skimage", "PyQt5"} & set(sys.modules)
assert not heavy, heavy
"""


def test_help_of_every_command_works_and_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HELP_OF_ALL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_general_help_names_every_command(run: Run) -> None:
    outcome = run("--help")
    assert outcome.exit_code == 0
    assert all(name in outcome.out for name in COMMANDS)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("evaluate",), "Measure box and mask AP on COCO-format data."),
        (("evaluate-tracking",), "Measure HOTA, IDF1 and identity switches of tracked masks."),
        (("weights", "convert"), "Turn a published checkpoint into a file for --weights."),
    ],
)
def test_help_keeps_the_capitals_of_names(run: Run, command: tuple[str, ...], said: str) -> None:
    assert said in " ".join(run(*command, "--help").out.split())


def test_main_file_is_the_same_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "annotate", "gone.mp4", "-o", str(tmp_path / "out"), *FAST],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "error: gone.mp4: no such file or folder; check the path\n"
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["annotate"],
        ["annotate", "x.mp4"],
        ["annotate", "x.mp4", "-o", "out", "--start", "soon"],
        ["annotate", "x.mp4", "-o", "out", "--mask-size", "57"],
        ["annotate", "x.mp4", "-o", "out", "--format", ","],
        ["annotate", "x.mp4", "-o", "out", "--format", "csv,gif"],
        ["annotate", "x.mp4", "-o", "out", "--start", "nan"],
        ["annotate", "x.mp4", "-o", "out", "--end", "-1"],
        ["annotate", "x.mp4", "-o", "out", "--stride", "0"],
        ["annotate", "x.mp4", "-o", "out", "--max-frames", "0"],
        ["annotate", "x.mp4", "-o", "out", "--score", "1.5"],
        ["annotate", "x.mp4", "-o", "out", "--max-instances", "0"],
        ["annotate", "x.mp4", "-o", "out", "--short-side", "8"],
        ["annotate", "x.mp4", "-o", "out", "--threads", "-1"],
        ["annotate", "x.mp4", "-o", "out", "--device", "toaster"],
        ["annotate", "x.mp4", "-o", "out", "--runtime", "abacus"],
        ["bench", "--frames", "many"],
        ["bench", "--frames", "0"],
        ["bench", "--instances", "0"],
        ["evaluate", "--images", ".", "--annotations", "a.json", "--max-images", "0"],
        ["evaluate", "--images", ".", "--annotations", "a.json", "--score", "0.5"],
        ["train", "-o", "out", "--steps", "0"],
        ["train", "-o", "out", "--batch-size", "0"],
        ["train", "-o", "out", "--learning-rate", "0"],
        ["train", "-o", "out", "--seed", "-1"],
        ["weights"],
        ["weights", "forget"],
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.exit_code, outcome.err.count("\n")) == (2, 1)
    assert outcome.err.startswith("error: ")
    assert "; see 'blendmask-live" in outcome.err and outcome.err.endswith(" --help'\n")


def test_unknown_options_point_at_the_help_of_their_command(run: Run) -> None:
    outcome = run("weights", "fetch", "blendmask-lite", "--fast")
    wrong = "error: unrecognized arguments: --fast; see 'blendmask-live weights fetch --help'\n"
    assert (outcome.exit_code, outcome.err) == (2, wrong)


def test_output_that_the_terminal_cannot_show_does_not_fail_the_command(
    run: Run, clip: MakeClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(terminal, "ascii", write_through=True))
    arguments = ["annotate", clip(), "-o", tmp_path / "ø", "--format", "csv", *FAST]
    outcome = run(*arguments)
    assert (outcome.exit_code, outcome.err) == (0, "")
    assert b"12 frames" in terminal.getvalue() and b"\\xf8" in terminal.getvalue()


def test_version(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.exit_code, outcome.out[:15]) == (0, "blendmask-live ")


def test_settings_file_changes_defaults_and_flags_override_it(
    annotate: Run, clip: MakeClip, tmp_path: Path
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('format = ["csv"]\nmax-frames = 4\nstride = 2\n')
    assert annotate(clip(), "--config", config, "--max-frames", "2").exit_code == 0
    assert files_in(tmp_path / "out") == [
        "clip.bml",
        "clip/csv/frames.csv",
        "clip/csv/tracks.csv",
        "clip/run.json",
        "clip/tracks.json",
    ]
    rows = (tmp_path / "out/clip/csv/frames.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["0", "2"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("stroke = 2\n", "'stroke' is not an option of 'annotate'"),
        ('stride = "two"\n', "stride: 'two' cannot be used"),
        ("stride = 0\n", "expected a whole number, 1 or more"),
        ('format = ["csv", "gif"]\n', "expected some of overlay, "),
        ('device-kind = "x"\n', "'device-kind' is not an option"),
        ("mask-size = 57\n", "not one of 28, 56, 112, 224"),
        ("not toml\n", "not valid TOML"),
        ('quiet = "no"\n', "quiet: expected true or false, found 'no'"),
        ("stride = true\n", "stride: True cannot be used"),
        ('frames = "gif"\n', "frames: 'gif' is not one of none, jpg, png"),
        ("device = 0\n", "device: 0 cannot be used"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    annotate: Run, clip: MakeClip, tmp_path: Path, content: str, complaint: str
) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(content)
    refusal = annotate(clip(), "--config", config).refusal()
    assert complaint in refusal
    assert not (tmp_path / "out").exists()


def test_settings_file_may_give_what_is_required(run: Run, clip: MakeClip, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text(f"output = '{tmp_path / 'there'}'\nformat = 'csv'\n")
    assert run("annotate", clip(), "--config", config, *FAST).exit_code == 0
    assert (tmp_path / "there/clip/csv/tracks.csv").is_file()


def test_missing_settings_file_is_named(annotate: Run, clip: MakeClip) -> None:
    assert "gone.toml: cannot be read" in annotate(clip(), "--config", "gone.toml").refusal()


def test_result_on_the_standard_output_stands_there_alone(run: Run) -> None:
    outcome = run("weights", "verify", "--json", "-")
    assert json.loads(outcome.out)["exit_code"] == 0
    assert "blendmask-lite: ok" in outcome.err


def test_an_empty_name_is_no_source(annotate: Run, tmp_path: Path) -> None:
    assert "the name of the source is empty" in annotate("").refusal()
    assert not (tmp_path / "out").exists()
