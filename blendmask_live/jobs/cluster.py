"""A list of jobs on a Ray cluster: each worker an actor that loads the weights once."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final

from blendmask_live.errors import ConfigError
from blendmask_live.jobs.batch import JobProgress, Worker, run_jobs
from blendmask_live.jobs.request import AnnotateRequest

__all__ = ["LOCAL", "run_on_ray"]

_KNOCK_S: Final = 5.0
LOCAL: Final = "local"
"""Instead of an address: a cluster of this machine, for as long as the call."""


def run_on_ray(
    jobs: Sequence[AnnotateRequest],
    open_worker: Callable[[], Worker],
    *,
    address: str,
    workers: int,
    cpus: int,
    gpus: float,
    report: Callable[[JobProgress], None] = lambda progress: None,
) -> list[dict[str, Any]]:
    """`batch.run_jobs` on a cluster whose nodes have this package and see the sources.

    Args:
        open_worker: Called once in each worker; must be picklable.
        address: Of the cluster's head ("host:port", "ray://host:port", "auto"), or "local".
        workers: How many jobs run at once.
        cpus, gpus: What each worker keeps to itself.

    Raises:
        ConfigError: If Ray is not installed or the cluster does not answer.
    """
    try:
        import ray
        from ray.exceptions import RayActorError
    except ImportError as error:
        raise ConfigError(
            "--ray: Ray is not installed; pip install 'blendmask-live[ray]'"
        ) from error
    is_local = address == LOCAL
    try:
        _knock(address)
        ray.init(
            address=None if is_local else address,
            num_cpus=workers * cpus if is_local else None,
            include_dashboard=False if is_local else None,
            log_to_driver=False,
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(f"--ray {address}: no cluster answers there ({error})") from error
    # Two calls at once: the job, and the questions about it.
    remote: Any = ray.remote
    actor_type = remote(num_cpus=cpus, num_gpus=gpus, max_concurrency=2)(_Actor)
    try:
        return run_jobs(
            jobs,
            lambda: _StartedActor(actor_type.remote(open_worker)),
            workers=workers,
            lost=(RayActorError,),
            report=report,
        )
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Ray itself tries for minutes before it gives up.

    Raises:
        OSError: If nothing listens at a "host:port".
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_KNOCK_S).close()


class _Actor:
    """Lives on a node."""

    def __init__(self, open_worker: Callable[[], Worker]) -> None:
        self._worker = open_worker()
        self._frames = 0, 0
        self._is_stopped = False

    def do(self, job: AnnotateRequest) -> dict[str, Any]:
        def report(done: int, expected: int | None) -> None:
            self._frames = done, expected or 0
            if self._is_stopped:
                raise KeyboardInterrupt

        return self._worker(job, report)

    def frames(self) -> tuple[int, int]:
        return self._frames

    def interrupt(self) -> None:
        self._is_stopped = True


class _StartedActor:
    """A `batch.StartedWorker`."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._asked: Future[tuple[int, int]] | None = None
        self._known = 0, 0

    def do(self, job: AnnotateRequest) -> Future[dict[str, Any]]:
        future: Future[dict[str, Any]] = self._actor.do.remote(job).future()
        return future

    def frames(self) -> tuple[int, int]:
        """The state at the last answer: a busy node must not hold up the others."""
        if self._asked is None:
            self._asked = self._actor.frames.remote().future()
        elif self._asked.done():
            if self._asked.exception() is None:
                self._known = self._asked.result()
            self._asked = None
        return self._known

    def interrupt(self) -> None:
        self._actor.interrupt.remote()

    def close(self) -> None:
        import ray

        ray.kill(self._actor)
