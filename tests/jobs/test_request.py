"""Every field of a request reaches the worker, run.json and what makes two runs the same.

Nothing here names a field on its own account but where it is special, so that a new one is tried
as well.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from blendmask_live.capture.naming import full_name
from blendmask_live.cli import _parser
from blendmask_live.commands.annotate import requested
from blendmask_live.config import MASK_SIZES, SegmenterChoice, SegmenterSettings
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import job_record
from blendmask_live.option import options_of
from blendmask_live.segmenting.segmenter import Segmenter

REQUEST = AnnotateRequest(source="demo", track=True)
CHANGES_NOTHING = {
    "output",
    "folder_name",
    "overwrite",
    "resume",
    "opening.hardware",
    "network.threads",
    "options.overwrite",
}
"""Fields by which two runs may differ and still be the same; whoever adds one says why here."""
SPECIAL: dict[str, object] = {
    "source": "screen",
    "formats": ("csv", "coco"),
    "two_pass": True,
    "track": False,
    "segmenter.mask_size": MASK_SIZES[0],
    "network.runtime": "torch",
    "network.precision": "fp32",
    "options.tracks": (1,),
}


def leaves(kind: type[Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, type) of every field that holds a value."""
    hints = get_type_hints(kind)
    for one in fields(kind):
        place = f"{path}{one.name}"
        if is_dataclass(hints[one.name]):
            yield from leaves(hints[one.name], f"{place}.")
        else:
            yield place, hints[one.name]


def value_at(request: object, path: str) -> Any:
    for name in path.split("."):
        request = getattr(request, name)
    return request


def with_value(value: Any, path: str, new: object) -> Any:
    name, _, rest = path.partition(".")
    return replace(value, **{name: with_value(getattr(value, name), rest, new) if rest else new})


def another(kind: Any, now: object) -> object:
    """A value of this type that is not the one it has."""
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if choices:
        return next(choice for choice in choices if choice != now)
    if get_origin(kind) in (Union, type(int | None)):
        return another(next(a for a in get_args(kind) if a is not type(None)), now)
    if get_origin(kind) is tuple:
        return ("cat",)
    if kind is bool:
        return not now
    if kind is int:
        return (now if isinstance(now, int) else 95) + 1
    if kind is float:
        # Near what it is: inside its limits, whatever they are.
        return now * 1.01 if isinstance(now, float) and now else 0.5
    assert kind is str, kind
    return "another"


PATHS = dict(leaves(AnnotateRequest))


def changed(path: str) -> AnnotateRequest:
    now = value_at(REQUEST, path)
    new = SPECIAL.get(path, another(PATHS[path], now))
    result: AnnotateRequest = with_value(REQUEST, path, new)
    assert value_at(result, path) == new != now
    return result


@pytest.mark.parametrize("path", PATHS)
def test_every_field_travels_and_decides_whether_a_run_is_the_same(
    path: str, segmenter: Segmenter
) -> None:
    request = changed(path)
    assert pickle.loads(pickle.dumps(request)) == request
    text = json.dumps(job_record(request, segmenter, None)["request"])
    again = AnnotateRequest.from_json(json.loads(text))
    assert again == request and value_at(again, path) != value_at(REQUEST, path)
    is_same = request.is_done_by(REQUEST) and REQUEST.is_done_by(request)
    assert is_same == (path in CHANGES_NOTHING)


def test_more_than_what_is_wanted_is_done_too() -> None:
    wanted = replace(REQUEST, formats=("csv",), project=False)
    more = replace(REQUEST, formats=("coco", "csv"), latents=True)
    assert wanted.is_done_by(more) and not more.is_done_by(wanted)


def test_a_choice_can_be_made_for_every_setting_of_the_segmenter() -> None:
    of_the_job = {"keep_latents"}
    names = {one.name for one in fields(SegmenterSettings)} - of_the_job
    assert {one.name for one in fields(SegmenterChoice)} == names
    settings = SegmenterSettings(short_side=96, long_side=640, classes=("cat",), nms_iou=0.5)
    assert SegmenterChoice.of(settings).applied_to(SegmenterSettings()) == settings


def flags(kind: type[Any]) -> Iterator[tuple[str, Any, Any]]:
    """(path, field, option) of every field with a flag."""
    hints = get_type_hints(kind)
    yield from ((one.name, one, option) for one, option in options_of(kind))
    with_flag = {one.name for one, _ in options_of(kind)}
    for one in fields(kind):
        if one.name not in with_flag and is_dataclass(hints[one.name]):
            for path, inner, option in flags(hints[one.name]):
                yield f"{one.name}.{path}", inner, option


GIVEN = {
    "--camera": "640x480@30",
    "--format": "csv,coco",
    "--classes": "cat,dog",
    "--weights": "mine.pth",
    "--architecture": "blendmask-r50",
    "--device": "cpu",
    "--stride": "2",
    "--short-side": "96",
}
FLAGS = {option.flag: (path, option) for path, _, option in flags(AnnotateRequest)}


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("way", ["flag", "file"])
def test_every_flag_and_key_of_a_settings_file_reaches_its_field(
    flag: str, way: str, tmp_path: Path
) -> None:
    path, option = FLAGS[flag]
    is_switch = not (option.read or option.choices or option.metavar)
    text = GIVEN.get(flag) or (str(next(iter(reversed(option.choices)))) if option.choices else "1")
    arguments = ["annotate", "demo", "-o", "out"]
    if way == "flag":
        arguments += [flag] if is_switch else [f"{flag}={text}"]
    else:
        settings = tmp_path / "settings.toml"
        settings.write_text(f"{flag[2:]} = " + ("true" if is_switch else json.dumps(text)))
        arguments += ["--config", str(settings)]
    asked = value_at(requested(parsed(arguments), "demo"), path)
    assert asked != value_at(requested(parsed(arguments[:4]), "demo"), path)


def parsed(arguments: list[str]) -> argparse.Namespace:
    from blendmask_live.cli import _apply_config_file

    parser = _parser("annotate")
    _apply_config_file(parser, arguments)
    return parser.parse_args(arguments)


def test_passwords_stay_out_of_what_is_written() -> None:
    request = replace(
        REQUEST, source="rtsp://me:secret@camera/1", output="s3://me:secret@bucket/out"
    )
    text = json.dumps(request.to_json())
    assert "secret" not in text and "camera/1" in text and "bucket/out" in text
    assert request.is_done_by(AnnotateRequest.from_json(json.loads(text)))


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"source": "a", "part": {"stride": "x"}}, "part.stride"),
        ({"source": 3}, "source"),
        ({}, "source"),
        ({"source": "a", "formats": ["gif"]}, "gif"),
    ],
)
def test_a_wrong_value_is_named(values: object, place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        AnnotateRequest.from_json(values)


@pytest.mark.parametrize("side", [3000, 4096, 64])
def test_every_short_side_that_is_accepted_can_be_used(side: int) -> None:
    settings = SegmenterChoice(short_side=side).applied_to(SegmenterSettings())
    assert settings.short_side == side <= settings.long_side <= 4096
    assert SegmenterChoice(short_side=448).applied_to(SegmenterSettings()) == SegmenterSettings()


def test_sources_are_told_apart_by_their_full_names(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    request = replace(REQUEST, source=str(path))
    assert request.is_done_by(replace(REQUEST, source=full_name(path)))
