"""Fixtures of the validation tests."""

from tests.export.conftest import awkward

__all__ = ["awkward"]
