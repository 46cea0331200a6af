"""What is pointed at in the picture is followed, until it is told to stop."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QApplication

from blendmask_live.datatypes import Frame
from blendmask_live.errors import WeightsError
from gui.live.controller import LiveController
from gui.shared.actions import Actions
from gui.shared.problems import Problem, error_text, problem_of
from gui.window.live_view import LiveView
from gui.window.shown_picture import ShownPicture

__all__ = ["FollowedObjects"]


class FollowedObjects(QObject):
    """Turns clicks and boxes in the view into followed objects.

    Signals:
        problem_found: A `Problem`: nothing was found at a place, or perhaps the wrong thing.
    """

    problem_found = pyqtSignal(object)

    def __init__(
        self, controller: LiveController, view: LiveView, picture: ShownPicture, actions: Actions
    ) -> None:
        super().__init__(view)
        self._controller, self._view = controller, view
        self._picture, self._actions = picture, actions
        self._awaited: dict[Future[int], tuple[float, float]] = {}
        self._clicked: tuple[float, float, Frame] | None = None
        # A double click, which shows the whole picture, begins with a click.
        self._second_click = QTimer(self)
        self._second_click.setSingleShot(True)
        self._second_click.timeout.connect(self._was_single)
        view.ground_clicked.connect(self._clicked_ground)
        view.double_clicked.connect(self._was_double)
        view.pointed_at.connect(self.point)
        view.box_drawn.connect(self.point_at_box)
        controller.session_changed.connect(self._forget)
        controller.status_changed.connect(self.refresh)

    def _clicked_ground(self, x: float, y: float) -> None:
        if self._controller.latest is not None:
            self._clicked = x, y, self._controller.latest.frame
            # Seen at once, though it is not known yet whether it is a double click.
            self._show_awaited()
            self._second_click.start(QApplication.doubleClickInterval())

    def _was_double(self) -> None:
        self._second_click.stop()
        self._clicked = None
        self._show_awaited()

    def _was_single(self) -> None:
        clicked, self._clicked = self._clicked, None
        if clicked is not None:
            x, y, frame = clicked
            self._begin((x, y), self._controller.point(frame, points=((x, y, True),)))

    def point(self, x: float, y: float) -> None:
        """Follow what is at a place of the shown picture, frame px."""
        latest = self._controller.latest
        if latest is not None:
            points = ((x, y, True),)
            self._begin((x, y), self._controller.point(latest.frame, points=points))

    def point_at_box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Follow what a box around it shows, frame px."""
        latest = self._controller.latest
        if latest is not None:
            begun = self._controller.point(latest.frame, box=(x0, y0, x1, y1))
            self._begin(((x0 + x1) / 2, (y0 + y1) / 2), begun)

    def point_here(self) -> None:
        """Follow what is under the pointer."""
        place = self._view.pointer_place()
        if place is not None:
            self.point(*place)

    def unfollow(self) -> None:
        """Follow the selected object no more; without one, the one that was begun last."""
        followed = [track.track_id for track in self._controller.followed]
        if followed:
            selected = self._picture.selected_track
            self._controller.unfollow(selected if selected in followed else max(followed))
        self.refresh()

    def unfollow_all(self) -> None:
        """Follow nothing more."""
        for track in self._controller.followed:
            self._controller.unfollow(track.track_id)
        self.refresh()

    def refresh(self) -> None:
        """Offer to stop only what there is."""
        for name in ("unfollow", "unfollow_all"):
            self._actions[name].setEnabled(bool(self._controller.followed))

    def _begin(self, place: tuple[float, float], begun: Future[int] | None) -> None:
        if begun is None:
            return
        self._awaited[begun] = place
        self._show_awaited()
        ended = partial(self._controller.worker.post, partial(self._ended, begun))
        begun.add_done_callback(lambda known: ended())

    def _ended(self, begun: Future[int]) -> None:
        if self._awaited.pop(begun, None) is None:
            # Of another session.
            return
        self._show_awaited()
        error = begun.exception()
        if isinstance(error, WeightsError):
            self.problem_found.emit(problem_of(error))
        elif error is not None:
            title = self.tr("Nothing is followed")
            self.problem_found.emit(Problem(title, error_text(error), is_error=False))
        else:
            self._controller.refresh()
            self._tell_doubt(begun.result())

    def _tell_doubt(self, track_id: int) -> None:
        doubtful = {one.track_id for one in self._controller.followed if one.is_doubtful}
        if track_id in doubtful:
            title = self.tr("Perhaps not what you meant")
            advice = self.tr(
                "Nothing stands out there. Draw a box around it with Shift, or stop with Delete."
            )
            self.problem_found.emit(Problem(title, advice, is_error=False))

    def _forget(self) -> None:
        self._awaited.clear()
        self._clicked = None
        self._show_awaited()
        self.refresh()

    def _show_awaited(self) -> None:
        places = tuple(self._awaited.values())
        if self._clicked is not None:
            places += (self._clicked[:2],)
        is_ready = self._controller.is_pointing_ready
        self._view.show_awaited(places, "" if is_ready else self.tr("Getting ready…"))
