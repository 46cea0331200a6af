"""Names of sources, for outputs and to tell them apart."""

import hashlib
import os
import re
from pathlib import Path

from blendmask_live.addresses import is_address, without_secrets

__all__ = ["full_name", "output_name"]

_NAME_BYTES = 120
"""File systems allow 255; files made beside the output have longer names."""


def full_name(source: str | Path) -> str:
    """Tells sources apart: the absolute path of what is on disk, or an address without secrets.

    Addresses that differ in their query are different sources; a fingerprint stands for it.
    """
    # Path.exists would raise for an address that is too long for a file name.
    if source == "demo" or not os.path.exists(source):  # noqa: PTH110
        shown = without_secrets(source)
        query = str(source).partition("?")[2] if is_address(source) else ""
        return f"{shown} {_fingerprint(query, shown)}" if query else shown
    # Not resolved: what a link points to may be exchanged.
    return Path(os.path.abspath(source)).as_posix()  # noqa: PTH100


def _fingerprint(secret: str, salt: str) -> str:
    """A fingerprint from which even a short secret cannot be found by trying all."""
    return hashlib.scrypt(secret.encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=6).hex()


def output_name(stem: str) -> str:
    """A file-system safe name: letters, digits, dots, dashes and underscores only, not too long."""
    safe = re.sub(r"[^\w.-]+", "_", stem).encode()[:_NAME_BYTES].decode(errors="ignore")
    return safe.strip("._") or "source"
