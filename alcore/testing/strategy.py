"""What every strategy must do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import ScoringStrategy, Strategy
from alcore.engine.selection import check_selection
from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.query import Query, Selection, Status
from alcore.registry import Component, Found, Registry
from alcore.specs import Options, StrategySpec
from alcore.testing.findings import Finding, require
from alcore.testing.pools import (
    THREE_CLASSES,
    FixedPredictor,
    identical_predictor,
    synthetic_predictor,
    synthetic_query,
)
from alcore.testing.probe import probe

_SEEDS = range(8)


_OVERLAPPING = LabelSpace(("left", "middle", "right"), multi_label=True)


@dataclass(frozen=True)
class _Pool:
    """A pool to be queried: name, slices per scan, status of the slices, budget."""

    name: str
    lengths: Sequence[int]
    status: Sequence[int]
    budget: int
    label_space: LabelSpace = THREE_CLASSES

    def query(self, *, seed: int = 0, predictor: Any = None, batch_size: int = 4, shows_labels: bool = False) -> Query:
        predictor = predictor or synthetic_predictor(self.lengths, label_space=self.label_space, batch_size=batch_size)
        return synthetic_query(
            self.lengths,
            budget=self.budget,
            status=self.status,
            seed=seed,
            label_space=self.label_space,
            predictor=predictor,
            known=self._labels() if shows_labels else None,
        )

    def _labels(self) -> dict[int, NDArray[np.uint8]]:
        """Labels of the labelled slices."""
        rng, space = np.random.default_rng(1), self.label_space
        labelled = np.flatnonzero(np.array(self.status) == Status.LABELLED)
        highest = 2 if space.multi_label else space.n_classes
        return {int(row): rng.integers(highest, size=(*space.leading_shape, 4, 4), dtype=np.uint8) for row in labelled}


_MIXED = [0, 1, 0, 0, 2, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]
_POOLS = (
    _Pool("a pool with labels and pseudo-labels", (9, 8, 7), _MIXED, 6),
    _Pool("a budget above the pool", (5, 4), [0, 1, 0, 0, 2, 0, 0, 0, 0], 50),
    _Pool("an odd budget", (6, 9), [1] + [0] * 14, 5),
    _Pool("one scan", (12,), [0, 0, 1] + [0] * 9, 4),
    _Pool("one slice left", (4, 3), [1, 1, 1, 1, 1, 0, 1], 3),
    _Pool("pseudo-labels alone left", (5, 5), [1, 2, 2, 2, 1, 1, 2, 2, 2, 1], 3),
    _Pool(
        "multi-label data",
        (6, 7),
        [0, 0, 1] + [0] * 10,
        4,
        label_space=_OVERLAPPING,
    ),
)


def check_strategy(spec: StrategySpec, options: Options | None = None, registry: Registry | None = None) -> None:
    """Check that a strategy keeps its contract, on small synthetic pools.

    Args:
        spec: the strategy's spec.
        options: its options; its defaults where None.
        registry: where the components are that its options name; what is installed where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"strategy {spec.name!r}", strategy_findings(spec, options, registry))


def strategy_findings(
    spec: StrategySpec, options: Options | None = None, registry: Registry | None = None
) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_strategy`."""
    checks = _StrategyChecks(spec, options if options is not None else spec.options(), registry)
    built = probe(
        "the strategy is built",
        checks.found_when_built,
        expected="Class(options, **components) with a method select",
        fix="take the options, and one keyword argument per option that names a component",
    )
    yield built
    if not built.passed:
        return
    for pool in _POOLS:
        yield probe(
            f"the selection is valid: {pool.name}",
            lambda pool=pool: checks.found_in_selection(pool),  # type: ignore[misc]
            expected="unique slices without a true label, exactly the budget while so many are left",
            fix="choose among query.candidates; np.flatnonzero(query.status == Status.UNLABELLED) first",
        )
    yield probe(
        "the same query has the same answer",
        checks.found_when_repeated,
        expected="equal selections from equal generators, whatever the global random state",
        fix="draw from query.rng and from nothing else; keep nothing between calls",
    )
    yield probe(
        "another seed has another answer, if the strategy is random",
        checks.found_under_other_seeds,
        expected="selections that differ between seeds where query.rng was used and all slices are alike",
        fix="let what is drawn from query.rng decide between slices of equal worth",
    )
    yield probe(
        "batches do not matter",
        checks.found_with_other_batches,
        expected="the same selection whatever the predictor's batch size",
        fix="put what belongs to a batch at the indices that the predictor yields with it",
    )
    yield probe(
        "pool and predictions are left alone",
        checks.found_after_selection,
        expected="the query's arrays and the predictor's answers unchanged",
        fix="copy an array before changing it",
    )
    yield probe(
        "nothing but the query is looked at",
        checks.found_looking_elsewhere,
        expected="only the methods of alcore.Predictor to be called",
        fix="a strategy must not reach behind the predictor: labels are paid for through the budget",
    )
    yield probe(
        "a model that predicts NaN is no crash",
        checks.found_with_nan,
        expected="a valid selection, or an AlsegError",
        fix="raise alcore.AlsegError where a prediction or a feature is not finite",
    )
    yield probe(
        "scores fit their slices",
        checks.found_in_scores,
        expected="finite numbers, one per slice",
        fix="return (len(indices),) from score_slices and the same number of scores with a selection",
    )


class _StrategyChecks:
    """The checks; each returns what it found amiss, or an empty text."""

    def __init__(self, spec: StrategySpec, options: Options, registry: Registry | None) -> None:
        self.spec = spec
        self.options = options
        self.registry = registry if registry is not None else Registry.installed()

    def build(self) -> Strategy:
        component = Component(self.spec, Found("checked", self.spec.target.partition(":")[0], "checked", "0"))
        strategy: Strategy = self.registry.build(component, self.options)
        return strategy

    def select(self, query: Query) -> Selection:
        return self.build().select(query)

    def query(self, pool: _Pool, **settings: Any) -> Query:
        """The query of a pool, with labels if the strategy needs them."""
        return pool.query(shows_labels="labels" in self.spec.needs_with(self.options), **settings)

    def found_when_built(self) -> str:
        return "" if callable(getattr(self.build(), "select", None)) else "no method select"

    def found_in_selection(self, pool: _Pool) -> str:
        query = self.query(pool)
        return _fault(self.select(query), query)

    def found_when_repeated(self) -> str:
        answers = []
        for global_seed in (1, 2):
            np.random.seed(global_seed)  # noqa: NPY002 - the point is to disturb whoever uses the global state
            answers.append(self.select(self.query(_POOLS[0], seed=3)).indices.tolist())
        return "" if answers[0] == answers[1] else f"{answers[0]} and then {answers[1]}"

    def found_under_other_seeds(self) -> str:
        answers, used = set(), False
        for seed in _SEEDS:
            query = self.query(_POOLS[0], seed=seed, predictor=identical_predictor(len(_MIXED)))
            before = query.rng.bit_generator.state
            answers.add(tuple(self.select(query).indices.tolist()))
            used = used or query.rng.bit_generator.state != before
        return f"{answers.pop()} under {len(_SEEDS)} seeds" if used and len(answers) == 1 else ""

    def found_with_other_batches(self) -> str:
        one, four = (self.select(self.query(_POOLS[0], batch_size=size)).indices.tolist() for size in (1, 4))
        return "" if one == four else f"{one} in batches of 1, {four} in batches of 4"

    def found_after_selection(self) -> str:
        predictor = synthetic_predictor(_POOLS[0].lengths)
        before = predictor.fingerprint()
        self.select(self.query(_POOLS[0], predictor=predictor))
        return "" if predictor.fingerprint() == before else "predictions were changed in place"

    def found_looking_elsewhere(self) -> str:
        sealed = _Sealed(synthetic_predictor(_POOLS[0].lengths))
        try:
            self.select(self.query(_POOLS[0], predictor=sealed))
        except AttributeError:
            if not sealed.reached_for:
                raise
        return f"the strategy reached for {', '.join(sealed.reached_for)}" if sealed.reached_for else ""

    def found_with_nan(self) -> str:
        pool = _POOLS[0]
        n = len(pool.status)
        nan = np.full((3, 4, 4), np.nan, np.float32)
        predictor = FixedPredictor([nan] * n, [nan[:1]] * n, np.full((n, 8), np.nan, np.float32))
        query = self.query(pool, predictor=predictor)
        try:
            selection = self.select(query)
        except AlsegError:
            return ""
        return _fault(selection, query)

    def found_in_scores(self) -> str:
        query = self.query(_POOLS[0])
        strategy = self.build()
        selection = strategy.select(query)
        if selection.scores is not None and np.shape(selection.scores) != np.shape(selection.indices):
            return f"{np.shape(selection.scores)} scores for {np.shape(selection.indices)} slices"
        if isinstance(strategy, ScoringStrategy):
            scores = strategy.score_slices(query, query.candidates)
            if np.shape(scores) != query.candidates.shape:
                return f"score_slices gave {np.shape(scores)} for {query.candidates.shape} slices"
            if not np.isfinite(scores).all():
                return "score_slices gave scores that are not finite"
        return ""


class _Sealed:
    """A predictor with nothing but its public methods."""

    def __init__(self, predictor: FixedPredictor) -> None:
        self.probabilities = predictor.probabilities
        self.images = predictor.images
        self.scores = predictor.scores
        self.pixel_scores = predictor.pixel_scores
        self.features = predictor.features
        self.samples = predictor.samples
        self.reached_for: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.reached_for.append(name)
        raise AttributeError(name)


def _fault(selection: Selection, query: Query) -> str:
    """What is wrong with a selection, or an empty text."""
    try:
        indices = check_selection(selection, query, "it").indices
    except AlsegError as error:
        return error.message
    wanted = min(query.budget, len(query.candidates))
    if len(indices) != wanted:
        return f"{len(indices)} slices, with a budget of {query.budget} and {len(query.candidates)} slices left"
    return ""
