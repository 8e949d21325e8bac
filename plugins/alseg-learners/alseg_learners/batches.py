"""The batches of a round: which slices are trained on together, by the seed alone."""

import math
from collections.abc import Iterator

import numpy as np

from alcore import Indices
from alseg_learners.options import TrainingOptions


def batches_per_pass(n_slices: int, options: TrainingOptions) -> int:
    """Batches of one pass over ``n_slices``: as many as ``batch_size`` demands, and at least ``min_steps``."""
    return max(math.ceil(n_slices / options.batch_size), min(options.min_steps, n_slices))


def steps_of_epochs(n_slices: int, options: TrainingOptions, round_number: int) -> list[int]:
    """Optimiser steps that each epoch of a round is planned to take."""
    epochs = options.epochs_of(round_number)
    if options.steps_per_round is None:
        return [batches_per_pass(n_slices, options)] * epochs
    bounds = np.linspace(0, options.steps_per_round, epochs + 1).astype(int)
    return [int(steps) for steps in np.diff(bounds)]


def pass_batches(rows: Indices, options: TrainingOptions, rng: np.random.Generator) -> list[Indices]:
    """Shuffle ``rows`` and cut them into batches of nearly equal size.

    Batches depend on the seed alone, never on the number of loader workers.
    """
    return np.array_split(rng.permutation(rows), batches_per_pass(len(rows), options))


def epoch_batches(
    rows: Indices, options: TrainingOptions, rng: np.random.Generator, round_number: int
) -> Iterator[list[Indices]]:
    """Yield the batches of each epoch of a round: one pass over ``rows``, or a share of endless passes."""
    ahead: list[Indices] = []
    for n_steps in steps_of_epochs(len(rows), options, round_number):
        while len(ahead) < n_steps:
            ahead += pass_batches(rows, options, rng)
        yield ahead[:n_steps]
        ahead = ahead[n_steps:]
