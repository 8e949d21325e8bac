"""A committee of the sub-networks that dropout makes of a trained network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from alcore import AlsegError, random_generator

_OF_CHANNELS = (nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
_DROPOUT = (nn.Dropout, *_OF_CHANNELS)


class DropoutCommittee:
    """The network with dropout, each member with channels of its own left out: the same ones for every slice.

    A member is thus one function, as the mutual information of predictions and members supposes, and a prediction
    hangs neither on batches nor on what was predicted before. Gal et al. 2017 draw anew for every image; these are
    their consistent masks. Everything but dropout stays in evaluation mode.

    Args:
        model: the network.
        members: their number.
        seed: the run's; the masks follow from it, in all rounds alike.

    Raises:
        AlsegError: the network has no dropout.
    """

    def __init__(self, model: nn.Module, members: int, seed: int) -> None:
        self._layers = [layer for layer in model.modules() if isinstance(layer, _DROPOUT) and layer.p > 0]
        if not self._layers:
            raise AlsegError(
                "learner.committee = dropout needs a model with dropout, and this one has none",
                hint="give it some, such as --set model.dropout=0.2, or choose a strategy that asks no committee",
            )
        self.members = members
        self._seed = seed

    @contextmanager
    def member(self, number: int) -> Iterator[None]:
        """Let the network be this member, from 0."""
        handles = [
            layer.register_forward_hook(self._without_channels(number, place))
            for place, layer in enumerate(self._layers)
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _without_channels(self, number: int, place: int) -> Callable[[nn.Module, object, Tensor], Tensor]:
        def masked(layer: nn.Module, _inputs: object, output: Tensor) -> Tensor:
            # Maps have their channels first, sequences of tokens last.
            axis = 1 if isinstance(layer, _OF_CHANNELS) or output.ndim > 3 else output.ndim - 1
            rng = random_generator(self._seed, "dropout", number * len(self._layers) + place)
            p = float(layer.p)  # type: ignore[arg-type]
            kept = torch.from_numpy(rng.random(output.shape[axis]) >= p).to(output) / (1 - p)
            return output * kept.reshape([-1 if dim == axis else 1 for dim in range(output.ndim)])

        return masked
