"""What happens in a source as lines of JSON: flags that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from blendmask_live.addresses import without_secrets
from blendmask_live.errors import ConfigError

if TYPE_CHECKING:
    from blendmask_live.datatypes import SourceInfo
    from blendmask_live.sending.events import EventSink

__all__ = ["add_event_flags", "asked_events", "require_tracks"]


def add_event_flags(parser: argparse.ArgumentParser) -> None:
    """--events and what belongs to it."""
    add = parser.add_argument_group("events").add_argument
    add(
        "--events",
        action="append",
        default=[],
        metavar="URL|-|FILE",
        help="a line of JSON for all that happens: to the standard output, a file (appended), "
        "tcp://HOST:PORT, ws://HOST:PORT/PATH or mqtt://HOST/TOPIC; with ?listen receivers call; "
        "may be given several times",
    )
    add(
        "--events-of",
        choices=("changes", "frames", "both"),
        default="changes",
        help="tracks that appear, leave, enter or cross; or every frame (default: changes)",
    )
    add("--no-masks", action="store_true", help="leave out the objects' run lengths")
    add(
        "--zones",
        type=Path,
        metavar="FILE",
        help="zones and lines to watch (default: those drawn in the window for this source)",
    )


def require_tracks(options: argparse.Namespace) -> None:
    """Refuse what makes no sense without tracks.

    Raises:
        ConfigError: If changes are wanted of objects that nobody follows.
    """
    if options.events and options.no_track and options.events_of != "frames":
        raise ConfigError(
            "without tracks nothing appears or leaves; leave out --no-track, or ask for "
            "--events-of frames"
        )


def asked_events(options: argparse.Namespace, source: SourceInfo) -> EventSink | None:
    """What sends the events that are asked for; None where none are.

    Raises:
        ConfigError: If a receiver or the zones cannot be used.
    """
    if not options.events:
        return None
    from blendmask_live.sending.event_lines import EventChoice, EventLines
    from blendmask_live.sending.events import EventSink
    from blendmask_live.sending.wires import WireChoice
    from blendmask_live.sending.zones import read_zones, zones_path

    wires = [WireChoice(text) for text in options.events]
    path = options.zones or zones_path(options.source)
    zones = read_zones(path) if options.zones or path.is_file() else ()
    choice = EventChoice(options.events_of, masks=not options.no_masks)
    lines = EventLines(
        source, choice=choice, zones=zones, shown_source=without_secrets(options.source)
    )
    return EventSink(lines, wires, keeps_trying=getattr(options, "wait", False))
