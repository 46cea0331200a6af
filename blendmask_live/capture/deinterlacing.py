"""Interlaced pictures, two fields of different times in one, made whole pictures of one time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import av.error
import av.filter
from av.filter.context import FilterContext

__all__ = ["Deinterlacer", "without_second_field"]


class Deinterlacer:
    """Makes flagged pictures whole, with the help of those before and after; others stay.

    Every picture gives one, at its own time.

    Attributes:
        count: Pictures made whole so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._fields: _Fields | None = None

    def whole(self, pictures: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The pictures, in presentation order, one later than they are taken."""
        self._fields = None
        before: av.VideoFrame | None = None
        current: av.VideoFrame | None = None
        for following in pictures:
            if current is not None:
                yield self._made_whole(before, current, following)
            before, current = current, following
        if current is not None:
            yield self._made_whole(before, current, None)

    def _made_whole(
        self,
        before: av.VideoFrame | None,
        current: av.VideoFrame,
        following: av.VideoFrame | None,
    ) -> av.VideoFrame:
        if not current.interlaced_frame:
            self._fields = None
            return current
        self.count += 1
        if self._fields is None or not self._fields.fits(current):
            self._fields = _Fields(current)
            if before is not None and self._fields.fits(before):
                self._fields.add(before)
            self._fields.add(current)
        if following is None or not self._fields.fits(following):
            fields, self._fields = self._fields, None
            return fields.last_of(current)
        return self._fields.add(following, then=current)


class _Fields:
    """The filter, for pictures of one size and format."""

    def __init__(self, picture: av.VideoFrame) -> None:
        self._kind = _kind(picture)
        self._graph, self._source = _graph(picture, "bwdif", "mode=send_frame:deint=interlaced")

    def fits(self, picture: av.VideoFrame) -> bool:
        return _kind(picture) == self._kind

    def add(self, picture: av.VideoFrame, then: av.VideoFrame | None = None) -> av.VideoFrame:
        """Add the next picture; returns the one before it, at the time of `then`."""
        self._source.push(picture)
        return _at_time_of(then or picture, self._pull() or picture)

    def last_of(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture added last."""
        self._source.push(None)
        return _at_time_of(picture, self._pull() or picture)

    def _pull(self) -> av.VideoFrame | None:
        try:
            return self._graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return None


def without_second_field(picture: av.VideoFrame) -> av.VideoFrame:
    """One field of a single picture, as live sources need it; the other lines are made up."""
    graph, source = _graph(picture, "estdif", "mode=frame:deint=interlaced")
    source.push(picture)
    source.push(None)
    return _at_time_of(picture, graph.vpull())


def _graph(
    picture: av.VideoFrame, name: str, options: str
) -> tuple[av.filter.Graph, FilterContext]:
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=picture.width,
        height=picture.height,
        format=picture.format,
        time_base=picture.time_base or Fraction(1, 1000),
    )
    graph.link_nodes(source, graph.add(name, options), graph.add("buffersink")).configure()
    return graph, source


def _kind(picture: av.VideoFrame) -> tuple[int, int, str, Fraction | None]:
    return picture.width, picture.height, picture.format.name, picture.time_base


def _at_time_of(picture: av.VideoFrame, whole: av.VideoFrame) -> av.VideoFrame:
    if whole is not picture:
        # The filter counts half ticks.
        whole.pts, whole.dts = picture.pts, picture.dts
        whole.time_base = picture.time_base
    return whole
