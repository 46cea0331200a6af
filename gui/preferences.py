"""What the window remembers between two starts."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path
from typing import Any, Final, TypeVar

from PyQt5.QtCore import QByteArray, QSettings

from blendmask_live.errors import ConfigError

__all__ = ["Preferences"]

T = TypeVar("T")
logger = logging.getLogger(__name__)
_RECENT: Final = 10


class Preferences:
    """Typed values over QSettings; what cannot be read any more becomes the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @classmethod
    def of_user(cls) -> Preferences:
        """Those of the person who runs the program, where the system keeps such things."""
        return cls(QSettings("BlendMask Live", "BlendMask Live"))

    def load(self, key: str, default: T) -> T:
        """The remembered dataclass, with defaults for fields that were not remembered."""
        known = {field.name: field for field in dataclasses.fields(default) if field.init}  # type: ignore[arg-type]
        try:
            remembered = json.loads(self.text(key, "{}"))
            values = {k: _as_tuple(v) for k, v in remembered.items() if k in known}
            return dataclasses.replace(default, **values)  # type: ignore[type-var]
        except (ConfigError, ValueError, TypeError, AttributeError) as error:
            logger.warning("setting %s was not usable and is set back: %s", key, error)
            return default

    def save(self, key: str, value: Any, *, leave_out: tuple[str, ...] = ()) -> None:
        """Remember a dataclass."""
        fields = {
            field.name: getattr(value, field.name)
            for field in dataclasses.fields(value)
            if field.name not in leave_out
        }
        self._store.setValue(key, json.dumps(fields))

    def text(self, key: str, default: str = "") -> str:
        """A remembered text."""
        return str(self._store.value(key, default))

    def set_text(self, key: str, value: str) -> None:
        """Remember a text."""
        self._store.setValue(key, value)

    def bytes(self, key: str) -> QByteArray:
        """Remembered window geometry or state; empty if there is none."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Remember window geometry or state."""
        self._store.setValue(key, value)

    def recent_files(self) -> tuple[Path, ...]:
        """Files and folders opened last, newest first; those that are gone left out."""
        remembered = json.loads(self.text("recent_files", "[]"))
        return tuple(path for path in map(Path, remembered) if path.exists())

    def add_recent_file(self, path: Path) -> None:
        """Put a file first in the list."""
        others = [str(other) for other in self.recent_files() if other != path]
        self.set_text("recent_files", json.dumps([str(path), *others][:_RECENT]))

    def clear_recent_files(self) -> None:
        """Forget which files were opened."""
        self.set_text("recent_files", "[]")

    def everything(self) -> dict[str, str]:
        """All remembered values as text, for crash reports."""
        return {
            key: str(self._store.value(key))
            for key in self._store.allKeys()
            if not isinstance(self._store.value(key), QByteArray)
        }

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
