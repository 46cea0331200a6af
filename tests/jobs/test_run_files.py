"""What run.json says of a source."""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image

from blendmask_live.jobs.run_files import input_state


def test_only_pictures_of_a_folder_are_its_state(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("L", (4, 4)).save(folder / "1.png")
    before = input_state(folder)
    for name in (".DS_Store", "Thumbs.db", "._1.png", "1.json"):
        (folder / name).write_text("of another program")
    assert input_state(folder) == before
    shutil.copy(folder / "1.png", folder / "2.png")
    assert input_state(folder) != before
    assert input_state(tmp_path / "absent")["files"] == 0
