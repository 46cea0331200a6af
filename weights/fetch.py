"""Fetch the authors' weights and bring them into our format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from blendmask_live.errors import WeightsError
from weights.download import Report, download
from weights.published import FirstSeen, PublishedWeights, list_published, user_folder

__all__ = ["Fetched", "fetch_weights", "published_weights", "verify_fetched"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What `fetch` brought.

    Attributes:
        architecture: What the file really holds; its keys decide.
        path: The converted file.
        sha256: Of the file as downloaded.
    """

    architecture: str
    path: Path
    sha256: str


def published_weights(name: str) -> PublishedWeights:
    """The entry of a name.

    Raises:
        WeightsError: If there is none.
    """
    known = list_published()
    if name not in known:
        raise WeightsError(f"{name}: not one of the published weights: {', '.join(known)}")
    return known[name]


def fetch_weights(
    entry: PublishedWeights, *, mirror: str | None = None, report: Report = lambda done, total: None
) -> Fetched:
    """Download, compare with what the file was at first, convert.

    Args:
        mirror: Address to use instead of the authors' page.
        report: Called with bytes done and bytes in all.

    Raises:
        WeightsError: If the download fails, the file changed, or it is no such checkpoint.
    """
    from blendmask_live.network.conversion import convert_checkpoint

    folder = user_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(f"{folder}: cannot be made ({error.strerror})") from error
    downloaded = folder / entry.file
    download((mirror or entry.base_url).rstrip("/") + "/" + entry.file, downloaded, report=report)
    try:
        sha256 = _sha256(downloaded)
        record = FirstSeen(folder)
        record.require_same(entry.file, sha256)
        conversion = convert_checkpoint(downloaded, entry.path, entry.architecture)
        record.record(entry.file, sha256)
        record.record(entry.path.name, _sha256(entry.path))
    finally:
        # Only the converted file is needed, and the download of a refused file must not be resumed.
        downloaded.unlink(missing_ok=True)
    return Fetched(conversion.architecture, entry.path, sha256)


def verify_fetched(entry: PublishedWeights) -> str:
    """Compare a fetched, converted file with what it was when it was made.

    Returns:
        Its SHA-256.

    Raises:
        WeightsError: If it differs.
    """
    sha256 = _sha256(entry.path)
    FirstSeen(user_folder()).require_same(entry.path.name, sha256)
    return sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
