"""The predictor that a query hands to its strategy: the model over the pool's images, without labels."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.learning import LogitsPredictor
from alcore.pool.batches import image_batches
from alcore.pool.slices import SliceTensors
from alcore.query import Indices


class NoModelYet:
    """The predictor of round 0, in which no model was trained: it shows images and refuses every other question.

    Args:
        images: the pool's images.
    """

    def __init__(self, images: SliceTensors) -> None:
        self._images = images

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Refuse."""
        raise _no_model()

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return image_batches(self._images, indices)

    def scores(self, indices: Indices, score: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
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
        images: the pool's images.
        label_space: what the classes are.
    """

    def __init__(self, predictor: LogitsPredictor, images: SliceTensors, label_space: LabelSpace) -> None:
        self._predictor = predictor
        self._images = images
        self._label_space = label_space

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, p)``, see :class:`alcore.Predictor`.

        Raises:
            AlsegError: the model predicts NaN.
        """
        for where, logits in self._predictor.logits(self._images, indices):
            yield where, self._probabilities(logits)

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return image_batches(self._images, indices)

    def scores(self, indices: Indices, score: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
        """Apply ``score`` to the probabilities of every slice, see :class:`alcore.Predictor`."""
        scores = torch.empty(len(indices), dtype=torch.float64)
        for where, p in self.probabilities(indices):
            answer = score(p)
            if answer.shape != (len(where),):
                raise ValueError(f"a score must be one number per slice: {(len(where),)}, not {tuple(answer.shape)}")
            scores[torch.from_numpy(where)] = answer.detach().cpu().double()
        return scores.numpy()

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """A feature vector for each slice, see :class:`alcore.Predictor`."""
        return self._predictor.features(self._images, indices)

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, p)`` of each member of a committee, see :class:`alcore.Predictor`."""
        for where, logits in self._predictor.samples(self._images, indices):
            yield where, torch.stack([self._probabilities(of_member) for of_member in logits])

    def _probabilities(self, logits: Tensor) -> Tensor:
        p = self._label_space.probabilities(logits)
        if p.sum().isnan():
            raise AlsegError(
                "the model predicts NaN, so no strategy can choose by it",
                hint="lower learner.learning_rate, or turn learner.amp off",
            )
        return p
