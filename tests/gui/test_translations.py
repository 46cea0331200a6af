"""Every text that the window shows can be translated."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PyQt5.QtCore import QTranslator
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.controller import LiveController
from gui.main_window import MainWindow

ROOT = Path(__file__).parents[2]


class _Listener(QTranslator):
    """Notes what Qt asks translations for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        self.asked.add((context, text))
        return text


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Contexts and texts that translators are given."""
    path = tmp_path_factory.mktemp("translations") / "blendmask_live_de.ts"
    files = [str(file) for file in sorted((ROOT / "gui").rglob("*.py"))]
    program = "from PyQt5.pylupdate_main import main; main()"
    options = ["-tr-function", "_tr", *files, "-ts", str(path)]
    subprocess.run([sys.executable, "-c", program, *options], check=True, timeout=600)
    contexts = ElementTree.parse(path).getroot().iter("context")
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in contexts
        for message in context.iter("message")
    }


def test_what_the_window_shows_is_found_by_translators(
    controller: LiveController,
    extracted: set[tuple[str, str]],
    dressed: QApplication,
    qtbot: QtBot,
) -> None:
    listener = _Listener()
    dressed.installTranslator(listener)
    window = MainWindow(controller)
    qtbot.addWidget(window)
    dressed.removeTranslator(listener)
    ours = {pair for pair in listener.asked if pair[0] in {context for context, _ in extracted}}
    assert ours <= extracted
    for text in ("Remember lost objects", "Sum", "&Playback", "Record"):
        assert any(text == found for _, found in ours | extracted)
    assert len(ours) > 100
