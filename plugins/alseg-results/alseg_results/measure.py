"""What results are about: one metric on one split, for a class or the mean of them."""

import re
from dataclasses import dataclass

import pandas as pd

from alcore import AlsegError
from alcore.registry import Registry
from alcore.specs import MetricSpec
from alseg_results.tidy import MEAN

USUAL = "dice"


@dataclass(frozen=True)
class Measure:
    """A metric on a split.

    Args:
        metric: its name.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean`` over them.
        higher_is_better: the metric's direction; None where no installed plugin offers it.
    """

    metric: str
    split: str
    class_name: str = MEAN
    higher_is_better: bool | None = True

    @property
    def title(self) -> str:
        """As titles call it."""
        of_class = "" if self.class_name == MEAN else f" of {self.class_name}"
        return f"{self.metric}{of_class} on the {self.split} scans"


def choose_measure(
    scores: pd.DataFrame,
    registry: Registry,
    metric: str | None = None,
    split: str | None = None,
    class_name: str = MEAN,
) -> Measure:
    """The measure asked for; by default Dice on the validation scans, or the runs' first metric where none measured it.

    Args:
        scores: as :func:`alseg_results.tidy.tidy` returns them.
        registry: the installed components, which know which way a metric points.
        metric: name of the metric.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean``.

    Raises:
        AlsegError: no run has such scores.
    """
    split = split or "validation"
    measured = dict.fromkeys(scores.loc[scores["split"] == split, "metric"])
    metric = metric or (USUAL if USUAL in measured else next(iter(measured), USUAL))
    select(scores, metric, split, class_name)
    return Measure(metric, split, class_name, higher_is_better(metric, registry))


def higher_is_better(metric: str, registry: Registry) -> bool | None:
    """Whether a higher score of ``metric`` is a better one; None where no installed plugin offers the metric.

    ``dice@0.3`` and ``surface-dice:tolerance=2`` point as ``dice`` and ``surface-dice`` do.
    """
    try:
        return registry.get(MetricSpec, re.split("[@:]", metric)[0]).spec.higher_is_better
    except AlsegError:
        return None


def select(scores: pd.DataFrame, metric: str, split: str, class_name: str | None = MEAN) -> pd.DataFrame:
    """The rows of one metric on one split; of one class, or of all where ``class_name`` is None.

    Raises:
        AlsegError: no run has such scores.
    """
    of_split = scores[scores["split"] == split]
    if of_split.empty:
        raise AlsegError(f"no run has scores of the split {split!r}", hint=_there_are(scores["split"]))
    of_metric = of_split[of_split["metric"] == metric]
    if of_metric.empty:
        raise AlsegError(f"no run measured {metric!r} on the {split} scans", hint=_there_are(of_split["metric"]))
    if class_name is None:
        return of_metric
    of_class = of_metric[of_metric["class"] == class_name]
    if of_class.empty:
        raise AlsegError(f"no run has a class {class_name!r}", hint=_there_are(of_metric["class"]))
    return of_class


def _there_are(names: pd.Series) -> str:
    return f"there are: {', '.join(dict.fromkeys(names))}"
