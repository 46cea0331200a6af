"""The bounded channel between two threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from blendmask_live.pipeline import Channel, ChannelEnded, Overflow
from tests.pipeline.parts import WAIT_S


def test_items_arrive_in_order_and_closing_ends_the_loop() -> None:
    channel = Channel[int](3)
    for item in range(3):
        assert channel.put(item)
    channel.close()
    assert list(channel) == [0, 1, 2]
    with pytest.raises(ChannelEnded):
        channel.get()


def test_none_is_an_item_like_any_other() -> None:
    channel = Channel[None](2)
    channel.put(None)
    channel.close()
    assert list(channel) == [None]


def test_many_items_pass_between_threads_without_loss() -> None:
    channel = Channel[int](2)

    def produce() -> None:
        for item in range(2000):
            channel.put(item)
        channel.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(produce)
        assert list(channel) == list(range(2000))
    assert (channel.put_count, channel.dropped_count, len(channel)) == (2000, 0, 0)


def test_drop_oldest_keeps_the_newest_and_counts() -> None:
    channel = Channel[int](2, Overflow.DROP_OLDEST)
    for item in range(5):
        assert channel.put(item)
    channel.close()
    assert list(channel) == [3, 4]
    assert (channel.put_count, channel.dropped_count) == (5, 3)


def _blocked_call(call: Callable[[], object]) -> tuple[ThreadPoolExecutor, Future[object]]:
    pool = ThreadPoolExecutor(1)
    entered = threading.Event()

    def run() -> object:
        entered.set()
        return call()

    future = pool.submit(run)
    assert entered.wait(WAIT_S)
    return pool, future


def test_put_waits_for_room() -> None:
    channel = Channel[int](1)
    channel.put(0)
    pool, put = _blocked_call(lambda: channel.put(1))
    assert channel.get() == 0
    assert put.result(WAIT_S) is True
    assert channel.get() == 1
    pool.shutdown()


def test_discard_frees_a_blocked_producer_and_tells_it() -> None:
    channel = Channel[int](1)
    channel.put(0)
    pool, put = _blocked_call(lambda: channel.put(1))
    channel.discard()
    assert put.result(WAIT_S) is False
    assert list(channel) == []
    assert channel.dropped_count == 2
    pool.shutdown()


@pytest.mark.parametrize("ending", ["close", "discard"])
def test_ending_frees_a_blocked_consumer(ending: str) -> None:
    channel = Channel[int](1)
    pool, items = _blocked_call(lambda: list(channel))
    getattr(channel, ending)()
    assert items.result(WAIT_S) == []
    pool.shutdown()


def test_discard_after_close_drops_what_waits() -> None:
    channel = Channel[int](2)
    channel.put(0)
    channel.close()
    channel.close()
    channel.discard()
    channel.discard()
    assert list(channel) == []
    assert channel.dropped_count == 1


def test_put_on_a_closed_channel_is_a_mistake() -> None:
    channel = Channel[int](1)
    channel.close()
    with pytest.raises(ValueError, match="closed"):
        channel.put(1)


def test_channel_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="capacity"):
        Channel[int](0)
