from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from blendmask_live.prompting.cuts import CutFinder


def _scene(seed: int) -> NDArray[np.uint8]:
    """Blocks of a few colours."""
    blocks = np.random.default_rng(seed).integers(40, 180, (6, 8, 3))
    return blocks.repeat(20, axis=0).repeat(20, axis=1).astype(np.uint8)


def _lit(scene: NDArray[np.uint8], *, gain: float = 1, more: int = 0) -> NDArray[np.uint8]:
    return np.asarray(np.clip(scene * gain + more, 0, 255), np.uint8)


def _cuts(*pictures: NDArray[np.uint8]) -> list[int]:
    finder = CutFinder()
    return [number for number, picture in enumerate(pictures) if finder.is_cut(picture)]


_ONE, _OTHER = _scene(1), _scene(2)
_WHITE = np.full_like(_ONE, 255)
_FLAT = np.full_like(_ONE, 127)
_FLAT[40:90, 30:90] = (200, 30, 30)


@pytest.mark.parametrize(
    "pictures",
    [
        pytest.param((_ONE, _lit(_ONE, more=70), _ONE), id="flash"),
        pytest.param((_ONE, _WHITE, _ONE), id="flash that hides all"),
        pytest.param((_ONE, 0 * _ONE, 0 * _ONE, _ONE), id="dropped pictures"),
        pytest.param([_lit(_ONE, gain=1 - n / 5) for n in range(6)], id="fade out"),
        pytest.param((_ONE, *(_lit(_ONE, gain=n / 5) for n in range(6))), id="fade in"),
        pytest.param((_FLAT, _lit(_FLAT, more=1)), id="even ground, one level lighter"),
        pytest.param((_ONE, np.roll(_ONE, 50, axis=1)), id="fast pan"),
    ],
)
def test_other_light_and_motion_are_no_cut(pictures: tuple[NDArray[np.uint8], ...]) -> None:
    assert _cuts(*pictures) == []


def test_another_scene_is_a_cut_where_it_is_first_seen() -> None:
    assert _cuts(_ONE, _ONE, _OTHER, _OTHER, _ONE) == [2, 4]
    assert _cuts(_ONE, _WHITE, _OTHER) == [2]
