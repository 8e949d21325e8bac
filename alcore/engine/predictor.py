"""The predictor that a query hands to its strategy: the model over the pool's images, without labels."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.engine.inference import Inference
from alcore.errors import AlsegError
from alcore.labels import LabelSpace
from alcore.pool.slices import SliceTensors
from alcore.query import Indices


class NoModelYet:
    """The predictor of round 0, in which no model was trained: it shows images and refuses every other question.

    Args:
        batches: the pool's images by index, in batches of equal size.
    """

    def __init__(self, batches: Callable[[Indices], Iterator[tuple[Indices, Tensor]]]) -> None:
        self._batches = batches

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Refuse."""
        raise _no_model()

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return self._batches(indices)

    def scores(self, indices: Indices, score: Callable[[Tensor], Tensor]) -> NDArray[np.float64]:
        """Refuse."""
        raise _no_model()

    def features(self, indices: Indices) -> NDArray[np.float32]:
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
        inference: the model.
        images: the pool's images.
        label_space: what the classes are.
    """

    def __init__(self, inference: Inference, images: SliceTensors, label_space: LabelSpace) -> None:
        self._inference = inference
        self._images = images
        self._label_space = label_space

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, p)``, see :class:`alcore.Predictor`.

        Raises:
            AlsegError: the model predicts NaN.
        """
        for where, logits in self._inference.logits(self._images, indices):
            p = self._label_space.probabilities(logits)
            if p.sum().isnan():
                raise AlsegError(
                    "the model predicts NaN, so no strategy can choose by it",
                    hint="lower learner.learning_rate, or turn learner.amp off",
                )
            yield where, p

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        return self._inference.image_batches(self._images, indices)

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
        """The model's feature layer, max-pooled over space, see :class:`alcore.Predictor`."""
        inference = self._inference.eager()
        model = inference.model
        layer = getattr(model, "feature_layer", "")
        if not layer:
            raise AlsegError(
                f"the strategy needs features, but the model {type(model).__name__} names no feature layer",
                hint="choose a model with a feature layer, such as unet, or a strategy that needs none",
            )
        captured: list[Tensor] = []

        def capture(_module: torch.nn.Module, _inputs: object, output: Tensor) -> None:
            captured.append(output.flatten(2).amax(dim=2).float().cpu())

        pooled: NDArray[np.float32] | None = None
        handle = model.get_submodule(layer).register_forward_hook(capture)
        try:
            for where, _ in inference.logits(self._images, indices):
                batch = captured.pop().numpy()
                if pooled is None:
                    pooled = np.empty((len(indices), batch.shape[1]), np.float32)
                pooled[where] = batch
        finally:
            handle.remove()
        if pooled is None:
            return np.empty((0, 0), np.float32)
        if not np.isfinite(pooled).all():
            raise AlsegError(
                "the model's features are not finite, so no strategy can choose by them",
                hint="lower learner.learning_rate, or turn learner.amp off",
            )
        return pooled
