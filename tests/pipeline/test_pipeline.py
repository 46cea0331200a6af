"""The normal course of a pipeline, and stopping it at any moment."""

from __future__ import annotations

import _thread
import logging
import signal
import threading
from fractions import Fraction
from pathlib import Path

import pytest

from blendmask_live.datatypes import Frame, Instances, SourceInfo, TrackedInstances
from blendmask_live.errors import StageFailed
from blendmask_live.pipeline import Overflow, Pipeline, PipelineConfig
from blendmask_live.pipeline import pipeline as module
from tests.pipeline.parts import (
    WAIT_S,
    CountingSource,
    DelayLine,
    FailingSegment,
    HeldSegment,
    RecordingSink,
    one_object,
    same_track,
)


def test_every_frame_reaches_every_sink_in_order() -> None:
    source, sinks = CountingSource(50), {"a": RecordingSink(), "b": RecordingSink()}
    pipeline = Pipeline(source, segment=one_object, track=same_track, sinks=sinks)
    pipeline.start()
    assert pipeline.wait()
    for sink in sinks.values():
        assert sink.indexes == list(range(50))
        assert sink.closed and not sink.discarded
    assert source.closed == 1
    assert pipeline.outputs == {"a": (Path("50 frames"),), "b": (Path("50 frames"),)}
    progress = pipeline.progress
    assert (progress.frames_read, progress.frames_done, progress.instances) == (50, 50, 50)
    assert (progress.frames_dropped, progress.exports_dropped) == (0, 0)


def test_frames_that_are_segmented_at_once_leave_in_order() -> None:
    sink, meeting = RecordingSink(), threading.Barrier(2)

    def segment(frame: Frame) -> Instances:
        # Each of two waits for the other: they run at the same time, or never.
        meeting.wait(WAIT_S)
        return one_object(frame)

    config = PipelineConfig(segmented_at_once=2)
    with Pipeline(
        CountingSource(20), segment=segment, track=same_track, sinks={"a": sink}, config=config
    ) as pipeline:
        pipeline.wait()
    assert sink.indexes == list(range(20))
    assert pipeline.timings.summary()["segment"].count == 20


def test_a_failure_among_frames_segmented_at_once_names_the_stage() -> None:
    sink, config = RecordingSink(), PipelineConfig(segmented_at_once=2)
    pipeline = Pipeline(
        CountingSource(20),
        segment=FailingSegment(fail_at=7),
        track=same_track,
        sinks={"a": sink},
        config=config,
    )
    with pytest.raises(StageFailed, match="segment"), pipeline:
        pipeline.wait()
    assert sink.discarded


def test_timings_are_kept_per_stage_and_per_frame() -> None:
    sink = RecordingSink()
    with Pipeline(
        CountingSource(5), segment=one_object, track=same_track, sinks={"csv": sink}
    ) as pipeline:
        pipeline.wait()
    summary = pipeline.timings.summary()
    assert set(summary) == {"capture", "segment", "track", "export csv"}
    assert {stage.count for stage in summary.values()} == {5}
    assert set(sink.frames[0].timings_ms) == {"capture", "segment", "track"}


def test_pipeline_without_sinks_runs_to_the_end() -> None:
    with Pipeline(CountingSource(5), segment=one_object, track=same_track, sinks={}) as pipeline:
        pipeline.wait()
    assert pipeline.progress.frames_done == 5


def test_held_back_frames_come_out_at_the_end() -> None:
    sink = RecordingSink()
    with Pipeline(
        CountingSource(20),
        segment=one_object,
        track=same_track,
        sinks={"a": sink},
        hold_back=DelayLine(7),
    ) as pipeline:
        pipeline.wait()
    assert sink.indexes == list(range(20))


class _TimelessSource(CountingSource):
    def read(self) -> Frame | None:
        frame = super().read()
        return frame and Frame(frame.image, frame.index, None, 1000.0 + frame.index)


@pytest.mark.parametrize(
    ("source", "fps", "frame_count", "expected"),
    [
        (CountingSource, 25, 3, [0.0, 0.04, 0.08]),
        (_TimelessSource, 10, 3, [0.0, 0.1, 0.2]),
        (_TimelessSource, None, 3, [0.0, 0.04, 0.08]),
    ],
)
def test_tracker_gets_the_time_of_the_frame(
    source: type[CountingSource], fps: int | None, frame_count: int, expected: list[float]
) -> None:
    times_s = []

    def track(instances: Instances, /, *, timestamp_s: float) -> TrackedInstances:
        times_s.append(timestamp_s)
        return same_track(instances, timestamp_s=timestamp_s)

    frames = source(frame_count)
    frames.info = SourceInfo(
        "x", 4, 4, frame_count=frame_count, average_fps=None if fps is None else Fraction(fps)
    )
    with Pipeline(frames, segment=one_object, track=track, sinks={}) as pipeline:
        pipeline.wait()
    assert times_s == pytest.approx(expected)


def test_slow_segmenter_drops_old_frames_of_live_sources_and_counts_them() -> None:
    segment, sink = HeldSegment(), RecordingSink()
    config = PipelineConfig(frames_capacity=1, frames_overflow=Overflow.DROP_OLDEST)
    pipeline = Pipeline(
        CountingSource(30), segment=segment, track=same_track, sinks={"a": sink}, config=config
    )
    with pipeline:
        while pipeline.progress.frames_read < 30:
            assert not pipeline.wait(timeout_s=0.01)
        segment.release.set()
        assert pipeline.wait(WAIT_S)
    assert sink.indexes[-1] == 29
    assert pipeline.progress.frames_dropped == 30 - len(sink.indexes) > 0


def test_waiting_frames_are_bounded() -> None:
    segment = HeldSegment()
    source = CountingSource()
    pipeline = Pipeline(source, segment=segment, track=same_track, sinks={})
    with pipeline:
        assert segment.entered.wait(WAIT_S)
        while pipeline.progress.frames_read < 6:
            assert not pipeline.wait(timeout_s=0.01)
        assert not pipeline.wait(timeout_s=0.05)
        # One in the segmenter, four waiting, one in the hands of the capture thread.
        assert source.reads == 6
        pipeline._source.interrupt()
        segment.release.set()


def test_wait_with_a_timeout_returns_false_while_running() -> None:
    source = CountingSource(block_at=0)
    with Pipeline(source, segment=one_object, track=same_track, sinks={}) as pipeline:
        assert pipeline.wait(timeout_s=0.01) is False
    assert pipeline.wait() is True


def test_stop_keeps_what_was_computed_as_a_prefix() -> None:
    sink = RecordingSink()
    pipeline = Pipeline(
        CountingSource(),
        segment=one_object,
        track=same_track,
        sinks={"a": sink},
        hold_back=DelayLine(3),
    )
    with pipeline:
        while pipeline.progress.frames_done < 10:
            assert not pipeline.wait(timeout_s=0.001)
    assert sink.closed and not sink.discarded
    assert len(sink.indexes) >= 10
    assert sink.indexes == list(range(len(sink.indexes)))
    # Every frame that was tracked was also exported, held back or not.
    assert len(sink.indexes) == pipeline.progress.frames_tracked
    assert pipeline.wait() is True


def test_stop_interrupts_a_source_blocked_in_read() -> None:
    source, sink = CountingSource(block_at=3), RecordingSink()
    pipeline = Pipeline(source, segment=one_object, track=same_track, sinks={"a": sink})
    pipeline.start()
    assert source.blocked.wait(WAIT_S)
    pipeline.stop()
    assert sink.indexes == [0, 1, 2][: len(sink.indexes)]
    assert source.closed == 1


def test_stop_finishes_the_current_frame() -> None:
    segment, sink = HeldSegment(), RecordingSink()
    pipeline = Pipeline(CountingSource(), segment=segment, track=same_track, sinks={"a": sink})
    pipeline.start()
    assert segment.entered.wait(WAIT_S)
    while pipeline.progress.frames_read < 2:
        assert not pipeline.wait(timeout_s=0.01)
    stopper = threading.Thread(target=pipeline.stop)
    stopper.start()
    # Once the frames that wait are discarded.
    while not pipeline.progress.frames_dropped:
        assert not pipeline.wait(timeout_s=0.01)
    segment.release.set()
    stopper.join(WAIT_S)
    assert not stopper.is_alive()
    assert sink.indexes == [0] and sink.closed


def test_stop_twice_after_the_end_and_from_many_threads() -> None:
    pipeline = Pipeline(CountingSource(), segment=one_object, track=same_track, sinks={})
    pipeline.start()
    stoppers = [threading.Thread(target=pipeline.stop) for _ in range(4)]
    for stopper in stoppers:
        stopper.start()
    for stopper in stoppers:
        stopper.join(WAIT_S)
    pipeline.stop()
    assert pipeline.wait() is True


def test_stop_from_a_thread_of_the_pipeline_itself() -> None:
    pipelines: list[Pipeline] = []

    def segment(frame: Frame) -> Instances:
        if frame.index == 5:
            pipelines[0].stop()
        return one_object(frame)

    sink = RecordingSink()
    pipelines.append(
        Pipeline(CountingSource(), segment=segment, track=same_track, sinks={"a": sink})
    )
    pipelines[0].start()
    assert pipelines[0].wait(WAIT_S)
    assert sink.closed and sink.indexes == list(range(6))


def test_stop_before_start_releases_source_and_sinks() -> None:
    source, sink = CountingSource(), RecordingSink()
    pipeline = Pipeline(source, segment=one_object, track=same_track, sinks={"a": sink})
    pipeline.stop()
    pipeline.stop()
    assert source.closed == 1 and sink.discarded
    assert pipeline.wait() is True
    with pytest.raises(RuntimeError, match="runs once"):
        pipeline.start()


def test_starting_twice_or_waiting_before_the_start_is_a_mistake() -> None:
    pipeline = Pipeline(CountingSource(1), segment=one_object, track=same_track, sinks={})
    with pytest.raises(RuntimeError, match="start the pipeline"):
        pipeline.wait()
    pipeline.start()
    with pytest.raises(RuntimeError, match="runs once"):
        pipeline.start()
    pipeline.wait()


def test_stop_before_the_first_frame_leaves_no_output() -> None:
    source, sink = CountingSource(block_at=0), RecordingSink()
    with Pipeline(source, segment=one_object, track=same_track, sinks={"a": sink}):
        assert source.blocked.wait(WAIT_S)
    assert sink.discarded and not sink.closed


def test_ctrl_c_in_wait_leaves_a_readable_prefix() -> None:
    sink = RecordingSink()
    pipeline = Pipeline(CountingSource(), segment=one_object, track=same_track, sinks={"a": sink})

    def interrupt_main() -> None:
        assert sink.entered.wait(WAIT_S)
        _thread.interrupt_main(signal.SIGINT)

    interrupter = threading.Thread(target=interrupt_main)
    interrupter.start()
    with pytest.raises(KeyboardInterrupt), pipeline:
        pipeline.wait()
    interrupter.join()
    assert sink.closed and sink.indexes == list(range(len(sink.indexes)))


def test_ctrl_c_while_starting_leaks_nothing() -> None:
    source, sinks = CountingSource(), {"a": RecordingSink(), "b": RecordingSink()}
    pipeline = Pipeline(source, segment=one_object, track=same_track, sinks=sinks)
    third = list(pipeline._threads._ended)[2]
    start_third = third.start

    def start_and_interrupt() -> None:
        start_third()
        raise KeyboardInterrupt

    third.start = start_and_interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt), pipeline:
        raise AssertionError("the body must not run")
    assert source.closed == 1
    assert all(sink.closed or sink.discarded for sink in sinks.values())


def test_late_thread_is_named(caplog: pytest.LogCaptureFixture) -> None:
    segment, sink = HeldSegment(), RecordingSink()
    pipeline = Pipeline(
        CountingSource(1),
        segment=segment,
        track=same_track,
        sinks={"a": sink},
        config=PipelineConfig(stop_timeout_s=0.5),
    )
    pipeline.start()
    assert segment.entered.wait(WAIT_S)
    # Else it might be late too, on a busy machine.
    assert pipeline._threads.join(WAIT_S, only={"capture"}) == ()
    with pytest.raises(StageFailed, match=r"segment failed: still busy 0\.5 s after stop"):
        pipeline.stop()
    assert "segment" in caplog.text
    segment.release.set()
    assert pipeline.wait(WAIT_S)


class _RecordsSeen(logging.Handler):
    """Sets an event at the first log record that says something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.count, self.seen = text, 0, threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self.text in record.getMessage():
            self.count += 1
            self.seen.set()


@pytest.mark.may_log("finishing outputs")
def test_sink_may_take_longer_than_the_limit_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FINISHING_NOTICE_S", 0.3)
    notice = _RecordsSeen("finishing outputs")
    module.logger.addHandler(notice)
    closing = threading.Event()
    sink = RecordingSink(hold_close=closing)
    pipeline = Pipeline(
        CountingSource(3),
        segment=one_object,
        track=same_track,
        sinks={"slow": sink, "quick": RecordingSink()},
        config=PipelineConfig(stop_timeout_s=0.2),
    )
    pipeline.start()
    # The other threads are to have ended: on a busy machine they might be late too.
    while pipeline._main.finishing != {"export slow"} or len(pipeline._threads.join(0)) > 1:
        assert not pipeline.wait(timeout_s=0.01)
    stopper = threading.Thread(target=pipeline.stop)
    stopper.start()
    assert notice.seen.wait(WAIT_S)
    assert stopper.is_alive()
    closing.set()
    stopper.join(WAIT_S)
    module.logger.removeHandler(notice)
    assert sink.closed and set(pipeline.outputs) == {"slow", "quick"}
    assert notice.count == 1
    assert pipeline.wait()


@pytest.mark.may_log("still busy")
def test_sink_that_hangs_while_writing_is_named() -> None:
    writing = threading.Event()
    sink = RecordingSink(hold=writing)
    pipeline = Pipeline(
        CountingSource(),
        segment=one_object,
        track=same_track,
        sinks={"stuck": sink},
        config=PipelineConfig(stop_timeout_s=0.3),
    )
    pipeline.start()
    assert sink.entered.wait(WAIT_S)
    with pytest.raises(StageFailed, match=r"still busy 0\.3 s after stop"):
        pipeline.stop()
    writing.set()
    assert pipeline.wait(WAIT_S)
