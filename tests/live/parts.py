"""A source, a segmenter and a watcher whose every step a test can see, hold up or break."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from blendmask_live.config import SegmenterSettings
from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedFrame
from blendmask_live.errors import ConfigError
from blendmask_live.live import LiveSession

WAIT_S = 60.0
"""Longest wait of any test for something that comes within milliseconds."""
STOPS_WITHIN_S = WAIT_S / 2
SIZE = (24, 96)


def make_frame(index: int, *, fps: int = 50) -> Frame:
    """A frame that knows its index: the value of its pixels."""
    image = np.full((*SIZE, 3), index % 256, dtype=np.uint8)
    return Frame(image, index, Fraction(index, fps), captured_at=time.monotonic())


class ClipSource:
    """A recorded source that can seek; can fail or block at a frame."""

    def __init__(self, frames: int = 10_000, *, fps: int = 50, told: int | None = None) -> None:
        self.frames, self.fps = frames, fps
        height, width = SIZE
        self.info = SourceInfo(
            "clip", width, height, frame_count=told or frames, average_fps=Fraction(fps)
        )
        self.next_index = 0
        self.seeks: list[int] = []
        self.given: list[int] = []
        self.fail_at: int | None = None
        self.block_at: int | None = None
        self.blocked, self.interrupted = threading.Event(), threading.Event()
        self.closed = 0

    def read(self) -> Frame | None:
        index = self.next_index
        if index == self.block_at:
            self.blocked.set()
            assert self.interrupted.wait(WAIT_S)
        if self.interrupted.is_set() or index >= self.frames:
            return None
        if index == self.fail_at:
            raise OSError(f"source broke at {index}")
        self.next_index += 1
        self.given.append(index)
        return make_frame(index, fps=self.fps)

    def seek(self, index: int) -> None:
        self.seeks.append(index)
        self.next_index = index

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed += 1


class CameraSource:
    """A live source that gives a frame whenever the test says so."""

    def __init__(self) -> None:
        height, width = SIZE
        self.info = SourceInfo("camera", width, height, is_live=True)
        self.notice = ""
        self.skipped = 0
        """Frames that it has dropped by itself."""
        self.ready = threading.Semaphore(0)
        self.interrupted = threading.Event()
        self.given = 0
        self.closed = 0

    def give(self, frames: int = 1) -> None:
        self.ready.release(frames)

    def read(self) -> Frame | None:
        assert self.ready.acquire(timeout=WAIT_S)
        if self.interrupted.is_set():
            return None
        index = self.given + self.skipped
        frame = Frame(make_frame(index).image, index, None, time.monotonic())
        self.given += 1
        return frame

    def interrupt(self) -> None:
        self.interrupted.set()
        self.ready.release()

    def close(self) -> None:
        self.closed += 1


@dataclass(frozen=True)
class Runtime:
    name: str = "fake"
    device: str = "cpu"
    precision: str = "fp32"


@dataclass
class Script:
    """What the segmenter does, and did."""

    fail_at: int | None = None
    error: Exception = field(default_factory=lambda: RuntimeError("network broke"))
    empty: frozenset[int] = frozenset()
    """Pictures on which nothing is found."""
    before: Callable[[int], None] = lambda value: None
    """Called with the value of the frame's pixels."""
    runs: list[tuple[int, SegmenterSettings]] = field(default_factory=list)
    """(pixel value, settings) of each picture."""


class FakeSegmenter:
    """Finds one object that moves 1 px to the right each frame."""

    labels = ("person", "cat")
    runtime = Runtime()

    def __init__(self, script: Script | None = None, settings: SegmenterSettings | None = None):
        self.script = script or Script()
        self.settings = settings or SegmenterSettings()
        self.timings_ms: dict[str, float] = {}

    def with_settings(self, settings: SegmenterSettings) -> Self:
        if settings.classes is not None and set(settings.classes) - set(self.labels):
            raise ConfigError("unknown class")
        return type(self)(self.script, settings)

    def segment(self, image: np.ndarray) -> Instances:
        value = int(image[0, 0, 0])
        self.script.before(value)
        if value == self.script.fail_at:
            raise self.script.error
        self.script.runs.append((value, self.settings))
        self.timings_ms = {"network": 1.0}
        left = value % (SIZE[1] - 12)
        box = np.array([[left, 4, left + 12, 20]], dtype=np.float32)
        if value in self.script.empty:
            return Instances.empty(SIZE, labels=self.labels)
        return Instances(
            boxes=box,
            scores=np.array([0.9], dtype=np.float32),
            class_ids=np.array([0]),
            frame_size=SIZE,
            labels=self.labels,
            soft_masks=np.ones((1, 28, 28), dtype=np.float32),
            mask_boxes=box,
        )


class Watcher:
    """Runs a session and waits for what it shows.

    One that `is_paused` stands still after its first frame: else, on a busy machine, the source
    may have played on beyond whatever the test goes to first.
    """

    def __init__(
        self,
        source: object,
        script: Script | None = None,
        *,
        is_paused: bool = False,
        segmenter: FakeSegmenter | None = None,
        **options: object,
    ) -> None:
        self.changed = threading.Condition()
        self.segmenter = segmenter or FakeSegmenter(script)
        self.session = LiveSession(
            source,  # type: ignore[arg-type]
            self.segmenter,  # type: ignore[arg-type]
            on_change=self._wake,
            **options,  # type: ignore[arg-type]
        )
        if is_paused:
            self.session.pause()

    def __enter__(self) -> Self:
        self.session.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.session.stop()

    def _wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until something holds."""
        with self.changed:
            deadline_s = time.monotonic() + WAIT_S
            while not condition():
                assert time.monotonic() < deadline_s, "waited in vain"
                self.changed.wait(0.01)

    def wait_for_state(self, state: str) -> None:
        self.wait(lambda: self.session.status().state == state)

    def shown(self, wanted: Callable[[TrackedFrame], bool] = lambda frame: True) -> TrackedFrame:
        """The next frame that can be taken and is wanted."""
        found: list[TrackedFrame] = []

        def look() -> bool:
            frame = self.session.take_latest()
            if frame is not None and wanted(frame):
                found.append(frame)
            return bool(found)

        self.wait(look)
        return found[0]

    def shown_index(self, index: int) -> TrackedFrame:
        """The frame of this index, once it can be taken."""
        return self.shown(lambda frame: frame.frame.index == index)

    def stand_at(self, index: int) -> TrackedFrame:
        """Pause and go to a frame."""
        self.session.pause()
        self.session.seek(index)
        return self.shown_index(index)


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


both_kinds = pytest.mark.parametrize("kind", ["clip", "camera"])
