"""The sending process, as the program sees it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import msgspec

from blendmask_live.sending.job import HEADER, RelayJob

__all__ = ["ConnectionLost", "RelayConnection"]

_IN_FLIGHT: Final = 2
"""Pictures that may be on the way to the receiver; a third would be old when it leaves."""
_SLICE_S: Final = 0.1
_FINISH_S: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class ConnectionLost(Exception):
    """The sending process has ended.

    Attributes:
        kind: Name of the error that ended it; "" where it ended itself because it was stuck.
        reason: In the system's words.
    """

    kind: str
    reason: str


class RelayConnection:
    """One connection to one target; used by one thread, but for `kill` and the properties."""

    def __init__(self, job: RelayJob) -> None:
        """Start the process; `is_open` turns true when the receiver is there."""
        self._job = job
        self._changed = threading.Condition()
        self._is_open = False
        self._sent = 0
        self._done = 0
        self._failure: ConnectionLost | None = None
        self._has_ended = False
        # In a group of its own: Ctrl-C is for the program, which then completes the file.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "blendmask_live.sending.relay"],
            # Finds what this process finds, and nothing that lies in the current folder.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._reader = threading.Thread(target=self._read_answers, name="sending answers")
        self._reader.start()
        with suppress(OSError):
            self._write(msgspec.json.encode(job) + b"\n")

    @property
    def is_open(self) -> bool:
        """Whether the receiver was reached."""
        return self._is_open

    @property
    def done(self) -> int:
        """Pictures that were handed to the system."""
        return self._done

    @property
    def may_send(self) -> bool:
        """Whether a picture would leave at once."""
        return self._is_open and self._sent - self._done < _IN_FLIGHT

    def wait_ready(self) -> bool:
        """Wait a tenth of a second at most until a picture would leave at once.

        Raises:
            ConnectionLost: If the process has ended.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.may_send or self._has_ended, _SLICE_S)
            if self._has_ended:
                raise self._failure or ConnectionLost("", "")
            return self.may_send

    def send(self, picture: bytes | memoryview, sound: bytes, *, time_us: int) -> None:
        """Hand over a picture; returns when the process has read it.

        Raises:
            ConnectionLost: If the process has ended.
        """
        self._sent += 1
        try:
            self._write(HEADER.pack(time_us, len(picture), len(sound)))
            self._write(picture)
            self._write(sound)
        except OSError:
            self._reader.join()
            raise self._failure or ConnectionLost("", "") from None

    def finish(self) -> None:
        """Complete what is written; ends the process if that takes longer than ten seconds.

        Raises:
            ConnectionLost: If it could not be completed.
        """
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_FINISH_S)
        self.kill()
        if self._failure is not None:
            raise self._failure

    def kill(self) -> None:
        """End the process now; from any thread, also again."""
        self._process.kill()
        self._process.wait()
        if threading.current_thread() is not self._reader:
            self._reader.join()

    def _write(self, data: bytes | memoryview) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def _read_answers(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, rest = line.decode(errors="replace").strip().partition(" ")
            with self._changed:
                if word == "open":
                    self._is_open = True
                elif word == "done":
                    self._done += 1
                elif word == "failed":
                    kind, _, reason = rest.partition(" ")
                    self._failure = ConnectionLost(kind, reason)
                self._changed.notify_all()
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
