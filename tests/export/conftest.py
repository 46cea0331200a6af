"""Fixtures of the export tests."""

import pytest

from tests.export.sequences import MaskSequence, awkward_sequences


@pytest.fixture(params=list(awkward_sequences()))
def awkward(request: pytest.FixtureRequest) -> MaskSequence:
    """Every sequence at the edge of what a sequence may be, one after the other."""
    return awkward_sequences()[request.param]
