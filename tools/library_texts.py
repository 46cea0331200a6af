"""Finds the English sentences that the window may show in German, for tools/translate.py.

They are made in the library, and in errors of the window itself: errors, notices of sources and
receivers, remarks on imports, warnings of exports. gui/shared/library_words.py puts them into
German by patterns. Here they are collected from the source text, with a number for whatever is
filled in, so that one without a pattern is noticed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Final

__all__ = ["STAYS_ENGLISH", "library_texts", "reason_to_stay"]

STAYS_ENGLISH: Final[Mapping[str, str]] = {
    "blendmask_live/cli.py": "only the command line",
    "blendmask_live/commands/": "only the command line",
    "blendmask_live/config.py": "the window's controls offer no such value",
    "blendmask_live/evaluation/": "only the command line",
    "blendmask_live/jobs/cluster.py": "only the command line",
    "blendmask_live/jobs/follow.py": "only the command line; the editor follows by itself",
    "blendmask_live/jobs/follow_davis.py": "only the command line",
    "blendmask_live/jobs/remote.py": "only the command line",
    "blendmask_live/jobs/stream.py": "only the command line",
    "blendmask_live/live/settings.py": "the window's controls offer no such value",
    "blendmask_live/measuring/": "only the command line",
    "blendmask_live/network/": "for people who make weights files",
    "blendmask_live/option.py": "only the command line",
    "blendmask_live/plain_values.py": "settings files, only the command line",
    "blendmask_live/runtime/": "names of runtimes and packages, for people who choose them",
    "blendmask_live/training/": "for people who write recipes and data sets",
    "blendmask_live/validation/": "only the command line",
    "tracking/config.py": "the window's controls offer no such value",
    "weights/download.py": "fetching is done at the command line",
    "weights/fetch.py": "fetching is done at the command line",
    "weights/published.py": "fetching is done at the command line",
}
"""Files and folders whose sentences are shown in English within a sentence of the window -> why."""
_GERMAN_TOO: Final = frozenset(
    {"blendmask_live/training/corrections.py", "blendmask_live/training/loop.py"}
)
"""Exceptions from these."""
_FOLDERS: Final = ("blendmask_live", "gui", "tracking", "weights")
_FILLED: Final = "7"
"""Stands for what is filled in; fits every placeholder that is a number or any text."""
_FILLED_BY: Final = {"frames": "all frames", "kind": "gap", "text": "import masks"}
"""Attributes that are sentences or parts of such themselves -> one that they may be."""
_MOST: Final = 64
"""Ways to put a sentence together, from each place."""
_SAID_BY: Final = frozenset({"leave_out", "ReceiverLost"})
"""Calls whose first argument is told to people, beside errors."""
_SAID_AS: Final = frozenset({"notice", "_notice", "_missing_end", "read_only_reason", "assumption"})
"""Attributes and properties that hold what is told to people."""
_ACTS: Final = "blendmask_live/annotation/"
"""Here `text` is what an act or a repair is called."""
_WARNS: Final = "blendmask_live/export/"
"""Warnings from here are shown in the window."""
_VALUES: Final = (
    "blendmask_live/importing/",
    "blendmask_live/masks/segmentations.py",
    "blendmask_live/prompting/prompt.py",
)
"""Here a ValueError says why a shape of a file is left out, or a click makes no sense."""


def reason_to_stay(path: str) -> str:
    """Why the sentences of a file need no translation; "" if they need one."""
    if path in _GERMAN_TOO:
        return ""
    return next((why for begin, why in STAYS_ENGLISH.items() if path.startswith(begin)), "")


def library_texts(root: Path) -> Iterator[tuple[str, str]]:
    """(place in the source text, a sentence as it may be told) for all that have words."""
    errors = _names_of_errors(root)
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            for line, text in _Sentences(path, name, errors).found():
                yield f"{name}:{line}", text


def _names_of_errors(root: Path) -> frozenset[str]:
    tree = ast.parse((root / "blendmask_live" / "errors.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef)) - {
        # It begins with the name of a stage.
        "StageFailed"
    }


class _Sentences:
    """The sentences of one file."""

    def __init__(self, path: Path, name: str, errors: frozenset[str]) -> None:
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        self._name, self._said_by, self._said_as = name, errors | _SAID_BY, _SAID_AS
        if name.startswith(_ACTS):
            self._said_as |= {"text"}
        if name.startswith(_VALUES):
            self._said_by |= {"ValueError"}
        self._functions = {
            node.name: node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef)
        }

    def found(self) -> Iterator[tuple[int, str]]:
        """(line, sentence), in the order of the file."""
        for scope in [self._tree, *self._functions.values()]:
            for node in _nodes_of(scope):
                within = node if isinstance(node, ast.FunctionDef) else scope
                for said in self._said(node):
                    texts = self._texts(said, within, depth=0)
                    yield from ((node.lineno, text) for text in texts if _has_words(text))

    def _said(self, node: ast.AST) -> Iterator[ast.expr]:
        """What a statement or call tells people."""
        if isinstance(node, ast.Call):
            called = _called(node)
            if called in self._said_by or _is_assumed(node):
                yield from node.args[:1]
            if called == "Placing":
                yield from node.args[1:2]
            if called == "warning" and self._name.startswith(_WARNS):
                yield from node.args[:1]
            yield from (word.value for word in node.keywords if word.arg in self._said_as)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {getattr(t, "attr", getattr(t, "id", "")) for t in targets}
            if names & self._said_as:
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name in self._said_as:
            yield from _returned(node)

    def _texts(self, node: ast.expr, scope: ast.AST, *, depth: int) -> list[str]:
        """What an expression may be; `_FILLED` where that is known only when it runs."""
        parts: list[list[str]] = []
        if depth > 12:
            return [_FILLED]
        match node:
            case ast.Constant(value=str(text)):
                return [re.sub(r"%[sdg]|%\.\df|\{[^{}]*\}", _FILLED, text)]
            case ast.JoinedStr(values=values):
                parts = [self._texts(value, scope, depth=depth + 1) for value in values]
            case ast.FormattedValue(value=ast.Attribute(attr=name)) if name in _FILLED_BY:
                return [_FILLED_BY[name]]
            case ast.FormattedValue(value=value, format_spec=spec):
                is_share = spec is not None and "%" in ast.unparse(spec)
                return [f"{_FILLED}%"] if is_share else self._filled(value, scope, depth=depth)
            case ast.List(elts=values) | ast.Tuple(elts=values):
                return [t for value in values for t in self._texts(value, scope, depth=depth)]
            case (
                ast.Starred(value=value)
                | ast.BinOp(left=value, op=ast.Mult())
                | ast.GeneratorExp(elt=value)
                | ast.ListComp(elt=value)
            ):
                return self._texts(value, scope, depth=depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                parts = [self._texts(side, scope, depth=depth + 1) for side in (left, right)]
            case ast.IfExp(body=one, orelse=other):
                return [t for side in (one, other) for t in self._texts(side, scope, depth=depth)]
            case ast.BoolOp(values=values):
                return [t for side in values for t in self._texts(side, scope, depth=depth)]
            case ast.Name(id=name):
                return self._assigned(name, scope, depth=depth) or [_FILLED]
            case ast.Call():
                return self._of_call(node, scope, depth=depth) or [_FILLED]
            case _:
                return [_FILLED]
        return ["".join(chosen) for chosen in list(product(*parts))[:_MOST]]

    def _filled(self, value: ast.expr, scope: ast.AST, *, depth: int) -> list[str]:
        texts = self._texts(value, scope, depth=depth + 1)
        if not any(map(_has_words, texts)):
            return [_FILLED]
        return [text for text in texts if _has_words(text) or not text]

    def _of_call(self, call: ast.Call, scope: ast.AST, *, depth: int) -> list[str]:
        called, owner = _called(call), getattr(call.func, "value", None)
        if called == "counted":
            return [f"{_FILLED} {word.value}s" for word in call.args[1:2] if _is_text(word)]
        if called in ("format", "removeprefix", "removesuffix") and owner is not None:
            return self._texts(owner, scope, depth=depth + 1)
        if called == "join":
            return [t for value in call.args for t in self._texts(value, scope, depth=depth + 1)]
        if called == "get" and isinstance(owner, ast.Name):
            tables = self._values_of(owner.id, self._tree)
            choices = [v for table in tables if isinstance(table, ast.Dict) for v in table.values]
            values = [*choices, *call.args[1:]]
            return [t for value in values for t in self._texts(value, scope, depth=depth + 1)]
        function = self._functions.get(called)
        if function is None or function is scope:
            return []
        return [
            text
            for value in _returned(function)
            for text in self._texts(value, function, depth=depth + 1)
        ]

    def _assigned(self, name: str, scope: ast.AST, *, depth: int) -> list[str]:
        values = self._values_of(name, scope) or self._values_of(name, self._tree)
        return [text for value in values for text in self._texts(value, scope, depth=depth + 1)]

    def _values_of(self, name: str, scope: ast.AST) -> list[ast.expr]:
        found = []
        for node in _nodes_of(scope):
            pairs: list[tuple[ast.expr, ast.expr]] = []
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    pairs = list(zip(names, values, strict=True))
                case ast.Assign(targets=targets, value=value):
                    pairs = [(target, value) for target in targets]
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    pairs = [(target, value)]
                case ast.NamedExpr(target=target, value=value):
                    pairs = [(target, value)]
            found += [v for t, v in pairs if isinstance(t, ast.Name) and t.id == name]
        return found


def _nodes_of(scope: ast.AST) -> Iterator[ast.AST]:
    """All below `scope` but what is in functions within; these functions themselves too."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _nodes_of(node)


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [
        n.value for n in _nodes_of(function) if isinstance(n, ast.Return) and n.value is not None
    ]


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _is_assumed(call: ast.Call) -> bool:
    return ast.unparse(call.func).endswith("assumptions.append")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{2}", text) is not None
