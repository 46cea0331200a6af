"""How formats are written is chosen where they are chosen; what cannot work is said there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QApplication, QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from blendmask_live.annotation import Project
from blendmask_live.export import EXPORTERS, ExportOptions
from gui.editor.export_dialog import ExportDialog
from gui.live.controller import LiveController
from gui.live.recorder import RecordingPlan
from gui.panels.format_options import FormatOptions
from gui.panels.record_panel import RecordPanel
from gui.shared.controls import NumberSlider
from gui.shared.format_trouble import formats_trouble
from gui.shared.pixels import to_qimage
from gui.shared.preferences import Preferences
from gui.shared.problems import Problem
from tests.export.new_format import DotsWriter

pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture
def box(qtbot: QtBot) -> FormatOptions:
    made = FormatOptions()
    qtbot.addWidget(made)
    return made


def shown(box: FormatOptions) -> set[str]:
    return {name for name, row in box.rows.items() if not row.isHidden()}


def test_only_options_of_the_chosen_formats_are_shown(box: FormatOptions) -> None:
    box.show_options(ExportOptions(), ("csv",))
    assert shown(box) == set()
    box.show_options(ExportOptions(), ("mots", "coco"))
    assert shown(box) == {"frames", "all_classes"}
    box.show_options(ExportOptions(), ("youtube-vis",))
    assert shown(box) == {"frames", "rle", "all_classes"}
    box.show_options(ExportOptions(), ("cutout",))
    assert shown(box) == {"background", "cutout", "one_file_per_track"}
    box.show_options(ExportOptions(background="blur"), ("cutout",))
    assert shown(box) == {"background", "one_file_per_track", "video_crf"}
    box.show_options(ExportOptions(shape="polygon"), ("labelme",))
    assert shown(box) == {"frames", "shape", "polygon_tolerance_px"}


@pytest.mark.parametrize(
    ("rle", "refused"), [(None, ""), ("compressed", "instances"), ("uncompressed", "results")]
)
def test_masks_that_trackeval_refuses_are_named_beside_the_choice(
    box: FormatOptions, rle: Literal["compressed", "uncompressed"] | None, refused: str
) -> None:
    box.show_options(ExportOptions(rle=rle), ("youtube-vis",))
    notes = [label.text() for label in box.rows["rle"].findChildren(QLabel) if not label.isHidden()]
    assert [f"refuses {refused}.json" in note for note in notes if "TrackEval" in note] == (
        [True] if refused else []
    )


def test_each_option_is_wanted_as_it_is_chosen(box: FormatOptions) -> None:
    box.chosen.connect(lambda options: box.show_options(options, tuple(formats)))
    formats = ["overlay", "youtube-vis", "mots", "cvat", "cutout", "matte"]
    box.show_options(ExportOptions(), formats)
    for name, key in (
        ("frames", "png"),
        ("rle", "compressed"),
        ("shape", "polygon"),
        ("cutout", "vp9"),
        ("matte", "png"),
    ):
        box.choice(name).button(key).click()
    for name in ("all_classes", "one_file_per_track"):
        check = box.rows[name]
        assert isinstance(check, QCheckBox)
        check.click()
    for name in ("polygon_tolerance_px", "video_crf"):
        slider = box.rows[name]
        assert isinstance(slider, NumberSlider)
        slider.slider.setValue(6)
    box.choice("background").button("color").click()
    assert box.options == ExportOptions(
        frames="png",
        rle="compressed",
        shape="polygon",
        cutout="vp9",
        matte="png",
        all_classes=True,
        one_file_per_track=True,
        polygon_tolerance_px=3.0,
        video_crf=6,
        background="#00b140",
    )


def test_a_background_image_that_cannot_be_read_is_trouble(tmp_path: Path) -> None:
    picture = tmp_path / "tło.png"
    options = ExportOptions(background=str(picture))
    assert "tło.png" in formats_trouble(("overlay",), options, ("dog",))
    assert formats_trouble(("csv",), options, ("dog",)) == ""
    assert to_qimage(np.full((4, 6, 3), 77, dtype=np.uint8)).save(str(picture))
    assert formats_trouble(("overlay",), options, ("dog",)) == ""


def test_mots_without_people_and_cars_is_trouble_unless_all_classes_are_written() -> None:
    options = ExportOptions()
    assert "person" not in formats_trouble(("mots",), options, ("person", "dog"))
    assert "mots-png" in formats_trouble(("mots-png",), options, ("dog",))
    assert formats_trouble(("mots",), replace(options, all_classes=True), ("dog",)) == ""


def test_trouble_is_said_in_the_panel_and_at_the_key_before_anything_is_written(
    controller: LiveController, clip: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    panel = RecordPanel(QAction("Record", qapp))
    qtbot.addWidget(panel)
    recorder, problems = controller.recorder, list[Problem]()
    controller.problem_found.connect(problems.append)
    controller.open(clip)
    qtbot.waitUntil(lambda: controller.session is not None, timeout=60_000)
    folder = tmp_path / "out"
    for plan, word in (
        (RecordingPlan(str(folder), ()), "format"),
        (RecordingPlan(str(folder), ("overlay",), options=ExportOptions(background="x.png")), "x."),
    ):
        recorder.set_plan(plan)
        panel.show_plan(recorder.plan, recorder.trouble())
        said = panel.findChild(QLabel, "error")
        assert isinstance(said, QLabel) and not said.isHidden() and word in said.text()
        recorder.toggle()
        assert not recorder.is_recording and word in problems.pop().advice
    assert not folder.exists()
    with qtbot.waitSignal(controller.problem_solved, timeout=60_000):
        recorder.set_plan(RecordingPlan(str(folder)))
    panel.show_plan(RecordingPlan())
    assert said.isHidden()


def test_a_plan_with_its_options_is_remembered(preferences: Preferences) -> None:
    plan = RecordingPlan("/x", ("coco",), True, ExportOptions(frames="jpg", tracks=(1, 2)))
    preferences.save("recording", plan)
    assert preferences.load("recording", RecordingPlan()) == plan


def test_the_export_dialog_offers_and_remembers_the_same_options(
    project_path: Path, preferences: Preferences, qtbot: QtBot
) -> None:
    project = Project.open(project_path)
    try:
        wanted: list[tuple[object, ...]] = []
        dialog = ExportDialog(project, preferences)
        qtbot.addWidget(dialog)
        dialog.chosen.connect(lambda *what: wanted.append(what))
        for name, check in dialog.formats.items():
            check.setChecked(name == "mots")
        assert not dialog._ok.isEnabled(), "the project knows cats and dogs only"
        everything = dialog.options.rows["all_classes"]
        assert isinstance(everything, QCheckBox)
        qtbot.mouseClick(everything, Qt.LeftButton)
        dialog.options.choice("frames").button("jpg").click()
        dialog._ok.click()
        options = ExportOptions(overwrite=True, frames="jpg", all_classes=True)
        assert wanted == [(project_path.with_name("export"), ("mots",), options)]
        again = ExportDialog(project, preferences)
        qtbot.addWidget(again)
        assert again.options.options.frames == "jpg" and again.formats["mots"].isChecked()
    finally:
        project.close()


def test_a_new_format_is_offered_with_its_options_and_its_limits(
    qtbot: QtBot, project_path: Path, preferences: Preferences, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXPORTERS, "dots", DotsWriter)
    panel = RecordPanel(QAction("Record"))
    qtbot.addWidget(panel)
    assert "dots" in panel.formats
    with Project.open(project_path) as project:
        dialog = ExportDialog(project, preferences)
        qtbot.addWidget(dialog)
        for name, check in dialog.formats.items():
            check.setChecked(name == "dots")
    assert shown(dialog.options) == {"frames", "matte"}
    trouble = formats_trouble(("dots",), ExportOptions(), ("cat", "dog"))
    assert "dots" in trouble and "unicorn" in trouble
