from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.capture.clips import ClipSpec, write_clip
from tests.capture.servers import Sender, encoded_chunks, sender


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """clip("name.mp4", ClipSpec(...)) -> path of the encoded clip."""

    def make(name: str = "clip.mp4", spec: ClipSpec | None = None) -> Path:
        return write_clip(tmp_path / name, spec or ClipSpec())

    return make


@pytest.fixture
def live_sender() -> Iterator[int]:
    """Port on the loopback address at which a live transport stream is sent for ever."""
    chunks = encoded_chunks(ClipSpec(frames=40, options={"tune": "zerolatency", "g": "10"}))

    def script(connection: int, me: Sender) -> Iterator[bytes]:
        while not me.closing.is_set():
            for chunk in chunks:
                me.closing.wait(0.005)
                yield chunk

    with sender(script) as server:
        yield server.port


@dataclass(frozen=True, slots=True)
class VirtualDisplay:
    """A running X11 server without a screen."""

    name: str
    framebuffer: Path
    """Memory of the screen, as a file in XWD format."""

    def paint(self, rgb: tuple[int, int, int]) -> None:
        """Fill the screen with one colour."""
        with self.framebuffer.open("r+b") as file:
            header_bytes, *_ = struct.unpack(">I", file.read(4))
            file.seek(19 * 4)
            (colormap_entries,) = struct.unpack(">I", file.read(4))
            file.seek(header_bytes + colormap_entries * 12)
            file.write(bytes((*reversed(rgb), 0)) * 320 * 240)


@pytest.fixture(scope="session")
def virtual_display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDisplay]:
    """An X11 display of 320 x 240 px."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("needs Xvfb, a virtual X11 display")
    reader, writer = os.pipe()
    folder = tmp_path_factory.mktemp("display")
    arguments = ["-displayfd", str(writer), "-screen", "0", "320x240x24", "-noreset"]
    server = subprocess.Popen(
        [program, *arguments, "-fbdir", str(folder)], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as announced:
            name = f":{announced.readline().strip()}"
        yield VirtualDisplay(name, folder / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def display(virtual_display: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> VirtualDisplay:
    """The virtual display, as the one in use."""
    monkeypatch.setenv("DISPLAY", virtual_display.name)
    return virtual_display
