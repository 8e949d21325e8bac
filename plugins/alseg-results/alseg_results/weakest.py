"""Where strategies fail: the worst class, and the worst tenth of the scans."""

import math

import numpy as np
import pandas as pd

from alseg_results.measure import Measure
from alseg_results.scans import of_class

TENTH = 10
COLUMNS = ["dataset", "strategy", "seeds", "scans", "worst_class"]


def weakest(scans: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Describe the last round of each strategy by what it does worst.

    Args:
        scans: the scores of the last round, as :func:`alseg_results.scans.tidy_scans` returns them.
        measure: what to measure; nothing is worst where its direction is unknown.

    Returns:
        A row per dataset and strategy that has scores of scans: ``dataset``, ``strategy``, ``seeds``, ``scans`` (in a
        tenth: a tenth of them, rounded up), ``worst_class``, the foreground class with the worst mean over scans and
        seeds; mean over seeds, standard deviation and number of seeds of ``class_...``, that class's mean over scans,
        and of ``tenth_...``, the mean of the worst tenth of each run's scans; ``worst_scan``, that with the worst mean
        over seeds, and ``scan_mean``, that mean.
    """
    if measure.higher_is_better is None:
        scans = scans.iloc[:0]
    ascending = bool(measure.higher_is_better)
    rows = [
        {"dataset": dataset, "strategy": strategy, **_described(group.dropna(subset="value"), measure, ascending)}
        for (dataset, strategy), group in scans.groupby(["dataset", "strategy"], sort=False)
        if group["value"].notna().any()
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=COLUMNS)


def _described(scans: pd.DataFrame, measure: Measure, ascending: bool) -> dict[str, object]:
    by_class = scans.groupby(["class", "seed"])["value"].mean()
    worst_class = by_class.groupby("class").mean().sort_values(ascending=ascending).index[0]
    values = of_class(scans, measure.class_name)
    tenths = np.array([_worst_tenth(group["value"], ascending) for _, group in values.groupby("seed")])
    of_scan = values.groupby("scan")["value"].mean().sort_values(ascending=ascending, kind="stable")
    return {
        "seeds": len(tenths),
        "scans": math.ceil(values["scan"].nunique() / TENTH),
        "worst_class": worst_class,
        **_spread("class", by_class[worst_class].to_numpy()),
        **_spread("tenth", tenths),
        "worst_scan": of_scan.index[0],
        "scan_mean": float(of_scan.iloc[0]),
    }


def _worst_tenth(values: pd.Series, ascending: bool) -> float:
    return float(values.sort_values(ascending=ascending).iloc[: math.ceil(len(values) / TENTH)].mean())


def _spread(name: str, values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> dict[str, object]:
    std = float(values.std(ddof=1)) if len(values) > 1 else math.nan
    return {f"{name}_mean": float(values.mean()), f"{name}_std": std, f"{name}_seeds": len(values)}
