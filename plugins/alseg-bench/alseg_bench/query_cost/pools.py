"""Synthetic pools of any size, with a predictor whose answers are there before the clock starts."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alcore import Indices, KnownLabels, LabelSpace, Query, Status, Units

if TYPE_CHECKING:
    from torch import Tensor

SLICES_PER_SCAN = 50

CHANNELS = 512
"""Channels of the bottleneck of the paper's U-Net."""

MOST_LABELLED = 832
"""Labelled slices at the end of the paper's protocol: 32 + 50 x 16."""

N_CLASSES, SIZE, BATCH = 2, 8, 256
"""Of the small probability maps and images that stand for real ones."""


class GivenPredictor:
    """Answers at once: computing scores, features and probabilities is the model's own arithmetic.

    Args:
        n_slices: size of the pool.
        rng: of the answers.
        with_features: whether feature vectors are made beforehand; otherwise when they are asked for.

    Attributes:
        asked_for_features: whether anybody did.
    """

    def __init__(self, n_slices: int, rng: np.random.Generator, with_features: bool) -> None:
        import torch

        self._n_slices, self._rng = n_slices, rng
        self._scores = rng.normal(size=n_slices)
        self._maps = torch.from_numpy(rng.dirichlet(np.ones(N_CLASSES), size=(BATCH, SIZE, SIZE))).float().movedim(3, 1)
        self._images = torch.from_numpy(rng.normal(size=(BATCH, 1, SIZE, SIZE))).float()
        self._features = feature_vectors(n_slices, rng) if with_features else None
        self.asked_for_features = False

    def scores(self, indices: Indices, score: Callable[["Tensor"], "Tensor"]) -> NDArray[np.float64]:
        """Return the given scores, whatever ``score`` is."""
        given: NDArray[np.float64] = self._scores[indices]
        return given

    def pixel_scores(
        self, indices: Indices, score: Callable[["Tensor"], "Tensor"], reduction: str
    ) -> NDArray[np.float64]:
        """Return the given scores, whatever ``score`` is."""
        return self.scores(indices, score)

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Return the given vectors, (len(indices), 512)."""
        self.asked_for_features = True
        if self._features is None:
            self._features = feature_vectors(self._n_slices, self._rng)
        return self._features if len(indices) == self._n_slices else self._features[indices]

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield small random probability maps."""
        return self._batches(indices, self._maps)

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield small random probability maps of two members."""
        for where, p in self._batches(indices, self._maps):
            yield where, p[None].expand(2, *p.shape)

    def images(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield small random images."""
        return self._batches(indices, self._images)

    def _batches(self, indices: Indices, answers: "Tensor") -> Iterator[tuple[Indices, "Tensor"]]:
        for start in range(0, len(indices), BATCH):
            where = np.arange(start, min(start + BATCH, len(indices)))
            yield where, answers[: len(where)]


def feature_vectors(n_slices: int, rng: np.random.Generator, channels: int = CHANNELS) -> NDArray[np.float32]:
    """Vectors (n_slices, channels) near a 10-dimensional mixture of 40 groups of unequal size, plus noise."""
    weights = rng.dirichlet(np.full(40, 0.7))
    centres = rng.uniform(-12, 12, size=(40, 10))
    mixing = np.linalg.qr(rng.normal(size=(channels, 10)))[0].T.astype(np.float32)
    vectors = np.empty((n_slices, channels), np.float32)
    noise = np.float32(0.05) * rng.standard_normal((min(n_slices, 50_000), channels), np.float32)
    for start in range(0, n_slices, len(noise)):
        n = min(len(noise), n_slices - start)
        latent = centres[rng.choice(40, size=n, p=weights)] + rng.normal(scale=1.3, size=(n, 10))
        vectors[start : start + n] = latent.astype(np.float32) @ mixing + noise[:n]
    return vectors


def large_query(n_slices: int, budget: int, rng: np.random.Generator, with_features: bool) -> Query:
    """A pool of scans of 50 slices, of which as many are labelled as at the end of the paper's protocol."""
    status = np.full(n_slices, Status.UNLABELLED, np.uint8)
    status[rng.choice(n_slices, size=min(MOST_LABELLED, n_slices // 10), replace=False)] = Status.LABELLED
    scan, position = np.divmod(np.arange(n_slices), SLICES_PER_SCAN)
    return Query(
        units=Units.slices(scan, position, np.full(n_slices, 64), np.full(n_slices, 64)),
        status=status,
        overlap=0.0,
        most_per_scan=0,
        spacing=np.ones((-(-n_slices // SLICES_PER_SCAN), 3)),
        budget=budget,
        round=1,
        rounds=50,
        label_space=LabelSpace.numbered(N_CLASSES),
        rng=rng,
        predictor=GivenPredictor(n_slices, rng, with_features),
        known=KnownLabels({}, LabelSpace.numbered(N_CLASSES)),
    )
