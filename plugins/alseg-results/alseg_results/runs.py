"""The runs of a folder, each under the name of what is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from alcore.records import SelectedSlice
from alseg_results.full_data import find_full_data
from alseg_results.grouping import apart_by_source, dataset_names, without_repeats
from alseg_results.labels import STRATEGY, check_compared, labels_of
from alseg_results.read import RawRun, ReadScores
from alseg_results.release.folder import read_folder

ENOUGH = 0.95
"""Share of the annotation of the others that a run must have spent for its curve to be compared with theirs."""


NOUNS = {STRATEGY: "strategies", "model": "models", "loss": "losses", "protocol": "protocols"}
"""What is compared, and its plural; anything else is a setting."""


@dataclass(frozen=True)
class RunRecord:
    """One run to compare.

    Args:
        label: the strategy, with the options by which it differs from others of its name; ``full data`` for a run on
            the whole pool. Where models or anything else are compared, those.
        dataset: the dataset, with the setting where runs of several were found: ``phantom [loss.gamma=2]``.
        seed: the run's seed.
        full_data: whether it trained once on the whole pool.
        synthetic: whether the images were generated, not measured.
        config: the resolved configuration.
        environment: versions, hardware, dataset.
        rounds: the committed rounds, as in ``rounds.jsonl``.
        selections: the rows of ``selections.csv``.
        directory: the run directory.
        read_scores: reads the scores of each scan in a round.
    """

    label: str
    dataset: str
    seed: int
    full_data: bool
    synthetic: bool
    config: Mapping[str, Any]
    environment: Mapping[str, Any]
    rounds: tuple[Mapping[str, Any], ...]
    selections: tuple[SelectedSlice, ...]
    directory: Path
    read_scores: ReadScores = field(compare=False, repr=False)

    @property
    def used_up(self) -> bool:
        """Whether every slice of the pool is annotated."""
        return bool(self.rounds[-1]["labelled"] >= self.rounds[-1]["pool"])


@dataclass(frozen=True)
class RunSet:
    """The runs of a folder.

    Args:
        folder: where they were found.
        runs: active learning runs, by dataset, label and seed.
        full_data: full-data runs, by dataset and seed; their dataset is that of the runs that they belong to.
        found: what was kept apart, left out or incomplete when they were read, a sentence each.
        by: what is compared: ``strategy``, or another section or option of the configuration.
    """

    folder: Path
    runs: tuple[RunRecord, ...]
    full_data: tuple[RunRecord, ...]
    found: tuple[str, ...] = ()
    by: str = STRATEGY

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out, incomplete or not comparable, a sentence each."""
        return (
            *self.found,
            *(note for dataset in self.datasets for note in _uneven(dataset, only(self.runs, dataset))),
        )

    @property
    def compared(self) -> str:
        """That which is compared, in the plural: ``strategies``."""
        return NOUNS.get(self.by, "settings")

    @property
    def heading(self) -> str:
        """The same as the head of a column: ``strategy``."""
        return self.by if self.by in NOUNS else "setting"

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


def find_runs(folder: Path | str, by: str = STRATEGY) -> RunSet:
    """Read every run at or below ``folder``: of a benchmark, of a folder of runs, or one run.

    Args:
        folder: where to look.
        by: what is compared: ``strategy``, ``model``, ``loss.gamma`` ...; several after commas.

    Raises:
        AlsegError: there is no such folder, no run in it has a committed round, or none has what is compared.
    """
    folder = Path(folder)
    raws, notes = read_folder(folder)
    active = [raw for raw in raws if not raw.config.get("full_data")]
    full = [raw for raw in raws if raw.config.get("full_data")]
    if active or by != STRATEGY:  # full-data runs have no strategy, and are shown by themselves
        check_compared(by, active or full)
    labels = labels_of(active, by)
    datasets, more = dataset_names(active, by)
    notes += more
    apart_by_source(active, labels, datasets)
    kept, more = without_repeats(active, labels, datasets, folder)
    notes += more
    runs = [_record(raw, labels[id(raw)], datasets[id(raw)]) for raw in kept]
    runs.sort(key=lambda run: (run.dataset, run.label, run.seed))
    matched, more = find_full_data(full, kept, datasets, labels)
    full_data = [_record(raw, label, name) for raw, name, label in matched]
    full_data.sort(key=lambda run: (run.dataset, run.label, run.seed))
    return RunSet(folder, tuple(runs), tuple(full_data), (*notes, *more), by)


def _record(raw: RawRun, label: str, dataset: str) -> RunRecord:
    return RunRecord(
        label=label,
        dataset=dataset,
        seed=int(raw.config["seed"]),
        full_data=bool(raw.config.get("full_data")),
        synthetic=bool(raw.environment["dataset"]["synthetic"]),
        config=raw.config,
        environment=raw.environment,
        rounds=tuple(raw.rounds),
        selections=tuple(raw.selections),
        directory=raw.directory,
        read_scores=raw.read_scores,
    )


def _until(run: RunRecord, round_number: int) -> RunRecord:
    selections = tuple(row for row in run.selections if int(row["round"]) <= round_number)
    return replace(run, rounds=run.rounds[: round_number + 1], selections=selections)


def only(runs: Sequence[RunRecord], dataset: str) -> tuple[RunRecord, ...]:
    """The runs of one dataset."""
    return tuple(run for run in runs if run.dataset == dataset)


def complete(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Those of a dataset's runs whose whole curves compare: as many rounds as the longest, and as much annotated.

    A run that has used up its pool is complete whenever it ended.
    """
    longest = max(len(run.rounds) for run in runs)
    long_enough = [run for run in runs if len(run.rounds) == longest or run.used_up]
    most = max((_spent(run) for run in long_enough if not run.used_up), default=0)
    return [run for run in long_enough if run.used_up or _spent(run) >= ENOUGH * most]


def _spent(run: RunRecord) -> int:
    """Slices annotated after round 0."""
    return int(run.rounds[-1]["labelled"] - run.rounds[0]["labelled"])


def _uneven(dataset: str, runs: Sequence[RunRecord]) -> list[str]:
    """Sentences where runs went unequally far."""
    notes = []
    lengths = {len(run.rounds) - 1 for run in runs if not run.used_up}
    if len(lengths) > 1:
        notes.append(
            f"runs on {dataset} are of {min(lengths)} to {max(lengths)} rounds: figures over whole curves are of the "
            f"longest alone (--until {min(lengths)} compares all of them as far as they go)"
        )
    longest = max(len(run.rounds) for run in runs)
    ended = [run for run in runs if len(run.rounds) == longest]
    most = max((int(run.rounds[-1]["labelled"]) for run in ended if not run.used_up), default=0)
    whole = {id(run) for run in complete(runs)}
    for label in dict.fromkeys(run.label for run in ended):
        counts = [int(run.rounds[-1]["labelled"]) for run in ended if run.label == label]
        if min(counts) < most:
            left_out = any(id(run) not in whole for run in ended if run.label == label)
            notes.append(
                f"{label} annotated {_from_to(counts)} slices on {dataset} by round {longest - 1}, where others "
                f"annotated {most}: "
                + (
                    "its figures over whole curves are left out, since they are over a smaller budget"
                    if left_out
                    else "its curve is a little shorter"
                )
            )
    return notes


def _from_to(counts: Sequence[int]) -> str:
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
