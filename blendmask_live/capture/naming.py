"""Names for outputs, and of streams for people."""

import re

__all__ = ["output_name", "without_password"]


def output_name(stem: str) -> str:
    """A file-system safe name: letters, digits, dots, dashes and underscores only."""
    return re.sub(r"[^\w.-]+", "_", stem).strip("._") or "source"


def without_password(url: str) -> str:
    """The address without user, password and passphrase; anything else as it is."""
    return re.sub(r"(?<=://)[^/@]*@|(?<=[?&])passphrase=[^&]*&?", "", url).rstrip("?&")
