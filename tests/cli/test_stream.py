"""`stream`: from the demo to files, and what it refuses in one line."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import av
import pytest

from blendmask_live.cli import main


@pytest.mark.may_log("finishing outputs")
def test_the_demo_goes_to_a_video_and_its_events_to_a_file(tmp_path: Path) -> None:
    video, lines, result = tmp_path / "a.mp4", tmp_path / "a.jsonl", tmp_path / "a.json"
    arguments = ["stream", "demo", "--to", str(video), "--events", str(lines), "--max-frames", "12"]
    quick = ["--short-side", "160", "--runtime", "torch", "--score", "0.2", "--quiet"]
    assert main([*arguments, "--events-of", "frames", *quick, "--json", str(result)]) == 0
    kinds = [json.loads(line)["kind"] for line in lines.read_text().splitlines()]
    assert kinds[0] == "begin" and kinds[-1] == "end" and set(kinds[1:-1]) == {"frame"}
    report = json.loads(result.read_text())
    assert [target["state"] for target in report["targets"]] == ["ended"]
    assert report["events"][0]["sent"] == len(kinds) - 1 and report["events"][0]["lost"] == 0
    with av.open(str(video)) as container:
        shown = sum(1 for _ in container.decode(video=0))
    assert 0 < shown == report["targets"][0]["sent"]


def test_what_cannot_be_sent_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    for arguments, expected in (
        ([], "nothing is to be sent"),
        (["--to", "gopher://anna:geheim@host"], "gopher://host: cannot be sent to"),
        (["--to", f"tcp://127.0.0.1:{port}"], "connection refused"),
        (["--to", "rtmp://host/live/geheim", "--encoder", "prores_ks"], "flv cannot hold prores"),
        (["--to", str(tmp_path), "--show", "clean", "--background", "blur"], "clean picture"),
        (["--events", f"ws://u:geheim@127.0.0.1:{port}"], "connection refused"),
        (["--events", "-", "--no-track"], "without tracks nothing appears"),
        (["--events", "-", "--json", "-"], "standard output"),
        (["--events", "-", "--zones", str(tmp_path / "no.json")], "no.json: cannot be read"),
    ):
        assert main(["stream", "demo", *arguments]) == 1
        error = capsys.readouterr().err
        assert expected in error and error.startswith("error: ") and error.count("\n") == 1
        assert "geheim" not in error
