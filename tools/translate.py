"""Brings the translations of the window up to date: `python tools/translate.py`.

Texts that are new in gui/ come into gui/translations/*.ts as unfinished, those that are gone leave.
Translate the unfinished ones there, by hand or with Qt Linguist, and run it again: it also compiles
what the program loads (*.qm), for which `lrelease` of Qt's tools must be on the path.

With --check nothing is written: it fails where a text is not translated, or cannot be, and where a
sentence of the library that the window may show fits no pattern (see library_texts.py).
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from library_texts import library_texts, reason_to_stay

from gui.shared.library_words import is_known
from gui.shared.window_terms import in_window_terms

FOLDER = ROOT / "gui" / "translations"
# pylupdate5 names files as the locale has it.
SHOWING = frozenset(
    "QLabel QPushButton QCheckBox QToolButton QAction Problem setText setToolTip setWindowTitle "
    "setPlaceholderText setLabelText setInformativeText addAction addMenu addButton addRow addItem "
    "dim_label heading show_message setStatusTip setAccessibleName showMessage".split()
)
"""Calls whose texts people see."""
UTF_8 = {**os.environ, "LC_ALL": "C.UTF-8"}


def program_files() -> list[Path]:
    """The files that hold texts of the window."""
    return sorted((ROOT / "gui").rglob("*.py"))


def update(source: Path) -> None:
    """Bring one .ts up to date with the program's texts."""
    files = [str(path.relative_to(ROOT)) for path in program_files()]
    program = "from PyQt5.pylupdate_main import main; main()"
    options = ["-noobsolete", "-tr-function", "_tr", *files, "-ts", str(source)]
    subprocess.run([sys.executable, "-c", program, *options], cwd=ROOT, env=UTF_8, check=True)
    # Line numbers would change with every edit of the program.
    text = re.sub(r"\s*<location [^>]*/>", "", source.read_text(encoding="utf-8"))
    source.write_text(text, encoding="utf-8")


def check() -> list[str]:
    """What is wrong with the texts and their translations, a line each."""
    faults = [fault for path in program_files() for fault in misplaced_texts(path)]
    faults += inherited_texts(program_files())
    faults += unknown_library_texts(ROOT)
    for source in sorted(FOLDER.glob("*.ts")):
        with tempfile.TemporaryDirectory() as folder:
            fresh = Path(folder) / source.name
            shutil.copy(source, fresh)
            update(fresh)
            known, needed = texts_of(source), texts_of(fresh)
        faults += [
            f"{path.relative_to(ROOT)}: overlooked by pylupdate5, which reads no text with a comma "
            f"behind it and none in an f-string: {text!r}"
            for path in program_files()
            for _, text in sorted(marked_texts(path) - needed.keys())
        ]
        faults += [
            f"{source.name}: not translated: {text!r}" for text in needed if not needed[text]
        ]
        faults += [f"{source.name}: is in no program: {text!r}" for text in known.keys() - needed]
    return faults


def unknown_library_texts(root: Path) -> list[str]:
    """Sentences of the library that would be shown in English, and are not meant to be."""
    return [
        f"{place}: no pattern in gui/shared/library_*.py fits: {text!r}"
        for place, text in library_texts(root)
        if not reason_to_stay(place.split(":")[0])
        and not is_known(in_window_terms(" ".join(text.split())))
    ]


def texts_of(source: Path) -> dict[tuple[str, str], str]:
    """(context, text) -> translation; "" where it is missing or unfinished."""
    found = {}
    for context in ElementTree.parse(source).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            is_done = translation is not None and translation.get("type") != "unfinished"
            text = translation.text if translation is not None and is_done else None
            found[context.findtext("name", ""), message.findtext("source", "")] = text or ""
    return found


def marked_texts(path: Path) -> set[tuple[str, str]]:
    """(context, text) of what a file marks for translation."""
    return set(_marked(ast.parse(path.read_text(encoding="utf-8")), "@default"))


def _marked(node: ast.AST, of_class: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ClassDef):
        of_class = node.name
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        texts = [str(word.value) for word in node.args if _is_text([word])]
        if name in ("tr", "_tr") and texts:
            yield "@default" if name == "_tr" else of_class, texts[0]
        elif name in ("QT_TRANSLATE_NOOP", "translate") and len(texts) > 1:
            yield texts[0], texts[1]
    for child in ast.iter_child_nodes(node):
        yield from _marked(child, of_class)


def misplaced_texts(path: Path) -> list[str]:
    """Texts that are shown without being translated, or that translators do not get to see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    faults = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        name = call.func.id if isinstance(call.func, ast.Name) else name
        place = f"{path.relative_to(ROOT)}:{call.lineno}"
        if name in ("tr", "_tr") and not _is_text(call.args[:1]):
            faults.append(f"{place}: {name} needs a text in quotes; pylupdate5 reads no other")
        elif name == "tr" and not _is_self(call.func):
            faults.append(f"{place}: tr of another object looks among that one's texts; use _tr")
        elif name.endswith("Error") and any(_is_translated(word) for word in ast.walk(call)):
            faults.append(f"{place}: errors speak English; their German is in library_*.py")
        elif name in SHOWING:
            faults += [
                f"{place}: shown without translation: {words!r}"
                for argument in call.args
                if (words := _words(argument))
            ]
    return faults


def inherited_texts(paths: list[Path]) -> list[str]:
    """Classes whose `self.tr` looks among the texts of a class that is made from them."""
    classes = {
        node.name: (path, node)
        for path in paths
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    bases = {ast.unparse(base) for _, node in classes.values() for base in node.bases}
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {name} has subclasses, so self.tr looks among "
        "their texts; use _tr"
        for name, (path, node) in classes.items()
        if name in bases
        and any(
            isinstance(call, ast.Call) and ast.unparse(call.func) == "self.tr"
            for call in ast.walk(node)
        )
    ]


def _is_text(arguments: list[ast.expr]) -> bool:
    return bool(arguments) and isinstance(getattr(arguments[0], "value", None), str)


def _is_translated(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("self.tr", "_tr")


def _is_self(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "self"


def _words(argument: ast.expr) -> str:
    """The English in a text or f-string; "" for names, signs and units."""
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    text = " ".join(text for text in texts if isinstance(text, str))
    text = re.sub(r"<[^>]*>|color: [^;]*;|[{][^}]*[}]|BlendMask Live", " ", text)
    return text if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}|[A-Z][a-z]{2,}", text) else ""


def main() -> None:
    if "--check" in sys.argv[1:]:
        faults = check()
        raise SystemExit("\n".join(faults) if faults else 0)
    for source in sorted(FOLDER.glob("*.ts")):
        update(source)
        text = source.read_text(encoding="utf-8")
        unfinished = text.count('type="unfinished"')
        print(f"{source.name}: {unfinished} unfinished")
        if shutil.which("lrelease") is None:
            raise SystemExit("lrelease is not on the path: install Qt's tools, then run this again")
        target = source.with_suffix(".qm")
        subprocess.run(["lrelease", "-silent", str(source), "-qm", str(target)], check=True)


if __name__ == "__main__":
    main()
