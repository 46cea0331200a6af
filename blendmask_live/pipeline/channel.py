"""Bounded hand-over between two threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import Generic, TypeVar

__all__ = ["Channel", "ChannelEnded", "Overflow"]

T = TypeVar("T")


class Overflow(Enum):
    """What `put` does when the channel is full."""

    BLOCK = "block"
    """Wait for room: nothing is lost. For files."""
    DROP_OLDEST = "drop_oldest"
    """Forget the oldest item: the newest is never late. For live sources."""


class ChannelEnded(Exception):
    """`get` found the channel closed and empty."""


class Channel(Generic[T]):
    """A queue with room for `capacity` items; one producer puts and closes it.

    The consumer iterates, and its loop ends when the producer has closed the channel and all
    waiting items are taken. Every method may be called from any thread.
    """

    def __init__(self, capacity: int, overflow: Overflow = Overflow.BLOCK) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be 1 or more, got {capacity}")
        self._capacity = capacity
        self._overflow = overflow
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._is_discarded = False
        self._put_count = 0
        self._dropped_count = 0

    @property
    def overflow(self) -> Overflow:
        """May be changed at any time; a waiting producer follows it too."""
        return self._overflow

    @overflow.setter
    def overflow(self, overflow: Overflow) -> None:
        with self._changed:
            self._overflow = overflow
            self._changed.notify_all()

    @property
    def put_count(self) -> int:
        """Items handed to `put` so far."""
        return self._put_count

    @property
    def dropped_count(self) -> int:
        """Items that no consumer will see: pushed out, or discarded."""
        return self._dropped_count

    def __len__(self) -> int:
        """Items waiting."""
        return len(self._items)

    def put(self, item: T) -> bool:
        """Hand over an item; waits for room under `Overflow.BLOCK`.

        Returns:
            False if the channel was discarded, so that nobody will take the item: the producer
            may end.

        Raises:
            ValueError: If the channel is closed.
        """
        with self._changed:
            if self._is_closed:
                raise ValueError("put on a closed channel")
            self._put_count += 1
            while len(self._items) >= self._capacity and not self._is_discarded:
                if self._overflow is Overflow.BLOCK:
                    self._changed.wait()
                else:
                    self._items.popleft()
                    self._dropped_count += 1
            if self._is_discarded:
                self._dropped_count += 1
                return False
            self._items.append(item)
            self._changed.notify_all()
            return True

    def wait_for_room(self) -> None:
        """For the producer: wait until `put` would drop nothing and not wait, or the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._items) < self._capacity or self._is_discarded or self._is_closed
            )

    def get(self) -> T:
        """Take the oldest item; waits for one.

        Raises:
            ChannelEnded: If the channel is closed or discarded and holds nothing more.
        """
        with self._changed:
            while not self._items:
                if self._is_closed or self._is_discarded:
                    raise ChannelEnded
                self._changed.wait()
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def __iter__(self) -> Iterator[T]:
        """Items until the end of the channel."""
        while True:
            try:
                item = self.get()
            except ChannelEnded:
                return
            yield item

    def close(self) -> None:
        """The producer's last word: what waits is still delivered. Twice does no harm."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def discard(self) -> None:
        """Drop what waits and all that is still put; nobody stays blocked."""
        with self._changed:
            self._is_discarded = True
            self._dropped_count += len(self._items)
            self._items.clear()
            self._changed.notify_all()
