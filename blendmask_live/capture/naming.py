"""Names for outputs, and of streams for people."""

import os
import re
from pathlib import Path

__all__ = ["full_name", "output_name", "without_password"]

_NAME_BYTES = 120
"""Of the 255 that file systems allow; what is made beside the output has longer names."""


def full_name(source: str | Path) -> str:
    """Tells sources apart: the absolute path of what is on disk; else `without_password`."""
    # Path.exists would raise for an address that is too long for a file name.
    if source == "demo" or not os.path.exists(source):  # noqa: PTH110
        return without_password(str(source))
    # Not resolved: what a link points to may be exchanged.
    return Path(os.path.abspath(source)).as_posix()  # noqa: PTH100


def output_name(stem: str) -> str:
    """A file-system safe name: letters, digits, dots, dashes and underscores only, not too long."""
    safe = re.sub(r"[^\w.-]+", "_", stem).encode()[:_NAME_BYTES].decode(errors="ignore")
    return safe.strip("._") or "source"


def without_password(url: str) -> str:
    """The address without user, password and passphrase; anything else as it is."""
    return re.sub(r"(?<=://)[^/@]*@|(?<=[?&])passphrase=[^&]*&?", "", url).rstrip("?&")
