"""Colours of tracks: stable per id, told apart by colour-blind people too.

The first ids take the chromatic colours of Okabe and Ito's palette ("Color Universal Design",
2008), which was made for every common kind of colour blindness. Later ids walk the hue circle by
the golden ratio, so that neighbours in id are far apart in hue, and alternate between three
luminances, because luminance is the difference that every kind of colour vision keeps.
"""

from __future__ import annotations

import colorsys
from functools import lru_cache
from typing import Final

__all__ = ["UNCONFIRMED_COLOR", "Rgb", "text_color", "track_color"]

Rgb = tuple[int, int, int]

UNCONFIRMED_COLOR: Final[Rgb] = (176, 176, 176)
"""Grey of objects that have no final track yet."""

# Sky blue, orange, bluish green, reddish purple, yellow, vermillion, blue: black and white of
# the original are left out, and the order puts the strongest contrasts first.
_OKABE_ITO: Final[tuple[Rgb, ...]] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (213, 94, 0),
    (0, 114, 178),
)
_GOLDEN_RATIO: Final = 0.618033988749895
_LUMINANCES: Final = (0.30, 0.10, 0.55)
_SATURATION: Final = 0.8


@lru_cache(maxsize=4096)
def track_color(track_id: int) -> Rgb:
    """RGB of a track, the same in every frame and every run; grey for provisional ids."""
    if track_id <= 0:
        return UNCONFIRMED_COLOR
    if track_id <= len(_OKABE_ITO):
        return _OKABE_ITO[track_id - 1]
    step = track_id - len(_OKABE_ITO)
    hue = (0.05 + step * _GOLDEN_RATIO) % 1.0
    wanted = _LUMINANCES[step % len(_LUMINANCES)]
    darkest, lightest = 0.0, 1.0
    for _ in range(12):
        lightness = (darkest + lightest) / 2
        color = _from_hls(hue, lightness)
        if _luminance(color) < wanted:
            darkest = lightness
        else:
            lightest = lightness
    return color


def _from_hls(hue: float, lightness: float) -> Rgb:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, _SATURATION)
    return round(red * 255), round(green * 255), round(blue * 255)


def _luminance(color: Rgb) -> float:
    """Relative luminance as WCAG 2 defines it, 0 (black) to 1 (white)."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=4096)
def text_color(background: Rgb) -> Rgb:
    """Black or white, whichever has the larger WCAG 2 contrast on this background: at least 4.5."""
    # Equal contrast to black and to white lies at luminance 0.179.
    return (0, 0, 0) if _luminance(background) > 0.179 else (255, 255, 255)
