"""All that ``alseg results`` and ``alseg report`` show of a folder."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from alcore import AlsegError
from alcore.api.benchmark import Decisions
from alcore.registry import Registry
from alseg_results.audit import audit, overlaps
from alseg_results.cautions import cautions
from alseg_results.control import choose_control
from alseg_results.curves import mean_curves, shown_rounds
from alseg_results.decided import Asked, afterwards, decisions_of, settled
from alseg_results.figures import per_run, pooled, spans_part, summarise
from alseg_results.labels import STRATEGY
from alseg_results.measure import Measure, choose_measure, select
from alseg_results.mixed import MixedModel, fit_mixed
from alseg_results.penalties import PenaltyRounds
from alseg_results.published.beside import Beside, set_beside
from alseg_results.published.reference import PAPER, reference_of
from alseg_results.runs import RunRecord, RunSet, find_runs, only
from alseg_results.scans import ScanFigures, compare_scans, scan_figures, tidy_scans
from alseg_results.statistics import Comparison, compare
from alseg_results.tidy import MEAN, csv_of, tidy
from alseg_results.weakest import weakest


@dataclass(frozen=True)
class Overview:
    """The results of a folder for one metric, split and class.

    Args:
        found: the runs.
        measure: what is shown, and which way it points.
        scores: all scores of the runs, see :func:`alseg_results.tidy.tidy`.
        rounds: the rounds of each dataset's table.
        curves: mean curves of every class, see :func:`alseg_results.curves.mean_curves`.
        full_data: the same of the full-data runs.
        figures: by run, see :func:`alseg_results.figures.per_run`.
        summary: by strategy, see :func:`alseg_results.figures.summarise`.
        comparison: see :func:`alseg_results.statistics.compare`.
        control: what the others are held against; None where nothing is.
        decided: what the benchmark decided before its runs; None where it decided nothing.
        afterwards: what was decided after them, a sentence each.
    """

    found: RunSet
    measure: Measure
    scores: pd.DataFrame
    rounds: Mapping[str, tuple[int, ...]]
    curves: pd.DataFrame
    full_data: pd.DataFrame
    figures: pd.DataFrame
    summary: pd.DataFrame
    comparison: Comparison
    control: str | None = None
    decided: Decisions | None = None
    afterwards: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out, incomplete, not comparable or to be read with care, a sentence each."""
        measured = set(self.curves["dataset"])
        notes = [*self.found.notes]
        for dataset in self.found.datasets:
            if dataset not in measured:
                notes.append(f"no run on {dataset} measured {self.measure.metric} on the {self.measure.split} scans")
            elif not self.rounds[dataset]:
                notes.append(f"no run on {dataset} has one of these rounds")
            partly = [run for run in only(self.found.runs, dataset) if spans_part(run, self.measure)]
            if partly:
                labels = ", ".join(dict.fromkeys(run.label for run in partly))
                notes.append(
                    f"{self.measure.metric} is not defined in the first or last rounds of {labels} on {dataset}: "
                    "AUBC is over the rounds between"
                )
        with_care = cautions(self.found, self.measure, self.comparison)
        return (*notes, *self.last_scans[1], *with_care, *self.afterwards)

    def place(self, dataset: str) -> int:
        """The number of a dataset among all."""
        return self.found.datasets.index(dataset)

    @cached_property
    def weakest(self) -> pd.DataFrame:
        """What each strategy does worst, see :func:`alseg_results.weakest.weakest`."""
        return weakest(self.last_scans[0], self.measure)

    @cached_property
    def last_scans(self) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """The scores of scans in the last round of each run, and what is missing of them."""
        return tidy_scans(self.found.runs, self.measure, last=True)

    @cached_property
    def scans(self) -> ScanFigures:
        """The compared figure of each scan, see :func:`alseg_results.scans.scan_figures`."""
        return scan_figures(self.found, self.measure, self.comparison.measure)

    @cached_property
    def scan_pairs(self) -> pd.DataFrame:
        """Paired differences over seeds and scans, see :func:`alseg_results.scans.compare_scans`."""
        return compare_scans(self.scans.table, list(self.comparison.table.columns))

    @cached_property
    def mixed(self) -> MixedModel | None:
        """The mixed-effects model, see :func:`alseg_results.mixed.fit_mixed`."""
        return fit_mixed(self.scans.table, self.control or self.found.labels[0])

    def tidy(self) -> pd.DataFrame:
        """Every score of every run, full-data runs included, as one long table."""
        return self._named(tidy(self._all_runs))

    def tidy_scans(self) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """Every score of every scan in the same way, and a sentence for each run that has none."""
        frame, notes = tidy_scans(self._all_runs)
        return self._named(frame), notes

    @property
    def _all_runs(self) -> tuple[RunRecord, ...]:
        return (*self.found.runs, *(run for run in self.found.full_data if run not in self.found.runs))

    def at_rounds(self) -> pd.DataFrame:
        """The curves at the rounds of each dataset's table."""
        numbers = zip(self.curves["dataset"], self.curves["round"], strict=True)
        shown = [number in self.rounds.get(dataset, ()) for dataset, number in numbers]
        return self.curves[shown].reset_index(drop=True)

    def as_csv(self) -> str:
        """The curves at the rounds of each dataset's table, with all digits."""
        return csv_of(self._named(self.at_rounds()))

    def beside(self, what: str, registry: Registry) -> Beside:
        """The runs beside published figures, see :func:`alseg_results.published.beside.set_beside`.

        Args:
            what: ``paper``, or a folder of published figures or of a release.
            registry: the installed components.

        Raises:
            AlsegError: the folder holds none.
        """
        return set_beside(self.found, reference_of(what, self.measure, registry), registry, self.measure.class_name)

    def as_json(self, registry: Registry, against: str = PAPER) -> dict[str, Any]:
        """Everything, beside the published figures ``against``; what is missing is NaN."""
        comparison, beside = self.comparison, self.beside(against, registry)
        ranking, verdicts = comparison.ranking, comparison.verdicts
        return {
            "folder": str(self.found.folder),
            "metric": self.measure.metric,
            "split": self.measure.split,
            "class": self.measure.class_name,
            "by": self.found.by,
            "synthetic": list(self.found.synthetic),
            "notes": list(self.notes),
            "decided": None if self.decided is None else self.decided.model_dump(mode="json"),
            "decided_afterwards": list(self.afterwards),
            "rounds": self._records(self.at_rounds()),
            "runs": self._records(self.figures),
            "summary": self._records(self.summary),
            "weakest": self._records(self.weakest),
            "statistics": {
                "measure": comparison.measure,
                "sentences": list(comparison.sentences),
                "pairs": self._records(comparison.pairs),
                "pairs_over_scans": self._records(self.scan_pairs),
                "mixed_model": None if self.mixed is None else self.mixed.as_json(),
                "mean_ranks": {} if ranking is None else ranking.mean_ranks.to_dict(),
                "ranks_over": None
                if ranking is None
                else "datasets"
                if ranking.over_datasets
                else "datasets and seeds",
                "ranks_without_a_seed": _by_name(ranking.extremes if ranking else None),
                "friedman": None if ranking is None or ranking.p is None else [ranking.statistic, ranking.p],
                "nemenyi": _by_name(ranking.posthoc if ranking else None),
                "verdicts": None if verdicts is None else self._records(verdicts.table),
                "control": self.control,
                "margin": None if verdicts is None else verdicts.margin,
                "penalties": comparison.penalties.plain.to_dict("index"),  # row beats column
                "penalties_holm": comparison.penalties.holm.to_dict("index"),
            },
            "audit": self._records(audit(self.found)),
            "overlaps": self._records(overlaps(self.found)),
            "published": {
                "source": beside.reference.source,
                "table": beside.table.astype({"within": "float64"}).to_dict("records"),
                "notes": list(beside.notes),
            },
        }

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with the column of what is compared called by what it is."""
        return frame.rename(columns={"strategy": self.found.by})

    def _records(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self._named(frame).to_dict("records")
        return records


def look_at(
    folder: Path | str,
    registry: Registry,
    *,
    metric: str | None = None,
    split: str | None = None,
    class_name: str = MEAN,
    rounds: Sequence[int] | None = None,
    until: int | None = None,
    measure: str | None = None,
    by: str = STRATEGY,
    control: str | None = None,
    margin: float | None = None,
    penalty_thin: bool = False,
    penalty_cut: bool = False,
) -> Overview:
    """Read a folder and compute everything.

    What is not asked for is as the benchmark decided in ``benchmark.toml``, and else the default.

    Args:
        folder: of a benchmark, of runs, or one run.
        registry: the installed components, for the direction of the metric.
        metric: name of the metric; Dice by default, or the runs' first one where none measured it.
        split: ``validation`` (default) or ``test``.
        class_name: a foreground class, or ``mean``.
        rounds: the rounds of the tables; the paper's and the last by default.
        until: the round after which all runs are cut; none by default.
        measure: the figure that strategies are compared by: ``aubc`` (default) or ``final``.
        by: what is compared: ``strategy``, ``model``, ``loss.gamma`` ...; several after commas.
        control: the label that others are held against; the one ``random`` strategy by default.
        margin: differences up to it are practically none; None asks nothing of the kind.
        penalty_thin: whether the penalty matrix counts rounds 1, 2, 4, 8 ... alone.
        penalty_cut: whether it counts rounds only until the control has 99 % of its last score.

    Raises:
        AlsegError: there are no results, or none of that metric, split, class or round; there is no such control, or
            none though the margin or the cut needs one; or the margin is not above 0.
    """
    asked = Asked(metric, split, class_name, measure, control, margin, until, by)
    found = find_runs(folder, by)
    decided = decisions_of(found.folder)
    wanted = settled(asked, decided)
    if not found.runs:  # nothing but full-data runs: they are what there is to show
        found = replace(found, runs=found.full_data)
    if until is not None:
        if until < 0:
            raise AlsegError(f"there is no round {until}", hint="rounds are counted from 0")
        found = found.until(until)
    scores = tidy(found.runs)
    chosen = choose_measure(scores, registry, wanted.metric, wanted.split, class_name)
    of_metric = select(scores, chosen.metric, chosen.split, None)
    full = tidy(found.full_data)
    full = full[(full["metric"] == chosen.metric) & (full["split"] == chosen.split)]
    figures = per_run(found, chosen)
    control = choose_control(found, wanted.control)
    _check_asked(wanted.margin, control, penalty_cut=penalty_cut)
    return Overview(
        found=found,
        measure=chosen,
        scores=scores,
        rounds=shown_rounds(of_metric, rounds),
        curves=mean_curves(of_metric),
        full_data=mean_curves(full),
        figures=figures,
        summary=summarise(figures).merge(pooled(found, chosen)),
        comparison=compare(
            figures,
            select(scores, chosen.metric, chosen.split, class_name),
            measure=wanted.measure or "aubc",
            higher_is_better=chosen.higher_is_better,
            what=found.compared,
            control=control,
            margin=wanted.margin,
            rounds=PenaltyRounds(penalty_thin, control if penalty_cut else None),
        ),
        control=control,
        decided=decided,
        afterwards=afterwards(asked, decided, len({run.seed for run in found.runs})),
    )


def _check_asked(margin: float | None, control: str | None, *, penalty_cut: bool) -> None:
    if margin is not None and not (math.isfinite(margin) and margin > 0):
        raise AlsegError(f"a margin is a number above 0, not {margin}", hint="--margin 0.01")
    if control is None and (margin is not None or penalty_cut):
        option = "--margin" if margin is not None else "--penalty-cut"
        hint = "name one with --control"
        raise AlsegError(f"{option} needs a control, and no run is of random selection", hint=hint)


def _by_name(frame: pd.DataFrame | None) -> dict[str, Any] | None:
    return None if frame is None else {str(name): row for name, row in frame.to_dict("index").items()}
