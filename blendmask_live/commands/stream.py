"""`stream`: what live view would show, sent on."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from blendmask_live.commands.event_flags import add_event_flags, asked_events, require_tracks
from blendmask_live.commands.flags import (
    add_range_flags,
    add_runtime_flags,
    add_segmenter_flags,
    add_source_flags,
    asked_for,
    asked_segmenter,
    whole,
)
from blendmask_live.commands.live import add_live_flags, live_settings
from blendmask_live.errors import ConfigError
from blendmask_live.jobs.request import SourceChoice

if TYPE_CHECKING:
    from blendmask_live.capture.source import FrameSource
    from blendmask_live.jobs.stream import StreamReport
    from blendmask_live.sending.sender import Sender
    from blendmask_live.sending.view import View

_ANSWER_S = 2.0
_VIEWS = ("overlay", "cutout", "clean")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="camera number or name, video file, folder of images, URL (rtsp, http, udp, srt), "
        "'screen' or 'demo'",
    )
    group = parser.add_argument_group("sending")
    add = group.add_argument
    add(
        "--to",
        action="append",
        default=[],
        metavar="URL",
        help="where to: rtsp://, rtmp://, srt://, udp://, tcp://, rtp://, PLAYLIST.m3u8 or FOLDER/ "
        "(HLS), FILE.mp4 (fragmented), FILE.webm (with transparency), virtual-camera[:DEVICE]; "
        "may be given several times",
    )
    add("--show", choices=_VIEWS, default="overlay", help="what is sent (default: overlay)")
    add(
        "--background",
        metavar="B",
        help="behind the objects: blur, a colour ('#00b140') or a picture file",
    )
    add("--no-sound", action="store_true", help="leave out the source's sound")
    add("--encoder", default="", metavar="E", help="as FFmpeg calls it (default: libx264)")
    add("--bitrate", type=whole(50), metavar="K", help="kbit/s at most (default: by the size)")
    add("--wait", action="store_true", help="wait for receivers that are not there yet")
    add("--loop", action="store_true", help="begin a file again at its end")
    add_event_flags(parser)
    add_live_flags(parser)
    add_source_flags(parser)
    add_range_flags(parser)
    add_segmenter_flags(parser)
    add_runtime_flags(parser)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Send until the source ends.

    Raises:
        ConfigError: If nothing is to be sent, or a target cannot be used.
        SourceError, WeightsError, StageFailed, ExportError: What is wrong and the way out.
    """
    from contextlib import ExitStack

    from blendmask_live.commands.progress_line import progress_line
    from blendmask_live.jobs.stream import stream, wait_for_answers

    if not (options.to or options.events):
        raise ConfigError("nothing is to be sent; say where to with --to URL or --events URL")
    if "-" in options.events and str(options.json) == "-":
        raise ConfigError("only one of --events and --json can have the standard output")
    require_tracks(options)
    view = _view(options)
    with ExitStack() as undo:
        source = _source(options)
        undo.callback(source.close)
        # First, so that a target that cannot be reached is known before the network is loaded.
        senders = _senders(options, source)
        for sender in senders:
            undo.callback(sender.close)
        events = asked_events(options, source.info)
        if events is not None:
            undo.callback(events.discard)
        wait_for_answers(senders, events, _ANSWER_S)
        segmenter = asked_segmenter(options)
        undo.pop_all()
    reports: list[StreamReport] = []
    with progress_line(source.info.name, rate="fps", quiet=options.quiet) as line:

        def show(now: StreamReport) -> None:
            reports[:] = [now]
            line.update(max(link.sent for link in now.links), None, now.notices)

        try:
            report = stream(
                source,
                segmenter,
                live_settings(options),
                senders=senders,
                events=events,
                view=view,
                loops=options.loop,
                report=show,
            )
        except KeyboardInterrupt:
            # How most streams end; what was sent is told all the same.
            return {**(_as_json(reports[0]) if reports else {}), "status": "interrupted"}
    return _as_json(report)


def _as_json(report: StreamReport) -> dict[str, Any]:
    return {
        "frames_dropped": report.live.frames_dropped,
        "targets": [asdict(status) for status in report.senders],
        "events": [asdict(status) for status in report.receivers],
    }


def _source(options: argparse.Namespace) -> FrameSource:
    from blendmask_live.capture.source_part import SourcePart

    part = asked_for(SourcePart, options)
    opener = asked_for(SourceChoice, options).opener()
    return opener(options.source, **asdict(part))


def _view(options: argparse.Namespace) -> View:
    from blendmask_live.export.background import Background
    from blendmask_live.sending.view import View

    if options.background is None:
        return View(options.show)
    if options.show == "clean":
        raise ConfigError("a clean picture keeps its background; leave out --background or --show")
    return View(options.show, Background(options.background).backdrop)


def _senders(options: argparse.Namespace, source: FrameSource) -> tuple[Sender, ...]:
    from blendmask_live.capture.source import sound_of
    from blendmask_live.sending.starting import start_sender
    from blendmask_live.sending.stream import Encoding
    from blendmask_live.sending.target import read_target

    encoding = Encoding(
        options.encoder, (options.bitrate or 0) * 1000, min(float(source.info.fps), 120.0)
    )
    targets = [read_target(text) for text in options.to]
    senders: list[Sender] = []
    try:
        for target in targets:
            senders.append(
                start_sender(
                    target,
                    frame_size=(source.info.height, source.info.width),
                    encoding=encoding,
                    sound=None if options.no_sound else sound_of(source),
                    keeps_trying=options.wait,
                )
            )
    except BaseException:
        for sender in senders:
            sender.close()
        raise
    return tuple(senders)
