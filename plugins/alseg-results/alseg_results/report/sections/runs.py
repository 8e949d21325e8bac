"""The runs themselves: what they were made with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alseg.show.table import Column, make_table

from alseg_results.report.page import Listing, Section
from alseg_results.report.subject import Subject
from alseg_results.runs import RunRecord
from alseg_results.settings import leaves

NO_BREAK = "\u00a0"
"""A space at which no line is broken: a date and its time stay together."""


def section(subject: Subject) -> Section:
    """The runs, their configurations and the versions of everything in them."""
    runs = (*subject.runs, *subject.results.full_data)
    columns = [
        Column("strategy", subject.results.heading),
        Column("folder", "folder"),
        Column("started", "started"),
        Column("seed", "seed", 0),
        Column("rounds", "rounds", 0),
        Column("labelled", "slices annotated", 0),
    ]
    tables = tuple(
        make_table(
            f"runs-{place}",
            f"the runs on {subject.title(dataset)}",
            columns,
            [_record(run) for run in runs if run.dataset == dataset],
            about={"dataset": dataset},
        )
        for place, dataset in enumerate(subject.results.datasets)
    )
    listings = (
        *_listings("Configuration", runs, [_flat(_without_seed(run.config)) for run in runs]),
        *_listings("Versions and machine", runs, [_flat(_without_time(run.environment)) for run in runs]),
    )
    text = (
        "What all runs share is listed once; what differs is listed for each strategy and dataset. "
        "A configuration can be run again with alseg run --config RUN/config.toml.",
    )
    return Section("runs", "Runs and configuration", text, tables=tables, listings=listings)


def _record(run: RunRecord) -> dict[str, Any]:
    last = run.rounds[-1]
    return {
        "strategy": run.label,
        "folder": run.directory.name,
        "started": str(run.environment.get("time", "not recorded"))[:16].replace("T", NO_BREAK),
        "seed": run.seed,
        "rounds": last["round"],
        "labelled": last["labelled"],
    }


def _listings(title: str, runs: Sequence[RunRecord], values: Sequence[Mapping[str, str]]) -> tuple[Listing, ...]:
    """What all share, then what differs, equal ones together."""
    shared = {key: value for key, value in values[0].items() if all(one.get(key) == value for one in values)}
    groups: dict[tuple[tuple[str, str], ...], list[RunRecord]] = {}
    for run, one in zip(runs, values, strict=True):
        own = tuple((key, value) for key, value in one.items() if key not in shared)
        groups.setdefault(own, []).append(run)
    return (
        Listing(f"{title}: what all runs share", _lines(shared.items())),
        *(Listing(f"{title}: {_names(group)}", _lines(own)) for own, group in groups.items() if own),
    )


def _names(runs: Iterable[RunRecord]) -> str:
    seeds: dict[str, list[str]] = {}
    for run in runs:
        seeds.setdefault(f"{run.label} on {run.dataset}", []).append(str(run.seed))
    return "; ".join(f"{name}, seed{'s' if len(own) > 1 else ''} {', '.join(own)}" for name, own in seeds.items())


def _lines(items: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in items)


def _without_seed(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "seed"}


def _without_time(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The environment without when and in which folder: every run has its own, and a report may be passed on."""
    kept = {key: value for key, value in environment.items() if key not in ("time", "resumed")}
    kept["dataset"] = {key: value for key, value in environment["dataset"].items() if key != "path"}
    return kept


def _flat(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: ", ".join(map(str, value)) if isinstance(value, list) else str(value) for key, value in leaves(values)}
