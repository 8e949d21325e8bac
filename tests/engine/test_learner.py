"""The learner keeps the right weights and says what goes wrong."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from alcore import AlsegError, Moments


@pytest.fixture
def prepared(experiment_of):
    """An experiment with five labelled slices, and their training set."""

    def make(**options):
        experiment = experiment_of(**options)
        rows = np.array([0, 3, 5, 8, 12])
        experiment.annotate(rows, 0)
        return experiment, experiment.annotated()

    return make


class Watch(Moments):
    """Keeps the weights and the validation Dice of each epoch."""

    def __init__(self, model):
        self.model, self.weights, self.dice = model, [], []

    def epoch_finished(self, *, validation, **_):
        self.weights.append(copy.deepcopy(self.model.state_dict()))
        self.dice.append(validation)


def weights_of(model):
    return copy.deepcopy(model.state_dict())


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def scripted(experiment, dice, monkeypatch):
    """Let validation answer with ``dice``, epoch by epoch."""
    answers = iter(dice)
    monkeypatch.setattr("alcore.learning.dice_of", lambda _: next(answers))
    return experiment.learner


@pytest.mark.parametrize(
    ("dice", "kept"),
    [
        ([0.2, 0.7, 0.5, 0.1], 2),
        ([0.2, 0.3, 0.5, 0.9], 4),
        ([0.4, 0.3, 0.4, 0.1], 3),
        ([float("nan"), 0.1, float("nan"), 0.1], 4),
        ([0.0] * 4, 4),
        ([float("nan")] * 4, 4),
    ],
)
def test_the_best_epoch_is_kept_and_of_equals_the_latest(prepared, monkeypatch, dice, kept):
    experiment, training_set = prepared(epochs=4)
    learner = scripted(experiment, dice, monkeypatch)
    watch = Watch(learner.model)
    report = learner.fit(training_set, 1, listeners=[watch])
    assert report.kept_epoch == kept
    assert same(weights_of(learner.model), watch.weights[kept - 1])
    assert not same(watch.weights[0], watch.weights[-1])
    assert report.validation == watch.dice == [None if np.isnan(value) else value for value in dice]


def test_the_counts_of_the_report_belong_to_the_kept_weights(prepared):
    experiment, training_set = prepared(epochs=3)
    report = experiment.learner.fit(training_set, 1)
    counts = experiment.evaluators["validation"].validate(experiment.learner.predictor()).counts
    np.testing.assert_array_equal(report.kept.counts.true_positive, counts.true_positive)
    np.testing.assert_array_equal(report.kept.counts.false_positive, counts.false_positive)


def test_the_last_epoch_is_kept_without_validation(prepared):
    experiment, training_set = prepared(epochs=3, model_selection="last")
    watch = Watch(experiment.learner.model)
    report = experiment.learner.fit(training_set, 1, listeners=[watch])
    assert (report.kept_epoch, report.kept, report.validation) == (3, None, [None] * 3)
    assert same(weights_of(experiment.learner.model), watch.weights[-1])


def test_validation_comes_at_its_interval_and_after_the_last_epoch(prepared):
    experiment, training_set = prepared(epochs=5, validation_interval=2)
    report = experiment.learner.fit(training_set, 1)
    assert [dice is not None for dice in report.validation] == [False, True, False, True, True]
    assert report.kept_epoch in (2, 4, 5)


@pytest.mark.parametrize("weights", ["fine-tune", "reset"])
def test_a_round_goes_on_from_the_last_one_or_from_the_initial_weights(prepared, weights):
    experiment, training_set = prepared(weights=weights, model_selection="last")
    learner = experiment.learner
    learner.fit(training_set, 1)
    after_one = weights_of(learner.model)
    learner.fit(training_set, 1)
    assert same(weights_of(learner.model), after_one) == (weights == "reset")


def test_a_round_depends_on_seed_and_round_alone(prepared):
    def trained(seed, round_number, disturbed=False):
        experiment, training_set = prepared(seed=0)
        experiment.learner.task = dataclasses.replace(experiment.learner.task, seed=seed)
        if disturbed:
            torch.rand(7), np.random.default_rng().random(3)
        return experiment.learner.fit(training_set, round_number)

    assert trained(0, 1).losses == trained(0, 1, disturbed=True).losses
    assert trained(0, 1).losses != trained(0, 2).losses
    assert trained(0, 1).losses != trained(1, 1).losses


def test_the_report_counts_steps_and_averages_the_loss_over_slices(prepared, parts):
    losses = []

    class Noted(parts.MaskedCrossEntropy):
        def forward(self, logits, target, weight):
            loss = super().forward(logits, target, weight)
            losses.append((loss.item(), len(weight)))
            return loss

    experiment, training_set = prepared(epochs=2, batch_size=2)
    experiment.learner.loss = Noted()
    report = experiment.learner.fit(training_set, 1)
    assert report.steps == len(losses) == 6
    for epoch, loss in enumerate(report.losses):
        steps = losses[3 * epoch : 3 * epoch + 3]
        assert loss == pytest.approx(sum(value * n for value, n in steps) / 5, rel=1e-6)


@pytest.mark.parametrize(
    ("dice", "delta", "epochs", "kept"),
    [
        ([0.1, 0.3, 0.2, 0.3, 0.9, 0.9], 0.0, 4, 4),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 0.0, 6, 6),
        ([0.1, 0.25, 0.26, 0.34, 0.9, 0.9], 0.1, 4, 4),
        ([0.0] * 6, 0.0, 3, 3),
    ],
    ids=["no better one", "always better", "better by too little", "never any"],
)
def test_training_ends_early_when_the_dice_no_longer_rises(prepared, monkeypatch, dice, delta, epochs, kept):
    experiment, training_set = prepared(epochs=6, early_stopping_patience=2, early_stopping_delta=delta)
    report = scripted(experiment, dice, monkeypatch).fit(training_set, 1)
    assert report.validation == dice[:epochs]
    assert len(report.losses) == len(report.learning_rates) == epochs
    assert report.kept_epoch == kept
    assert report.steps == 2 * epochs


def test_patience_counts_validations(prepared, monkeypatch):
    experiment, training_set = prepared(epochs=9, early_stopping_patience=2, validation_interval=2)
    report = scripted(experiment, [0.3, 0.2, 0.1, 0.9, 0.9], monkeypatch).fit(training_set, 1)
    assert report.validation == [None, 0.3, None, 0.2, None, 0.1]


@pytest.mark.parametrize("options", [{"schedule": "plateau"}, {"early_stopping_patience": 2}])
def test_a_watched_dice_that_is_not_defined_is_an_error(prepared, monkeypatch, options):
    experiment, training_set = prepared(epochs=4, **options)
    with pytest.raises(AlsegError, match="validation Dice of round 3, epoch 2 is not defined"):
        scripted(experiment, [0.5, float("nan")], monkeypatch).fit(training_set, 3)


def test_plateau_lowers_the_rate_of_the_epochs_that_follow(prepared, monkeypatch):
    experiment, training_set = prepared(epochs=5, schedule="plateau", plateau_patience=0, learning_rate=0.4)
    report = scripted(experiment, [0.5, 0.4, 0.6, 0.6, 0.7], monkeypatch).fit(training_set, 1)
    assert report.learning_rates == pytest.approx([0.4, 0.4, 0.2, 0.2, 0.1])


@pytest.mark.parametrize("round_number", [0, 3])
def test_epochs_grow_with_the_rounds_and_the_schedule_with_them(prepared, round_number):
    experiment, training_set = prepared(epochs=2, epochs_growth=2, schedule="polynomial", polynomial_power=1.0)
    report = experiment.learner.fit(training_set, round_number)
    epochs = 2 + 2 * round_number
    assert len(report.losses) == epochs
    assert report.learning_rates == pytest.approx([1e-2 * (1 - epoch / epochs) for epoch in range(epochs)])


def test_a_fixed_number_of_steps_goes_through_the_slices_again_and_again(prepared):
    experiment, training_set = prepared(epochs=3, steps_per_round=11, batch_size=2)
    seen = []
    original = training_set.labels
    training_set.labels = lambda batches: seen.extend(batches) or original(batches)
    report = experiment.learner.fit(training_set, 1)
    assert report.steps == len(seen) == 11
    assert len(report.losses) == 3
    for start in (0, 3, 6):
        assert sorted(np.concatenate(seen[start : start + 3])) == [0, 3, 5, 8, 12]


class Infinite(nn.Module):
    """A finite loss whose gradient is none."""

    def forward(self, logits, target, weight):
        return (logits * 0).abs().sqrt().sum()


def test_weights_that_are_no_numbers_are_found_before_the_round_is_committed(prepared):
    experiment, training_set = prepared(epochs=1, batch_size=8)
    experiment.learner.loss = Infinite()
    with pytest.raises(AlsegError, match="a weight of the model is no finite number in round 4, epoch 1"):
        experiment.learner.fit(training_set, 4)


class NoNumber(nn.Module):
    """A loss that is NaN from its fourth step on."""

    steps = 0

    def forward(self, logits, target, weight):
        self.steps += 1
        return logits.mean() * (float("nan") if self.steps > 3 else 1.0)


def test_a_loss_that_is_no_number_names_round_and_epoch(prepared):
    experiment, training_set = prepared(epochs=4, batch_size=3)
    experiment.learner.loss = NoNumber()
    with pytest.raises(AlsegError, match="nan in round 7, epoch 2") as caught:
        experiment.learner.fit(training_set, 7)
    assert "learning_rate" in caught.value.hint


class Narrow(nn.Module):
    """A network on a device with the memory for some images."""

    def __init__(self, model, room):
        super().__init__()
        self.model, self.room = model, room

    def forward(self, images):
        if len(images) > self.room:
            raise torch.OutOfMemoryError
        return self.model(images)


@pytest.mark.parametrize(
    ("options", "room", "message", "hint"),
    [
        ({}, 3, r"a batch of 5 images of \d x \d exceeds the memory of cpu; 3 would fit", "learner.micro_batch_size=3"),
        ({}, 1, "1 would fit", "--set learner.batch_size=1 "),
        ({"micro_batch_size": 3}, 2, "a part of 3 of a batch of 5 images .*; 2 would fit", "micro_batch_size=2"),
        ({}, 0, "and so does a single one", "smaller model"),
    ],
)
def test_a_batch_that_exceeds_the_memory_says_how_many_would_fit(prepared, options, room, message, hint):
    experiment, training_set = prepared(batch_size=5, **options)
    experiment.learner.model = Narrow(experiment.learner.model, room)
    with pytest.raises(AlsegError, match=message) as caught:
        experiment.learner.fit(training_set, 1)
    assert hint in caught.value.hint
    assert caught.value.__context__ is None


def test_parts_that_fit_train_a_batch_that_does_not(prepared):
    experiment, training_set = prepared(batch_size=5, micro_batch_size=2)
    experiment.learner.model = Narrow(experiment.learner.model, 2)
    assert experiment.learner.fit(training_set, 1).steps == 2


def test_a_learner_learns(prepared):
    experiment, training_set = prepared(epochs=30, learning_rate=3e-2)
    report = experiment.learner.fit(training_set, 1)
    assert report.losses[-1] < 0.6 * report.losses[0]
    assert max(report.validation) > report.validation[0]
