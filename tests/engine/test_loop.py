"""The loop: rounds in order, each reproducible from the one before, and pseudo-labels that give way to true ones."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from alcore import AlsegError, Block, Fill, Moments, Selection, Status
from alcore.engine.loop import active_learning, run_round
from alcore.pool.slices import ResidentSlices, StreamingSlices
from alcore.testing.rounds import KeptRounds

SOURCES = (ResidentSlices, StreamingSlices)


class Uncertain:
    """Chooses the slices with the largest entropy; ties and the last place are drawn at random."""

    def select(self, query):
        scores = query.predictor.scores(query.candidates, lambda p: -(p * p.log()).sum(dim=(1, 2, 3)))
        best = query.candidates[np.argsort(-scores, kind="stable")]
        rest = query.rng.permutation(best[query.budget - 1 :])
        return Selection(np.concatenate([best[: query.budget - 1], rest[:1]]))


class DrawsFromTorch:
    """Chooses with torch's global generator, for which a query has no counterpart."""

    def select(self, query):
        return Selection(query.candidates[torch.randperm(len(query.candidates)).numpy()[: query.budget]])


class Blocks:
    """Takes the two ends of what is unlabelled in the first scan that has room, and fills between them."""

    def select(self, query):
        ends = [(rows[0], rows[-1]) for scan in range(query.n_scans) if len(rows := self.free(query, scan)) > 2]
        first, last = map(int, ends[0])
        return Selection(np.array([first, last]), (Block(first, last),), fill=Fill(self, 0.5))

    def free(self, query, scan):
        return query.candidates[query.scan[query.candidates] == scan]

    def fill(self, first, last, n_between):
        return np.stack([first] * n_between)


class Scripted:
    """A block strategy that answers round by round from a list, with an interpolator that fills class 1."""

    def __init__(self, answers, fills=True):
        self.answers, self.fills = answers, fills

    def select(self, query):
        indices, blocks = self.answers[query.round - 1]
        return Selection(
            np.array(indices), tuple(Block(*ends) for ends in blocks), fill=Fill(self, query.round / query.rounds)
        )

    def fill(self, first, last, n_between):
        return np.ones((n_between, *first.shape), np.uint8) if self.fills else None


def without_times(record):
    return {key: value for key, value in record.items() if key != "seconds"}


def run_all(experiment, first_round=0, listeners=()):
    log = KeptRounds()
    reason = active_learning(experiment, first_round=first_round, log=log, listeners=listeners)
    return log.results, reason


def gone_on_from(experiment, other):
    """Put what a checkpoint holds of ``other`` into ``experiment``."""
    experiment.learner.model.load_state_dict(copy.deepcopy(other.learner.model.state_dict()))
    experiment.annotate(other.annotations.rows(Status.LABELLED), 0)
    experiment.annotations.fill(copy.deepcopy(other.annotations.pseudo_labels), 1.0)
    return experiment


@pytest.mark.parametrize("weights", ["fine-tune", "reset"])
@pytest.mark.parametrize("strategy", [Uncertain, DrawsFromTorch, Blocks])
def test_a_run_that_goes_on_agrees_with_one_that_was_not_interrupted(experiment_of, strategy, weights):
    whole, _ = run_all(experiment_of(strategy(), rounds=2, weights=weights))
    for first_round in (1, 2):
        interrupted = experiment_of(strategy(), rounds=first_round - 1, weights=weights)
        run_all(interrupted)
        torch.rand(first_round)
        resumed = gone_on_from(experiment_of(strategy(), rounds=2, weights=weights), interrupted)
        rest, _ = run_all(resumed, first_round)
        assert [without_times(result.record) for result in rest] == [
            without_times(result.record) for result in whole[first_round:]
        ]
        assert [result.selection.indices.tolist() for result in rest] == [
            result.selection.indices.tolist() for result in whole[first_round:]
        ]


@pytest.mark.parametrize("strategy", [Uncertain, Blocks])
def test_a_run_on_streaming_slices_agrees_with_one_on_resident_ones(experiment_of, strategy):
    resident, streaming = (run_all(experiment_of(strategy(), slices=kind))[0] for kind in SOURCES)
    assert [without_times(result.record) for result in streaming] == [
        without_times(result.record) for result in resident
    ]


def test_round_zero_agrees_for_every_strategy(experiment_of):
    first, second = (
        run_round(experiment_of(strategy), 0, KeptRounds()) for strategy in (Uncertain(), DrawsFromTorch())
    )
    assert without_times(first.record) == without_times(second.record)


def test_a_record_says_what_happened_and_is_json(experiment_of):
    results, reason = run_all(experiment_of(Uncertain(), rounds=2))
    assert reason == "rounds"
    assert [result.record["round"] for result in results] == [0, 1, 2]
    assert [result.record["labelled"] for result in results] == [3, 6, 9]
    assert [result.record["queried"] for result in results] == [3, 3, 3]
    for result in results:
        record = json.loads(json.dumps(result.record, allow_nan=False))
        assert record["pool"] == 15
        assert set(record["scores"]["validation"]["dice"]["per_class"]) == {"organ", "tumour"}
        assert record["scores"]["validation"]["dice"]["mean"] == pytest.approx(max(record["validation_dice"]))
        assert set(record["seconds"]) == {"query", "annotate", "train", "validate", "evaluate"}


def test_the_loop_ends_when_the_pool_is_exhausted(experiment_of):
    experiment = experiment_of(DrawsFromTorch(), rounds=10, budget=5, epochs=1)
    results, reason = run_all(experiment)
    assert reason == "pool exhausted"
    assert [result.record["labelled"] for result in results] == [3, 8, 13, 15]
    assert experiment.exhausted


def test_moments_come_in_order_and_a_round_is_committed_before_it_is_announced(experiment_of):
    heard = []

    class Listener(Moments):
        def __getattribute__(self, name):
            if not name.startswith("_"):
                heard.append(name)
            return super().__getattribute__(name)

    class Log(KeptRounds):
        def trained(self, result):
            heard.append("commit")

    active_learning(
        experiment_of(Uncertain(), rounds=1),
        first_round=0,
        log=Log(),
        listeners=[Listener()],
    )
    one_round = ["round_started", "slices_annotated", "training_started", "epoch_finished", "epoch_finished"]
    assert heard == [*one_round, "commit", "round_finished"] * 2


def test_a_strategy_that_breaks_its_contract_ends_the_run_by_name(experiment_of):
    experiment = experiment_of(Scripted([(range(4), ())]), rounds=1)
    with pytest.raises(AlsegError, match=r"strategy 'toy' \(alseg-toy 1.2\) selected 4 slices with a budget of 3"):
        run_all(experiment)


@pytest.fixture
def blocks_of(experiment_of):
    """An experiment in whose first scan (eight slices) nothing is labelled; rounds are scripted."""

    def make(answers, fills=True):
        experiment = experiment_of(Scripted(answers, fills), shapes=((8, 6, 5), (4, 5, 7)), rounds=len(answers))
        rows = np.array([9, 10, 11])
        experiment.annotate(rows, 0)
        return experiment

    return make


def test_pseudo_labels_give_way_to_true_ones_and_newer_ones(blocks_of):
    experiment = blocks_of([((0, 4), [(0, 4)]), ((2,), [(0, 2)]), ((6,), [(4, 6), (2, 6)])])
    first = run_round(experiment, 1, KeptRounds())
    assert first.pseudo_labelled == [1, 2, 3]
    assert experiment.annotations.rows(Status.LABELLED).tolist() == [0, 4, 9, 10, 11]
    assert (
        experiment.annotations.rows(Status.PSEUDO_LABELLED).tolist()
        == [1, 2, 3]
        == sorted(experiment.annotations.pseudo_labels)
    )
    second = run_round(experiment, 2, KeptRounds())
    assert second.pseudo_labelled == [1]
    assert experiment.annotations.status[2] == Status.LABELLED
    assert sorted(experiment.annotations.pseudo_labels) == [1, 3]
    third = run_round(experiment, 3, KeptRounds())
    assert third.pseudo_labelled == [3, 5]
    pseudo_labels = experiment.annotations.pseudo_labels
    assert sorted(pseudo_labels) == experiment.annotations.rows(Status.PSEUDO_LABELLED).tolist() == [1, 3, 5]
    assert [result.record["pseudo_labelled"] for result in (first, second, third)] == [3, 2, 3]
    assert [result.record["blocks"] for result in (first, second, third)] == [1, 1, 2]


def test_blocks_that_cannot_be_filled_leave_no_pseudo_labels(blocks_of):
    experiment = blocks_of([((0, 4), [(0, 4)])], fills=False)
    result = run_round(experiment, 1, KeptRounds())
    assert result.record["blocks_not_interpolated"] == 1
    assert result.pseudo_labelled == []
    assert not experiment.annotations.pseudo_labels


def test_pseudo_labels_train_with_the_weight_that_the_strategy_gives_the_round(blocks_of):
    weights = []
    experiment = blocks_of([((0, 4), [(0, 4)]), ((6,), ())])
    experiment.learner.loss.register_forward_pre_hook(lambda _, inputs: weights.append(inputs[2].tolist()))
    for number, expected in ((1, 0.5), (2, 1.0)):
        weights.clear()
        run_round(experiment, number, KeptRounds())
        assert {value for batch in weights for value in batch} == {expected, 1.0}


class Counted:
    """Asks a strategy, and counts how often."""

    def __init__(self, strategy):
        self.strategy, self.asked = strategy, 0

    def select(self, query):
        self.asked += 1
        return self.strategy.select(query)


class TellsItsFill(Blocks):
    """A block strategy that can say how it fills apart from a query."""

    def select(self, query):
        return replace(super().select(query), fill=self.fill_of(query.round, query.rounds))

    def fill_of(self, round, rounds):
        return Fill(self, 0.5 if round else 0.0)


@pytest.mark.parametrize(
    ("strategy", "asked_again"),
    [(Uncertain, False), (Blocks, True), (TellsItsFill, False)],
    ids=["no blocks", "blocks", "blocks apart from a query"],
)
def test_a_run_waits_between_two_phases_and_goes_on_with_what_was_chosen(experiment_of, strategy, asked_again):
    whole, _ = run_all(experiment_of(strategy(), rounds=2))
    counted = Counted(strategy())
    if hasattr(counted.strategy, "fill_of"):
        counted.fill_of = counted.strategy.fill_of
    experiment, log = experiment_of(counted, rounds=2), KeptRounds()
    active_learning(replace(experiment, loop=experiment.loop.model_copy(update={"rounds": 0})), first_round=0, log=log)
    experiment.annotator.waits = True
    for _ in range(3):
        assert active_learning(experiment, first_round=1, log=log) == "waiting for labels"
    assert log.phases[-1] == ("queried", 1)
    assert counted.asked == (3 if asked_again else 1)
    experiment.annotator.waits = False
    assert active_learning(experiment, first_round=1, log=log) == "rounds"
    assert log.phases[-4:] == [("trained", 1), ("queried", 2), ("annotated", 2), ("trained", 2)]
    assert [without_times(result.record) for result in log.results] == [without_times(one.record) for one in whole]
    assert [result.selection.indices.tolist() for result in log.results] == [
        one.selection.indices.tolist() for one in whole
    ]


def test_seconds_that_were_spent_before_a_run_stopped_count(experiment_of):
    experiment, log = experiment_of(rounds=0), KeptRounds()
    experiment.annotator.waits = True
    active_learning(experiment, first_round=0, log=log)
    log.queried(0, log.begun(0).selection, {"query": 1000.0})
    experiment.annotator.waits = False
    active_learning(experiment, first_round=0, log=log)
    assert 1000 < log.results[0].record["seconds"]["query"] < 1001
