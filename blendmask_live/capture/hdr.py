"""HDR and wide-gamut pictures as an ordinary display shows them (BT.709)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

__all__ = ["DisplayLight", "LightKind", "light_kind"]

_BT709: Final = 1
_BT2020: Final = 9
_CURVE_NAMES: Final = {16: "PQ", 18: "HLG"}
_SRGB_CURVE: Final = 13
_WIDE_NAMES: Final = {9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}
# Linear RGB -> linear BT.709 RGB (chromaticities of ITU-T H.273; DCI white is taken as D65).
_P3_TO_BT709: Final = (
    (1.2249, -0.2249, 0.0),
    (-0.0421, 1.0421, 0.0),
    (-0.0196, -0.0786, 1.0982),
)
_TO_BT709: Final = {
    _BT709: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    _BT2020: (
        (1.6605, -0.5876, -0.0729),
        (-0.1246, 1.1329, -0.0083),
        (-0.0182, -0.1006, 1.1188),
    ),
    11: _P3_TO_BT709,
    12: _P3_TO_BT709,
}
_WHITE_NITS: Final = 203.0
"""Light of paper, captions and faces in the sun (ITU-R BT.2408): shown as the display's white."""
_PEAK_NITS: Final = 1000.0
_KNEE: Final = 0.75
"""Light up to this share of white is shown as it is; what is brighter is pressed together."""
_DISPLAY_GAMMA: Final = 2.4
_GRID: Final = 64
"""Points along each side of the table; its square root is a whole number."""
_TIME_BASE: Final = Fraction(1, 25)


@dataclass(frozen=True, slots=True)
class LightKind:
    """What the code values of a picture mean, where a display cannot show them as they are.

    Attributes:
        transfer: libav's code of the curve.
        primaries: libav's code of the primaries; one of `_TO_BT709`.
    """

    transfer: int
    primaries: int

    @property
    def name(self) -> str:
        """For people."""
        return _CURVE_NAMES.get(self.transfer) or _WIDE_NAMES[self.primaries]


def light_kind(picture: av.VideoFrame) -> LightKind | None:
    """None for what ordinary displays show as it is."""
    transfer, primaries = int(picture.color_trc), int(picture.color_primaries)
    if primaries in _WIDE_NAMES:
        return LightKind(transfer, primaries)
    if transfer in _CURVE_NAMES:
        # Unless told otherwise, these curves go with wide primaries.
        return LightKind(transfer, _BT709 if primaries == _BT709 else _BT2020)
    return None


class DisplayLight:
    """Converts RGB pictures of one kind, by a table of colours that libav interpolates in."""

    def __init__(self, kind: LightKind) -> None:
        """Make the table."""
        self._table = _picture_of(_shown(kind))
        self._graph: av.filter.Graph | None = None
        self._size = (0, 0)
        self._shown_count = 0

    def convert(self, rgb: av.VideoFrame) -> av.VideoFrame:
        """The picture for displays.

        Args:
            rgb: Of format rgb48le, full range, in the curve and primaries of the kind.
        """
        size = rgb.width, rgb.height
        if self._graph is None or self._size != size:
            self._graph, self._size = self._graph_for(rgb), size
        # The filter pairs pictures by time.
        self._shown_count += 1
        rgb.pts, rgb.time_base = self._shown_count, _TIME_BASE
        self._source.push(rgb)
        return self._graph.vpull()

    def _graph_for(self, rgb: av.VideoFrame) -> av.filter.Graph:
        graph = av.filter.Graph()
        inputs = [
            graph.add_buffer(
                width=picture.width,
                height=picture.height,
                format=picture.format,
                time_base=_TIME_BASE,
            )
            for picture in (rgb, self._table)
        ]
        colours = graph.add("haldclut", "interp=tetrahedral")
        for place, node in enumerate(inputs):
            node.link_to(colours, 0, place)
        colours.link_to(graph.add("buffersink"))
        graph.configure()
        self._source, table = inputs
        table.push(self._table)
        table.push(None)
        return graph


def _shown(kind: LightKind) -> NDArray[np.float64]:
    """(red, green, blue, 3): what a display is given, 0 to 1, for each point of the grid."""
    steps = np.linspace(0, 1, _GRID)
    codes = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    light = _light(codes, kind.transfer) @ np.array(_TO_BT709[kind.primaries]).T
    if kind.transfer in _CURVE_NAMES:
        brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-9)
        light = light * (_pressed(brightest) / brightest)
    light = np.clip(light, 0, 1)
    if kind.transfer == _SRGB_CURVE:
        low = light <= 0.0031308
        return np.asarray(np.where(low, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))
    return np.asarray(light ** (1 / _DISPLAY_GAMMA))


def _light(codes: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Light of code values, relative to white."""
    if transfer == 16:
        # SMPTE ST 2084.
        root = codes ** (32 / 2523)
        ratio = np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)
        return np.asarray(10_000 / _WHITE_NITS * ratio ** (16384 / 2610))
    if transfer == 18:
        # ITU-R BT.2100: scene light, then the look of a display of 1000 cd/m2.
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
        luma = scene @ np.array([0.2627, 0.6780, 0.0593])
        return np.asarray(_PEAK_NITS / _WHITE_NITS * luma[..., None] ** 0.2 * scene)
    if transfer == _SRGB_CURVE:
        low = codes <= 0.04045
        return np.asarray(np.where(low, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4))
    return np.asarray(codes**_DISPLAY_GAMMA)


def _pressed(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light from the knee up to the peak, in what is left up to white (extended Reinhard)."""
    room = 1 - _KNEE
    above = np.clip(light - _KNEE, 0, _PEAK_NITS / _WHITE_NITS - _KNEE) / room
    peak = (_PEAK_NITS / _WHITE_NITS - _KNEE) / room
    pressed = above * (1 + above / peak**2) / (1 + above)
    return np.asarray(np.where(light <= _KNEE, light, _KNEE + room * pressed))


def _picture_of(shown: NDArray[np.float64]) -> av.VideoFrame:
    """The table as a picture: along its lines red changes fastest, then green, then blue."""
    side = round(_GRID**1.5)
    values = np.round(shown.transpose(2, 1, 0, 3).reshape(side, side, 3) * 65535)
    table = av.VideoFrame.from_ndarray(values.astype(np.uint16), format="rgb48le")
    table.pts, table.time_base = 0, _TIME_BASE
    return table
