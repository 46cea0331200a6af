"""`evaluate-tracking`: HOTA and its companions of tracked masks."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blendmask_live.errors import DatasetError

if TYPE_CHECKING:
    from blendmask_live.evaluation.track_files import TrackedSequence
    from tracking.evaluation import TrackingScores

_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--groundtruth", type=Path, required=True, metavar="DIR")
    parser.add_argument("--results", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--format", default="mots", choices=("mots", "youtube-vis"), help="default: %(default)s"
    )
    parser.add_argument(
        "--any-class", action="store_true", help="compare objects whatever their class numbers"
    )
    start_help = "number of the first frame in MOTS files (default: 0 if there is a frame 0)"
    for side in ("groundtruth", "results"):
        parser.add_argument(f"--{side}-from", type=int, choices=(0, 1), help=start_help)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure every sequence and print a table."""
    from blendmask_live.evaluation.track_files import read_tracks

    truth = read_tracks(
        options.groundtruth,
        format=options.format,
        is_truth=True,
        first_frame=options.groundtruth_from,
    )
    results = read_tracks(
        options.results, format=options.format, is_truth=False, first_frame=options.results_from
    )
    if options.any_class:
        truth, results = _without_classes(truth), _without_classes(results)
    scores = _score(truth, _fit_names(truth, results))
    measures = _summed(scores, truth)
    _print_table(measures)
    return {"format": options.format, **measures}


def _without_classes(sequences: dict[str, TrackedSequence]) -> dict[str, TrackedSequence]:
    return {
        name: replace(
            sequence,
            objects=[replace(item, class_id=0) for item in sequence.objects],
            class_names={0: "any class"},
        )
        for name, sequence in sequences.items()
    }


def _fit_names(
    truth: dict[str, TrackedSequence], results: dict[str, TrackedSequence]
) -> dict[str, TrackedSequence]:
    """Results under the names of the truth; one sequence on each side needs no equal names."""
    from blendmask_live.evaluation.track_files import TrackedSequence

    if len(truth) == 1 and len(results) == 1:
        return {next(iter(truth)): next(iter(results.values()))}
    if not truth.keys() & results.keys():
        raise DatasetError(
            f"expected results for {', '.join(truth)}, found only {', '.join(results)}; "
            "sequences are paired by name"
        )
    for name in truth.keys() - results.keys():
        _log.warning("no results for %s: counted as nothing found", name)
    unknown = sorted(results.keys() - truth.keys())
    if unknown:
        _log.warning("no ground truth for %s: left out", ", ".join(unknown))
    nothing = TrackedSequence([], [], {})
    return {name: results.get(name, nothing) for name in truth}


def _score(
    truth: dict[str, TrackedSequence], results: dict[str, TrackedSequence]
) -> dict[tuple[str, int], TrackingScores]:
    """(sequence, class) -> counts."""
    from tracking.evaluation import pair_frames, score_frames

    scores: dict[tuple[str, int], TrackingScores] = {}
    for name, sequence in truth.items():
        found = results[name]
        if found.objects and found.counts_from != sequence.counts_from:
            _log.warning(
                "%s: ground truth counts frames from %d, results from %d; if that is wrong, give "
                "--groundtruth-from and --results-from",
                name,
                sequence.counts_from,
                found.counts_from,
            )
        try:
            pairs = pair_frames(sequence.objects, found.objects, ignored=sequence.ignored)
        except ValueError as error:
            raise DatasetError(f"sequence {name!r}: masks cannot be compared ({error})") from error
        scores |= {(name, class_id): score_frames(frames) for class_id, frames in pairs.items()}
    return scores


def _summed(
    scores: dict[tuple[str, int], TrackingScores], truth: dict[str, TrackedSequence]
) -> dict[str, Any]:
    """Measures per sequence, per class and of all; every detection weighs the same."""
    from tracking.evaluation import TrackingScores

    names = {i: name for sequence in truth.values() for i, name in sequence.class_names.items()}
    by_sequence: dict[str, TrackingScores] = {name: TrackingScores() for name in truth}
    by_class: dict[str, TrackingScores] = {}
    total = TrackingScores()
    for (sequence, class_id), part in scores.items():
        class_name = names.get(class_id, f"class {class_id}")
        by_sequence[sequence] += part
        by_class[class_name] = by_class.get(class_name, TrackingScores()) + part
        total += part
    return {
        "sequences": {name: part.measures() for name, part in by_sequence.items()},
        "classes": {name: part.measures(is_sum=True) for name, part in by_class.items()},
        "all": total.measures(is_sum=True),
    }


def _print_table(measures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="tracking, in percent")
    table.add_column("")
    for name in measures["all"]:
        table.add_column(name, justify="right")
    rows = [*measures["sequences"].items(), *measures["classes"].items(), ("all", measures["all"])]
    for title, values in rows:
        shares = (f"{100 * value:.1f}" for name, value in values.items() if name != "switches")
        table.add_row(title or "sequence", *shares, str(values["switches"]))
    Console().print(table)
