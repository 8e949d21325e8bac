"""Random slices that probably hold foreground, without a look at labels that were not paid for."""

import numpy as np
from numpy.typing import NDArray

from alcore import LabelSpace, Query, Selection
from alseg_strategies.options import ForegroundRandomOptions
from alseg_strategies.ranking import Choice, Indices, select_in_tiers

BANDWIDTH = 0.1
"""Of the Gaussian that smooths over position, as a share of the scan."""
PSEUDO_COUNTS = 2.0
"""How many slices the share of the whole pool weighs, where few paid ones are near."""
BLIND = 0.1
"""A model that sees less than this share of the foreground that was paid for is not asked."""

Weights = NDArray[np.float64]


class ForegroundRandom:
    """Draws a share of the budget where foreground is expected, the rest uniformly.

    An aware draw takes the next scan in shuffled turn, a class at random among those expected in its slices, and a
    slice with a probability in proportion to the weight of that class. The form without an oracle of the random
    baselines of nnActive (Lueth et al. 2025).
    """

    def __init__(self, options: ForegroundRandomOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Draw slices at random, foreground with a higher probability."""

        def choose(candidates: Indices, count: int) -> Choice:
            weights = self.weights(query, candidates)
            n_aware = int(self.options.share * count + 0.5)
            aware = _in_turn(query.scan[candidates], weights, n_aware, query.rng)
            left = np.setdiff1d(np.arange(len(candidates)), aware)
            rest = query.rng.choice(left, count - len(aware), replace=False)
            return candidates[np.concatenate([aware, rest])], None

        return select_in_tiers(query, choose)

    def weights(self, query: Query, indices: Indices) -> Weights:
        """Return (len(indices), foreground classes): how much each slice is wanted for each class, at least 0."""
        source = self.options.source
        if source == "position":
            return position_shares(query, indices)
        predicted = predicted_pixels(query, indices)
        if source == "prediction":
            return predicted
        expected = position_shares(query, indices)
        return expected if _is_blind(query, indices, predicted) else expected * predicted


def predicted_pixels(query: Query, indices: Indices) -> Weights:
    """Return (len(indices), foreground classes): pixels of each class in the prediction of each slice."""
    pixels = np.empty((len(indices), len(query.label_space.foreground)))
    for where, p in query.predictor.probabilities(indices):
        if query.label_space.multi_label:
            pixels[where] = (p > 0.5).sum(dim=(2, 3)).cpu().numpy()
        else:
            winner = p.argmax(dim=1)
            of_class = [(winner == number).sum(dim=(1, 2)).cpu().numpy() for number in _numbers(query.label_space)]
            pixels[where] = np.stack(of_class, axis=1)
    return pixels


def position_shares(query: Query, indices: Indices) -> Weights:
    """Return (len(indices), foreground classes): the share of paid slices near each position that hold each class.

    Smoothed over relative position and shrunk towards the share of all paid slices, itself shrunk towards 1/2, so that
    no class that is rare becomes impossible.
    """
    n_classes = len(query.label_space.foreground)
    holds = (query.known.voxels(query.labelled) > 0).astype(np.float64).reshape(-1, n_classes)
    overall = (holds.sum(axis=0) + 1) / (len(holds) + 2)
    length = np.bincount(query.scan, minlength=query.n_scans)
    place = (query.position + 0.5) / length[query.scan]
    # Slices at one relative position share their answer.
    places, where = np.unique(place[indices], return_inverse=True)
    near = np.exp(-((places[:, None] - place[query.labelled]) ** 2) / (2 * BANDWIDTH**2))
    shares = (near @ holds + PSEUDO_COUNTS * overall) / (near.sum(axis=1, keepdims=True) + PSEUDO_COUNTS)
    of_slices: Weights = shares[where]
    return of_slices


def _numbers(space: LabelSpace) -> range:
    return range(space.n_classes - len(space.foreground), space.n_classes)


def _is_blind(query: Query, indices: Indices, predicted: Weights) -> bool:
    """Whether the model sees far less foreground than was paid for, as one that was trained on little does."""
    pixels = query.height.astype(np.float64) * query.width
    paid = query.known.voxels(query.labelled).sum() / max(1.0, pixels[query.labelled].sum())
    return bool(predicted.sum() / pixels[indices].sum() < BLIND * paid)


def _in_turn(scan: NDArray[np.int32], weights: Weights, count: int, rng: np.random.Generator) -> Indices:
    """Draw ``count`` distinct rows of ``weights`` (n, classes), scans (n,), non-decreasing, in shuffled turn."""
    free = np.split(np.arange(len(scan)), np.flatnonzero(np.diff(scan)) + 1)
    rows: list[int] = []
    while len(rows) < count:
        for number in rng.permutation([number for number, left in enumerate(free) if len(left)]):
            if len(rows) == count:
                break
            left = free[number]
            present = np.flatnonzero(weights[left].sum(axis=0))
            share = None
            if len(present):
                of_class = weights[left, rng.choice(present)]
                share = of_class / of_class.sum()
            row = int(rng.choice(left, p=share))
            rows.append(row)
            free[number] = left[left != row]
    return np.array(rows, np.int64)
