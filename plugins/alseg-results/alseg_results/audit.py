"""Which slices each strategy chose: spread, redundancy and bias."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alseg_results.runs import RunRecord, RunSet, only

NAN = float("nan")
TENTHS = 10
COLUMNS = (
    *("queried", "scans_share", "slices_per_scan", "position_evenness", "adjacent_share", "nearest_slices"),
    *("size_ratio", "foreground_ratio", "foreground_slices_share", "foreground_slices_pool"),
)


def audit(found: RunSet) -> pd.DataFrame:
    """Describe what each strategy queried (initial slices, which all share, do not count), averaged over seeds.

    Returns:
        A row per dataset and strategy: ``dataset``, ``strategy``, ``seeds``, then ``COLUMNS``: ``queried`` slices;
        ``scans_share``, the share of the pool's scans with a queried slice; ``slices_per_scan``, queried slices per
        such scan; ``position_evenness``, entropy of the queried slices' tenth of their scan by its maximum (1: all
        tenths alike, 0: one tenth); ``adjacent_share``, the share of queried slices next to another annotated one (an
        initial one too); ``nearest_slices``, mean distance in slices to the nearest other annotated slice of the same
        scan, where there is one; ``size_ratio`` and ``foreground_ratio``, pixels and foreground voxels per queried
        slice by the pool's mean; ``foreground_slices_share`` of the queried slices with foreground, and
        ``foreground_slices_pool`` of the pool's. NaN where a run does not say.
    """
    rows = []
    for dataset in found.datasets:
        runs = only(found.runs, dataset)
        for label in dict.fromkeys(run.label for run in runs):
            described = [_describe(run) for run in runs if run.label == label]
            mean = pd.DataFrame(described, columns=list(COLUMNS)).mean()
            rows.append({"dataset": dataset, "strategy": label, "seeds": len(described), **mean.to_dict()})
    return pd.DataFrame(rows, columns=["dataset", "strategy", "seeds", *COLUMNS])


def overlaps(found: RunSet) -> pd.DataFrame:
    """How many slices two strategies both queried under one seed, as far as both went.

    Returns:
        A row per dataset and two strategies, both orders and each with itself left out: ``dataset``, ``first``,
        ``second``, ``seeds`` (shared), ``overlap`` (slices that both queried, by the smaller number queried) and
        ``expected`` of two strategies that draw at random from what was not annotated initially: the larger number
        queried by the slices to draw from. Averaged over seeds.
    """
    rows = []
    for dataset in found.datasets:
        runs = {(run.label, run.seed): _Queries.of(run) for run in only(found.runs, dataset)}
        labels = list(dict.fromkeys(label for label, _ in runs))
        seeds = sorted({seed for _, seed in runs})
        for first in labels:
            for second in labels:
                shared = [seed for seed in seeds if (first, seed) in runs and (second, seed) in runs]
                pairs = [_overlap(runs[first, seed], runs[second, seed]) for seed in shared]
                known = [pair for pair in pairs if pair is not None]
                if first != second and known:
                    overlap, expected = np.mean(known, axis=0)
                    rows.append((dataset, first, second, len(known), float(overlap), float(expected)))
    return pd.DataFrame(rows, columns=["dataset", "first", "second", "seeds", "overlap", "expected"])


@dataclass(frozen=True)
class _Queries:
    """The queried slices of a run: round of each by pool index, rounds there are, slices there were to draw from."""

    round_of: Mapping[int, int]
    n_rounds: int
    to_draw_from: int

    @classmethod
    def of(cls, run: RunRecord) -> "_Queries":
        round_of = {int(row["slice"]): int(row["round"]) for row in run.selections if row["kind"] == "query"}
        return cls(round_of, len(run.rounds), run.rounds[0]["pool"] - run.rounds[0]["labelled"])

    def before(self, n_rounds: int) -> set[int]:
        """The slices queried in the first rounds."""
        return {row for row, number in self.round_of.items() if number < n_rounds}


def _overlap(first: _Queries, second: _Queries) -> tuple[float, float] | None:
    last = min(first.n_rounds, second.n_rounds)
    one, other = first.before(last), second.before(last)
    smaller, larger = sorted((len(one), len(other)))
    if not smaller or not first.to_draw_from:
        return None
    return len(one & other) / smaller, larger / first.to_draw_from


def _describe(run: RunRecord) -> dict[str, float]:
    annotated = pd.DataFrame([row for row in run.selections if row["kind"] != "pseudo"])
    if annotated.empty or not (annotated["kind"] == "query").any():
        return {}
    queried = (annotated["kind"] == "query").to_numpy()
    pool = run.environment["dataset"].get("pool", {})
    scans = annotated.loc[queried, "scan"].nunique()
    nearest = _nearest(annotated["slice"].astype(int).to_numpy(), pd.factorize(annotated["scan"])[0])[queried]
    described = {
        "queried": float(queried.sum()),
        "scans_share": scans / pool.get("scans", NAN),
        "slices_per_scan": queried.sum() / scans,
        "adjacent_share": float((nearest == 1).mean()),
        "nearest_slices": float(nearest[np.isfinite(nearest)].mean()) if np.isfinite(nearest).any() else NAN,
    }
    return described | (_biases(annotated[queried], pool) if pool else {})


def _biases(chosen: pd.DataFrame, pool: dict[str, int]) -> dict[str, float]:
    numbers = chosen[["position", "scan_slices", "height", "width", "foreground"]].apply(pd.to_numeric, errors="coerce")
    tenth = np.minimum(TENTHS * numbers["position"] // numbers["scan_slices"], TENTHS - 1)
    share = tenth.value_counts(normalize=True).to_numpy()
    foreground = pool["foreground"] / pool["slices"]
    return {
        "position_evenness": float(-(share * np.log(share)).sum() / np.log(TENTHS)) + 0.0,
        "size_ratio": float((numbers["height"] * numbers["width"]).mean() / (pool["pixels"] / pool["slices"])),
        "foreground_ratio": float(numbers["foreground"].mean() / foreground) if foreground else NAN,
        "foreground_slices_share": float((numbers["foreground"] > 0).mean()),
        "foreground_slices_pool": pool["foreground_slices"] / pool["slices"],
    }


def _nearest(rows: NDArray[np.int64], scan: NDArray[np.int64]) -> NDArray[np.float64]:
    """Distance of each annotated slice to the nearest other one of its scan; infinite where it is the only one.

    Slices of a scan follow one another in the pool, so distances are those of pool indices.
    """
    order = np.argsort(rows)
    gaps = np.where(np.diff(scan[order]) == 0, np.diff(rows[order]), np.inf)
    nearest = np.empty(len(rows))
    nearest[order] = np.minimum(np.append(np.inf, gaps), np.append(gaps, np.inf))
    return nearest
