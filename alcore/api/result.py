"""A run, finished or not, as Python sees it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alcore.errors import AlsegError, library_needed
from alcore.records import Environment, RoundRecord, Score
from alcore.runs.directory import RunDirectory
from alcore.runs.narration import what_ran

if TYPE_CHECKING:
    import pandas


class Run:
    """A run directory to read. It reads the files anew each time, so that a run that still goes on can be watched.

    Args:
        path: the run directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._directory = RunDirectory.open(path)

    @property
    def config(self) -> dict[str, Any]:
        """The whole configuration with every default spelt out."""
        return self._directory.config()

    @property
    def environment(self) -> Environment:
        """Versions, hardware, dataset, and where each component came from."""
        return self._directory.environment()

    @property
    def rounds(self) -> list[RoundRecord]:
        """The committed rounds, as ``rounds.jsonl`` holds them."""
        return self._directory.rounds()

    def curve(self, metric: str | None = None, split: str = "validation") -> "pandas.DataFrame":
        """The learning curve.

        Args:
            metric: one of the run's metrics; its first one by default.
            split: ``validation``, or ``test`` where scans are set aside.

        Returns:
            A row per committed round: ``labelled``, ``pseudo_labelled`` and ``scans_labelled`` (what was annotated so
            far), ``mean`` (the metric's mean over foreground classes), a column for each foreground class, and
            ``seconds`` (of the whole round). The index is the round.

        Raises:
            AlsegError: the run has no such split or metric.
        """
        with library_needed("tables in Python"):
            import pandas

        sizes: tuple[Literal["labelled", "pseudo_labelled", "scans_labelled"], ...]
        sizes = ("labelled", "pseudo_labelled", "scans_labelled")
        rows = []
        for record in self.rounds:
            score = _score(record["scores"], split, metric)
            seconds = sum(record["seconds"].values())
            annotated: dict[str, int] = {name: record[name] for name in sizes}
            rows.append(
                {
                    "round": record["round"],
                    **annotated,
                    "mean": score["mean"],
                    **score["per_class"],
                    "seconds": seconds,
                }
            )
        if not rows:
            return pandas.DataFrame(columns=["round", *sizes, "mean", "seconds"]).set_index("round")
        return pandas.DataFrame(rows).set_index("round")

    def scan_scores(self) -> "pandas.DataFrame":
        """A row per committed round, split, scan, metric and foreground class; NaN where a score is not defined.

        Raises:
            AlsegError: a file of scores is missing or damaged.
        """
        with library_needed("tables in Python"):
            import pandas

        from alcore.runs.directory import SCORE_FIELDS

        numbers = [record["round"] for record in self.rounds]
        rows = [{"round": number, **row} for number in numbers for row in self._directory.scores(number)]
        return pandas.DataFrame(rows, columns=["round", *SCORE_FIELDS]).astype({"round": "int64", "value": "float64"})

    def selections(self) -> "pandas.DataFrame":
        """A row per slice that was annotated or pseudo-labelled; the columns are those of ``selections.csv``."""
        with library_needed("tables in Python"):
            import pandas

        from alcore.runs.directory import SELECTION_FIELDS

        frame = pandas.DataFrame(self._directory.selections(), columns=list(SELECTION_FIELDS))
        texts = ("kind", "scan", "score")
        whole = dict.fromkeys((name for name in SELECTION_FIELDS if name not in texts), "Int64")
        numbers = frame.assign(**{name: pandas.to_numeric(frame[name], "coerce") for name in (*whole, "score")})
        return numbers.astype({**whole, "score": "float64"})

    @property
    def title(self) -> str:
        """What ran, in a line; data that was generated is called synthetic."""
        config, dataset = self.config, self.environment["dataset"]
        synthetic = " (synthetic data)" if dataset["synthetic"] else ""
        return f"{what_ran(config)} on {dataset['name']}{synthetic}, seed {config['seed']}"

    def __repr__(self) -> str:
        return f"<Run {self.path}: {self.title}, {len(self.rounds)} rounds>"

    def _repr_html_(self) -> str:
        from html import escape

        table: str = self.curve().to_html(float_format="{:.4f}".format)
        return f"<p><b>{escape(self.title)}</b> <code>{escape(str(self.path))}</code></p>{table}"


def open_run(path: Path | str) -> Run:
    """Open a run directory, whether its run is finished, stopped, or still going on.

    Raises:
        AlsegError: it is no run directory.
    """
    return Run(Path(path))


def _score(scores: dict[str, dict[str, Score]], split: str, metric: str | None) -> Score:
    if split not in scores:
        raise AlsegError(f"the run has no scores of the split {split!r}", hint=f"it has: {', '.join(scores)}")
    name = metric or next(iter(scores[split]))
    if name not in scores[split]:
        raise AlsegError(f"the run did not measure {name!r}", hint=f"it measured: {', '.join(scores[split])}")
    return scores[split][name]
