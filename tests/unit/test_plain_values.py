"""Settings files are read strictly, and what is wrong is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from blendmask_live.errors import ConfigError
from blendmask_live.plain_values import from_plain


@dataclass(frozen=True, slots=True)
class Inner:
    share: float = 1.0
    kind: Literal["a", "b"] = "a"

    def __post_init__(self) -> None:
        if self.share < 0:
            raise ConfigError(f"share {self.share}: must not be negative")


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int = 1
    is_on: bool = False
    folder: str | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    parts: tuple[Inner, ...] = ()
    inner: Inner = field(default_factory=Inner)


def test_a_table_becomes_the_dataclass() -> None:
    content = {"name": "x", "sizes": [[1, 2]], "parts": [{"share": 2}, {"kind": "b"}], "inner": {}}
    wanted = Outer("x", sizes=((1, 2),), parts=(Inner(2.0), Inner(kind="b")))
    assert from_plain(Outer, content, "f") == wanted
    assert from_plain(tuple[Inner, ...], [{"share": 3}], "f") == (Inner(3.0),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "f: 'name' is missing"),
        ([], "f: expected a table, found []"),
        ({"name": 7}, "f: name: expected a text, found 7"),
        ({"name": "x", "count": True}, "f: count: expected a whole number, found True"),
        ({"name": "x", "is_on": 1}, "f: is_on: expected true or false, found 1"),
        ({"name": "x", "folder": 1}, "f: folder: expected a text or nothing, found 1"),
        ({"name": "x", "sizes": [[1, 2], [3]]}, "expected [height, width] pairs, found [3]"),
        ({"name": "x", "nam": 1}, "f: unknown setting 'nam'; known are count, folder, inner"),
        ({"name": "x", "parts": [{}, {"shar": 1}]}, "f: parts: unknown setting 'shar'"),
        ({"name": "x", "inner": {"kind": "c"}}, "f: inner: kind: 'c' is not one of its values"),
        ({"name": "x", "inner": {"share": "1"}}, "f: inner: share: expected a number, found '1'"),
        ({"name": "x", "inner": {"share": -1}}, "f: share -1.0: must not be negative"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(content: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_plain(Outer, content, "f")
    assert message in str(caught.value) and "\n" not in str(caught.value)
