"""The mixed-effects model: the effect of each strategy on the scores of scans, over datasets, seeds and scans."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alseg_results.pairs import ALPHA

LEAST_SEEDS = 3
"""Seeds that all strategies must share on a dataset to enter the model."""


@dataclass(frozen=True)
class MixedModel:
    """A fitted model.

    Args:
        control: the strategy that effects are relative to.
        effects: a row per other strategy: ``strategy``, ``effect``, ``error`` (its standard error), ``low`` and
            ``high`` (95 % interval), ``p`` (two-sided).
        deviations: standard deviation of each random part: ``dataset``, ``strategy on a dataset``, ``seed``, ``scan``,
            ``run`` and ``rest``.
        freedom: degrees of freedom of the intervals.
        converged: whether the fit did.
    """

    control: str
    effects: pd.DataFrame
    deviations: dict[str, float]
    freedom: int
    converged: bool

    def as_json(self) -> dict[str, Any]:
        """The model as plain values."""
        return {**vars(self), "effects": self.effects.to_dict("records")}


def fit_mixed(scans: pd.DataFrame, control: str) -> MixedModel | None:
    """Fit the model by restricted maximum likelihood (``statsmodels.MixedLM``).

    The strategy is fixed. Random are the seed and the scan within a dataset; the run (a strategy under a seed), since
    the scans of one run share its training, and without it they would count as so many repetitions; and, over several
    datasets, the dataset and the strategy on a dataset. Intervals use Student's t with the degrees of freedom of runs,
    or of strategies on datasets where there are several: scans are not repetitions of a strategy.

    Args:
        scans: ``dataset``, ``strategy``, ``seed``, ``scan`` and ``value``, see :mod:`alseg_results.scans`.
        control: what effects are relative to.

    Returns:
        The model; None where no dataset has three seeds that all strategies share, or there is one strategy.
    """
    data = _shared(scans)
    strategies = list(dict.fromkeys(data["strategy"]))
    datasets = data["dataset"].nunique()
    if len(strategies) < 2 or control not in strategies:
        return None
    order = [control, *(name for name in strategies if name != control)]
    data = data.assign(
        arm=data["strategy"].map({name: place for place, name in enumerate(order)}),
        run=data["seed"].astype(str) + "/" + data["strategy"].map(str),
    )
    fitted = _fit(data, several=datasets > 1)
    freedom = (datasets - 1 if datasets > 1 else data["seed"].nunique() - 1) * (len(order) - 1)
    return MixedModel(
        control, _effects(fitted, order, freedom), _deviations(fitted, datasets > 1), freedom, bool(fitted.converged)
    )


def _shared(scans: pd.DataFrame) -> pd.DataFrame:
    """The rows of the seeds that every strategy has, of the datasets on which these are enough."""
    data = scans.dropna(subset="value")
    kept = []
    for _, group in data.groupby("dataset", sort=False):
        names = group.groupby("seed")["strategy"].nunique()
        whole = names[names == data["strategy"].nunique()].index
        if len(whole) >= LEAST_SEEDS:
            kept.append(group[group["seed"].isin(whole)])
    return pd.concat(kept) if kept else data.iloc[:0]


def _fit(data: pd.DataFrame, *, several: bool) -> Any:
    import statsmodels.formula.api as smf

    parts = {"seed": "0 + C(seed)", "scan": "0 + C(scan)", "run": "0 + C(run)"}
    parts |= {"arm": "0 + C(arm)"} if several else {}
    model = smf.mixedlm("value ~ C(arm)", data, groups="dataset", re_formula="1" if several else None, vc_formula=parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a part without spread lies on the boundary: the result says so itself
        return model.fit(reml=True, method="lbfgs")


def _effects(fitted: Any, order: list[str], freedom: int) -> pd.DataFrame:
    effect, error = (np.asarray(values)[1:] for values in (fitted.fe_params, fitted.bse_fe))
    margin = stats.t.ppf(1 - ALPHA / 2, freedom) * error
    return pd.DataFrame(
        {
            "strategy": order[1:],
            "effect": effect,
            "error": error,
            "low": effect - margin,
            "high": effect + margin,
            "p": 2 * stats.t.sf(np.abs(effect) / error, freedom),
        }
    )


def _deviations(fitted: Any, several: bool) -> dict[str, float]:
    named = {"seed": "seed", "scan": "scan", "run": "run", "arm": "strategy on a dataset"}
    parts = {named[name]: value for name, value in zip(fitted.model.exog_vc.names, fitted.vcomp, strict=True)}
    parts |= {"dataset": float(np.asarray(fitted.cov_re)[0, 0])} if several else {}
    order = ("dataset", "strategy on a dataset", "seed", "scan", "run")
    return {name: float(np.sqrt(parts[name])) for name in order if name in parts} | {"rest": float(fitted.scale**0.5)}
