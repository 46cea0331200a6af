"""Which networks can be chosen by name."""

from __future__ import annotations

__all__ = ["weights_names"]


def weights_names() -> tuple[str, ...]:
    """Built-in weights, the user's own, and published ones that were fetched."""
    from weights.own import list_own
    from weights.published import list_published
    from weights.registry import list_weights

    fetched = (name for name, entry in list_published().items() if entry.path.is_file())
    return (*(entry.name for entry in list_weights() if entry.finds_objects), *list_own(), *fetched)
