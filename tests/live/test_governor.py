"""What the governor decides for scripted timings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

from blendmask_live.config import SegmenterSettings
from blendmask_live.live.governor import Governor, Quality, quality_ladder

LADDER = quality_ladder(SegmenterSettings())


def _run(governor: Governor, full_cost_ms: float, frames: int) -> list[Quality]:
    """Frames whose cost follows the expected work of the level."""
    levels = []
    for _ in range(frames):
        quality = governor.quality
        governor.observe(full_cost_ms * quality.relative_cost, quality=quality)
        levels.append(governor.quality)
    return levels


def _changes(levels: list[Quality]) -> int:
    return sum(a is not b for a, b in pairwise(levels))


def test_ladder_steps_input_size_then_mask_size_then_skips() -> None:
    assert [(q.short_side, q.mask_size, q.skipped) for q in LADDER] == [
        (448, 56, 0),
        (384, 56, 0),
        (320, 56, 0),
        (256, 56, 0),
        (256, 28, 0),
        (256, 28, 1),
        (256, 28, 2),
        (256, 28, 3),
    ]
    costs = [q.relative_cost for q in LADDER]
    assert costs == sorted(costs, reverse=True)


def test_ladder_of_a_small_input_begins_with_mask_sizes() -> None:
    ladder = quality_ladder(SegmenterSettings(short_side=224, mask_size=112))
    assert [(q.short_side, q.mask_size) for q in ladder[:4]] == [
        (224, 112),
        (224, 56),
        (224, 28),
        (224, 28),
    ]


def test_applied_quality_keeps_the_ratio_of_the_sides_and_all_else() -> None:
    settings = SegmenterSettings(score_threshold=0.2)
    lowered = LADDER[3].applied(settings)
    assert (lowered.short_side, lowered.long_side, lowered.score_threshold) == (256, 384, 0.2)
    assert LADDER[0].applied(settings) is settings


def test_enough_time_keeps_the_best_quality() -> None:
    governor = Governor(LADDER, target_fps=30)
    assert _changes(_run(governor, 30.0, 1000)) == 0
    assert governor.summary == ""


def test_without_a_target_nothing_is_lowered() -> None:
    governor = Governor(LADDER, target_fps=None)
    assert set(_run(governor, 500.0, 300)) == {LADDER[0]}


def test_lack_of_time_lowers_at_once_to_what_fits() -> None:
    governor = Governor(LADDER, target_fps=30)
    levels = _run(governor, 60.0, 20)
    assert levels[-1] is LADDER[2]
    assert _changes(levels) == 1
    assert governor.summary == "input 320 px"


def test_single_slow_frames_change_nothing() -> None:
    governor = Governor(LADDER, target_fps=30)
    for number in range(600):
        governor.observe(500.0 if number % 10 == 0 else 20.0, quality=governor.quality)
        assert governor.quality is LADDER[0]


def test_hopeless_load_ends_at_the_lowest_level_and_stays() -> None:
    governor = Governor(LADDER, target_fps=30)
    levels = _run(governor, 10_000.0, 500)
    assert levels[-1] is LADDER[-1]
    assert governor.summary == "input 256 px, masks 28, network on 1 of 4 frames"


def test_quality_returns_step_by_step_when_the_load_is_gone() -> None:
    governor = Governor(LADDER, target_fps=30)
    _run(governor, 100.0, 100)
    assert governor.quality is not LADDER[0]
    levels = _run(governor, 15.0, 3000)
    assert levels[-1] is LADDER[0]
    seen = list(dict.fromkeys(LADDER.index(level) for level in levels))
    assert seen == sorted(seen, reverse=True)


def test_load_between_two_levels_does_not_flap() -> None:
    # The better level is expected to fit, but does not.
    governor = Governor(LADDER, target_fps=30)
    changes = 0
    for _ in range(20_000):
        quality = governor.quality
        governor.observe(34.0 if quality is LADDER[0] else 20.0, quality=quality)
        changes += governor.quality is not quality
    # Rises are tried less and less often: in 11 minutes some ten times.
    assert 2 <= changes <= 24


def test_frames_of_an_earlier_level_do_not_count() -> None:
    governor = Governor(LADDER, target_fps=30)
    for _ in range(20):
        governor.observe(500.0, quality=LADDER[3])
    assert governor.quality is LADDER[0]


def test_first_frames_of_a_level_do_not_count() -> None:
    governor = Governor(LADDER, target_fps=30)
    for number in range(100):
        governor.observe(3000.0 if number < 3 else 20.0, quality=governor.quality)
    assert governor.quality is LADDER[0]


def _changes_in_10_minutes(load_ms: Callable[[float], float], *, noise: float) -> int:
    """For a load over time in s, whose frames vary."""
    random, governor, changes = Random(0), Governor(LADDER, target_fps=30), 0
    for number in range(10 * 60 * 30):
        quality = governor.quality
        cost_ms = load_ms(number / 30) * quality.relative_cost * random.lognormvariate(0, noise)
        governor.observe(cost_ms, quality=quality)
        changes += governor.quality is not quality
    return changes


def test_noise_around_a_steady_load_seldom_changes_the_quality() -> None:
    assert _changes_in_10_minutes(lambda _: 30, noise=0.1) <= 2
    assert _changes_in_10_minutes(lambda _: 30, noise=0.4) <= 30
    assert _changes_in_10_minutes(lambda _: 150, noise=0.3) <= 20


def test_load_that_comes_and_goes_is_followed_without_flapping() -> None:
    # Every 30 s: down at once in one or two steps, up in three.
    assert _changes_in_10_minutes(lambda s: 80 if int(s / 30) % 2 else 20, noise=0.1) <= 60
    # Every 3 s: rises are given up.
    assert _changes_in_10_minutes(lambda s: 80 if int(s / 3) % 2 else 20, noise=0.1) <= 80


def test_one_size_of_input_is_the_first_thing_given_up() -> None:
    settings = SegmenterSettings(multi_scale=True)
    ladder = quality_ladder(settings)
    assert [level.multi_scale for level in ladder[:3]] == [True, False, False]
    assert ladder[0].applied(settings) == settings
    assert ladder[1].applied(settings) == replace(settings, multi_scale=False)
    assert ladder[1].compared_with(ladder[0]) == "one size of input"
    costs = [level.relative_cost for level in ladder]
    assert costs == sorted(costs, reverse=True)
