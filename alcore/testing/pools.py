"""Small synthetic pools and a predictor with known answers, for testing strategies without data or a model."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.query import Indices, KnownLabels, Query, Reduction, unwritable, unwritable_units
from alcore.regions import Units

if TYPE_CHECKING:
    from torch import Tensor

THREE_CLASSES = LabelSpace(("background", "left", "right"))


class FixedPredictor:
    """A predictor that answers from given arrays, in batches of equal-sized slices as the real one does.

    Args:
        probabilities: one (classes, height, width) array per slice of the pool; sizes may differ between slices.
        images: one (channels, height, width) array per slice, if the strategy looks at images.
        features: (slices, channels), or None for a model without a feature layer.
        batch_size: the most slices in a batch.
        members: one (members, classes, height, width) array per slice of the pool, what a committee predicts; empty
            for a learner without one.

    Attributes:
        requested: how often each slice was predicted (probabilities, scores, features or members).
    """

    def __init__(
        self,
        probabilities: Sequence[NDArray[np.float32]],
        images: Sequence[NDArray[np.float32]] = (),
        features: NDArray[np.float32] | None = None,
        batch_size: int = 4,
        members: Sequence[NDArray[np.float32]] = (),
    ) -> None:
        self._members = members
        self._probabilities = probabilities
        self._images = images
        self._features = features
        self._batch_size = batch_size
        self.requested = np.zeros(len(probabilities), np.int64)

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, p)`` as :class:`alcore.Predictor` does."""
        np.add.at(self.requested, indices, 1)
        yield from self._batches(self._probabilities, indices)

    def images(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, x)`` as :class:`alcore.Predictor` does."""
        yield from self._batches(self._images, indices)

    def scores(self, indices: Indices, score: Callable[["Tensor"], "Tensor"]) -> NDArray[np.float64]:
        """Return ``score`` of each slice; an AlsegError where a probability is NaN."""
        scores = np.empty(len(indices))
        for where, probabilities in self.probabilities(indices):
            if bool(probabilities.isnan().any()):
                raise AlsegError("the model predicts NaN")
            scores[where] = score(probabilities).numpy()
        return scores

    def pixel_scores(
        self, indices: Indices, score: Callable[["Tensor"], "Tensor"], reduction: Reduction
    ) -> NDArray[np.float64]:
        """Return the mean or sum of ``score`` over the pixels of each slice."""
        return self.scores(indices, lambda p: getattr(score(p).flatten(start_dim=1), reduction)(dim=1))

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Return the features of ``indices``; an AlsegError where there are none."""
        if self._features is None:
            raise AlsegError("the model names no feature layer")
        np.add.at(self.requested, indices, 1)
        return self._features[indices]

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, p)`` as :class:`alcore.Predictor` does; an AlsegError where there is no committee."""
        if not len(self._members):
            raise AlsegError("the learner has no committee")
        np.add.at(self.requested, indices, 1)
        for where, members in self._batches(self._members, indices):
            yield where, members.movedim(1, 0)

    def fingerprint(self) -> str:
        """A digest of all answers, to tell whether somebody changed them."""
        digest = hashlib.sha256()
        features = () if self._features is None else (self._features,)
        for array in (*self._probabilities, *self._images, *features, *self._members):
            digest.update(array.tobytes())
        return digest.hexdigest()

    def _batches(self, arrays: Sequence[NDArray[np.float32]], indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        import torch

        by_shape: dict[tuple[int, ...], list[int]] = {}
        for where, index in enumerate(indices):
            by_shape.setdefault(arrays[index].shape, []).append(where)
        batches = [
            np.array(group[start : start + self._batch_size], np.int64)
            for group in by_shape.values()
            for start in range(0, len(group), self._batch_size)
        ]
        # Last first, so that whoever takes the order of the batches for that of the indices is found out.
        for batch in reversed(batches):
            yield batch, torch.from_numpy(np.stack([arrays[index] for index in indices[batch]]))


def synthetic_predictor(
    scan_lengths: Sequence[int],
    *,
    label_space: LabelSpace = THREE_CLASSES,
    n_features: int = 16,
    seed: int = 0,
    batch_size: int = 4,
) -> FixedPredictor:
    """Make random probabilities, images, features and three members; slices of one scan share a size, scans differ."""
    rng = np.random.default_rng(seed)
    probabilities, images = [], []
    for length in scan_lengths:
        size = rng.integers(3, 8, size=2)
        logits = rng.normal(scale=2, size=(length, label_space.n_classes, *size))
        weights = np.exp(logits)
        p = weights / (1 + weights) if label_space.multi_label else weights / weights.sum(axis=1, keepdims=True)
        probabilities += list(p.astype(np.float32))
        images += list(rng.normal(size=(length, 1, *size)).astype(np.float32))
    features = rng.normal(scale=4, size=(len(probabilities), n_features)).astype(np.float32)
    members = [np.stack([p, p[::-1], p.mean(axis=(1, 2), keepdims=True) + 0 * p]) for p in probabilities]
    return FixedPredictor(probabilities, images, features, batch_size, members)


def identical_predictor(n_slices: int) -> FixedPredictor:
    """Make a predictor that finds all of ``n_slices`` alike."""
    probabilities = np.full((3, 4, 4), 1 / 3, np.float32)
    image, features = np.ones((1, 4, 4), np.float32), np.ones((n_slices, 4), np.float32)
    members = [np.stack([probabilities] * 3)] * n_slices
    return FixedPredictor([probabilities] * n_slices, [image] * n_slices, features, members=members)


def synthetic_query(
    scan_lengths: Sequence[int],
    *,
    budget: int,
    status: Sequence[int] | NDArray[np.uint8] | None = None,
    seed: int = 0,
    round: int = 1,
    rounds: int = 0,
    label_space: LabelSpace = THREE_CLASSES,
    predictor: Any = None,
    known: Mapping[int, NDArray[np.uint8]] | None = None,
) -> Query:
    """Make a query over a pool of scans of ``scan_lengths`` slices, with read-only arrays as in a run.

    Args:
        scan_lengths: number of slices of each scan.
        budget: slices to choose.
        status: (slices,) values of :class:`alcore.Status`; by default nothing is labelled.
        seed: of the query's generator.
        round: number of the round.
        rounds: number of the last round, 0 for unknown.
        label_space: what the classes are.
        predictor: by default a :func:`synthetic_predictor`.
        known: labels that were paid for, by index; by default none can be seen.
    """
    scan = np.repeat(np.arange(len(scan_lengths), dtype=np.int32), scan_lengths)
    position = np.concatenate([np.arange(length, dtype=np.int32) for length in scan_lengths] or [scan])
    states = np.zeros(len(scan), np.uint8) if status is None else np.array(status, np.uint8)
    height, width = (np.full(len(scan), length, np.int32) for length in (24, 32))
    return Query(
        units=unwritable_units(Units.slices(scan, position, height, width)),
        status=unwritable(states),
        overlap=0.0,
        most_per_scan=0,
        spacing=unwritable(np.tile([3.0, 1.0, 1.0], (len(scan_lengths), 1))),
        budget=budget,
        round=round,
        rounds=rounds,
        label_space=label_space,
        rng=np.random.default_rng(seed),
        predictor=predictor or synthetic_predictor(scan_lengths, label_space=label_space),
        known=KnownLabels(known or {}, label_space),
    )
