"""Loads the small pictures above the timeline's ruler."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, Qt, QTimer
from PyQt5.QtGui import QImage

from gui.editor.background import Report
from gui.editor.controller import EditorController
from gui.editor.frame_reader import PictureAccess
from gui.editor.timeline import Timeline
from gui.shared.pixels import to_qimage

__all__ = ["FilmStrip"]

_HEIGHT_PX: Final = 92
"""Twice the height that is shown, for screens with small pixels."""
_AFTER_MS: Final = 400


class FilmStrip(QObject):
    """Fills the strip once the timeline has stopped moving."""

    def __init__(self, controller: EditorController, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._controller, self._timeline = controller, timeline
        self._kept: dict[int, QImage] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_AFTER_MS)
        self._rest.timeout.connect(self._load)
        timeline.view_changed.connect(self._rest.start)
        controller.video_opened.connect(self._rest.start)

    def stop(self) -> None:
        """Load nothing more."""
        self._rest.stop()

    def _load(self) -> None:
        controller = self._controller
        if not controller.has_video or controller.is_busy:
            return
        height, width = controller.project.media.frame_size
        wanted = self._timeline.wanted_pictures(width / max(1, height))
        kept = {frame: self._kept[frame] for frame in wanted if frame in self._kept}
        missing = [frame for frame in wanted if frame not in kept]

        def work(report: Report) -> dict[int, QImage]:
            project, found = controller.project, {}
            pictures = PictureAccess(
                project.locate_source(), keeps_fields=project.media.keeps_fields
            )
            try:
                for done, frame in enumerate(missing):
                    report(done, len(missing))
                    found[frame] = _small(pictures(frame))
            finally:
                pictures.close()
            return found

        def finish(found: dict[int, QImage]) -> None:
            self._kept = {**kept, **found}
            self._timeline.show_pictures(self._kept)

        if missing:
            controller.background.run("", work, finish)
        else:
            finish({})


def _small(picture: NDArray[np.uint8]) -> QImage:
    # Every second pixel will do for a picture this small, and Qt smooths the rest.
    step = max(1, picture.shape[0] // (4 * _HEIGHT_PX))
    image = to_qimage(np.ascontiguousarray(picture[::step, ::step]))
    return image.scaledToHeight(_HEIGHT_PX, Qt.SmoothTransformation)
