"""Typical slices of clusters against a literal loop over given clusters."""

import numpy as np
import pytest
from alseg_strategies import typiclust
from alseg_strategies.diversity_options import TypiClustOptions
from alseg_strategies.typiclust import TypiClust

from alcore.testing.pools import FixedPredictor, synthetic_query


def query_with(features, status, budget, seed=0):
    features = np.asarray(features, np.float32)
    predictor = FixedPredictor([np.ones((3, 1, 1), np.float32) / 3] * len(features), features=features)
    return synthetic_query([len(features)], status=status, budget=budget, predictor=predictor, seed=seed)


def assert_literal(chosen, features, clusters, status, budget, neighbours, min_size):
    """The authors' procedure, a slice at a time, and the small clusters after the others; ties as they were chosen."""
    names, chosen = set(clusters), list(chosen)
    members = {c: [i for i in range(len(features)) if clusters[i] == c and status[i] == 0] for c in names}
    size = {c: list(clusters).count(c) for c in names}
    labels = {c: sum(clusters[i] == c and status[i] == 1 for i in range(len(features))) for c in names}
    assert len(chosen) == min(budget, sum(map(len, members.values())))
    for small in (False, True):
        turn = sorted((c for c in names if (size[c] < min_size) == small), key=lambda c: (labels[c], -size[c], c))
        while chosen and any(members[c] for c in turn):
            for c in turn:
                if members[c] and chosen:
                    k = max(1, min(neighbours, len(members[c]) // 2))
                    mean = {}
                    for i in members[c]:
                        distances = sorted(np.linalg.norm(features[i] - features[j]) for j in members[c] if j != i)
                        mean[i] = sum(distances[:k]) / k
                    taken = chosen.pop(0)
                    assert mean[taken] <= min(mean.values()) + 1e-6
                    members[c].remove(taken)
    assert not chosen


@pytest.mark.parametrize("seed", range(12))
def test_the_choice_equals_the_literal_loop_over_the_same_clusters(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(30, 3)).astype(np.float32)
    clusters = rng.choice(5, size=30, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    status = (rng.random(30) < 0.2).astype(int)
    known = {features[i].tobytes(): clusters[i] for i in range(30)}

    def given_clusters(vectors, n_clusters, rng, *, exact):
        assert n_clusters == status.sum() + budget
        return np.array([known[vector.tobytes()] for vector in vectors]), None

    monkeypatch.setattr(typiclust, "kmeans", given_clusters)
    budget = int(rng.integers(1, 15))
    options = TypiClustOptions(neighbours=3, min_size=4, unit_length=False)
    selection = TypiClust(options).select(query_with(features, status, budget, seed))
    assert_literal(selection.indices.tolist(), features.astype(float), clusters, status, budget, 3, 4)


def test_each_of_the_groups_without_a_label_gives_its_middle():
    offsets = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [2, 2], [-2, 2]]) * 0.1
    features = np.concatenate([centre + offsets for centre in ([0, 0], [30, 0], [0, 30])])
    options = TypiClustOptions(unit_length=False, neighbours=3)
    chosen = TypiClust(options).select(query_with(features, [0, 1, *[0] * 19], 2)).indices
    assert sorted(chosen.tolist()) == [7, 14]


def test_a_slice_moved_into_the_crowd_rises():
    crowd = np.random.default_rng(0).normal(5, 0.3, size=(9, 2))
    options = TypiClustOptions(unit_length=False, neighbours=3)
    away, within = np.array([*crowd, [7, 7]]), np.array([*crowd, crowd[5] + 1e-3])
    assert TypiClust(options).select(query_with(away, [0] * 10, 1)).indices[0] != 9
    assert TypiClust(options).select(query_with(within, [0] * 10, 1)).indices[0] in (5, 9)


def test_many_clusters_on_a_sampled_pool_fill_the_budget():
    features = np.random.default_rng(0).normal(size=(400, 4))
    options = TypiClustOptions(sample=100)
    assert len(set(TypiClust(options).select(query_with(features, [1] * 20 + [0] * 380, 60)).indices.tolist())) == 60
