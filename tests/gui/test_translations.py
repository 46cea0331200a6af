"""Every text that the window shows can be translated."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PyQt5.QtCore import QCoreApplication, QLocale, QTranslator
from PyQt5.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import (
    AcceptSuggestion,
    AddLabel,
    CopyToNext,
    DeleteMasks,
    DeleteTrack,
    DrawPolygon,
    Edit,
    FillGaps,
    FillHoles,
    FrameRange,
    HideTrack,
    Interpolate,
    KeepFollowed,
    MergeTracks,
    MoveMask,
    NewMask,
    PaintStroke,
    Project,
    ReassignMasks,
    RejectSuggestion,
    Relabel,
    RenameLabel,
    RenameTrack,
    ScaleMask,
    SetKeyframe,
    SetMask,
    SetMasks,
    SmoothMask,
    SplitTrack,
    SwapTracks,
    find_suggestions,
    propagated,
)
from blendmask_live.annotation.propagation import Step
from blendmask_live.annotation.suggestion import KINDS
from blendmask_live.capture import open_source
from blendmask_live.errors import (
    ConfigError,
    ExportError,
    ProjectError,
    SourceOpenError,
    StageFailed,
)
from blendmask_live.export import ExportOptions
from blendmask_live.export.staging import report_write_errors
from blendmask_live.masks.crops import crop_mask
from gui.editor.controller import EditorController
from gui.editor.window import EditorWindow
from gui.live.controller import LiveController
from gui.shared.format_trouble import formats_trouble
from gui.shared.heard import told_by_exports
from gui.shared.languages import load_language
from gui.shared.library_words import in_window_language
from gui.shared.preferences import Preferences
from gui.shared.problems import error_text, problem_of
from gui.window.main_window import MainWindow

ROOT = Path(__file__).parents[2]
UTF_8 = {**os.environ, "LC_ALL": "C.UTF-8"}


class _Listener(QTranslator):
    """Notes what Qt asks translations for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[tuple[str, str]] = set()

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        self.asked.add((context, text))
        return text


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Contexts and texts that translators are given."""
    path = tmp_path_factory.mktemp("translations") / "blendmask_live_de.ts"
    files = [str(file) for file in sorted((ROOT / "gui").rglob("*.py"))]
    program = "from PyQt5.pylupdate_main import main; main()"
    options = ["-tr-function", "_tr", *files, "-ts", str(path)]
    subprocess.run([sys.executable, "-c", program, *options], env=UTF_8, check=True, timeout=600)
    contexts = ElementTree.parse(path).getroot().iter("context")
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in contexts
        for message in context.iter("message")
    }


def test_what_the_window_shows_is_found_by_translators(
    controller: LiveController,
    extracted: set[tuple[str, str]],
    dressed: QApplication,
    preferences: Preferences,
    project_path: Path,
    qtbot: QtBot,
) -> None:
    listener = _Listener()
    dressed.installTranslator(listener)
    qtbot.addWidget(MainWindow(controller))
    editor = EditorWindow(EditorController(project_path), preferences)
    editor.close()
    editor.deleteLater()
    assert formats_trouble(("mots",), ExportOptions(), ("dog",))
    dressed.removeTranslator(listener)
    # Qt's own contexts begin so.
    ours = {pair for pair in listener.asked if not pair[0].startswith(("Q", "KDE::", "CloseB"))}
    assert ours <= extracted
    for text in ("Remember lost objects", "Sum", "&Playback", "Record", "Open video…"):
        assert any(text == found for _, found in ours | extracted)
    assert len(ours) > 100


def german() -> dict[tuple[str, str], str]:
    """(context, text) -> translation, of the source that translators edit."""
    root = ElementTree.parse(ROOT / "gui/translations/blendmask_live_de.ts").getroot()
    return {
        (context.findtext("name", ""), message.findtext("source", "")): message.findtext(
            "translation", ""
        )
        for context in root.iter("context")
        for message in context.iter("message")
    }


@pytest.fixture
def in_language(dressed: QApplication) -> Iterator[Callable[[str], None]]:
    before, locale = dressed.findChildren(QTranslator), QLocale()
    yield lambda choice: load_language(dressed, choice)
    QLocale.setDefault(locale)
    for translator in dressed.findChildren(QTranslator):
        if translator not in before:
            dressed.removeTranslator(translator)
            translator.deleteLater()


def test_german_is_complete_and_compiled(
    extracted: set[tuple[str, str]], in_language: Callable[[str], None]
) -> None:
    translations = german()
    assert set(translations) == extracted, "run tools/translate.py"
    in_language("de")
    for (context, text), translation in translations.items():
        assert translation, text
        assert QCoreApplication.translate(context, text) == translation, "run tools/translate.py"
        # What is filled in, and file name filters, must not get lost.
        assert sorted(re.findall(r"{[^}]*}", text)) == sorted(re.findall(r"{[^}]*}", translation))
        assert text.count("*.") == translation.count("*.")


@pytest.mark.parametrize(
    ("choice", "title"), [("de", "&Wiedergabe"), ("en", "&Playback"), ("xx", "&Playback")]
)
def test_the_chosen_language_is_shown_and_can_be_changed(
    choice: str,
    title: str,
    controller: LiveController,
    in_language: Callable[[str], None],
    qtbot: QtBot,
) -> None:
    in_language(choice)
    window = MainWindow(controller)
    qtbot.addWidget(window)
    assert title in [action.text() for action in window.menuBar().actions()]
    menu = window.findChild(QMenu, "language")
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()][1:] == ["English", "Deutsch"]
    menu.actions()[2].trigger()
    assert controller.preferences.text("language") == "de"
    assert window.banner.problem is not None and not window.banner.problem.is_error


def edits_of_every_kind() -> list[Edit]:
    frames = FrameRange(3, 9)
    mask = crop_mask(np.ones((4, 4), dtype=bool))
    return [
        Relabel(1, "dog", frames),
        AddLabel("fox"),
        RenameLabel("dog", "hound"),
        RenameTrack(1, "left"),
        HideTrack(1),
        HideTrack(1, is_hidden=False),
        DeleteMasks(1, FrameRange.only(3)),
        DeleteTrack(1),
        SwapTracks(1, 2, FrameRange(3)),
        MergeTracks(1, 2),
        ReassignMasks(1, 2, FrameRange(None, 4)),
        SplitTrack(1, frames),
        SetKeyframe(1, frames),
        SetKeyframe(1, frames, is_keyframe=False),
        SetMask(3, 1, mask),
        SetMasks(1, {3: mask}),
        propagated(1, [Step(3, mask, 0.9)]),
        KeepFollowed(1, {3: NewMask(mask)}, "dog", frames),
        PaintStroke(3, 1, ((1.0, 1.0),), 2.0),
        PaintStroke(3, 1, ((1.0, 1.0),), 2.0, is_erasing=True),
        DrawPolygon(3, 1, ((1.0, 1.0),)),
        DrawPolygon(3, 1, ((1.0, 1.0),), is_erasing=True),
        FillHoles(3, 1),
        SmoothMask(3, 1),
        MoveMask(3, 1, 1.0, 2.0),
        ScaleMask(3, 1, 1.05),
        CopyToNext(3, 1),
        Interpolate(1, frames),
        FillGaps(1, frames),
    ]


def test_acts_and_repairs_are_told_in_german(
    in_language: Callable[[str], None], project_path: Path
) -> None:
    in_language("de")
    for edit in edits_of_every_kind():
        spoken = in_window_language(edit.text)
        assert spoken != edit.text and not re.search(r"\b(track|frame|mask)s?\b", spoken), spoken
    assert in_window_language("delete track 1 (10 masks)") == "Spur 1 gelöscht (10 Masken)"
    both = in_window_language("hide track 1; hide track 2")
    assert both == "Spur 1 verborgen; Spur 2 verborgen"
    assert in_window_language("scale track 1 by 1.05, frame 3").startswith("Spur 1 um 1,05 ")
    lost = in_window_language("camera: lost, next try in 3 s (it ended)")
    assert lost == "camera: verloren, nächster Versuch in 3 s (beendet)"
    with pytest.raises(ProjectError) as refused, Project.open(project_path) as project:
        project.apply(SplitTrack(1, FrameRange()))
    assert in_window_language(str(refused.value)).startswith("Spur 1 hat nur auf einer Seite ")
    assert in_window_language("draw track 1, 1 frames") == "Spur 1 gezeichnet, 1 Bild"
    assert in_window_language("draw track 1, 11 frames") == "Spur 1 gezeichnet, 11 Bilder"
    # Names are what their users gave.
    assert in_window_language("name track 2 1 frames") == "Spur 2 1 frames genannt"
    assert in_window_language("/1 frames/a.mp4: the file is empty").startswith("/1 frames/a.mp4: ")
    both = in_window_language("reject duplicate of tracks 1 and 2, frame 3")
    assert both == "abgelehnt: doppelt, Spuren 1 und 2, Bild 3"
    moved = in_window_language(
        "/a.mp4: the source was moved or deleted; tell the project where it is now"
    )
    assert moved.startswith("/a.mp4: Die Quelle wurde verschoben oder gelöscht; zeigen Sie dem ")
    locked = in_window_language("its folder cannot be written to (Read-only file system)")
    assert locked == "in seinen Ordner kann nicht geschrieben werden (Dateisystem nur lesbar)"
    assert in_window_language("what nobody knows") == "what nobody knows"
    with Project.open(project_path) as project:
        found = find_suggestions(project)
        texts = [s.text for s in found] + [AcceptSuggestion(s).text for s in found]
        texts += [RejectSuggestion(s).text for s in found]
    assert texts
    for text in [*texts, *KINDS, "re-blend (mask size 28; score 0.5)"]:
        assert in_window_language(text) != text


def test_what_is_counted_has_a_text_for_one_thing_too() -> None:
    several_always = {
        "There is no gap of at most {longest} frames",
        "network on 1 of {n} frames",
        "reject {kind} of tracks {n} and {m}, {where}",
        "{count} tracks selected",
        "only the first of its {n} pictures is read; convert it to a video",
        "a palette holds {n} objects; tracks {m} to {word} are in {name}",
        "{n} objects of one class, ids end at {m}; the rest is in {name} and later parts",
        "track {n} has masks on one side of the cut only: go to the frame at which the second "
        "object begins",
    }
    texts = {text for _, text in german()} - several_always
    plural = re.compile(r"\{\w*\}( \w+)? (frame|mask|track|picture|place|packet|file|object)s\b")
    counting = {text: plural.sub("", text) for text in texts if plural.search(text)}
    singular = re.compile(r"\b1( \w+)? (frame|mask|track|picture|place|packet|file|object)\b")
    ones = {singular.sub("", text) for text in texts if singular.search(text)}
    assert counting and {text for text, rest in counting.items() if rest not in ones} == set()


def test_errors_of_the_library_have_a_german_sentence_around_them(
    in_language: Callable[[str], None], tmp_path: Path
) -> None:
    empty, text = tmp_path / "empty.mp4", tmp_path / "text.mp4"
    empty.touch()
    text.write_text("no video at all, and no song either")
    told = {}
    for language in ("en", "de"):
        in_language(language)
        for path in (empty, text, tmp_path / "missing.mp4"):
            with pytest.raises(SourceOpenError) as failure:
                open_source(path)
            told[language, path.name] = error_text(failure.value)
        told[language, "setting"] = problem_of(ConfigError("score: expected 0 to 1")).advice
    assert told["en", "missing.mp4"].endswith("no such file or folder; check the path")
    assert told["de", "missing.mp4"].endswith(
        "Datei oder Ordner gibt es nicht; prüfen Sie den Pfad"
    )
    assert told["de", "empty.mp4"] == f"{empty}: Die Datei ist leer"
    assert "eine Videodatei" in told["de", "text.mp4"]
    assert told["en", "setting"] == "score: expected 0 to 1"
    assert told["de", "setting"] == (
        "Wählen Sie einen anderen Wert. Meldung des Programms, auf Englisch: score: expected 0 to 1"
    )


def test_refusals_and_notices_of_the_library_are_german(
    in_language: Callable[[str], None], project_path: Path, tmp_path: Path
) -> None:
    in_language("de")
    refused = []
    with Project.open(project_path) as project:
        for edit in (
            HideTrack(99),
            Relabel(1, "fox", FrameRange()),
            SwapTracks(1, 1, FrameRange()),
        ):
            with pytest.raises(ProjectError) as error:
                project.apply(edit)
            refused.append(error_text(error.value))
    assert refused == [
        "in diesem Projekt gibt es keine Spur 99",
        "in diesem Projekt gibt es keine Klasse 'fox': legen Sie sie erst an",
        "Spur 1: Wählen Sie zwei verschiedene Spuren",
    ]
    damaged = tmp_path / "damaged.bml"
    damaged.write_bytes(project_path.read_bytes()[:100] + b"?" * 4000)
    with pytest.raises(ProjectError) as error:
        Project.open(damaged)
    assert error_text(error.value).startswith(f"{damaged}: die Datei ist beschädigt (")
    # Notices of several parts, with a place before them, with what the system says in them.
    for english, german_text in {
        "a: b.mp4: 1 damaged packet skipped; frames that depend on it may be missing too; "
        "2 damaged pictures, shown as far as possible; cut short, its last part is missing": (
            "a: b.mp4: 1 beschädigtes Paket übersprungen; auch Bilder, die davon abhängen, können "
            "fehlen; 2 beschädigte Bilder, so weit wie möglich gezeigt; abgeschnitten, sein "
            "letzter Teil fehlt"
        ),
        "left out, a polygon needs three points or more, this one has 2: 3 (a.json, b.json, ...)": (
            "ausgelassen, ein Polygon braucht mindestens drei Punkte, dieses hat 2: 3 "
            "(a.json, b.json, ...)"
        ),
        "udp://x:1: lost, next try in 3 s (Connection refused)": (
            "udp://x:1: verloren, nächster Versuch in 3 s (Verbindung abgelehnt)"
        ),
        "x.json: the frames have numbers 0 to 9, the video has 1 frame; give the video that was "
        "annotated": (
            "x.json: die Bilder haben die Nummern 0 bis 9, das Video hat 1 Bild; öffnen Sie das "
            "Video, das annotiert wurde"
        ),
    }.items():
        assert in_window_language(english) == german_text
    full = OSError(28, "No space left on device")
    with pytest.raises(ExportError) as failure, report_write_errors(Path("/out")):
        raise full
    assert error_text(StageFailed("export coco", failure.value)) == (
        "/out: lässt sich nicht schreiben: kein Platz mehr auf dem Datenträger; schaffen Sie "
        "Platz oder wählen Sie einen anderen Ordner"
    )
    (warned,) = told_by_exports(
        ["a: the format knows person and car; left out dog (--all-classes keeps them)"]
    )
    assert warned.endswith(
        "a: das Format kennt person und car; ausgelassen: dog („Alle Klassen“ behält sie)"
    )
    # What a file holds is no sentence, however many signs it has.
    odd = "damaged: " + "{'a': 1, 'b': 2}; " * 500
    assert in_window_language(odd) == odd


def translate_tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("translate", ROOT / "tools/translate.py")
    assert specification is not None and specification.loader is not None
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    return tool


def test_sentences_of_the_library_without_a_german_one_are_found(tmp_path: Path) -> None:
    tool = translate_tool()
    for folder in ("annotation", "commands", "export"):
        (tmp_path / "blendmask_live" / folder).mkdir(parents=True)
    errors = (ROOT / "blendmask_live/errors.py").read_text(encoding="utf-8")
    (tmp_path / "blendmask_live/errors.py").write_text(errors, encoding="utf-8")
    (tmp_path / "blendmask_live/part.py").write_text(
        "HINT = '{}: try the other one'\n"
        "def known(track):\n"
        "    raise ProjectError(f'{track}: there is no track {track} in this project')\n"
        "def new(path, error):\n"
        "    raise ProjectError(f'{path}: the moon is full ({error})')\n"
        "def by_name(path):\n"
        "    hint = HINT.format(path)\n"
        "    raise errors.SourceError(hint)\n"
        "def by_call(path):\n"
        "    raise ExportError(f'{path}: {why(path)}')\n"
        "def why(path):\n"
        "    return 'it is too late' if path else 'it is too early'\n"
        "class Source:\n"
        "    @property\n"
        "    def notice(self):\n"
        "        return f'{self.name}: the sun is down'\n"
    )
    warning = tmp_path / "blendmask_live/export/writer.py"
    warning.write_text("logger.warning('%s: no pixel is left', name)\n")
    edit = tmp_path / "blendmask_live/annotation/edits.py"
    edit.write_text(
        "class Hide:\n    @property\n    def text(self):\n"
        "        action = 'hide' if self.hides else 'turn'\n"
        "        return f'{action} track {self.track}'\n"
    )
    flag = tmp_path / "blendmask_live/commands/flag.py"
    flag.write_text("raise ConfigError('--flag: only for the command line')\n")
    faults = tool.unknown_library_texts(tmp_path)
    assert [(fault.split(":")[0], fault.split(": ")[-1].strip("'\"")) for fault in faults] == [
        ("blendmask_live/annotation/edits.py", "turn track 7"),
        ("blendmask_live/export/writer.py", "no pixel is left"),
        ("blendmask_live/part.py", "the sun is down"),
        ("blendmask_live/part.py", "the moon is full (7)"),
        ("blendmask_live/part.py", "try the other one"),
        ("blendmask_live/part.py", "it is too late"),
        ("blendmask_live/part.py", "it is too early"),
    ]
    # What stays English is there, and there for a reason.
    for place, reason in importlib.import_module("library_texts").STAYS_ENGLISH.items():
        assert (ROOT / place).exists() and reason


def test_texts_that_cannot_be_translated_are_found(tmp_path: Path) -> None:
    tool = translate_tool()
    tool.ROOT = tmp_path
    path = tmp_path / "panel.py"
    path.write_text(
        'QLabel("Not translated")\n_tr(name)\npanel.tr("Elsewhere")\n'
        'QLabel(self.tr("Fine"))\nbox.addItem(f"{size} x {size}")\n'
    )
    assert [fault.split(":")[1] for fault in tool.misplaced_texts(path)] == ["1", "2", "3"]
    # Shown as an error in English, it would be called English.
    path.write_text('raise ConfigError(_tr("No time"))\nraise ConfigError(f"{text}: no time")\n')
    assert [fault.split(":")[1] for fault in tool.misplaced_texts(path)] == ["1"]
    path.write_text(
        'class Above(QObject):\n    def say(self): return self.tr("Lost")\n'
        'class Below(Above):\n    def say(self): return self.tr("Found")\n'
    )
    assert [fault.split(":")[1] for fault in tool.inherited_texts([path])] == ["1"]
    # A text that another class has translated is not translated here.
    path.write_text(
        "class Lane(QObject):\n    def tip(self):\n        return f\"{self.tr('Frame {}')} 1\"\n"
        "TITLE = _tr('Title')\nACT = QT_TRANSLATE_NOOP('Library', 'hide')\n"
    )
    marked = {("Lane", "Frame {}"), ("@default", "Title"), ("Library", "hide")}
    assert tool.marked_texts(path) == marked
