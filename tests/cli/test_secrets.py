"""What the program prints and writes of an address with secrets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ANNOTATE = [sys.executable, "-m", "blendmask_live", "annotate", "-o", "out"]


def test_the_program_keeps_secrets_even_in_tracebacks_and_json(tmp_path: Path) -> None:
    address = "http://user:s3cret@127.0.0.1:1/clip.mp4?token=s3cret"
    ran = subprocess.run(
        [*ANNOTATE, *f"{address} demo --max-frames 1 --format csv --json result.json".split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert ran.returncode == 1
    assert not [path for path in tmp_path.rglob("*") if "s3cret" in path.name]
    for text in (ran.stdout.encode(), ran.stderr.encode(), *written):
        assert b"s3cret" not in text
    debugged = subprocess.run(
        [*ANNOTATE, address, "--debug"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert debugged.returncode == 1 and "Traceback" in debugged.stderr
    assert "s3cret" not in debugged.stderr
