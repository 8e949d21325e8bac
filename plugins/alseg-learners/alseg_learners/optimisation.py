"""Optimiser steps: optimiser, learning rate schedule, mixed precision, clipping and accumulation of gradients."""

import math
import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, PolynomialLR, ReduceLROnPlateau
from torch.utils.checkpoint import checkpoint

from alcore import refusals_explained
from alseg_learners.batch_memory import batch_too_large, exceeds_memory, largest_that_fits
from alseg_learners.inference import autocast
from alseg_learners.options import TrainingOptions


def build_optimiser(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """The optimiser of all of the model's weights, without a past."""
    parameters, rate, decay = model.parameters(), options.learning_rate, options.weight_decay
    match options.optimiser:
        case "adam":
            return torch.optim.Adam(parameters, lr=rate, weight_decay=decay)
        case "adamw":
            return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)
        case "sgd":
            return torch.optim.SGD(
                parameters, lr=rate, weight_decay=decay, momentum=options.momentum, nesterov=options.nesterov
            )


def build_schedule(
    optimiser: torch.optim.Optimizer, options: TrainingOptions, total_steps: int
) -> LRScheduler | ReduceLROnPlateau | None:
    """The schedule of the learning rate, None where it is constant.

    Cosine (Loshchilov and Hutter 2017, equation 5, one period) and polynomial (Chen et al. 2018) are to be stepped
    after each of ``total_steps`` optimiser steps, plateau after each validation.
    """
    match options.schedule:
        case "none":
            return None
        case "cosine":
            return CosineAnnealingLR(optimiser, T_max=total_steps, eta_min=options.final_learning_rate)
        case "polynomial":
            return PolynomialLR(optimiser, total_iters=total_steps, power=options.polynomial_power)
        case "plateau":
            return ReduceLROnPlateau(
                optimiser,
                mode="max",
                factor=options.plateau_factor,
                patience=options.plateau_patience,
                threshold=0.0,
                min_lr=options.final_learning_rate,
            )


class Optimisation:
    """One training of a model: its optimiser and schedule start afresh with it.

    Args:
        model: the network, on its device; images of any number of spatial dimensions.
        loss: the training loss.
        options: how to train.
        total_steps: optimiser steps that the training is planned to take.
        device: where model and batches are.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        options: TrainingOptions,
        total_steps: int,
        device: torch.device,
    ) -> None:
        self._model = model
        self._loss = loss
        self._options = options
        self._device = device
        self._optimiser = build_optimiser(model, options)
        self._schedule = build_schedule(self._optimiser, options, total_steps)
        self._scaler = torch.amp.GradScaler(device.type, enabled=options.amp == "float16")

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step."""
        return float(self._optimiser.param_groups[0]["lr"])

    def step(self, images: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """One optimiser step on one batch; returns its loss, detached.

        Args:
            images: (n, channels, *spatial), in the memory format that suits the device.
            target: (n, [classes,] *spatial).
            weight: (n,) weight of each image in the loss.

        Raises:
            AlsegError: the batch exceeds the memory; it says how many images fit. The weights are then spoilt.
        """
        try:
            with refusals_explained("training"):
                return self._step(images, target, weight)
        except RuntimeError as error:
            if not exceeds_memory(error):
                raise
        # Outside of the handler: the exception would hold on to what the failed step had allocated.
        self._optimiser.zero_grad(set_to_none=True)
        part = min(len(images), self._options.micro_batch_size or len(images))
        fits = largest_that_fits(part, lambda n: self._step(images[:n], target[:n], weight[:n]))
        raise batch_too_large(images.shape, part, fits, self._device)

    def _step(self, images: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        self._optimiser.zero_grad(set_to_none=True)
        loss = self.gradient(images, target, weight)
        if self._options.clip_norm is not None:
            self._scaler.unscale_(self._optimiser)
            nn.utils.clip_grad_norm_(self._model.parameters(), self._options.clip_norm)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        if self._schedule is not None and not isinstance(self._schedule, ReduceLROnPlateau):
            self._advance(self._schedule)
        return loss

    def gradient(self, images: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Add a batch's gradient (scaled, with float16) to that of the weights; returns its loss, detached."""
        n_parts = math.ceil(len(images) / (self._options.micro_batch_size or len(images)))
        logits = self._forward(images) if n_parts == 1 else self._forward_in_parts(images, n_parts)
        loss: Tensor = self._loss(logits.float(), target, weight)
        # The parts are computed a second time for their gradient; batch norm must not count them twice.
        buffers = [] if n_parts == 1 else [(buffer, buffer.clone()) for buffer in self._model.buffers()]
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        for buffer, value in buffers:
            buffer.copy_(value)
        return loss.detach()

    def validated(self, dice: float) -> None:
        """Tell the schedule of a validation."""
        if isinstance(self._schedule, ReduceLROnPlateau):
            self._schedule.step(dice)

    def weights_are_finite(self) -> bool:
        """Whether every weight is a finite number."""
        # One number to wait for, not one per tensor.
        finite = [parameter.detach().isfinite().all() for parameter in self._model.parameters()]
        return not finite or bool(torch.stack(finite).all())

    def state(self) -> dict[str, Any]:
        """Of optimiser, schedule and scaler, for :meth:`restore`."""
        schedule = None if self._schedule is None else self._schedule.state_dict()
        return {"optimiser": self._optimiser.state_dict(), "schedule": schedule, "scaler": self._scaler.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self._optimiser.load_state_dict(state["optimiser"])
        self._scaler.load_state_dict(state["scaler"])
        if self._schedule is not None:
            self._schedule.load_state_dict(state["schedule"])

    def _forward(self, images: Tensor) -> Tensor:
        with autocast(self._device, self._options.amp):
            logits: Tensor = self._model(images)
            return logits

    def _forward_in_parts(self, images: Tensor, n_parts: int) -> Tensor:
        """Logits of the whole batch, with the memory of one part.

        The loss sees the whole batch, so whatever it averages over, its gradient is that of the whole batch: what it
        needs of a part's forward pass is computed again when its gradient is.
        """
        parts = images.tensor_split(n_parts)
        return torch.cat([checkpoint(self._forward, part, use_reentrant=False) for part in parts])

    def _advance(self, schedule: LRScheduler) -> None:
        if not self._scaler.is_enabled():
            schedule.step()
            return
        with warnings.catch_warnings():
            # The scaler leaves out steps whose gradient overflows, often the first; torch takes that for a mistake.
            warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*", category=UserWarning)
            schedule.step()
