"""What one run of the main job is asked for: one object for every way to ask.

The command line, settings files, the window's dialog, other processes and machines, run.json
and --resume share it. A new option is one field here, or of a dataclass that is used here.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from blendmask_live.addresses import without_secrets
from blendmask_live.capture import open_source
from blendmask_live.capture.naming import full_name
from blendmask_live.capture.source import CameraChoice, FrameSource
from blendmask_live.capture.source_part import SourcePart
from blendmask_live.config import DEFAULT_FORMATS, NetworkChoice, SegmenterChoice
from blendmask_live.errors import ConfigError
from blendmask_live.export import EXPORTERS, ExportOptions, check_formats
from blendmask_live.option import checked, names, option
from tracking.config import TrackerConfig

__all__ = ["PUBLISHED_PANOPTIC_SCORE", "AnnotateRequest", "SourceChoice"]

PUBLISHED_PANOPTIC_SCORE = 0.45
"""Objects below it are left out of the published panoptic figures."""


def _camera_mode(text: str) -> CameraChoice:
    parts = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)(?:@(\d+(?:\.\d+)?))?", text)
    if parts is None or (parts[3] and not float(parts[3])):
        raise argparse.ArgumentTypeError(f"{text!r}: expected WIDTHxHEIGHT or WIDTHxHEIGHT@FPS")
    return CameraChoice(int(parts[1]), int(parts[2]), float(parts[3]) if parts[3] else None)


def _reporting_once() -> SegmenterChoice:
    return SegmenterChoice(drop_duplicates=True)


_ANY_CAMERA = CameraChoice()


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """How a source is opened."""

    camera: CameraChoice = option(
        _ANY_CAMERA,
        "asked of a camera, as in 1280x720@30; it gives what it can",
        flag="--camera",
        read=_camera_mode,
        metavar="WxH[@FPS]",
    )
    hardware: bool = option(
        False,
        "decode files and streams on the graphics processor; if it cannot be done, "
        "a warning says so",
        flag="--hardware",
    )
    no_deinterlace: bool = option(
        False,
        "leave pictures of two fields (interlaced video) as they are",
        flag="--no-deinterlace",
    )

    def opener(self) -> Callable[..., FrameSource]:
        """`open_source`, asked for this."""
        camera = self.camera
        return partial(
            open_source,
            width=camera.width,
            height=camera.height,
            fps=camera.fps,
            hardware=self.hardware,
            deinterlace=not self.no_deinterlace,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotateRequest:
    """One source to annotate, and how.

    Raises:
        ConfigError: If two values exclude each other, or a format is unknown.
    """

    source: str
    """As for `open_source`."""
    output: str = ""
    """Folder, or an address where a cluster works; files go to OUTPUT/<folder name>/<format>/."""
    folder_name: str = ""
    """"" for the source's name."""
    part: SourcePart = field(default_factory=SourcePart)
    """Which frames."""
    opening: SourceChoice = field(default_factory=SourceChoice)
    """How the source is opened."""
    network: NetworkChoice = field(default_factory=NetworkChoice)
    segmenter: SegmenterChoice = field(default_factory=_reporting_once)
    """Its score threshold is the one at which tracks begin."""
    track: bool = option(True, "an id of its own for every detection", flag="--no-track")
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    follows_faint: bool = True
    """Tracks begin at the segmenter's score threshold and go on with fainter detections. Off:
    the tracker's confident score holds, and the segmenter reports from its threshold on."""
    two_pass: bool = option(
        False,
        "read the source twice: join tracks over gaps, drop flicker, fill short holes",
        flag="--two-pass",
    )
    refine: bool = option(
        False,
        "a second, zoomed look at each object: finer masks, more time for each",
        flag="--refine",
    )
    """Off with latents and coasting, which blend masks from the first look."""
    formats: tuple[str, ...] = option(
        DEFAULT_FORMATS,
        f"{', '.join(EXPORTERS)} (default: {','.join(DEFAULT_FORMATS)})",
        flag="--format",
        read=checked(
            names, lambda chosen: set(chosen) <= set(EXPORTERS), f"some of {', '.join(EXPORTERS)}"
        ),
        metavar="F,F",
    )
    options: ExportOptions = field(default_factory=ExportOptions)
    """How the formats are written; whether outputs are replaced is said by `overwrite`."""
    project: bool = option(
        True, "do not write the project OUT/<source name>.bml", flag="--no-project"
    )
    """Also write the annotation project OUTPUT/<folder name>.bml."""
    latents: bool = option(
        False,
        "keep bases and attention in the project, so that 're-blend' can change mask sizes",
        flag="--latents",
    )
    overwrite: bool = option(False, "replace outputs that exist", flag="--overwrite")
    resume: bool = option(
        False,
        "skip sources that are done with the same settings, redo the others",
        flag="--resume",
    )

    def __post_init__(self) -> None:
        check_formats(self.formats)
        if self.tracker.max_coast_s and not self.track:
            raise ConfigError("only tracks go on through gaps; leave out no-track or coast")
        if self.two_pass and not self.track:
            raise ConfigError(
                "two passes look at tracks a second time; leave out no-track or two-pass"
            )
        if self.two_pass and self.latents:
            raise ConfigError("two passes keep no latents; leave out latents or two-pass")
        if self.refine and (self.latents or self.tracker.max_coast_s):
            raise ConfigError(
                "latents and coasting blend masks from the first look; leave out those or refine"
            )
        if self.segmenter.multi_scale and (self.latents or self.tracker.max_coast_s):
            raise ConfigError(
                "latents and coasting blend masks from one size of input; leave out those or "
                "multi-scale"
            )

    @property
    def folder(self) -> Path:
        """Where the outputs of a source with a folder name go."""
        return Path(self.output) / self.folder_name

    @property
    def shown_source(self) -> str:
        """The source as people may read it."""
        return without_secrets(self.source)

    def panoptic(self) -> AnnotateRequest:
        """This request with all that panoptic outputs want; itself where none are wanted."""
        if not self.segmenter.panoptic:
            return self
        segmenter = self.segmenter
        if segmenter.score_threshold is None:
            segmenter = replace(segmenter, score_threshold=PUBLISHED_PANOPTIC_SCORE)
        formats = tuple(dict.fromkeys((*self.formats, "panoptic")))
        return replace(self, segmenter=segmenter, formats=formats)

    def to_json(self) -> dict[str, Any]:
        """As plain values, without the source's and the output's passwords."""
        shown = replace(
            self, source=without_secrets(self.source), output=without_secrets(self.output)
        )
        values: dict[str, Any] = msgspec.to_builtins(shown)
        return values

    @classmethod
    def from_json(cls, values: object) -> AnnotateRequest:
        """What `to_json` gave; fields that are missing have their defaults.

        Raises:
            ConfigError: If a value cannot be used; its place is named.
        """
        try:
            return msgspec.convert(values, cls)
        except msgspec.ValidationError as error:
            raise ConfigError(f"request: {error}") from error

    def is_done_by(self, earlier: AnnotateRequest) -> bool:
        """Whether a complete run of `earlier` made all that this one would make.

        It may have made more. Where outputs go and whether they replace others does not matter,
        nor with how many threads and by which decoder frames were read.
        """
        has_all = (
            set(self.formats) <= set(earlier.formats)
            and earlier.project >= self.project
            and earlier.latents >= self.latents
        )
        return has_all and self._deciding() == earlier._deciding()

    def _deciding(self) -> AnnotateRequest:
        """This request with all that changes no output, or is compared otherwise, set back."""
        return replace(
            self,
            source=full_name(self.source),
            output="",
            folder_name="",
            opening=replace(self.opening, hardware=False),
            network=replace(self.network, threads=0),
            formats=DEFAULT_FORMATS,
            options=replace(self.options, overwrite=False),
            project=True,
            latents=False,
            overwrite=False,
            resume=False,
        )
