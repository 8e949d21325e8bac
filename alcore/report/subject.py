"""What a report is about: the runs of a folder, and how their datasets and strategies are called in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from alcore.report.tables import Cell, word
from alcore.results.runs import RunRecord, RunSet

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Subject:
    """The runs that a report is about.

    Args:
        results: the runs.
    """

    results: RunSet

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """The active learning runs."""
        return self.results.runs

    @cached_property
    def strategies(self) -> tuple[str, ...]:
        """Labels of the strategies, in the order of their colours."""
        return self.results.labels

    @cached_property
    def scores(self) -> "pd.DataFrame":
        """All scores of the active learning runs in long format."""
        from alcore.results.tidy import tidy

        return tidy(self.runs)

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

    @property
    def dataset_column(self) -> tuple[str, ...]:
        """The head of the column that names the dataset; none where there is one, which captions name."""
        return ("Dataset",) if len(self.results.datasets) > 1 else ()

    def dataset_cell(self, dataset: str) -> tuple[Cell, ...]:
        """The cell of that column."""
        return (word(self.title(dataset)),) if self.dataset_column else ()

    @property
    def where(self) -> str:
        """The one dataset, as an ending of captions; empty where there are several."""
        return "" if self.dataset_column else self.over(self.results.datasets)

    def over(self, datasets: Iterable[str]) -> str:
        """The data behind a figure that puts several datasets together, as an ending of its title."""
        return " on " + ", ".join(map(self.title, datasets))
