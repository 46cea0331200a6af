"""Fixtures of the import tests."""

from tests.export.conftest import awkward

__all__ = ["awkward"]
