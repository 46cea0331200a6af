"""What happens, as lines; and receivers that are slow, away or refuse."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pycocotools import mask as coco_mask
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from blendmask_live.errors import ConfigError
from blendmask_live.sending.event_lines import EventChoice, EventLines
from blendmask_live.sending.events import EventSink
from blendmask_live.sending.line_queue import LineQueue
from blendmask_live.sending.wires import SILENT, WireChoice
from blendmask_live.sending.zones import Zone
from tests.capture.servers import wait_until
from tests.sending.tracks import SOURCE, tracked_frame

AREA = Zone("desk", "zone", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def _lines(**options: Any) -> EventLines:
    return EventLines(SOURCE, choice=EventChoice(**options), zones=(AREA,))


def _kinds(lines: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(line["kind"], line.get("id", 0)) for line in lines]


def test_a_track_appears_enters_and_leaves() -> None:
    lines = _lines()
    assert _kinds(lines.of_frame(tracked_frame(0, {1: (50, 90), -4: (20, 90)}))) == [
        ("appear", 1),
        ("enter", 1),
    ]
    assert lines.of_frame(tracked_frame(1, {1: (50, 90)})) == []
    # Away for less than a second, it has not left.
    assert lines.of_frame(tracked_frame(10, {})) == []
    gone = lines.of_frame(tracked_frame(11, {}))
    assert _kinds(gone) == [("exit", 1), ("leave", 1)]
    assert gone[1]["last_seen_frame"] == 1 and gone[1]["stayed_s"] == 0.1


def test_lines_say_class_score_box_mask_and_times() -> None:
    frame = tracked_frame(3, {7: (50, 90)})
    (line, _) = _lines().of_frame(frame)
    assert (line["class"], line["score"], line["box"]) == ("person", 0.9, [45, 70, 55, 90])
    assert (line["frame"], line["pts_s"]) == (3, 0.3)
    assert line["captured"].endswith("+00:00")
    rle = {**line["rle"], "counts": line["rle"]["counts"].encode()}
    assert (coco_mask.decode(rle).astype(bool) == frame.instances.masks()[0]).all()
    (bare, _) = _lines(masks=False).of_frame(frame)
    assert "rle" not in bare


def test_frames_hold_all_objects_and_counts() -> None:
    (line,) = _lines(of="frames", masks=False).of_frame(tracked_frame(0, {1: (50, 90)}))
    assert line["kind"] == "frame"
    assert [thing["id"] for thing in line["objects"]] == [1]
    assert line["zones"] == {"desk": {"inside": 1, "entered": 1, "exited": 0}}


def test_a_search_ends_all_tracks_and_a_frame_shown_again_is_no_news() -> None:
    lines = _lines()
    lines.of_frame(tracked_frame(0, {1: (50, 90)}))
    assert lines.of_frame(tracked_frame(0, {1: (50, 90), 2: (60, 90)}, repeat=True)) == []
    jumped = lines.of_frame(tracked_frame(50, {2: (150, 90)}, epoch=1))
    assert _kinds(jumped) == [("exit", 1), ("leave", 1), ("appear", 2)]
    assert _kinds(lines.end()) == [("leave", 2), ("end", 0)]


class _Wire:
    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def send(self, line: bytes) -> None:
        self.lines.append(line)

    def close(self) -> None:
        pass


def test_a_slow_receiver_loses_its_oldest_lines_and_is_told_how_many() -> None:
    queue = LineQueue(most=3)
    for number in range(10):
        queue.put(b"%d\n" % number)
    wire = _Wire()
    queue.send_to(wire, lambda: True)
    assert wire.lines == [b'{"kind":"lost","lines":7}\n', b"7\n", b"8\n", b"9\n"]
    assert (queue.sent, queue.lost) == (3, 7)


@contextmanager
def _sink(*texts: str, **options: Any) -> Iterator[EventSink]:
    sink = EventSink(_lines(masks=False), [WireChoice(text) for text in texts], **options)
    try:
        yield sink
    finally:
        sink.close()


def test_a_file_gets_every_line_numbered(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("mine\n")
    with _sink(str(path)) as sink:
        sink.write(tracked_frame(0, {1: (50, 90)}))
    first, *rest = path.read_text().splitlines()
    lines = [json.loads(line) for line in rest]
    assert first == "mine"
    assert [line["kind"] for line in lines] == ["begin", "appear", "enter", "exit", "leave", "end"]
    assert [line["seq"] for line in lines[1:]] == [0, 1, 2, 3, 4]
    assert lines[0]["version"] == 1 and lines[0]["zones"][0]["name"] == "desk"


def test_sending_that_stops_and_begins_again_says_the_end_and_what_is_there(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    with _sink(str(first)) as sink:
        sink.write(tracked_frame(0, {1: (50, 90), 2: (150, 90)}))
        sink.disconnect()
        sink.write(tracked_frame(1, {1: (50, 90), 2: (150, 90)}))
        sink.connect([WireChoice(str(second))])
        sink.write(tracked_frame(2, {2: (150, 90)}))
        # Nobody was told of track 1, but it is in the area no more.
        sink.write(tracked_frame(12, {2: (150, 90)}))
        counts = sink.lines.watch.counts["desk"]
        assert (counts.inside, counts.entered, counts.exited) == (0, 1, 1)
    read = [
        [json.loads(line) for line in path.read_text().splitlines()] for path in (first, second)
    ]
    assert _kinds(read[0][1:]) == [
        ("appear", 1),
        ("appear", 2),
        ("enter", 1),
        ("leave", 1),
        ("leave", 2),
        ("end", 0),
    ]
    assert read[0][-1]["zones"]["desk"]["inside"] == 1
    assert _kinds(read[1][1:]) == [("appear", 2), ("exit", 1), ("leave", 2), ("end", 0)]


@pytest.mark.may_log("lost (", "is back")
def test_a_receiver_that_is_killed_gets_the_lines_that_waited_when_it_is_back() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    with _sink(f"tcp://127.0.0.1:{port}") as sink:
        connection, _ = server.accept()
        with connection, connection.makefile() as reader:
            assert json.loads(reader.readline())["kind"] == "begin"
        server.close()
        index = 0

        def was_noticed() -> bool:
            nonlocal index
            sink.write(tracked_frame(index, {index + 1: (150, 90)}))
            index += 1
            return sink.statuses[0].state == "waiting"

        wait_until(was_noticed)
        server = socket.create_server(("127.0.0.1", port))
        connection, _ = server.accept()
        with connection, connection.makefile() as reader:
            begin = json.loads(reader.readline())
            first = json.loads(reader.readline())
            # What was in the system's hands when it died is lost, and the numbers show it.
            assert begin["kind"] == "begin" and 0 < first["seq"] < begin["seq"]
        server.close()


def test_receivers_that_call_each_get_what_comes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    with _sink(f"ws://127.0.0.1:{port}?listen") as sink:
        with connect(f"ws://127.0.0.1:{port}") as one, connect(f"ws://127.0.0.1:{port}") as two:
            assert json.loads(one.recv())["kind"] == json.loads(two.recv())["kind"] == "begin"
            sink.write(tracked_frame(0, {1: (150, 90)}))
            assert json.loads(one.recv()) == json.loads(two.recv())
        wait_until(lambda: _put_and_look(sink).state == "waiting")
        assert sink.statuses[0].connections == 2


def _put_and_look(sink: EventSink) -> Any:
    sink.set_zones(())
    return sink.statuses[0]


def test_lines_go_to_a_web_socket_server() -> None:
    heard: list[dict[str, Any]] = []

    def listen(connection: ServerConnection) -> None:
        heard.extend(json.loads(message) for message in connection)

    with serve(listen, "127.0.0.1", 0, logger=SILENT) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.socket.getsockname()[1]
        with _sink(f"ws://127.0.0.1:{port}/events?token=geheim") as sink:
            sink.write(tracked_frame(0, {1: (150, 90)}))
            assert "geheim" not in sink.statuses[0].target
        wait_until(lambda: heard[-1:] != [] and heard[-1]["kind"] == "end")
        server.shutdown()
        thread.join()
    assert [line["kind"] for line in heard] == ["begin", "appear", "leave", "end"]


def test_a_refused_receiver_is_told_in_one_line_and_loses_only_its_own(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as finder:
        port = finder.getsockname()[1]
    path = tmp_path / "events.jsonl"
    with _sink(f"tcp://127.0.0.1:{port}", str(path)) as sink:
        wait_until(lambda: sink.statuses[0].state == "failed")
        assert sink.statuses[0].notice.startswith("connection refused; check address and port")
        sink.write(tracked_frame(0, {1: (150, 90)}))
    assert sink.statuses[0].lost == 3 and sink.statuses[1].lost == 0
    assert len(path.read_text().splitlines()) == 4


@pytest.mark.parametrize(
    "text",
    [
        "gopher://x:1",
        "tcp://host",
        "tcp://host:port",
        "ws://",
        "/no/such/folder/a.jsonl",
        "wss://h:1?listen",
    ],
)
def test_what_is_no_receiver_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        WireChoice(text)


def test_mqtt_says_how_to_get_it_or_wants_a_topic() -> None:
    with pytest.raises(ConfigError, match=r"no topic|pip install 'blendmask-live\[mqtt\]'"):
        WireChoice("mqtt://host")
