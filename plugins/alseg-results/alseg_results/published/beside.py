"""One's own figures beside published ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from alcore import AlsegError
from alcore.api.configured import DEFAULT_PROTOCOL, protocol_values, resolve
from alcore.registry import Registry
from alseg_results.curves import mean_curves
from alseg_results.measure import select
from alseg_results.published.reference import Data, PublishedPoint, Reference
from alseg_results.runs import RunRecord, RunSet
from alseg_results.settings import NO_SETTING, options, text_of, within
from alseg_results.tidy import MEAN, tidy

COLUMNS = [
    *("dataset", "strategy", "round", "seeds", "mean", "std"),
    *("published_mean", "published_std", "published_seeds", "published_table"),
]


@dataclass(frozen=True)
class Beside:
    """One's own figures beside published ones.

    Args:
        reference: the published ones.
        table: a row per dataset, strategy and round of both: ``dataset``, ``strategy``, ``round``, ``seeds``, ``mean``,
            ``std``, ``published_mean``, ``published_std``, ``published_seeds``, ``published_table``, ``difference``
            (own less published) and ``within``: 1 or 2, the number of published standard deviations that the difference
            lies within, or 0, beyond both; missing where there is no standard deviation.
        notes: how the runs' protocol differs from the published one, and which runs have no row, and why.
    """

    reference: Reference
    table: pd.DataFrame
    notes: tuple[str, ...]


def set_beside(found: RunSet, reference: Reference, registry: Registry, class_name: str = MEAN) -> Beside:
    """Set the published figures beside the runs of the same data, strategy and options.

    Runs on other data, or of a strategy with other options, have no row. Runs that were trained otherwise have one; a
    note names every value that differs from the published protocol. A printed standard deviation of 0.000 stands for
    any up to half of its last digit, and a printed mean may be off by as much; both are allowed for.
    """
    metric, split = reference.metric, reference.split
    measured = [run for run in found.runs if any(metric in record["scores"].get(split, {}) for record in run.rounds)]
    if not measured:
        note = f"No run measured {metric} on the {split} scans, which is what {reference.name} reports."
        return Beside(reference, _finished([], reference), (note,))
    curves = mean_curves(select(tidy(measured), metric, split, class_name)).set_index(["dataset", "strategy", "round"])
    rows: list[tuple[Any, ...]] = []
    notes: list[str] = []
    for dataset, label in dict.fromkeys((run.dataset, run.label) for run in measured):
        runs = [run for run in measured if (run.dataset, run.label) == (dataset, label)]
        why, own = _comparable(runs, reference, registry)
        if why:
            notes.append(f"{label} on {dataset} is not set beside {reference.name}: {why}.")
            continue
        for point in own:
            if (dataset, label, point.round) in curves.index:
                curve = curves.loc[(dataset, label, point.round)]
                here = (int(curve["seeds"]), curve["mean"], curve["std"])
                rows.append((dataset, label, point.round, *here, point.mean, point.std, point.seeds, point.table))
    return Beside(reference, _finished(rows, reference), (*notes, *_deviations(measured, rows, reference)))


def _finished(rows: Sequence[tuple[Any, ...]], reference: Reference) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["difference"] = table["mean"] - table["published_mean"]
    apart = table["difference"].abs() - reference.rounding
    spread = table["published_std"].clip(lower=reference.rounding)
    marks = (apart <= spread).astype(int) + 2 * ((apart > spread) & (apart <= 2 * spread)).astype(int)
    table["within"] = marks.astype("Int64").mask(table["published_std"].isna())
    return table


def _comparable(
    runs: Sequence[RunRecord], reference: Reference, registry: Registry
) -> tuple[str, list[PublishedPoint]]:
    """Why runs of one strategy cannot be set beside the published ones, or the figures that they can be set beside."""
    run = runs[0]
    dataset, strategy = str(run.environment["dataset"]["name"]), run.config.get("strategy", {})
    of_dataset = [point for point in reference.points if point.dataset == dataset]
    of_name = [point for point in of_dataset if point.strategy["name"] == strategy.get("name")]
    data = reference.data.get(dataset)
    if not of_dataset or data is None or (run.synthetic and not data.fingerprint):
        return f"{reference.name} has no figures of this dataset", []
    if not of_name:
        return f"{reference.name} has no figures of this strategy", []
    if "replay" in run.config:
        return "it repeats the queries of another run", []
    other_data = list(dict.fromkeys(difference for one in runs for difference in _other_data(one, data, reference)))
    if other_data:
        return "; ".join(other_data), []
    variants = {repr(point.strategy): point.strategy for point in of_name}
    try:
        differences = {key: _other_options(strategy, one, reference, registry) for key, one in variants.items()}
    except AlsegError as error:
        return f"the published options of the strategy are unknown here: {error.message}", []
    own = [point for point in of_name if not differences[repr(point.strategy)]]
    return ("", own) if own else ("; ".join(sorted(differences.values(), key=len)[0]), [])


def _other_data(run: RunRecord, data: Data, reference: Reference) -> Iterator[str]:
    """How the data of a run differ from the published ones."""
    known = run.environment["dataset"]
    scans, scores = known.get("pool", {}).get("scans"), run.rounds[-1]["scores"]
    if data.fingerprint and known["fingerprint"] != data.fingerprint:
        yield "its scans, labels or splits are not the same (the fingerprints differ)"
    if data.training_scans and scans is None:
        yield "it does not say how many scans it trained on"
    elif data.training_scans and scans != data.training_scans:
        yield f"it has {scans} training scans, not {data.training_scans}"
    classes = tuple(scores.get(reference.split, {}).get(reference.metric, {}).get("per_class", {}))
    if data.classes and {name.casefold() for name in classes} != set(data.classes):
        yield f"its classes are {', '.join(classes)}, not {', '.join(data.classes)}"
    if data.training_scans and "test" in scores:
        yield "some of its scans are set aside for testing"


def _other_options(
    own: Mapping[str, Any], published: Mapping[str, Any], reference: Reference, registry: Registry
) -> list[str]:
    """How the options of a strategy differ from the published ones; what these leave open is a default."""
    some = {**protocol_values(DEFAULT_PROTOCOL), "dataset": {"name": "hippocampus"}, "trackers": {}}
    whole = resolve({**some, "strategy": dict(published)}, registry).as_values()["strategy"]
    return _differences({"strategy": own}, {"strategy": whole}, reference)


def _deviations(runs: Sequence[RunRecord], rows: Sequence[tuple[Any, ...]], reference: Reference) -> list[str]:
    """A sentence for each dataset whose runs are not of the published protocol."""
    notes = []
    for dataset in dict.fromkeys(row[0] for row in rows):
        here = [run for run in runs if run.dataset == dataset]
        published = reference.protocol[str(here[0].environment["dataset"]["name"])]
        left_out = (*NO_SETTING, "strategy")
        texts = [_differences(run.config, published, reference, left_out) for run in here]
        said = list(dict.fromkeys(text for one in texts for text in one))
        if said:
            notes.append(f"The runs on {dataset} are not of the protocol of {reference.name}: {'; '.join(said)}.")
    return notes


def _differences(
    own: Mapping[str, Any], published: Mapping[str, Any], reference: Reference, left_out: Sequence[str] = ()
) -> list[str]:
    """Every value in which ``own`` differs from ``published``; one that a configuration lacks is its default."""
    mine, theirs = dict(options(own)), dict(options(published))
    said = []
    for key in sorted(mine):
        if any(within(key, place) for place in left_out) or (key in theirs and mine[key] == theirs[key]):
            continue
        published_has = f"not {text_of(theirs[key])}" if key in theirs else f"which {reference.name} leaves unset"
        said.append(f"{key} is {text_of(mine[key])}, {published_has}")
    return said
