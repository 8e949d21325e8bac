"""Scores of committees against literal sums, known values and what must not matter."""

from itertools import combinations
from math import log

import numpy as np
import pytest
from alseg_strategies.committee import (
    Bald,
    CommitteeDice,
    CommitteeEntropy,
    ExpectedDice,
    ExpectedEntropy,
    VariationRatio,
)
from alseg_strategies.committee_options import DiceOptions
from alseg_strategies.options import RankingOptions

from alcore import AlsegError, LabelSpace, Registry, StrategySpec
from alcore.testing.pools import FixedPredictor, synthetic_query

ALL = [Bald, CommitteeEntropy, ExpectedEntropy, VariationRatio, ExpectedDice, CommitteeDice]


def built(kind, **options):
    return kind((DiceOptions if kind in (ExpectedDice, CommitteeDice) else RankingOptions)(**options))


def scores(kind, members, multi_label=False, batch_size=4, **options):
    """The scores of slices, of each of which ``members`` has (members, classes, height, width)."""
    members = [np.asarray(m, np.float32) for m in members]
    space = LabelSpace.numbered(members[0].shape[1], multi_label=multi_label)
    predictor = FixedPredictor([m[0] for m in members], members=members, batch_size=batch_size)
    query = synthetic_query([len(members)], budget=1, label_space=space, predictor=predictor)
    return built(kind, **options).score_slices(query, np.arange(len(members)))


def random_members(seed, multi_label=False, n_members=4):
    rng = np.random.default_rng(seed)
    p = rng.random((n_members, 3, 3, 2))
    return p if multi_label else p / p.sum(axis=1, keepdims=True)


def entropy(pixel, multi_label):
    def term(x):
        return 0.0 if x == 0 else -x * log(x)

    return sum(term(x) + (term(1 - x) if multi_label else 0) for x in pixel)


def literal(kind, members, multi_label):
    """One pixel, class and member at a time."""
    members = np.asarray(members, np.float32).astype(float)
    n, n_classes, height, width = members.shape
    pixels = [(i, j) for i in range(height) for j in range(width)]
    if kind in (ExpectedDice, CommitteeDice):
        masks = members > 0.5 if multi_label else members == members.max(axis=1, keepdims=True)

        def dice(a, b):
            size = sum(a[i, j] + b[i, j] for i, j in pixels)
            return 1.0 if size == 0 else 2 * sum(a[i, j] * b[i, j] for i, j in pixels) / size

        if kind is ExpectedDice:
            mean = sum(members) / n
            return -sum(dice(mean[c], m[c]) for m in members for c in range(n_classes)) / n / n_classes
        pairs = list(combinations(masks.astype(float), 2))
        return 1 - sum(dice(a[c], b[c]) for a, b in pairs for c in range(n_classes)) / len(pairs) / n_classes
    total = 0.0
    for i, j in pixels:
        of_members = [m[:, i, j] for m in members]
        mean = sum(of_members) / n
        expected = sum(entropy(p, multi_label) for p in of_members) / n
        if kind is Bald:
            total += entropy(mean, multi_label) - expected
        elif kind is CommitteeEntropy:
            total += entropy(mean, multi_label)
        elif kind is ExpectedEntropy:
            total += expected
        elif multi_label:
            yes = [sum(p[c] > 0.5 for p in of_members) for c in range(n_classes)]
            total += sum(1 - max(v, n - v) / n for v in yes) / n_classes
        else:
            votes = [int(np.argmax(p)) for p in of_members]
            total += 1 - max(votes.count(c) for c in range(n_classes)) / n
    return total / len(pixels)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("multi_label", [False, True])
def test_scores_equal_the_literal_sum_whatever_batches_and_the_order_of_members(kind, multi_label):
    members = [random_members(seed, multi_label) for seed in range(5)]
    expected = [literal(kind, m, multi_label) for m in members]
    for batch_size in (1, 3):
        np.testing.assert_allclose(scores(kind, members, multi_label, batch_size), expected, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(scores(kind, [m[::-1] for m in members], multi_label), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("kind", [Bald, VariationRatio, CommitteeDice])
def test_members_that_agree_score_nothing_however_unsure_they_are(kind):
    members = [np.stack([random_members(seed)[0]] * 7) for seed in range(20)]
    assert scores(kind, members).tolist() == [0.0] * 20


def test_two_members_that_are_sure_of_different_classes_have_known_scores():
    one, other = np.zeros((2, 3, 2, 2))
    one[1], other[2] = 1, 1
    members = [[one, other]]
    assert scores(Bald, members) == pytest.approx([log(2)])
    assert scores(CommitteeEntropy, members) == pytest.approx([log(2)])
    assert scores(ExpectedEntropy, members) == pytest.approx([0])
    assert scores(VariationRatio, members) == pytest.approx([0.5])
    # Nobody sees the background (1), of the other classes nothing is common (0).
    assert scores(CommitteeDice, members) == pytest.approx([2 / 3])
    assert scores(CommitteeDice, members, exclude_background=True) == pytest.approx([1])
    # One class: 2 (4 x 0.5) / (4 + 2) with the member that sees it, 0 with the other.
    assert scores(ExpectedDice, members, exclude_background=True) == pytest.approx([-1 / 3])


def test_sure_members_that_agree_reach_the_least_expected_dice():
    one = np.zeros((3, 2, 2))
    one[1] = 1
    assert scores(ExpectedDice, [[one, one]]).tolist() == [-1]


@pytest.mark.parametrize("kind", ALL)
def test_a_slice_on_which_members_come_to_disagree_rises(kind):
    sure = np.zeros((3, 3, 4, 4))
    sure[:, 0] = 1
    split = sure.copy()
    split[0, :, 1:3, 1:3] = np.array([0.02, 0.96, 0.02])[:, None, None]
    split[1, :, 1:3, 1:3] = np.array([0.3, 0.3, 0.4])[:, None, None]
    before, after = scores(kind, [sure, sure]), scores(kind, [sure, split])
    assert before[0] == before[1]
    assert after[1] > after[0]


@pytest.mark.parametrize("kind", ALL)
def test_without_a_committee_or_with_nan_it_is_an_error(kind):
    p = np.full((2, 3, 3), 0.5, np.float32)
    for members in ([], [np.full((2, 2, 3, 3), np.nan, np.float32)] * 2):
        query = synthetic_query(
            [2], budget=1, label_space=LabelSpace.numbered(2), predictor=FixedPredictor([p] * 2, members=members)
        )
        with pytest.raises(AlsegError, match="committee"):
            built(kind).select(query)


def test_excluding_the_background_of_multi_label_data_is_an_error_that_names_the_option():
    query = synthetic_query([3], budget=1, label_space=LabelSpace.numbered(3, multi_label=True))
    with pytest.raises(AlsegError, match="exclude_background"):
        built(CommitteeDice, exclude_background=True).select(query)


def test_a_preset_needs_what_its_score_needs():
    from alcore.runs.start import strategy_needs

    registry = Registry.installed()
    for name in ("power-bald", "softrank-bald"):
        component = registry.get(StrategySpec, name)
        assert strategy_needs(component, component.parse_options({}), registry) == {"model", "members"}
