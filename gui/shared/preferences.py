"""What the window remembers between two starts."""

from __future__ import annotations

import dataclasses
import json
import logging
import os
from pathlib import Path
from typing import Any, Final, TypeVar

from PyQt5.QtCore import QByteArray, QSettings

from blendmask_live.addresses import without_secrets
from gui.shared.remembered import with_remembered

__all__ = ["Preferences"]

T = TypeVar("T")
J = TypeVar("J", dict[str, object], list[object])
logger = logging.getLogger(__name__)
_RECENT: Final = 10


class Preferences:
    """Typed values over QSettings; a value that cannot be read becomes the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @classmethod
    def of_user(cls) -> Preferences:
        """The preferences of the person who runs the program, where the system keeps them."""
        return cls(QSettings("BlendMask Live", "BlendMask Live"))

    def load(self, key: str, default: T) -> T:
        """The remembered dataclass; fields without a usable value are as in `default`."""
        return with_remembered(default, self._json(key, {}), key)

    def save(self, key: str, value: Any, *, leave_out: tuple[str, ...] = ()) -> None:
        """Remember a dataclass; its fields are plain values or dataclasses of plain values."""
        fields = {
            field.name: getattr(value, field.name)
            for field in dataclasses.fields(value)
            if field.name not in leave_out
        }
        self._store.setValue(key, json.dumps(fields, default=dataclasses.asdict))

    def text(self, key: str, default: str = "") -> str:
        """A remembered text."""
        value = self._value(key)
        return value if isinstance(value, str) else default

    def set_text(self, key: str, value: str) -> None:
        """Remember a text."""
        self._store.setValue(key, value)

    def texts(self, key: str) -> dict[str, str]:
        """Remembered texts by name."""
        return {k: v for k, v in self._json(key, {}).items() if isinstance(v, str)}

    def set_texts(self, key: str, texts: dict[str, str]) -> None:
        """Remember texts by name."""
        self.set_text(key, json.dumps(texts))

    def bytes(self, key: str) -> QByteArray:
        """Remembered window geometry or state; empty if there is none."""
        value = self._value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Remember window geometry or state."""
        self._store.setValue(key, value)

    def recent(self) -> tuple[str | Path, ...]:
        """Sources and projects opened last, newest first: paths that still exist, and addresses."""
        remembered = [text for text in self._json("recent_files", []) if isinstance(text, str)]
        # Unlike Path.exists, os.path.exists never raises, whatever the text.
        exists = os.path.exists
        return tuple(
            text if "://" in text else Path(text)
            for text in remembered
            if "://" in text or exists(text)
        )

    def recent_files(self) -> tuple[Path, ...]:
        """The paths among them."""
        return tuple(source for source in self.recent() if isinstance(source, Path))

    def add_recent(self, source: str | Path) -> None:
        """Put a path or an address first in the list, without what is secret in it."""
        text = without_secrets(str(source))
        others = [str(other) for other in self.recent() if str(other) != text]
        self.set_text("recent_files", json.dumps([text, *others][:_RECENT]))

    def clear_recent_files(self) -> None:
        """Forget which files were opened."""
        self.set_text("recent_files", "[]")

    def everything(self) -> dict[str, str]:
        """All remembered values as text, for crash reports."""
        values = {key: self._value(key) for key in self._store.allKeys()}
        return {key: str(v) for key, v in values.items() if not isinstance(v, QByteArray)}

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _value(self, key: str) -> object:
        try:
            return self._store.value(key)
        except TypeError:
            # It was saved as a Python object of a class that does not exist here.
            return None

    def _json(self, key: str, default: J) -> J:
        """What was remembered as JSON; `default` if it is no JSON or of another type."""
        try:
            value = json.loads(self.text(key) or json.dumps(default))
        except (ValueError, RecursionError) as error:
            logger.warning("setting %s was not usable and is set back: %s", key, error)
            return default
        return value if isinstance(value, type(default)) else default
