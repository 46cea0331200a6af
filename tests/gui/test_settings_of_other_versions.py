"""Settings of an older version, of a newer one or damaged by hand harm nothing but themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QByteArray, QEvent, QSettings
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from blendmask_live.config import SegmenterSettings
from blendmask_live.export import ExportOptions
from gui.app import make_window
from gui.live.loading import NetworkChoice
from gui.live.look import DisplaySettings
from gui.live.recorder import RecordingPlan
from gui.shared.preferences import Preferences
from tests.gui.conftest import close_controller
from tracking import TrackerConfig

# What cannot be used is said, and set back.
pytestmark = pytest.mark.may_log("was not usable and is set back")
LOOK = DisplaySettings()
KEYS = (
    "segmenter tracker live network display recording export_options shortcuts editor_shortcuts "
    "recent_files export_formats last_address theme language geometry window_state"
).split()
WRONG: tuple[object, ...] = (
    "",
    "{",
    "null",
    "[1, 2]",
    "{}",
    "3",
    '"text"',
    '{"mask_size": null}',
    "[" * 5000,
    ["a", "list"],
    7,
    True,
    QByteArray(b"\x00\xff\x01garbage"),
    None,
)


@pytest.fixture
def store(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.IniFormat)


@pytest.mark.parametrize(
    ("default", "remembered", "expected"),
    [
        (
            SegmenterSettings(),
            {"mask_size": 57, "score_threshold": 0.5, "classes": ["dog"], "gone": 1},
            SegmenterSettings(score_threshold=0.5, classes=("dog",)),
        ),
        (
            SegmenterSettings(),
            {"short_side": "448", "long_side": 800, "drop_duplicates": 1, "classes": "dog"},
            SegmenterSettings(long_side=800),
        ),
        (
            SegmenterSettings(),
            {"short_side": 900, "long_side": 1200},
            SegmenterSettings(short_side=900, long_side=1200),
        ),
        (SegmenterSettings(), {"score_threshold": True, "nms_iou": float("nan")}, None),
        (TrackerConfig(), {"max_lost_s": 2, "min_overlap": -1}, TrackerConfig(max_lost_s=2.0)),
        (
            LOOK,
            {"mask_style": "glow", "opacity": 0.8, "show_boxes": True},
            replace(LOOK, opacity=0.8, show_boxes=True),
        ),
        (NetworkChoice(), {"weights": None, "architecture": None, "threads": 1.5}, None),
        (
            RecordingPlan(),
            {"folder": "/x", "formats": ["csv"], "options": {"frames": "gif", "video_crf": 3}},
            RecordingPlan("/x", ("csv",), options=ExportOptions(video_crf=3)),
        ),
        (RecordingPlan(), {"formats": ["csv", 1], "options": [], "records_shown": "yes"}, None),
    ],
)
def test_each_value_that_can_be_used_is(
    preferences: Preferences, default: object, remembered: dict[str, object], expected: object
) -> None:
    preferences.set_text("some", json.dumps(remembered))
    assert preferences.load("some", default) == (expected or default)


def test_nothing_that_may_be_in_the_store_raises(store: QSettings) -> None:
    preferences = Preferences(store)
    for value in WRONG:
        store.setValue("some", value)
        assert isinstance(preferences.load("some", SegmenterSettings()), SegmenterSettings)
        assert isinstance(preferences.text("some"), str)
        assert preferences.texts("some").keys() <= {"mask_size"}
        preferences.bytes("some")
        preferences.everything()
        store.setValue("recent_files", value)
        assert preferences.recent_files() == ()
    store.setValue("recent_files", json.dumps([1, "\0", "x" * 9000, "/"]))
    assert preferences.recent_files() == (Path("/"),)


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_the_window_opens_on_any_settings_and_keeps_the_good_ones(
    store: QSettings, number: int, dressed: QApplication, qtbot: QtBot
) -> None:
    for place, key in enumerate(KEYS):
        store.setValue(key, WRONG[(number + place) % len(WRONG)])
    good = SegmenterSettings(mask_size=112, drop_duplicates=True)
    Preferences(store).save("segmenter", good)
    window = make_window(Preferences(store))
    try:
        assert window.controller.settings.segmenter == good
        assert window.actions_by_name.keys("record") == "R"
        assert window.controller.recorder.plan.formats == RecordingPlan().formats
    finally:
        close_controller(window.controller, qtbot)
        window.deleteLater()
        dressed.sendPostedEvents(None, QEvent.DeferredDelete)


def test_formats_that_this_version_does_not_write_are_left_out(
    preferences: Preferences, dressed: QApplication, qtbot: QtBot
) -> None:
    preferences.set_text("recording", json.dumps({"formats": ["csv", "holograms"]}))
    window = make_window(preferences)
    try:
        assert window.controller.recorder.plan.formats == ("csv",)
    finally:
        close_controller(window.controller, qtbot)
        window.deleteLater()
        dressed.sendPostedEvents(None, QEvent.DeferredDelete)


EARLIER = {"overwrite": False, "rle": None, "mots_all_classes": True, "shape": "mask"}


@pytest.mark.parametrize(
    ("remembered", "expected"),
    [
        (EARLIER, ExportOptions(all_classes=True)),
        (EARLIER | {"mots_all_classes": False}, ExportOptions()),
        (EARLIER | {"shape": "polygon"}, ExportOptions(all_classes=True, shape="polygon")),
        ({"shape": "mask"}, ExportOptions()),
        # Chosen in this version: single masks for CVAT.
        ({"all_classes": False, "shape": "mask"}, ExportOptions(shape="mask")),
        ({"all_classes": False, "mots_all_classes": True}, ExportOptions()),
        ({"mots_all_classes": 7, "video_crf": 3}, ExportOptions(video_crf=3)),
    ],
)
def test_options_of_exports_mean_what_they_meant_when_they_were_chosen(
    store: QSettings, remembered: dict[str, object], expected: ExportOptions
) -> None:
    store.setValue("export_options", json.dumps(remembered))
    store.setValue("recording", json.dumps({"options": remembered}))
    preferences = Preferences(store)
    assert preferences.load("export_options", ExportOptions()) == expected
    assert preferences.load("recording", RecordingPlan()).options == expected
