"""The check of strategies: each fault is told."""

import numpy as np
import pytest

from alcore import Options, Registry, Selection, StrategySpec
from alcore.testing import ConformanceError, check_strategy

REGISTRY = Registry.installed()


class Faulty:
    def __init__(self, options):
        self.options = options


class TakesLabelled(Faulty):
    def select(self, query):
        return Selection(np.arange(min(query.budget, len(query.status))))


class UsesGlobalRandomness(Faulty):
    def select(self, query):
        count = min(query.budget, len(query.candidates))
        return Selection(np.random.permutation(query.candidates)[:count])  # noqa: NPY002


class LeavesBudget(Faulty):
    def select(self, query):
        return Selection(query.candidates[:1])


class ReachesForLabels(Faulty):
    def select(self, query):
        getattr(query.predictor, "labels", None)
        return Selection(query.candidates[: query.budget])


class TrustsBatchOrder(Faulty):
    def select(self, query):
        scores = [float(p.max()) for _, batch in query.predictor.probabilities(query.candidates) for p in batch]
        return Selection(query.candidates[np.argsort(scores)][: query.budget])


class WritesIntoThePool(Faulty):
    def select(self, query):
        query.status[0] = 1
        return Selection(query.candidates[: query.budget])


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (TakesLabelled, "has a label already"),
        (UsesGlobalRandomness, "the same query has the same answer"),
        (LeavesBudget, "the selection is valid: one scan"),
        (ReachesForLabels, "reached for labels"),
        (TrustsBatchOrder, "batches do not matter"),
        (WritesIntoThePool, "read-only"),
    ],
)
def test_a_faulty_strategy_is_found_out(kind, complaint, monkeypatch):
    spec = StrategySpec(name="faulty", summary="Faulty.", target="faulty:Kind", options=Options)
    monkeypatch.setattr(StrategySpec, "load", lambda self: kind)
    with pytest.raises(ConformanceError, match=complaint):
        check_strategy(spec, registry=REGISTRY)
