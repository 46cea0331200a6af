"""Sinks that come and go while a pipeline runs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from blendmask_live.datatypes import TrackedFrame
from blendmask_live.errors import StageFailed
from blendmask_live.pipeline import Channel, Overflow, Pipeline
from tests.pipeline.parts import (
    WAIT_S,
    CountingSource,
    DelayLine,
    FailingSegment,
    RecordingSink,
    one_object,
    same_track,
)


def _pipeline(source: CountingSource, **sinks: RecordingSink) -> Pipeline:
    return Pipeline(source, segment=one_object, track=same_track, sinks=sinks)


def test_attached_sink_gets_the_frames_from_then_on_until_detached() -> None:
    main, late = RecordingSink(), RecordingSink()
    with _pipeline(CountingSource(), main=main) as pipeline:
        assert main.entered.wait(WAIT_S)
        branch = pipeline.attach({"late": late}, hold_back=DelayLine(3))
        assert late.entered.wait(WAIT_S)
        files = pipeline.detach(branch)
        while len(main.indexes) <= late.indexes[-1] + 1:
            assert not pipeline.wait(0.005)
    assert late.closed
    assert late.indexes == list(range(late.indexes[0], late.indexes[-1] + 1))
    assert files == {"late": (Path(f"{len(late.indexes)} frames"),)}
    assert branch.frames_written == len(late.indexes)
    assert main.indexes[-1] > late.indexes[-1]


def test_sinks_can_be_attached_again_and_again_without_leaving_threads() -> None:
    with _pipeline(CountingSource(), main=RecordingSink()) as pipeline:
        before = threading.active_count()
        for _ in range(20):
            sink = RecordingSink()
            branch = pipeline.attach({"a": sink})
            assert sink.entered.wait(WAIT_S)
            pipeline.detach(branch)
            assert threading.active_count() == before


def test_attached_sink_is_completed_by_stop_and_at_the_end_of_the_source() -> None:
    sinks = [RecordingSink(), RecordingSink()]
    with _pipeline(CountingSource(), main=RecordingSink()) as pipeline:
        pipeline.attach({"a": sinks[0]})
        assert sinks[0].entered.wait(WAIT_S)
    source = CountingSource(block_at=2)
    with _pipeline(source) as pipeline:
        assert source.blocked.wait(WAIT_S)
        pipeline.attach({"a": sinks[1]}, hold_back=DelayLine(0))
        source.interrupt()
        assert pipeline.wait(WAIT_S)
        with pytest.raises(RuntimeError):
            pipeline.attach({"b": RecordingSink()})
    assert sinks[0].closed and pipeline.outputs.keys() <= {"a"}


class _BrokenSink(RecordingSink):
    def write(self, tracked: TrackedFrame) -> None:
        raise OSError("disk full")


class _BrokenAtDiscard(_BrokenSink):
    def discard(self) -> None:
        super().discard()
        raise OSError("disk full")


@pytest.mark.may_log("export bad:")
@pytest.mark.parametrize("bad", [_BrokenSink(), _BrokenAtDiscard()])
def test_failing_attached_sink_ends_alone(bad: RecordingSink) -> None:
    main, good = RecordingSink(), RecordingSink()
    with _pipeline(CountingSource(), main=main) as pipeline:
        branch = pipeline.attach({"good": good, "bad": bad})
        while not (branch.failures and branch.frames_written):
            assert not pipeline.wait(0.005)
        assert list(pipeline.detach(branch)) == ["good"]
        assert not pipeline.failure
    assert str(branch.failures["bad"]) == "export bad failed: disk full"
    assert bad.discarded and good.closed and main.closed


def test_nothing_is_attached_before_the_start_or_after_a_failure() -> None:
    pipeline = _pipeline(CountingSource())
    with pytest.raises(RuntimeError):
        pipeline.attach({"a": RecordingSink()})
    pipeline.stop()
    failing = Pipeline(CountingSource(), segment=FailingSegment(0), track=same_track, sinks={})
    with failing, pytest.raises(StageFailed):
        failing.wait(WAIT_S)
    with pytest.raises((StageFailed, RuntimeError)):
        failing.attach({"a": RecordingSink()})


def test_attached_sink_that_is_too_slow_drops_where_it_may() -> None:
    held = threading.Event()
    slow, main = RecordingSink(hold=held), RecordingSink()
    with _pipeline(CountingSource(), main=main) as pipeline:
        branch = pipeline.attach({"slow": slow}, capacity=2, overflow=Overflow.DROP_OLDEST)
        while branch.frames_dropped < 50:
            pipeline.wait(0.005)
        held.set()
        pipeline.detach(branch)
    assert slow.closed and slow.indexes == sorted(slow.indexes)


def test_channel_that_stops_blocking_frees_its_producer() -> None:
    channel = Channel[int](1)
    channel.put(0)
    producer = threading.Thread(target=channel.put, args=(1,))
    producer.start()
    channel.overflow = Overflow.DROP_OLDEST
    producer.join(WAIT_S)
    assert not producer.is_alive()
    assert (channel.get(), channel.dropped_count) == (1, 1)
