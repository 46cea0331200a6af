"""Names for outputs."""

import re

__all__ = ["output_name"]


def output_name(stem: str) -> str:
    """A file-system safe name: letters, digits, dots, dashes and underscores only."""
    return re.sub(r"[^\w.-]+", "_", stem).strip("._") or "source"
