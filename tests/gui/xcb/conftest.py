"""Flows on Qt's real X11 plugin. One process has one platform: run this folder by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt5.QtWidgets import QApplication


@pytest.fixture(scope="session")
def qapp_args(qapp_args: list[str], x11_display: str) -> Iterator[list[str]]:
    """For an application on X11, which is made next."""
    if QApplication.instance() is not None:
        pytest.skip("Qt runs without a screen in this process; run: pytest tests/gui/xcb")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DISPLAY", x11_display)
        environment.setenv("QT_QPA_PLATFORM", "xcb")
        yield qapp_args
