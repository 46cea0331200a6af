"""`follow --davis`: the sequences of a benchmark, with a progress bar and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blendmask_live.commands.progress_line import progress_line
from blendmask_live.jobs.request import AnnotateRequest

if TYPE_CHECKING:
    from blendmask_live.evaluation.following import SequenceAccuracy
    from blendmask_live.jobs.follow_davis import DavisResult

__all__ = ["follow_davis_with_bar"]


def follow_davis_with_bar(
    request: AnnotateRequest, subset: str | None, *, quiet: bool
) -> dict[str, Any]:
    """Follow all sequences and print J and F.

    Args:
        request: Its source is the data set; output, network, `resume` and `overwrite` count.
        subset: As for `follow_davis`.
    """
    from blendmask_live.jobs.follow import open_prompter
    from blendmask_live.jobs.follow_davis import follow_davis

    with progress_line("davis", rate="fps", quiet=quiet) as line:
        result = follow_davis(
            request.source,
            request.output,
            subset=subset,
            prompter=open_prompter(request.network),
            resume=request.resume,
            overwrite=request.overwrite,
            report=lambda name, done, total: line.update(done, total, name),
        )
    if not quiet:
        _print(result)
    return result.to_json() | {"exit_code": int(any(one.error for one in result.sequences))}


def _print(result: DavisResult) -> None:
    """A row for each sequence, means over its objects."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=str(result.folder))
    for name in ("sequence", "objects", "frames", "fps", "J", "F", "J&F", "what is wrong"):
        is_text = name in ("sequence", "what is wrong")
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    for one in result.sequences:
        pace = f"{one.frames / one.seconds:.1f}" if one.seconds else "kept"
        cells = [one.name, str(len(one.objects)), str(one.frames), pace, *_figures(one.mean)]
        table.add_row(*map(Text, [*cells, one.error]))
    table.add_section()
    objects = sum(len(one.objects) for one in result.sequences)
    frames = sum(one.frames for one in result.sequences)
    table.add_row("all objects", str(objects), str(frames), "", *_figures(result.mean), "")
    Console().print(table)


def _figures(accuracy: SequenceAccuracy | None) -> list[str]:
    if accuracy is None:
        return ["-"] * 3
    return [f"{value:.3f}" for value in (accuracy.j, accuracy.f, accuracy.j_and_f)]
