"""Output folders at any address that fsspec knows (s3://, gs://, file://...)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blendmask_live.addresses import without_secrets
from blendmask_live.errors import ConfigError, ExportError

__all__ = ["RemoteFolder", "is_address"]


def is_address(output: Path | str) -> bool:
    """Whether an output is an address and not a path."""
    return isinstance(output, str) and "://" in output


class RemoteFolder:
    """One job's results; run.json is written last, so where it is, everything is.

    Attributes:
        address: As people may read it.
    """

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            ConfigError: If fsspec or what it needs for this kind of address is not installed.
        """
        self.address = without_secrets(address)
        try:
            import fsspec

            self._files, self._path = fsspec.core.url_to_fs(address)
        except ImportError as error:
            raise ConfigError(
                f"{self.address}: {error}; pip install 'blendmask-live[ray]'"
            ) from error
        except ValueError as error:
            raise ConfigError(f"{self.address}: {error}") from error

    def run_record(self) -> dict[str, Any]:
        """What run.json of an earlier run holds; empty where there is none."""
        try:
            return dict(json.loads(self._files.cat_file(f"{self._path}/run.json")))
        except (OSError, ValueError, TypeError):
            return {}

    def replace(self, folder: Path, *, beside: Sequence[Path] = ()) -> None:
        """Copy a folder here; what was here is removed first.

        Args:
            beside: Files to copy beside it, as far as there are such.

        Raises:
            ExportError: If it cannot be written.
        """
        try:
            if self._files.exists(self._path):
                self._files.rm(self._path, recursive=True)
            parent = self._path.rpartition("/")[0]
            self._files.makedirs(parent, exist_ok=True)
            for path in beside:
                if path.exists():
                    self._files.put_file(str(path), f"{parent}/{path.name}")
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            for path in sorted(files, key=lambda path: path == folder / "run.json"):
                target = f"{self._path}/{path.relative_to(folder).as_posix()}"
                self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
                self._files.put_file(str(path), target)
        except OSError as error:
            raise ExportError(f"{self.address}: cannot be written: {error}") from error
