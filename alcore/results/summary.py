"""Figures of each strategy: mean and standard deviation over its seeds."""

import pandas as pd

from alcore.results.figures import FIGURES, REACHED


def summarise(figures: pd.DataFrame) -> pd.DataFrame:
    """Average the figures of runs over seeds.

    Args:
        figures: as :func:`alcore.results.figures.per_run` returns it.

    Returns:
        A row per dataset and strategy: ``dataset``, ``strategy``, ``seeds`` (complete runs), ``ceiling``; for each
        figure ``NAME_mean`` and ``NAME_std`` (of a sample; NaN for one seed); ``slices_to_90_reached`` and
        ``slices_to_95_reached``, seeds that reached it. Where some seed did not, a mean over the others would flatter,
        so it is NaN.
    """
    rows = []
    for (dataset, strategy), group in figures.groupby(["dataset", "strategy"], sort=False):
        complete = group[group["complete"]]
        row = {"dataset": dataset, "strategy": strategy, "seeds": len(complete), "ceiling": group["ceiling"].iloc[0]}
        for name in FIGURES:
            row |= {f"{name}_mean": complete[name].mean(), f"{name}_std": complete[name].std()}
        for name, _ in REACHED:
            reached = int(complete[name].notna().sum())
            row[f"{name}_reached"] = reached
            if reached < len(complete):
                row |= {f"{name}_mean": float("nan"), f"{name}_std": float("nan")}
        rows.append(row)
    return pd.DataFrame(rows)
