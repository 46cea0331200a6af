"""What the playback keys do to a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gui.live.controller import LiveController
from gui.shared.actions import Actions
from gui.shared.languages import translate as _tr
from gui.window.playback_bar import PlaybackBar

if TYPE_CHECKING:
    from blendmask_live.live import LiveSession

__all__ = ["Playback"]

_SEEKING: Final = (
    "play_backward play_forward step_back step_forward jump_back jump_forward to_start to_end "
    "loop mark_in mark_out clear_marks"
).split()
_PLAYING: Final = ("play", *_SEEKING)
_JUMP_FRAMES = 25
_FASTEST = 8.0


class Playback:
    """Connects playback actions and the bar with the controller's session."""

    def __init__(self, controller: LiveController, actions: Actions, bar: PlaybackBar) -> None:
        self._controller = controller
        self._actions = actions
        self._bar = bar
        actions.connect(
            {
                "play": self.toggle,
                "play_backward": lambda: self._shuttle(-1),
                "play_forward": lambda: self._shuttle(1),
                "step_back": lambda: self._step(-1),
                "step_forward": lambda: self._step(1),
                "jump_back": lambda: self._step(-_JUMP_FRAMES),
                "jump_forward": lambda: self._step(_JUMP_FRAMES),
                "to_start": lambda: self.seek(0),
                "to_end": self._to_end,
                "loop": self._set_loop,
                "mark_in": lambda: self._mark(0),
                "mark_out": lambda: self._mark(1),
                "clear_marks": self._clear_marks,
            }
        )
        for name in _PLAYING:
            actions.allow(name, _tr("open a source first"))
        bar.frame_chosen.connect(self.seek)
        bar.speed_chosen.connect(self._set_speed)

    def _seekable(self) -> LiveSession | None:
        session = self._controller.session
        return session if session is not None and session.can_seek else None

    def is_playing(self) -> bool:
        """Whether it plays."""
        status = self._controller.status
        return status is not None and status.state in ("playing", "starting")

    def toggle(self) -> None:
        """Play or pause."""
        session = self._controller.session
        if session is None:
            return
        if session.status().state == "playing":
            session.pause()
        else:
            session.play()
        self._controller.refresh()

    def seek(self, index: int) -> None:
        """Show the frame of this index."""
        session = self._seekable()
        if session is not None:
            session.seek(index)

    def _step(self, frames: int) -> None:
        session = self._seekable()
        if session is not None:
            session.step(frames)
            self._controller.refresh()

    def _to_end(self) -> None:
        session = self._seekable()
        if session is not None and session.frame_count:
            session.seek(session.frame_count - 1)

    def _set_loop(self) -> None:
        session = self._controller.session
        if session is not None:
            session.loop = self._actions["loop"].isChecked()

    def _set_speed(self, speed: float) -> None:
        session = self._seekable()
        if session is not None:
            session.speed = speed
            self._bar.show_speed(speed)

    def _shuttle(self, direction: int) -> None:
        """J and L: the first press plays in this direction, each further one twice as fast."""
        session = self._seekable()
        if session is None:
            return
        is_same_way = self.is_playing() and session.speed * direction > 0
        faster = min(abs(session.speed) * 2, _FASTEST) if is_same_way else 1.0
        self._set_speed(direction * faster)
        session.play()
        self._controller.refresh()

    def _mark(self, which: int) -> None:
        session = self._seekable()
        if session is None:
            return
        marks = list(session.marks)
        marks[which] = session.position
        first, last = marks
        if first is not None and last is not None and first > last:
            # A new point on the wrong side of the old one begins a new range.
            marks[1 - which] = None
        self._set_marks((marks[0], marks[1]))

    def _clear_marks(self) -> None:
        self._set_marks((None, None))

    def _set_marks(self, marks: tuple[int | None, int | None]) -> None:
        session = self._seekable()
        if session is not None:
            session.marks = marks
            self._bar.slider.set_marks(marks)

    def show_session(self) -> None:
        """Adapt the bar to another session."""
        session = self._controller.session
        if session is None:
            return
        info = session.info
        self._bar.show_source(
            session.frame_count or 0,
            info.average_fps,
            can_seek=session.can_seek,
            is_live=info.is_live,
        )
        self._bar.slider.set_marks(session.marks)
        self._bar.show_speed(session.speed)
        self._actions["loop"].setChecked(session.loop)
        self._actions.allow("play")
        no_way = "" if session.can_seek else _tr("this source has no other frames to go to")
        for name in _SEEKING:
            self._actions.allow(name, no_way)
