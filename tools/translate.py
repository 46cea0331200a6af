"""Brings the translations of the window up to date: `python tools/translate.py`.

Texts that are new in gui/ come into gui/translations/*.ts as unfinished, those that are gone leave.
Translate the unfinished ones there, by hand or with Qt Linguist, and run it again: it also compiles
what the program loads (*.qm), for which `lrelease` of Qt's tools must be on the path.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "gui" / "translations"
# pylupdate5 names files as the locale has it.
UTF_8 = {**os.environ, "LC_ALL": "C.UTF-8"}


def update(source: Path) -> None:
    """Bring one .ts up to date with the program's texts."""
    files = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "gui").rglob("*.py"))]
    program = "from PyQt5.pylupdate_main import main; main()"
    options = ["-noobsolete", "-tr-function", "_tr", *files, "-ts", str(source)]
    subprocess.run([sys.executable, "-c", program, *options], cwd=ROOT, env=UTF_8, check=True)
    # Line numbers would change with every edit of the program.
    text = re.sub(r"\s*<location [^>]*/>", "", source.read_text(encoding="utf-8"))
    source.write_text(text, encoding="utf-8")


def main() -> None:
    for source in sorted(FOLDER.glob("*.ts")):
        update(source)
        text = source.read_text(encoding="utf-8")
        unfinished = text.count('type="unfinished"')
        print(f"{source.name}: {unfinished} unfinished")
        if shutil.which("lrelease") is None:
            raise SystemExit("lrelease is not on the path: install Qt's tools, then run this again")
        target = source.with_suffix(".qm")
        subprocess.run(["lrelease", "-silent", str(source), "-qm", str(target)], check=True)


if __name__ == "__main__":
    main()
