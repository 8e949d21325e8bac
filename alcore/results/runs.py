"""The runs of a folder, each under the name of what is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alcore.errors import AlsegError
from alcore.results.comparable import dataset_names, find_ceilings, without_repeats
from alcore.results.labels import labels_of
from alcore.results.read import RawRun, read_run, run_directories

FULL_DATA = "full data"
"""Label of runs that trained on the whole pool at once."""


@dataclass(frozen=True)
class RunRecord:
    """One run to compare.

    Args:
        label: the strategy, with the options by which it differs from others of its name; ``full data`` for a run on
            the whole pool.
        dataset: the dataset; runs of one dataset that cannot be compared have names that say by what they differ.
        seed: the run's seed.
        mode: ``active-learning``, or ``train`` for a run on the whole pool.
        synthetic: whether the images were generated, not measured.
        config: the resolved configuration.
        environment: versions, hardware, dataset.
        rounds: the committed rounds, as in ``rounds.jsonl``.
        selections: the rows of ``selections.csv``.
        directory: the run directory.
    """

    label: str
    dataset: str
    seed: int
    mode: str
    synthetic: bool
    config: Mapping[str, Any]
    environment: Mapping[str, Any]
    rounds: tuple[Mapping[str, Any], ...]
    selections: tuple[Mapping[str, str], ...]
    directory: Path


@dataclass(frozen=True)
class RunSet:
    """The runs of a folder.

    Args:
        folder: where they were found.
        runs: active learning runs, by dataset, label and seed.
        ceilings: full-data runs, by dataset and seed; their dataset is that of the runs that they are the ceiling of.
        notes: what is left out or incomplete, a sentence each.
    """

    folder: Path
    runs: tuple[RunRecord, ...]
    ceilings: tuple[RunRecord, ...]
    notes: tuple[str, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names of the datasets that have runs, in order."""
        return tuple(dict.fromkeys(run.dataset for run in self.runs))

    @property
    def labels(self) -> tuple[str, ...]:
        """What is compared, in order."""
        return tuple(dict.fromkeys(run.label for run in sorted(self.runs, key=lambda run: run.label)))

    @property
    def synthetic(self) -> tuple[str, ...]:
        """Names of the datasets that were generated, not measured."""
        return tuple(dict.fromkeys(run.dataset for run in self.runs if run.synthetic))

    def title(self, dataset: str) -> str:
        """The dataset as titles call it: synthetic data says so."""
        return f"{dataset} (synthetic data)" if dataset in self.synthetic else dataset

    def until(self, round_number: int) -> "RunSet":
        """The same runs cut after a round, so that shorter ones compare with longer ones; full-data runs stay whole."""
        return replace(self, runs=tuple(_until(run, round_number) for run in self.runs))


def find_runs(folder: Path | str) -> RunSet:
    """Read every run at or below ``folder``: of a benchmark, of a folder of runs, or one run.

    Raises:
        AlsegError: there is no such folder, or no run in it has a committed round.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise AlsegError(f"there is no folder {folder}", hint="give the folder of a benchmark, of runs, or of one run")
    raws: list[RawRun] = []
    notes: list[str] = []
    for path in run_directories(folder):
        raw, found = read_run(path, str(path.relative_to(folder)) if path != folder else str(path))
        notes += found
        raws += [raw] if raw is not None else []
    if not raws:
        raise AlsegError(
            f"{folder} holds no results" + (f": {notes[0]}" if notes else ": no run directory is in it"),
            hint="alseg run and alseg benchmark make run directories; give the folder that they printed",
        )
    old = sum("format" not in raw.environment for raw in raws)
    if old:
        notes.append(
            f"{old} of {len(raws)} runs were made before effort was recorded: their foreground, boundaries and slice "
            "sizes are missing"
        )
    active = [raw for raw in raws if raw.config.get("mode") != "train"]
    labels = labels_of(active)
    datasets, more = dataset_names(active)
    notes += more
    kept, more = without_repeats(active, labels, datasets, folder)
    notes += more
    runs = [_record(raw, labels[id(raw)], datasets[id(raw)]) for raw in kept]
    runs.sort(key=lambda run: (run.dataset, run.label, run.seed))
    full = [raw for raw in raws if raw.config.get("mode") == "train"]
    pairs, more = find_ceilings(full, kept, datasets)
    ceilings = [_record(raw, FULL_DATA, name) for raw, name in pairs]
    ceilings.sort(key=lambda run: (run.dataset, run.seed))
    return RunSet(folder, tuple(runs), tuple(ceilings), (*notes, *more))


def _record(raw: RawRun, label: str, dataset: str) -> RunRecord:
    return RunRecord(
        label=label,
        dataset=dataset,
        seed=int(raw.config["seed"]),
        mode=str(raw.config.get("mode", "active-learning")),
        synthetic=bool(raw.environment["dataset"]["synthetic"]),
        config=raw.config,
        environment=raw.environment,
        rounds=tuple(raw.rounds),
        selections=tuple(raw.selections),
        directory=raw.directory,
    )


def _until(run: RunRecord, round_number: int) -> RunRecord:
    selections = tuple(row for row in run.selections if int(row["round"]) <= round_number)
    return replace(run, rounds=run.rounds[: round_number + 1], selections=selections)


def only(runs: Sequence[RunRecord], dataset: str) -> tuple[RunRecord, ...]:
    """The runs of one dataset."""
    return tuple(run for run in runs if run.dataset == dataset)
