"""A failure of any stage at any moment ends everything and reaches `wait`."""

from __future__ import annotations

import threading

import pytest

from blendmask_live.errors import SourceReadError, StageFailed
from blendmask_live.pipeline import Pipeline, PipelineConfig
from tests.pipeline.parts import (
    WAIT_S,
    CountingSource,
    DelayLine,
    FailingSegment,
    FailingTrack,
    RecordingSink,
    one_object,
    same_track,
)

MOMENTS = (0, 1, 7)


def _failure(pipeline: Pipeline) -> StageFailed:
    pipeline.start()
    with pytest.raises(StageFailed) as caught:
        pipeline.wait(WAIT_S)
    pipeline.stop()
    pipeline.stop()
    with pytest.raises(StageFailed):
        pipeline.wait()
    return caught.value


@pytest.mark.parametrize("moment", MOMENTS)
def test_failing_source(moment: int) -> None:
    source, sink = CountingSource(fail_at=moment), RecordingSink()
    failure = _failure(Pipeline(source, segment=one_object, track=same_track, sinks={"a": sink}))
    assert failure.stage == "capture"
    assert isinstance(failure.__cause__, OSError)
    assert str(failure) == f"capture failed: source broke at {moment}"
    assert source.closed == 1
    assert sink.discarded and not sink.closed


@pytest.mark.parametrize("moment", MOMENTS)
def test_failing_segmenter(moment: int) -> None:
    source, sink = CountingSource(), RecordingSink()
    failure = _failure(
        Pipeline(source, segment=FailingSegment(moment), track=same_track, sinks={"a": sink})
    )
    assert failure.stage == "segment"
    assert isinstance(failure.__cause__, RuntimeError)
    assert source.closed == 1
    assert sink.discarded and not sink.closed


@pytest.mark.parametrize("moment", MOMENTS)
def test_failing_tracker(moment: int) -> None:
    source, sink = CountingSource(), RecordingSink()
    failure = _failure(
        Pipeline(source, segment=one_object, track=FailingTrack(moment), sinks={"a": sink})
    )
    assert failure.stage == "track"
    assert isinstance(failure.__cause__, ValueError)
    assert source.closed == 1
    assert sink.discarded and not sink.closed


@pytest.mark.parametrize("moment", MOMENTS)
def test_failing_sink_ends_alone(moment: int, caplog: pytest.LogCaptureFixture) -> None:
    sinks = {"bad": RecordingSink(fail_at=moment), "good": RecordingSink()}
    pipeline = Pipeline(CountingSource(20), segment=one_object, track=same_track, sinks=sinks)
    failure = _failure(pipeline)
    assert failure.stage == "export bad"
    assert str(failure.__cause__) == f"disk full at {moment}"
    assert sinks["bad"].discarded and not sinks["bad"].closed
    assert sinks["good"].closed and sinks["good"].indexes == list(range(20))
    assert list(pipeline.outputs) == ["good"] and list(pipeline.sink_failures) == ["bad"]
    assert f"export bad: disk full at {moment}" in caplog.text


@pytest.mark.may_log(": disk full")
def test_sink_that_fails_at_close_leaves_what_others_have_finished() -> None:
    closing = threading.Event()
    late = RecordingSink(hold_close=closing)
    sinks = {"bad": RecordingSink(fail_at_close=True), "late": late}
    pipeline = Pipeline(CountingSource(5), segment=one_object, track=same_track, sinks=sinks)
    pipeline.start()
    while not pipeline.sink_failures:
        assert not pipeline.wait(0.005)
    closing.set()
    with pytest.raises(StageFailed, match="export bad"):
        pipeline.wait(WAIT_S)
    assert late.closed and late.indexes == list(range(5))


@pytest.mark.may_log(": disk full")
def test_source_is_not_read_on_where_all_sinks_have_failed() -> None:
    sinks = {"a": RecordingSink(fail_at=3), "b": RecordingSink(fail_at=5)}
    watching = RecordingSink()
    pipeline = Pipeline(
        CountingSource(),
        segment=one_object,
        track=same_track,
        sinks=sinks,
        observers={"watching": watching},
    )
    failure = _failure(pipeline)
    # Which of the two threads gets to its failing frame first is open; the first one is told.
    assert set(pipeline.sink_failures) == {"a", "b"}
    assert failure.stage == f"export {next(iter(pipeline.sink_failures))}"
    assert watching.discarded and not pipeline.outputs


@pytest.mark.may_log(": disk full")
def test_sink_failing_at_close() -> None:
    sink = RecordingSink(fail_at_close=True)
    failure = _failure(
        Pipeline(CountingSource(5), segment=one_object, track=same_track, sinks={"a": sink})
    )
    assert failure.stage == "export a"
    assert sink.discarded


def test_failure_while_flushing_the_held_back_frames() -> None:
    def break_down() -> None:
        raise RuntimeError("flush broke")

    sink = RecordingSink()
    failure = _failure(
        Pipeline(
            CountingSource(5),
            segment=one_object,
            track=same_track,
            sinks={"a": sink},
            hold_back=DelayLine(2, on_flush=break_down),
        )
    )
    assert failure.stage == "track"
    assert not sink.closed


def test_failure_frees_a_source_blocked_in_read() -> None:
    source = CountingSource(block_at=4)
    failure = _failure(Pipeline(source, segment=FailingSegment(2), track=same_track, sinks={}))
    assert failure.stage == "segment"
    assert source.closed == 1


@pytest.mark.may_log(": disk full")
def test_failure_frees_stages_blocked_on_full_channels() -> None:
    held, broken = threading.Event(), threading.Event()
    sinks = {
        "held": RecordingSink(hold=held, fail_at=4),
        "bad": RecordingSink(hold=broken, fail_at=4),
    }
    pipeline = Pipeline(CountingSource(), segment=one_object, track=same_track, sinks=sinks)
    pipeline.start()
    # One frame in the hands of each thread but the segmenter, nine waiting in channels: all full.
    while pipeline.progress.frames_read < 12:
        assert not pipeline.wait(timeout_s=0.01)
    broken.set()
    held.set()
    with pytest.raises(StageFailed, match="disk full at 4"):
        pipeline.wait(WAIT_S)


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_kept_outputs_all_end_with_the_last_frame_before_the_failure(moment: int) -> None:
    slow = threading.Event()
    sinks = {"slow": RecordingSink(hold=slow), "quick": RecordingSink()}
    pipeline = Pipeline(
        CountingSource(),
        segment=FailingSegment(moment),
        track=same_track,
        sinks=sinks,
        hold_back=DelayLine(2),
        config=PipelineConfig(keeps_outputs_of_failed_run=True),
    )
    pipeline.start()
    while pipeline.failure is None and moment < 4:
        assert not pipeline.wait(0.005)
    slow.set()
    with pytest.raises(StageFailed, match="segment"):
        pipeline.wait(WAIT_S)
    assert all(sink.indexes == list(range(moment)) for sink in sinks.values())


def test_first_failure_wins_and_later_ones_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    class BrokenAtTheEnd(CountingSource):
        def close(self) -> None:
            super().close()
            raise OSError("close broke")

    pipeline = Pipeline(BrokenAtTheEnd(), segment=FailingSegment(1), track=same_track, sinks={})
    assert _failure(pipeline).stage == "segment"
    assert "capture failed too: close broke" in caplog.text


def test_error_of_our_own_keeps_its_one_line() -> None:
    class Broken(CountingSource):
        def read(self) -> None:
            raise SourceReadError("clip.mp4: cannot be read any further: I/O error")

    failure = _failure(Pipeline(Broken(), segment=one_object, track=same_track, sinks={}))
    assert str(failure) == "clip.mp4: cannot be read any further: I/O error"
    assert failure.stage == "capture"


def test_leaving_the_context_after_an_error_stops_the_pipeline() -> None:
    source = CountingSource()
    pipeline = Pipeline(source, segment=one_object, track=same_track, sinks={})
    with pytest.raises(ZeroDivisionError), pipeline:
        raise ZeroDivisionError
    assert source.closed == 1
