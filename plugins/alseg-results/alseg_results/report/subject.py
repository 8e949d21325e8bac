"""What a report is about: the results of a folder, and how their datasets and strategies are called in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from alseg_results.measure import Measure
from alseg_results.overview import Overview
from alseg_results.runs import RunRecord, RunSet


@dataclass(frozen=True)
class Subject:
    """The results that a report is about.

    Args:
        overview: the results.
    """

    overview: Overview

    @property
    def results(self) -> RunSet:
        """All runs."""
        return self.overview.found

    @property
    def measure(self) -> Measure:
        """The metric and split of the tables and comparisons."""
        return self.overview.measure

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """The active learning runs."""
        return self.results.runs

    @cached_property
    def strategies(self) -> tuple[str, ...]:
        """Labels of the strategies, in the order of their colours."""
        return self.results.labels

    def runs_of(self, dataset: str, strategy: str) -> tuple[RunRecord, ...]:
        """The runs of one strategy on one dataset, by seed."""
        return tuple(run for run in self.runs if (run.dataset, run.label) == (dataset, strategy))

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each dataset with each strategy that ran on it."""
        return tuple(dict.fromkeys((run.dataset, run.label) for run in self.runs))

    def title(self, dataset: str) -> str:
        """The dataset as titles call it: synthetic data says so."""
        return self.results.title(dataset)

    def over(self, datasets: Iterable[str]) -> str:
        """The data behind a figure that puts several datasets together, as an ending of its title."""
        return " on " + ", ".join(map(self.title, datasets))
