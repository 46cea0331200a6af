"""Sends what the window shows to other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.addresses import without_secrets
from gui.live.controller import LiveController
from gui.live.zone_watch import ZoneWatcher
from gui.shared.library_words import in_window_language
from gui.shared.problems import Problem, error_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from blendmask_live.capture.source import Sound
    from blendmask_live.datatypes import Frame
    from blendmask_live.sending.events import ReceiverStatus
    from blendmask_live.sending.sender import Sender, SenderStatus

__all__ = ["Broadcaster", "SendingPlan", "joined"]


@dataclass(frozen=True, slots=True)
class SendingPlan:
    """What one press of the send key sends."""

    addresses: str = ""
    """Where to, separated by blanks; quotes round one that holds blanks."""
    camera: bool = False
    """Also to a virtual camera."""
    is_clean: bool = False
    """The frame as it is, not as it is shown."""
    has_sound: bool = True
    events: str = ""
    """Who gets events, in the same way."""
    events_of: Literal["changes", "frames", "both"] = "changes"

    def without_secrets(self) -> SendingPlan:
        """As it may lie on the disk."""
        return replace(
            self,
            addresses=_each_without_secrets(self.addresses),
            events=_each_without_secrets(self.events),
        )


class _CurrentSound:
    """The sound of whatever source is shown."""

    def __init__(self, sound: Sound) -> None:
        self.sound: Sound | None = sound

    def read(self, start_s: float, samples: int) -> NDArray[np.int16]:
        import numpy as np

        sound = self.sound
        return np.zeros((samples, 2), np.int16) if sound is None else sound.read(start_s, samples)


@dataclass(slots=True, eq=False)
class _Running:
    """What is sent, from the key press on."""

    plan: SendingPlan
    senders: tuple[Sender, ...] = ()
    sounds: tuple[_CurrentSound, ...] = ()
    has_begun: bool = False
    failed: frozenset[str] = frozenset()
    """Targets that were reported."""
    notice: str = ""


class Broadcaster(QObject):
    """Starts and ends sending; goes on when another source is shown.

    Attributes:
        plan: What `start` sends; remembered, but for what is secret in it.

    Signals:
        changed: Sending began or ended, or `plan` is new.
        problem_found: A `Problem` to show.
        problem_solved: The receiver that was lost is back.
    """

    changed = pyqtSignal()
    problem_found = pyqtSignal(object)
    problem_solved = pyqtSignal()

    def __init__(self, controller: LiveController, watcher: ZoneWatcher, parent: QObject) -> None:
        """Prepare.

        Args:
            controller: Has the session to send, and a worker.
            watcher: Sends events.
            parent: As Qt has it.
        """
        super().__init__(parent)
        self._controller, self._watcher = controller, watcher
        self.plan = controller.preferences.load("sending", SendingPlan())
        self._running: _Running | None = None
        self._starts_at_once = False
        controller.session_changed.connect(self._follow_session)
        controller.status_changed.connect(self._look)

    @property
    def is_sending(self) -> bool:
        """Whether something is sent, or will be once the receivers are reached."""
        return self._running is not None

    @property
    def statuses(self) -> tuple[SenderStatus | ReceiverStatus, ...]:
        """Of all receivers."""
        running = self._running
        senders = () if running is None else tuple(sender.status for sender in running.senders)
        return (*senders, *self._watcher.statuses)

    def set_plan(self, plan: SendingPlan) -> None:
        """Send this from the next start on."""
        self.plan = plan
        self._controller.preferences.save("sending", plan.without_secrets())
        self.changed.emit()

    def start_with(self, addresses: Sequence[str], events: Sequence[str]) -> None:
        """Send to these from the first session on; not remembered."""
        self.plan = replace(self.plan, addresses=joined(addresses), events=joined(events))
        self._starts_at_once = True
        self.changed.emit()

    def toggle(self) -> None:
        """Begin, or end."""
        if self.is_sending:
            self.stop()
        else:
            self.start()

    def start(self) -> None:
        """Begin to send; nothing happens without a session. A problem says what is wrong."""
        session, plan = self._controller.session, self.plan
        if session is None or self.is_sending:
            return
        if not (plan.addresses.strip() or plan.camera or plan.events.strip()):
            title = self.tr("Nothing to send to")
            advice = self.tr("Write an address, or choose the virtual camera.")
            self.problem_found.emit(Problem(title, advice, "send", is_error=False))
            self.changed.emit()
            return
        self._running = running = _Running(plan)
        job = partial(self._start_job, running)
        self._controller.worker.submit(job, failed=partial(self._start_failed, running))
        self.changed.emit()

    def _start_job(self, running: _Running) -> None:
        # Brings libav, which the window does not need until something is sent.
        from blendmask_live.sending.event_lines import EventChoice
        from blendmask_live.sending.starting import start_sender
        from blendmask_live.sending.stream import Encoding
        from blendmask_live.sending.target import VIRTUAL_CAMERA, read_target
        from blendmask_live.sending.wires import WireChoice

        session, plan = self._controller.session, running.plan
        if session is None:
            return
        texts = [*_words(plan.addresses), *[VIRTUAL_CAMERA] * plan.camera]
        targets = [read_target(text) for text in texts]
        wires = tuple(WireChoice(text) for text in _words(plan.events))
        encoding = Encoding(fps=min(float(session.info.fps), 120.0))
        for target in targets:
            sound = session.sound() if plan.has_sound and not target.is_camera else None
            current = None if sound is None else _CurrentSound(sound)
            running.sounds += () if current is None else (current,)
            sender = start_sender(
                target,
                frame_size=(session.info.height, session.info.width),
                encoding=encoding,
                sound=current,
            )
            running.senders += (sender,)
        events = partial(self._watcher.start_events, wires, EventChoice(plan.events_of))
        self._controller.worker.post(partial(self._begun, running, events if wires else None))

    def _begun(self, running: _Running, start_events: Any) -> None:
        running.has_begun = True
        if self._running is not running:
            self._end(running)
        elif start_events is not None:
            start_events()
        self.changed.emit()

    def _start_failed(self, running: _Running, error: BaseException) -> None:
        if self._running is running:
            self._running = None
        self._end(running)
        title = self.tr("This cannot be sent")
        self.problem_found.emit(Problem(title, error_text(error), "send"))
        self.changed.emit()

    def add_shown(self, image: NDArray[np.uint8], frame: Frame) -> None:
        """Send what the window shows now, and the frame that it was made of; returns at once."""
        running = self._running
        if running is None or not running.senders:
            return
        from blendmask_live.sending.sender import Picture

        seen = frame.image if running.plan.is_clean else image
        picture = Picture(seen, frame.captured_at, frame.pts_s)
        for sender in running.senders:
            sender.add(picture)

    def stop(self) -> None:
        """End; files and connections are completed by the worker."""
        running, self._running = self._running, None
        if running is not None and running.has_begun:
            self._end(running)
        self.changed.emit()

    def _end(self, running: _Running) -> None:
        self._watcher.stop_events()
        for sender in running.senders:
            self._controller.worker.submit(sender.close)

    def _follow_session(self) -> None:
        session, running = self._controller.session, self._running
        if running is not None and session is not None:
            for sound in running.sounds:
                sound.sound = session.sound()
        elif session is not None and self._starts_at_once:
            self._starts_at_once = False
            self.start()

    def _look(self) -> None:
        running = self._running
        if running is None or not running.has_begun:
            return
        statuses = self.statuses
        failed = {s.target: in_window_language(s.notice) for s in statuses if s.state == "failed"}
        if new := failed.keys() - running.failed:
            running.failed |= new
            advice = "; ".join(f"{target}: {failed[target]}" for target in sorted(new))
            title = self.tr("A receiver cannot be sent to")
            self.problem_found.emit(Problem(title, advice, "send"))
        notice = "; ".join(
            f"{s.target}: {in_window_language(s.notice)}"
            for s in statuses
            if s.state == "waiting" and s.notice
        )
        if notice != running.notice:
            running.notice = notice
            title = self.tr("A receiver is lost")
            if notice:
                self.problem_found.emit(Problem(title, notice, "send", is_error=False))
            else:
                self.problem_solved.emit()
        if statuses and len(failed) == len({s.target for s in statuses}):
            self.stop()


def joined(words: Sequence[str]) -> str:
    """Words as a `SendingPlan` holds them."""
    return " ".join(f'"{word}"' if " " in word else word for word in words)


def _words(text: str) -> list[str]:
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]+)"|(\S+)', text)]


def _each_without_secrets(text: str) -> str:
    return joined([without_secrets(word) for word in _words(text)])
