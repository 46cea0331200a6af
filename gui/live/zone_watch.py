"""The zones of the shown source, what happens at them, and events about it for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal

from blendmask_live.addresses import without_secrets
from blendmask_live.errors import BlendMaskLiveError, ConfigError
from gui.live.controller import LiveController
from gui.shared.problems import Problem, error_text

if TYPE_CHECKING:
    from blendmask_live.sending.event_lines import EventChoice
    from blendmask_live.sending.events import EventSink, ReceiverStatus
    from blendmask_live.sending.wires import WireChoice
    from blendmask_live.sending.zones import Zone

__all__ = ["ZoneWatcher"]


class ZoneWatcher(QObject):
    """Keeps zones with their source and counts who passes them.

    Nothing watches frames while there are neither zones nor events.

    Attributes:
        zones: Of the shown source.

    Signals:
        zones_changed: `zones` is new.
        problem_found: A `Problem` to show.
    """

    zones_changed = pyqtSignal()
    problem_found = pyqtSignal(object)

    def __init__(self, controller: LiveController, parent: QObject) -> None:
        super().__init__(parent)
        self._controller = controller
        self.zones: tuple[Zone, ...] = ()
        self._sink: EventSink | None = None
        self._asked: tuple[tuple[WireChoice, ...], EventChoice] | None = None
        controller.session_changed.connect(self._begin_session)

    @property
    def statuses(self) -> tuple[ReceiverStatus, ...]:
        """Of the receivers of events."""
        return () if self._sink is None or self._asked is None else self._sink.statuses

    def counts_text(self, zone: Zone) -> str:
        """What was counted at a zone, for people."""
        counts = None if self._sink is None else self._sink.lines.watch.counts.get(zone.name)
        if counts is None:
            return ""
        if zone.kind == "line":
            return f"→ {counts.forward}   ← {counts.backward}"
        return self.tr("{} inside, {} entered").format(counts.inside, counts.entered)

    def set_zones(self, zones: Sequence[Zone]) -> None:
        """Watch other zones from now on, and keep them with the source."""
        from blendmask_live.sending.zones import write_zones, zones_path

        self.zones = tuple(zones)
        source = self._controller.source_spec
        try:
            write_zones(zones_path(source), self.zones, source=source)
        except ConfigError as error:
            self._report(error)
        if self._sink is not None:
            self._sink.set_zones(self.zones)
        self._watch_if_needed()
        self.zones_changed.emit()

    def start_events(self, choices: tuple[WireChoice, ...], wanted: EventChoice) -> None:
        """Send events from now on, also of sources that are opened later."""
        self._asked = choices, wanted
        if self._sink is None:
            self._watch_if_needed()
        else:
            self._connect(self._sink)

    def stop_events(self) -> None:
        """Send no events any more; returns at once."""
        self._asked = None
        if (sink := self._sink) is not None:
            self._controller.worker.submit(partial(_disconnect, sink))

    def _begin_session(self) -> None:
        from blendmask_live.sending.zones import read_zones, zones_path

        # The session before has closed its own.
        self._sink, self.zones = None, ()
        path = zones_path(self._controller.source_spec)
        if path.is_file():
            try:
                self.zones = read_zones(path)
            except ConfigError as error:
                self._report(error)
        self._watch_if_needed()
        self.zones_changed.emit()

    def _watch_if_needed(self) -> None:
        session = self._controller.session
        if session is None or self._sink is not None or not (self.zones or self._asked):
            return
        from blendmask_live.sending.event_lines import EventLines
        from blendmask_live.sending.events import EventSink

        shown = without_secrets(self._controller.source_spec)
        lines = EventLines(session.info, choice=_quiet(), zones=self.zones, shown_source=shown)
        sink = EventSink(lines, keeps_trying=True)
        try:
            session.watch("events", sink)
        except (BlendMaskLiveError, RuntimeError):
            # The session has failed, and says so itself.
            return
        self._sink = sink
        self._connect(sink)

    def _connect(self, sink: EventSink) -> None:
        if self._asked is not None:
            connect = partial(_connect, sink, *self._asked)
            self._controller.worker.submit(connect, failed=self._report)

    def _report(self, error: BaseException) -> None:
        title = self.tr("Events cannot be sent")
        self.problem_found.emit(Problem(title, error_text(error), "send"))


def _connect(sink: EventSink, choices: tuple[WireChoice, ...], wanted: EventChoice) -> None:
    sink.lines.choice = wanted
    sink.connect(choices)


def _disconnect(sink: EventSink) -> None:
    # The last lines are those that were asked for.
    sink.disconnect()
    sink.lines.choice = _quiet()


def _quiet() -> EventChoice:
    from blendmask_live.sending.event_lines import EventChoice

    return EventChoice(masks=False)
