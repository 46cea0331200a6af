"""Position and manner of playing of a session, to continue in another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blendmask_live.live import LiveSession

__all__ = ["Playhead"]


@dataclass(frozen=True, slots=True)
class Playhead:
    """Position and manner of playing; only of sources that can seek."""

    position: int
    speed: float
    loop: bool
    marks: tuple[int | None, int | None]
    is_paused: bool

    @classmethod
    def of(cls, session: LiveSession | None) -> Playhead | None:
        """Of this session; None if it cannot seek."""
        if session is None or not session.can_seek:
            return None
        return cls(
            position=session.position,
            speed=session.speed,
            loop=session.loop,
            marks=session.marks,
            is_paused=session.stands_still,
        )

    def apply(self, session: LiveSession) -> None:
        """Continue there; to be called before the session shows anything."""
        if not session.can_seek:
            return
        session.marks, session.speed, session.loop = self.marks, self.speed, self.loop
        if self.is_paused:
            session.pause()
        session.seek(self.position)
