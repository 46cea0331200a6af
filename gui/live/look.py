"""What the user wants to see, and how a frame is drawn for that; without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from blendmask_live.datatypes import TrackedFrame, TrackedInstances
from blendmask_live.drawing.backdrop import Backdrop, put_behind
from blendmask_live.drawing.overlay import OverlayStyle, TrackTrails, draw_overlay
from gui.shared.false_color import bases_picture

__all__ = ["MASK_STYLES", "DisplaySettings", "FramePainter", "Painted", "Visibility"]

MaskStyle = Literal["fill", "outline", "none"]
MASK_STYLES: Final[tuple[MaskStyle, ...]] = get_args(MaskStyle)
_TRAIL_FRAMES: Final = 60


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """How the picture is drawn; does not change what the network finds."""

    mask_style: MaskStyle = "fill"
    opacity: float = 0.45
    show_boxes: bool = False
    show_labels: bool = True
    show_scores: bool = False
    show_trails: bool = False
    show_unconfirmed: bool = False
    shows_bases: bool = False
    """The network's bases in false colours instead of the picture."""
    backdrop: Backdrop = field(default_factory=Backdrop)

    @property
    def overlay_style(self) -> OverlayStyle:
        return OverlayStyle(
            opacity=self.opacity if self.mask_style == "fill" else 0.0,
            show_outlines=self.mask_style != "none",
            show_boxes=self.show_boxes,
            show_labels=self.show_labels,
            show_scores=self.show_scores,
            show_unconfirmed=self.show_unconfirmed,
        )


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which tracks and classes are shown; a solo shows only itself."""

    hidden_tracks: frozenset[int] = frozenset()
    hidden_classes: frozenset[str] = frozenset()
    solo_track: int | None = None
    solo_class: str | None = None

    def shows(self, track_id: int, class_name: str) -> bool:
        """Whether a track of a class is shown."""
        if self.solo_track is not None or self.solo_class is not None:
            return track_id == self.solo_track or class_name == self.solo_class
        return track_id not in self.hidden_tracks and class_name not in self.hidden_classes

    def with_track(self, track_id: int, *, shown: bool) -> Visibility:
        """With one track shown or hidden."""
        hidden = self.hidden_tracks - {track_id} if shown else self.hidden_tracks | {track_id}
        return replace(self, hidden_tracks=hidden)

    def with_class(self, name: str, *, shown: bool) -> Visibility:
        """With one class shown or hidden."""
        hidden = self.hidden_classes - {name} if shown else self.hidden_classes | {name}
        return replace(self, hidden_classes=hidden)

    def rows(self, tracked: TrackedInstances) -> NDArray[np.bool_]:
        """(N,) which rows are shown."""
        pairs = zip(tracked.track_ids.tolist(), tracked.instances.class_names, strict=True)
        return np.array([self.shows(track_id, name) for track_id, name in pairs], dtype=bool)


@dataclass(frozen=True, eq=False)
class Painted:
    """A frame as the user wants to see it."""

    behind: NDArray[np.uint8]
    """(H, W, 3) RGB, without masks."""
    tracked: TrackedInstances | None
    """What can be pointed at, in px of the picture; None where the picture is not the frame."""
    style: OverlayStyle = field(default_factory=OverlayStyle)
    trails: Mapping[int, NDArray[np.int32]] | None = None

    @cached_property
    def image(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB with all that is seen, for files."""
        return self._drawn(self.style)

    @property
    def tinted(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB without outlines, boxes and labels, which the screen paints itself."""
        return self._drawn(
            replace(
                self.style,
                show_outlines=False,
                show_boxes=False,
                show_labels=False,
                show_unconfirmed=False,
            )
        )

    def _drawn(self, style: OverlayStyle) -> NDArray[np.uint8]:
        if self.tracked is None:
            return self.behind
        return draw_overlay(self.behind, self.tracked, style, trails=self.trails)


class FramePainter:
    """Draws frames one after the other; remembers where the tracks were."""

    def __init__(self) -> None:
        self._trails = TrackTrails(_TRAIL_FRAMES)
        self._last_index = -1

    def paint(
        self, tracked_frame: TrackedFrame, display: DisplaySettings, visibility: Visibility
    ) -> Painted:
        """Draw one frame; drawing the same frame again does not change the trails."""
        frame, bases = tracked_frame.frame, tracked_frame.instances.bases
        self._follow(tracked_frame)
        if display.shows_bases and bases is not None:
            return Painted(bases_picture(bases), None)
        tracked = tracked_frame.tracked
        is_shown = visibility.rows(tracked)
        if not display.show_unconfirmed:
            is_shown &= tracked.track_ids > 0
        if not is_shown.all():
            tracked = tracked.select(is_shown)
        image = put_behind(frame.image, tracked.instances.cropped_masks(), display.backdrop)
        trails = dict(self._trails.points) if display.show_trails else None
        return Painted(image, tracked, display.overlay_style, trails)

    def _follow(self, tracked_frame: TrackedFrame) -> None:
        index = tracked_frame.frame.index
        if index == self._last_index:
            return
        if not 0 < index - self._last_index < _TRAIL_FRAMES:
            self._trails = TrackTrails(_TRAIL_FRAMES)
        self._trails.update(tracked_frame.tracked)
        self._last_index = index
