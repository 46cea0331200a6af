from __future__ import annotations

from dataclasses import replace

from gui.live.loading import weights_names
from weights.registry import list_weights


def test_only_what_finds_objects_is_offered_for_finding_them() -> None:
    entries = list_weights()
    assert {entry.name for entry in entries if entry.finds_objects} <= set(weights_names())
    assert not replace(entries[0], architecture="blendmask-prompt").finds_objects
    assert "blendmask-prompt" not in weights_names()
