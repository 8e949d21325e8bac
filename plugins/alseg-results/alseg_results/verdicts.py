"""Every strategy held against one control: better, worse, practically equal, or not decided."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from alseg_results.equivalence import signed_rank_probabilities
from alseg_results.pairs import ALPHA, LEAST_PAIRS, t_interval, wilcoxon_p
from alseg_results.ranks import LEAST_DATASETS

SURE = 0.95
"""The probability from which two strategies are called practically equal."""

BETTER, WORSE, EQUAL, OPEN = "better", "worse", "practically equal", "not decided"
COLUMNS = ["strategy", "blocks", "difference", "low", "high", "p", "p_holm", "worse", "equal", "better", "verdict"]


@dataclass(frozen=True)
class Verdicts:
    """Strategies against a control.

    Args:
        control: its label.
        margin: differences up to it are practically none; None where none was stated.
        over_datasets: whether each dataset counts once, its seeds averaged.
        table: a row per other strategy that shares a block with the control: ``strategy``, ``blocks`` (shared pairs of
            dataset and seed, or datasets), ``difference`` (strategy less control), ``low`` and ``high`` (95 % t
            interval), ``p`` (two-sided Wilcoxon signed-rank test), ``p_holm`` (corrected over the strategies),
            ``worse``, ``equal`` and ``better`` (probabilities of the Bayesian signed-rank test with the margin) and
            ``verdict``. NaN with fewer than three blocks, or without a margin.
    """

    control: str
    margin: float | None
    over_datasets: bool
    table: pd.DataFrame


def against_control(
    table: pd.DataFrame, control: str, *, higher_is_better: bool = True, margin: float | None = None
) -> Verdicts:
    """Hold every strategy against the control.

    With five datasets or more that the control shares with every other strategy, seeds are averaged first and each
    dataset is one block: seeds of a dataset are not independent datasets. With fewer, a block is a dataset and seed.

    Args:
        table: a row per dataset and seed, a column per strategy; NaN where a run is missing.
        control: one of the columns.
        higher_is_better: the direction of the values.
        margin: differences up to it are practically none.
    """
    differences = {name: (table[name] - table[control]).dropna() for name in table if name != control}
    differences = {name: values for name, values in differences.items() if len(values)}
    shared = [values.index.get_level_values("dataset").nunique() for values in differences.values()]
    over_datasets = min(shared, default=0) >= LEAST_DATASETS
    rows = []
    for name, values in differences.items():
        blocks = values.groupby(level="dataset").mean() if over_datasets else values
        rows.append({"strategy": name, **_tested(blocks.to_numpy(dtype=np.float64), higher_is_better, margin)})
    frame = pd.DataFrame(rows, columns=COLUMNS)
    tested = frame["p"].notna()
    if tested.any():
        frame.loc[tested, "p_holm"] = multipletests(frame.loc[tested, "p"].astype(float), method="holm")[1]
    frame["verdict"] = [_verdict(row, higher_is_better) for row in frame.to_dict("records")]
    return Verdicts(control, margin, over_datasets, frame)


def blocks_needed(comparisons: int) -> int:
    """Blocks from which Wilcoxon's test can be significant at 5 % after Holm's correction over ``comparisons``."""
    blocks = LEAST_PAIRS
    while 2.0 ** (1 - blocks) * comparisons >= ALPHA:
        blocks += 1
    return blocks


def _tested(difference: NDArray[np.float64], higher_is_better: bool, margin: float | None) -> dict[str, float]:
    found: dict[str, float] = {"blocks": len(difference), "difference": float(difference.mean())}
    if len(difference) < LEAST_PAIRS:
        return found
    low, high = t_interval(difference)
    found |= {"low": low, "high": high, "p": wilcoxon_p(difference)}
    if margin is not None:
        chances = signed_rank_probabilities(difference, margin)
        worse, better = (chances.below, chances.above) if higher_is_better else (chances.above, chances.below)
        found |= {"worse": worse, "equal": chances.within, "better": better}
    return found


def _verdict(row: dict[str, float], higher_is_better: bool) -> str:
    if row["equal"] >= SURE:
        return EQUAL
    if row["p_holm"] < ALPHA:
        return BETTER if (row["difference"] > 0) == higher_is_better else WORSE
    return OPEN
