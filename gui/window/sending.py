"""All of the window that sends: panel, zones over the picture, key, banner and status."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QWidget

from gui.live.broadcaster import Broadcaster
from gui.live.controller import LiveController
from gui.live.look import Painted
from gui.live.zone_watch import ZoneWatcher
from gui.panels.send_panel import SendPanel
from gui.shared.actions import Actions
from gui.shared.icons import icon
from gui.shared.library_words import in_window_language
from gui.shared.problems import Problem
from gui.shared.video_view import VideoView
from gui.window.status_strip import StatusStrip
from gui.window.zone_layer import ShownZone, ZoneLayer

__all__ = ["Sending"]


@dataclass(frozen=True, slots=True)
class _Parts:
    actions: Actions
    view: VideoView
    strip: StatusStrip


class Sending(QObject):
    """Ties what sends to what is seen of it.

    Attributes:
        broadcaster: Sends pictures.
        watcher: Has the zones, sends events.
        panel: Of settings.
        layer: Over the picture.

    Signals:
        problem_found: A `Problem` to show.
        problem_solved: It is over.
        panel_wanted: The panel shall be seen.
    """

    problem_found = pyqtSignal(object)
    problem_solved = pyqtSignal()
    panel_wanted = pyqtSignal()

    def __init__(
        self,
        controller: LiveController,
        actions: Actions,
        view: VideoView,
        strip: StatusStrip,
        *,
        parent: QWidget,
    ) -> None:
        """Make the parts.

        Args:
            controller: Has the session.
            actions: With "send", "draw_line" and "draw_area".
            view: Shows the picture.
            strip: Shows how sending goes.
            parent: As Qt has it.
        """
        super().__init__(parent)
        self._controller = controller
        self._parts = _Parts(actions, view, strip)
        self.watcher = ZoneWatcher(controller, self)
        self.broadcaster = Broadcaster(controller, self.watcher, self)
        self.panel = SendPanel(actions["send"], parent)
        self.layer = ZoneLayer(view)
        self.panel.show_plan(self.broadcaster.plan)
        self._connect()
        self._show()

    def _connect(self) -> None:
        for part in (self.broadcaster, self.watcher):
            part.problem_found.connect(self.problem_found)
        self.broadcaster.problem_solved.connect(self.problem_solved)
        self.broadcaster.problem_found.connect(lambda problem: self._show())
        self.broadcaster.changed.connect(self._show)
        self.watcher.zones_changed.connect(self._show_zones)
        self._controller.session_changed.connect(self._offer_camera)
        self._controller.status_changed.connect(self._show_status)
        self.panel.chosen.connect(self.broadcaster.set_plan)
        self.panel.drawing_wanted.connect(self._draw)
        self.panel.renamed.connect(self._rename)
        self.panel.removed.connect(self._remove)
        self.layer.drawn.connect(self._add_zone)
        self._parts.actions.connect(
            {
                "send": self.broadcaster.toggle,
                "draw_line": lambda: self._draw("line"),
                "draw_area": lambda: self._draw("zone"),
            }
        )

    def add_shown(self, painted: Painted) -> None:
        """The window shows the newest frame like this now."""
        if self._controller.latest is not None and self.broadcaster.is_sending:
            self.broadcaster.add_shown(painted.image, self._controller.latest.frame)

    def _offer_camera(self) -> None:
        """Offer a virtual camera where there is one."""
        from blendmask_live.sending.virtual_camera import find_virtual_cameras

        devices = find_virtual_cameras().devices
        self.panel.show_camera(devices[0][1] if devices else "")

    def close(self) -> None:
        """Complete what is sent."""
        self.broadcaster.stop()

    # Zones

    def _draw(self, kind: str) -> None:
        if kind and self._controller.latest is None:
            title, advice = self.tr("Nothing to draw on"), self.tr("Open a source first.")
            self.problem_found.emit(Problem(title, advice, "open", is_error=False))
            return
        self.panel_wanted.emit()
        self.layer.begin(kind)

    def _add_zone(self, kind: str, points: tuple[tuple[float, float], ...]) -> None:
        from blendmask_live.sending.zones import Zone

        title = self.tr("line") if kind == "line" else self.tr("area")
        taken = {zone.name for zone in self.watcher.zones}
        name = next(f"{title} {n}" for n in range(1, len(taken) + 2) if f"{title} {n}" not in taken)
        zone = Zone(name, "line" if kind == "line" else "zone", points)
        self.watcher.set_zones((*self.watcher.zones, zone))

    def _rename(self, row: int, name: str) -> None:
        zones = list(self.watcher.zones)
        taken = {zone.name for place, zone in enumerate(zones) if place != row}
        if name and name not in taken:
            zones[row] = msgspec.structs.replace(zones[row], name=name)
        self.watcher.set_zones(zones)

    def _remove(self, row: int) -> None:
        zones = self.watcher.zones
        self.watcher.set_zones((*zones[:row], *zones[row + 1 :]))

    # What is seen

    def _show(self) -> None:
        is_sending = self.broadcaster.is_sending
        self.panel.show_plan(self.broadcaster.plan)
        self.panel.show_sending(is_sending=is_sending)
        action = self._parts.actions["send"]
        action.setChecked(is_sending)
        action.setIcon(icon("stop" if is_sending else "send"))
        action.setText(self.tr("Stop sending") if is_sending else self.tr("Send"))
        self._show_status()

    def _show_zones(self) -> None:
        counted = [(zone, self.watcher.counts_text(zone)) for zone in self.watcher.zones]
        self.panel.show_zones([(zone.name, text) for zone, text in counted])
        self.layer.show_zones(
            [ShownZone(zone.name, zone.kind, zone.points, text) for zone, text in counted]
        )

    def _show_status(self) -> None:
        if self.watcher.zones:
            self._show_zones()
        lines = []
        for status in self.broadcaster.statuses:
            lost = getattr(status, "dropped", None)
            text = self.tr("{target}: {sent} sent, {lost} left out").format(
                target=status.target,
                sent=status.sent,
                lost=getattr(status, "lost", 0) if lost is None else lost,
            )
            notice = in_window_language(status.notice)
            lines.append(f"{text} ({notice})" if notice else text)
        is_sending = self.broadcaster.is_sending
        self.panel.show_status("\n".join(lines) if is_sending else "")
        states = {status.state for status in self.broadcaster.statuses}
        short = self.tr("sending") if "sending" in states else self.tr("connecting…")
        self._parts.strip.show_sending(short if is_sending else "")
