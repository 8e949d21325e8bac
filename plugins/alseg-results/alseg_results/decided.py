"""What a benchmark decided before its runs, and what of a comparison was chosen afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from alcore.api.benchmark import DECIDED, GRID_FILE, BenchmarkDirectory, Decisions
from alcore.registry import parse_options
from alseg_results.labels import STRATEGY
from alseg_results.tidy import MEAN


@dataclass(frozen=True)
class Asked:
    """How strategies are to be compared; None is what the benchmark decided, or else the default.

    Args:
        metric: name of the metric.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean``.
        measure: ``aubc`` or ``final``.
        control: label of what the others are held against.
        margin: differences up to it are practically none.
        until: the round after which all runs are cut.
        by: what is compared.
    """

    metric: str | None = None
    split: str | None = None
    class_name: str = MEAN
    measure: str | None = None
    control: str | None = None
    margin: float | None = None
    until: int | None = None
    by: str = STRATEGY


def decisions_of(folder: Path) -> Decisions | None:
    """What the benchmark in ``folder`` decided; None where it decided nothing, or there is no benchmark.

    Raises:
        AlsegError: its file is damaged.
    """
    found = BenchmarkDirectory(folder).decided()
    return None if found is None else parse_options(Decisions, found, label=str(folder / GRID_FILE), key=DECIDED)


def settled(asked: Asked, decided: Decisions | None) -> Asked:
    """What was asked for, with what was decided in place of what was not."""
    decided = decided or Decisions.model_validate({})
    by_strategy = asked.by == STRATEGY
    return replace(
        asked,
        metric=asked.metric or decided.metric,
        split=asked.split or decided.split,
        measure=asked.measure or decided.measure,
        control=asked.control or (decided.control if by_strategy else None),
        margin=decided.margin if asked.margin is None and by_strategy else asked.margin,
    )


def afterwards(asked: Asked, decided: Decisions | None, seeds: int) -> tuple[str, ...]:
    """What was decided after the runs, a sentence each; empty where nothing was decided before them.

    Args:
        asked: what was asked for.
        decided: what the benchmark decided.
        seeds: how many there are.
    """
    return () if decided is None else tuple(_afterwards(asked, decided, seeds))


def _afterwards(asked: Asked, decided: Decisions, seeds: int) -> Iterator[str]:
    if decided.runs_before:
        runs = "1 run" if decided.runs_before == 1 else f"{decided.runs_before} runs"
        yield f"how strategies are compared was decided when {runs} had results already"
    for name in ("metric", "split", "measure", "control", "margin"):
        wanted, before = getattr(asked, name), getattr(decided, name)
        if wanted is not None and wanted != before:
            yield f"the {name} {wanted} was chosen afterwards: the benchmark decided on {before or 'none'}"
    if asked.class_name != MEAN:
        yield f"the class {asked.class_name} was chosen afterwards: the benchmark decided on the mean over classes"
    if asked.until is not None:
        yield f"the end after round {asked.until} was chosen afterwards"
    if asked.by != STRATEGY:
        yield f"comparing by {asked.by} was chosen afterwards: the benchmark decided on strategies"
    if decided.looks and seeds not in decided.looks:
        planned = ", ".join(map(str, decided.looks))
        yield f"results are looked at with {seeds} seeds, where looks with {planned} were planned"
