"""The predictor that a query hands to its strategy: the model over the pool's images, without labels."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.engine.unit_images import UnitImages
from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.learning import LogitsPredictor
from alcore.pool.boxes import box_values
from alcore.query import Indices, Reduction


class NoModelYet:
    """The predictor of round 0, in which no model was trained: it shows images and refuses every other question.

    Args:
        shown: the pool's images.
    """

    def __init__(self, shown: UnitImages) -> None:
        self._shown = shown

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Refuse."""
        raise _no_model()

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return self._shown.images(indices)

    def scores(self, indices: Indices, score: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
        """Refuse."""
        raise _no_model()

    def pixel_scores(
        self, indices: Indices, score: Callable[[Tensor], Tensor], reduction: Reduction
    ) -> NDArray[np.float64]:
        """Refuse."""
        raise _no_model()

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Refuse."""
        raise _no_model()

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Refuse."""
        raise _no_model()


def _no_model() -> AlsegError:
    return AlsegError(
        "the strategy asks the model in round 0, in which there is none",
        hint="loop.start names a strategy that needs no model, such as random or stratified",
    )


class PoolPredictor:
    """Implements :class:`alcore.Predictor`.

    Args:
        predictor: the learner's.
        shown: the pool's images.
        label_space: what the classes are.
    """

    def __init__(self, predictor: LogitsPredictor, shown: UnitImages, label_space: LabelSpace) -> None:
        self._predictor = predictor
        self._shown = shown
        self._label_space = label_space

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, p)``, see :class:`alcore.Predictor`.

        Raises:
            AlsegError: the model predicts NaN.
        """
        if self._shown.are_slices:
            yield from self._of_slices(indices)
            return
        for where, rows in self._shown.by_scan(indices):
            slices = _together(self._of_slices(rows), len(rows))
            for place in where:
                yield np.array([place]), self._shown.cut(slices, int(indices[place]), int(rows[0]))

    def _of_slices(self, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        for where, logits in self._predictor.logits(self._shown.slices, rows):
            yield where, self._probabilities(logits)

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return self._shown.images(indices)

    def scores(self, indices: Indices, score: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
        """Apply ``score`` to the probabilities of every unit, see :class:`alcore.Predictor`."""
        scores = torch.empty(len(indices), dtype=torch.float64)
        for where, p in self.probabilities(indices):
            answer = score(p)
            if answer.shape != (len(where),):
                raise ValueError(f"a score must be one number per slice: {(len(where),)}, not {tuple(answer.shape)}")
            scores[torch.from_numpy(where)] = answer.detach().cpu().double()
        return scores.numpy()

    def pixel_scores(
        self, indices: Indices, score: Callable[[Tensor], Tensor], reduction: Reduction
    ) -> NDArray[np.float64]:
        """Reduce the scores of pixels, see :class:`alcore.Predictor`."""
        if self._shown.are_slices:
            return self.scores(indices, lambda p: reduced(_per_pixel(score, p), reduction))
        units, values = self._shown.units, np.empty(len(indices))
        for where, rows in self._shown.by_scan(indices):
            maps = ((at, _per_pixel(score, p).detach().cpu()) for at, p in self._of_slices(rows))
            volume = _together(maps, len(rows)).numpy()
            offset = np.array([rows[0] - self._shown.slices.table.first_of_scan[units.scan[indices[where[0]]]], 0, 0])
            lower, upper = units.lower[indices[where]] - offset, units.upper[indices[where]] - offset
            values[where] = box_values(volume, lower, upper, reduction)
        return values

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """A feature vector for each unit, see :class:`alcore.Predictor`; of several slices the largest of each."""
        if self._shown.are_slices:
            return self._predictor.features(self._shown.slices, indices)
        units, vectors = self._shown.units, []
        order: list[Indices] = []
        for where, rows in self._shown.by_scan(indices):
            features = self._predictor.features(self._shown.slices, rows)
            first = int(rows[0] - self._shown.slices.table.first_of_scan[units.scan[indices[where[0]]]])
            bounds = zip(units.lower[indices[where], 0] - first, units.upper[indices[where], 0] - first, strict=True)
            vectors.append(np.stack([features[start:stop].max(axis=0) for start, stop in bounds]))
            order.append(where)
        return np.concatenate(vectors)[np.argsort(np.concatenate(order))] if vectors else np.empty((0, 1), np.float32)

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, p)`` of each member of a committee, see :class:`alcore.Predictor`."""
        if self._shown.are_slices:
            yield from self._samples_of_slices(indices)
            return
        for where, rows in self._shown.by_scan(indices):
            pieces = ((at, p.transpose(0, 1).flatten(1, 2)) for at, p in self._samples_of_slices(rows))
            slices = _together(pieces, len(rows))  # (rows, members x classes, height, width)
            for place in where:
                layers = self._shown.cut(slices, int(indices[place]), int(rows[0]))[0]
                yield np.array([place]), layers.reshape(-1, 1, self._label_space.n_classes, *layers.shape[1:])

    def _samples_of_slices(self, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        for where, logits in self._predictor.samples(self._shown.slices, rows):
            yield where, torch.stack([self._probabilities(of_member) for of_member in logits])

    def _probabilities(self, logits: Tensor) -> Tensor:
        p = self._label_space.probabilities(logits)
        if p.sum().isnan():
            raise AlsegError(
                "the model predicts NaN, so no strategy can choose by it",
                hint="lower learner.learning_rate, or turn learner.amp off",
            )
        return p


def reduced(per_pixel: Tensor, reduction: Reduction) -> Tensor:
    """The mean or sum over the pixels of each slice: (n, height, width) to (n,)."""
    pixels = per_pixel.flatten(start_dim=1)
    return pixels.sum(dim=1) if reduction == "sum" else pixels.mean(dim=1)


def _per_pixel(score: Callable[[Tensor], Tensor], p: Tensor) -> Tensor:
    answer = score(p)
    if answer.shape != (wanted := (len(p), *p.shape[2:])):
        raise ValueError(f"a score must be one number per pixel: {tuple(wanted)}, not {tuple(answer.shape)}")
    return answer


def _together(pieces: Iterator[tuple[Indices, Tensor]], length: int) -> Tensor:
    """Pieces of slices of one size in their order, (length, ...)."""
    whole: Tensor | None = None
    for where, piece in pieces:
        if whole is None:
            whole = piece.new_empty((length, *piece.shape[1:]))
        whole[torch.from_numpy(where).to(whole.device)] = piece
    assert whole is not None
    return whole
