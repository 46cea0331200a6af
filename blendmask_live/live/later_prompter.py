"""A prompter that is loaded when it is first wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from blendmask_live.prompting.prompt import Prompt
from blendmask_live.segmenting.segmenter import Segmenter

if TYPE_CHECKING:
    from blendmask_live.prompting.prompter import Prompter

__all__ = ["LaterPrompter"]


class LaterPrompter:
    """Loads a prompter once, beside all else; any thread may call."""

    def __init__(self, load: Callable[[], Prompter]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Future[Prompter] | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def beside(
        cls, segmenter: Segmenter, *, first: Callable[[], object] = lambda: None
    ) -> LaterPrompter:
        """On the segmenter's device; the segmenter names what is found.

        Args:
            segmenter: Of the session.
            first: Called before anything is loaded that brings PyTorch.
        """

        def load() -> Prompter:
            from blendmask_live.prompting.prompter import load_prompter
            from blendmask_live.runtime.prompts import needs_pytorch

            device = segmenter.runtime.device
            if needs_pytorch(device):
                first()
            prompter = load_prompter(device=device, segmenter=segmenter)
            # Compiled now, for one question and for several, not while frames wait.
            picture = prompter.open(np.zeros((64, 64, 3), dtype=np.uint8))
            for count in (1, 4):
                picture.masks([Prompt(box=(8, 8, 40, 40))] * count)
            return prompter

        return cls(load)

    @property
    def is_loaded(self) -> bool:
        """Whether it is loaded, or cannot be; begins nothing."""
        return self._loaded is not None and self._loaded.done()

    def ready(self) -> Prompter | None:
        """The prompter once it is loaded, which begins now.

        Raises:
            WeightsError, ConfigError: As `load_prompter`.
        """
        loaded = self._begin()
        return loaded.result() if loaded.done() else None

    def wait(self) -> Prompter:
        """The prompter, when it is loaded.

        Raises:
            WeightsError, ConfigError: As `load_prompter`.
        """
        return self._begin().result()

    def when_loaded(self, call: Callable[[], object]) -> None:
        """Have something called once it is loaded, or cannot be."""
        self._begin().add_done_callback(lambda loaded: call())

    def settle(self) -> None:
        """Wait for loading that has begun."""
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> Future[Prompter]:
        with self._lock:
            if self._loaded is None:
                self._loaded = Future()
                run = partial(self._run, self._loaded)
                self._thread = threading.Thread(target=run, name="prompter")
                self._thread.start()
            return self._loaded

    def _run(self, loaded: Future[Prompter]) -> None:
        try:
            loaded.set_result(self._load())
        except BaseException as error:
            loaded.set_exception(error)
