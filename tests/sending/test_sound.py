"""Sound in step with the pictures it belongs to."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from blendmask_live.capture.kept_sound import KeptSound
from blendmask_live.capture.sound import FileSound
from blendmask_live.capture.source import SOUND_RATE
from blendmask_live.sending.sender import Picture
from blendmask_live.sending.starting import start_sender
from blendmask_live.sending.target import read_target
from tests.capture.servers import wait_until

SIZE = (32, 48)
BEEP_S = 1.0
"""A tone begins here."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of sound at another rate, silent up to `BEEP_S`."""
    path = tmp_path_factory.mktemp("sound") / "beep.mka"
    times_s = np.arange(44_100 * 2) / 44_100
    tone = np.where(times_s >= BEEP_S, np.sin(times_s * 440 * 2 * np.pi) * 20_000, 0)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=44_100, layout="mono")
        for start in range(0, len(tone), 1024):
            piece = tone[start : start + 1024].astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 44_100, start
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def _begin_s(samples: np.ndarray) -> float:
    return float(np.argmax(np.abs(samples).max(axis=1) > 1000)) / SOUND_RATE


def test_the_sound_of_a_file_is_found_at_its_time_forwards_and_back(clip: Path) -> None:
    sound = FileSound(clip)
    assert abs(_begin_s(sound.read(0.5, SOUND_RATE)) - 0.5) < 0.003
    assert abs(_begin_s(sound.read(0.9, SOUND_RATE // 2)) - 0.1) < 0.003
    assert abs(_begin_s(sound.read(0.1, SOUND_RATE)) - 0.9) < 0.003
    # Behind the end and before the beginning it is silent.
    assert not sound.read(5.0, 100).any()
    assert not sound.read(-1.0, 100).any()


def test_live_sound_is_found_by_time_and_gaps_are_silent() -> None:
    kept = KeptSound()
    kept.add(1.0, np.full((4800, 2), 7, np.int16))
    kept.add(1.3, np.full((4800, 2), 9, np.int16))
    heard = kept.read(1.0, 4800 * 4)[:, 0]
    assert [int(heard[n * 4800 + 100]) for n in range(4)] == [7, 0, 0, 9]
    kept.add(20.0, np.full((10, 2), 1, np.int16))
    assert not kept.read(1.0, 4800).any()


def test_sound_is_sent_with_its_pictures_and_left_out_of_a_search(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blendmask_live.sending.sender._STANDING_S", 1e9)
    target = read_target(str(tmp_path / "out.mp4"))
    sender = start_sender(target, frame_size=SIZE, sound=FileSound(clip))
    try:
        wait_until(lambda: sender.status.state == "sending")
        for number in range(31):
            # Played from 0.5 s on; after a second of that, the search jumps back to the silence.
            source_s = 0.5 + number / 20 if number < 20 else (number - 20) / 20
            image = np.zeros((*SIZE, 3), np.uint8)
            sender.add(Picture(image, 100 + number / 20, Fraction(source_s)))
            wait_until(lambda sent=number + 1: sender.status.sent == sent)  # type: ignore[misc]
    finally:
        sender.close()
    with av.open(str(tmp_path / "out.mp4")) as container:
        frames = list(container.decode(audio=0))
        sent = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    times_s = np.flatnonzero(np.abs(sent) > 0.1) / SOUND_RATE
    assert abs(times_s[0] - 0.5) < 0.03
    assert abs(times_s[-1] - 0.95) < 0.03
