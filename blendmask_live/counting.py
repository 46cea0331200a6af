"""Numbers of things in sentences."""

__all__ = ["counted"]


def counted(count: int, thing: str) -> str:
    """A number with the word for what it counts: "1 frame", "2 frames".

    Args:
        count: How many there are.
        thing: One of them, in words whose plural ends in "s".
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
