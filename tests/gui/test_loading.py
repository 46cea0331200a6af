"""What is loaded when: the window must know of PyTorch before it is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import gc, sys
from PyQt5.QtCore import QCoreApplication, QSettings
from gui.live import controller as driver, loading
from gui.shared.preferences import Preferences

app = QCoreApplication([])
def load(choice, settings, report):
    print("torch" in sys.modules, flush=True)
    loading.import_torch()
    print("torch" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 100_000, flush=True)
    raise ValueError("enough seen")
driver.load_network = load
controller = driver.LiveController(Preferences(QSettings(sys.argv[1], QSettings.IniFormat)))
controller.problem_found.connect(lambda problem: controller.close())
controller.closed.connect(app.quit)
controller.open("demo")
app.exec()
"""


def test_pytorch_is_imported_after_the_window_said_so_and_is_no_work_for_the_collector(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "settings.ini")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.stdout.splitlines() == ["False", "True True True"], done.stderr
    assert "leaked" not in done.stderr
