"""A network applied to a batch without training it."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from alcore import AlsegError, refusals_explained


def autocast(device: torch.device, amp: str) -> AbstractContextManager[None]:
    """The context of automatic mixed precision; ``amp`` is off, bfloat16 or float16."""
    if amp == "off":
        return nullcontext()
    context: AbstractContextManager[None] = torch.autocast(device.type, dtype=getattr(torch, amp))
    return context


def memory_format(device: torch.device, dim: int = 2) -> torch.memory_format:
    """The layout of image batches: convolutions run faster on channels-last everywhere but on mps."""
    if device.type == "mps":
        return torch.contiguous_format
    return torch.channels_last if dim == 2 else torch.channels_last_3d


def plain_model(model: nn.Module) -> nn.Module:
    """The model without the wrapper that ``torch.compile`` puts around it."""
    return getattr(model, "_orig_mod", model)


class Inference:
    """A model in evaluation mode, applied to batches of images of any dimensions.

    Args:
        model: maps (n, channels, *spatial) to logits (n, classes, *spatial).
        amp: automatic mixed precision, as in the options.
        device: where model and images are.
    """

    def __init__(self, model: nn.Module, device: torch.device, amp: str) -> None:
        self.model = model
        self.device = device
        self._amp = amp

    def eager(self) -> "Inference":
        """The same model without what ``torch.compile`` puts around it, which passes by hooks that are added later."""
        return Inference(plain_model(self.model), self.device, self._amp)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (float32) of one batch of images; leaves the model in evaluation mode.

        Raises:
            AlsegError: the batch exceeds the device's memory.
        """
        # Whoever trains sets training mode; to restore it after each batch would walk all modules twice a batch.
        if self.model.training:
            self.model.eval()
        try:
            with refusals_explained("the model"), torch.inference_mode(), autocast(self.device, self._amp):
                logits: Tensor = self.model(x.contiguous(memory_format=memory_format(self.device, x.ndim - 2)))
                return logits.float()
        except torch.OutOfMemoryError as error:
            shape = " x ".join(map(str, x.shape[2:]))
            raise AlsegError(
                f"predicting {len(x)} images of {shape} exceeds the memory of {self.device}",
                hint="lower pool.memory_budget, so that slices stream, or use learner.amp=bfloat16",
            ) from error
