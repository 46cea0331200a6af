"""Starts what sends to a target, whichever kind it is."""

from __future__ import annotations

from collections.abc import Callable

from blendmask_live.capture.reconnecting import RetryPauses
from blendmask_live.capture.source import Sound
from blendmask_live.sending.sender import Outlet, Sender, SenderStatus
from blendmask_live.sending.stream import Encoding, StreamOutlet, check_encoder
from blendmask_live.sending.target import Target
from blendmask_live.sending.virtual_camera import CameraOutlet

__all__ = ["start_sender"]


def start_sender(
    target: Target,
    *,
    frame_size: tuple[int, int],
    encoding: Encoding | None = None,
    sound: Sound | None = None,
    keeps_trying: bool = False,
    pauses: RetryPauses | None = None,
    on_change: Callable[[SenderStatus], None] = lambda status: None,
) -> Sender:
    """A sender that begins to connect.

    Args:
        target: Where to.
        frame_size: (height, width) px of the pictures to come.
        encoding: How; of no effect for a virtual camera.
        sound: Of the source; where absent, pictures are sent alone.
        keeps_trying: Whether the first connection may fail too; always where receivers come.
        pauses: Between attempts.
        on_change: See `Sender`.

    Raises:
        ConfigError: If the target cannot take what is encoded.
    """
    encoding = encoding or Encoding()
    check_encoder(target, encoding.encoder)

    def open_outlet(size: tuple[int, int]) -> Outlet:
        if target.is_camera:
            return CameraOutlet(target.url, size, fps=encoding.fps)
        return StreamOutlet(target, size, encoding, sound)

    return Sender(
        target.shown,
        open_outlet,
        frame_size=frame_size,
        keeps_trying=keeps_trying or target.waits_for_receiver,
        pauses=pauses,
        on_change=on_change,
    )
