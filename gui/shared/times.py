"""Times as people read them."""

from __future__ import annotations

__all__ = ["clock_text"]


def clock_text(seconds: float) -> str:
    """As 1:02:03.45; without the hours if there are none."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    hours, minutes = divmod(minutes, 60)
    hour_text = f"{hours}:{minutes:02d}" if hours else f"{minutes:02d}"
    return f"{hour_text}:{rest // 100:02d}.{rest % 100:02d}"
