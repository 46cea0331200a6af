"""Output folders at any address that fsspec knows (s3://, gs://, file://...)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from blendmask_live.addresses import without_secrets
from blendmask_live.annotation import Project
from blendmask_live.errors import ConfigError, ExportError, ProjectError
from blendmask_live.jobs.earlier_run import EarlierRun
from blendmask_live.jobs.request import AnnotateRequest
from blendmask_live.jobs.run_files import UnfinishedMark

__all__ = ["RemoteFolder"]


class RemoteFolder:
    """One source's results; run.json is written last, so where it is, everything is.

    Attributes:
        address: As people may read it.
    """

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            ConfigError: If fsspec or what it needs for this kind of address is not installed.
        """
        self.address = without_secrets(address)
        try:
            import fsspec

            self._files, self._path = fsspec.core.url_to_fs(address)
        except ImportError as error:
            raise ConfigError(
                f"{self.address}: {error}; pip install 'blendmask-live[ray]'"
            ) from error
        except ValueError as error:
            raise ConfigError(f"{self.address}: {error}") from error
        self._project = f"{self._path}.bml"
        # The newest acts, where the program that made them was killed.
        self._log = f"{self._project}-wal"

    def earlier_run(self) -> EarlierRun:
        """The run whose outputs are here."""
        mark = self._json(UnfinishedMark.NAME)
        return EarlierRun.of_records(self.address, self._json("run.json"), mark)

    def holds(self, request: AnnotateRequest) -> bool:
        """Whether all that is requested is here."""
        if not all(self._files.isdir(f"{self._path}/{name}") for name in request.formats):
            return False
        if not request.project or not self._files.exists(self._project):
            return not request.project
        return not request.latents or self._has_latents()

    def refuse_existing(self, request: AnnotateRequest) -> None:
        """Keep a run from replacing anything.

        Raises:
            ExportError: If an output that is requested, or its project, is here.
        """
        wanted = [f"{self._path}/{name}" for name in ("run.json", *request.formats)]
        if request.project:
            wanted.append(self._project)
        for path in wanted:
            if self._holds_something(path):
                name = path.rpartition("/")[2]
                raise ExportError(
                    f"{self.address}: {name} exists already; use --overwrite or --resume"
                )

    def receive(self, folder: Path) -> None:
        """Copy a run's outputs and its project here; each replaces its own kind only.

        A project here that was edited is kept beside, as NAME.1.bml.

        Raises:
            ExportError: If it cannot be written.
        """
        with self._reported():
            self._files.makedirs(self._path, exist_ok=True)
            record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            mark = json.dumps({"input": record["input"]}).encode()
            self._files.pipe_file(f"{self._path}/{UnfinishedMark.NAME}", mark)
            for output in sorted(path for path in folder.iterdir() if path.is_dir()):
                self._replace(output)
            project = folder.with_name(f"{folder.name}.bml")
            if project.exists():
                self._make_way()
                self._files.put_file(str(project), self._project)
            for name in ("tracks.json", "run.json"):
                if (folder / name).exists():
                    self._files.put_file(str(folder / name), f"{self._path}/{name}")
            self._files.rm_file(f"{self._path}/{UnfinishedMark.NAME}")

    def _replace(self, folder: Path) -> None:
        target = f"{self._path}/{folder.name}"
        if self._files.exists(target):
            self._files.rm(target, recursive=True)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = f"{target}/{path.relative_to(folder).as_posix()}"
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(path), place)

    def _make_way(self) -> None:
        """Keep a project here that was edited under another name, with its log."""
        has_log = self._files.exists(self._log)
        if self._files.exists(self._project) and self._was_edited():
            number = 1
            while self._files.exists(aside := f"{self._path}.{number}.bml"):
                number += 1
            if has_log:
                # Copied, so that the project has its log under both names if this is killed.
                self._files.cp_file(self._log, f"{aside}-wal")
            self._files.mv(self._project, aside)
        if has_log:
            # It would be taken for the log of the project that comes.
            self._files.rm_file(self._log)

    def _was_edited(self) -> bool:
        try:
            with self._fetched_project() as project:
                return bool(project.journal())
        except ProjectError:
            # Nobody knows what it holds.
            return True

    def _has_latents(self) -> bool:
        try:
            with self._reported(), self._fetched_project() as project:
                return project.has_latents
        except ProjectError:
            return False

    @contextmanager
    def _fetched_project(self) -> Iterator[Project]:
        with TemporaryDirectory(prefix="blendmask-live-") as here:
            copy = Path(here) / "copy.bml"
            self._files.get_file(self._project, str(copy))
            if self._files.exists(self._log):
                self._files.get_file(self._log, f"{copy}-wal")
            with Project.open(copy) as project:
                yield project

    def _holds_something(self, path: str) -> bool:
        if self._files.isdir(path):
            return bool(self._files.ls(path))
        return bool(self._files.exists(path))

    def _json(self, name: str) -> dict[str, Any]:
        try:
            return dict(json.loads(self._files.cat_file(f"{self._path}/{name}")))
        except (OSError, ValueError, TypeError):
            return {}

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ExportError(f"{self.address}: cannot be written: {error}") from error
