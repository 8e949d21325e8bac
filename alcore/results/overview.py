"""All that ``alseg results`` shows of a folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.results.against import SOURCE, against_paper
from alcore.results.audit import audit, overlaps
from alcore.results.curves import mean_curves, select, shown_rounds
from alcore.results.direction import higher_is_better
from alcore.results.figures import per_run
from alcore.results.runs import RunSet, find_runs
from alcore.results.statistics import Comparison, compare
from alcore.results.summary import summarise
from alcore.results.tidy import MEAN, tidy


@dataclass(frozen=True)
class Overview:
    """The results of a folder for one metric, split and class.

    Args:
        found: the runs.
        metric: name of the metric.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean`` over them: of the figures and the comparison.
        rounds: the rounds of the paper's table.
        curves: mean curves of every class, see :func:`alcore.results.curves.mean_curves`.
        figures: by run, see :func:`alcore.results.figures.per_run`.
        summary: by strategy, see :func:`alcore.results.summary.summarise`.
        comparison: see :func:`alcore.results.statistics.compare`.
    """

    found: RunSet
    metric: str
    split: str
    class_name: str
    rounds: tuple[int, ...]
    curves: pd.DataFrame
    figures: pd.DataFrame
    summary: pd.DataFrame
    comparison: Comparison

    def tidy(self) -> pd.DataFrame:
        """Every score of every run, full-data runs included, as one long table."""
        return tidy((*self.found.runs, *(run for run in self.found.ceilings if run not in self.found.runs)))

    def at_rounds(self) -> pd.DataFrame:
        """The curves at the rounds of the paper's table."""
        return self.curves[self.curves["round"].isin(self.rounds)].reset_index(drop=True)

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON holds it; what is missing is null."""
        comparison, ranking, published = self.comparison, self.comparison.ranking, against_paper(self.found)
        return {
            "folder": str(self.found.folder),
            "metric": self.metric,
            "split": self.split,
            "class": self.class_name,
            "synthetic": list(self.found.synthetic),
            "notes": list(self.found.notes),
            "rounds": _records(self.at_rounds()),
            "runs": _records(self.figures),
            "summary": _records(self.summary),
            "statistics": {
                "measure": comparison.measure,
                "sentences": list(comparison.sentences),
                "pairs": _records(comparison.pairs),
                "mean_ranks": {} if ranking is None else ranking.mean_ranks.to_dict(),
                "friedman": None if ranking is None or ranking.p is None else [ranking.statistic, ranking.p],
                "nemenyi": None if ranking is None or ranking.posthoc is None else ranking.posthoc.to_dict("index"),
                "penalties": _nested(comparison.penalties),
                "penalties_holm": _nested(comparison.penalties_holm),
            },
            "audit": _records(audit(self.found)),
            "overlaps": _records(overlaps(self.found)),
            "paper": {"source": SOURCE, "table": _records(published.table), "notes": list(published.notes)},
        }


def look_at(
    folder: Path | str,
    registry: Registry,
    *,
    metric: str = "dice",
    split: str = "validation",
    class_name: str = MEAN,
    rounds: Sequence[int] | None = None,
    until: int | None = None,
    measure: str = "aubc",
) -> Overview:
    """Read the runs of a folder and work out all figures.

    Args:
        folder: of a benchmark, of runs, or of one run.
        registry: the installed components, of which a metric's direction is asked.
        metric: name of a metric that the runs measured.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean``.
        rounds: the rounds of the table; the paper's and the last by default.
        until: the round after which all runs are cut; none by default.
        measure: the figure that strategies are compared by: ``aubc`` or ``final``.

    Raises:
        AlsegError: there are no results, or none of that metric, split, class or round.
    """
    found = find_runs(folder)
    if not found.runs:  # nothing but full-data runs: they are what there is to show
        found = replace(found, runs=found.ceilings)
    if until is not None:
        if until < 0:
            raise AlsegError(f"there is no round {until}", hint="rounds are counted from 0")
        found = found.until(until)
    scores = select(tidy(found.runs), metric, split, None)
    of_class = select(scores, metric, split, class_name)
    upwards = higher_is_better(metric, registry)
    figures = per_run(found, metric, split, class_name, higher_is_better=upwards)
    return Overview(
        found=found,
        metric=metric,
        split=split,
        class_name=class_name,
        rounds=tuple(shown_rounds(scores, rounds)),
        curves=mean_curves(scores),
        figures=figures,
        summary=summarise(figures),
        comparison=compare(figures, of_class, measure=measure, higher_is_better=upwards),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    records: list[dict[str, Any]] = plain.to_dict("records")
    return records


def _nested(matrix: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    nested: dict[str, dict[str, float | None]] = (
        matrix.astype(object).where(matrix.notna(), None).to_dict("index")  # row beats column
    )
    return nested
