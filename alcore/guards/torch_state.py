"""Torch's state that counts for the whole process: read and set back."""

import sys
from collections.abc import Callable
from typing import Any

State = dict[str, Any]

DEFAULTS: State = {
    "default dtype": "float32",
    "inference mode": False,
    "gradients": True,
    "deterministic algorithms": (False, False),
    "cudnn flags": (False, False),
}
"""What torch begins with."""

_kept: list[Any] = []
"""Modes that were entered to set torch back: they end when they are forgotten."""


def torch_state() -> State:
    """The state, by what messages call it; empty where torch is not imported."""
    torch = sys.modules.get("torch")
    if not hasattr(torch, "are_deterministic_algorithms_enabled"):  # not imported, or not to its end
        return {}
    assert torch is not None
    return {
        "default dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "inference mode": torch.is_inference_mode_enabled(),
        "gradients": torch.is_grad_enabled(),
        "deterministic algorithms": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "cudnn flags": (torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic),
        "number of threads": torch.get_num_threads(),
    }


def set_torch_back(before: State) -> list[str]:
    """Set back what differs from ``before``, and say what that was."""
    undone, now = [], torch_state()
    for name in before:
        # One may have changed with another: no gradients in inference mode.
        if name in now and now[name] != before[name]:
            undone.append(f"torch's {name}")
            _SET[name](before[name])
    return undone


def _set_dtype(name: str) -> None:
    import torch

    torch.set_default_dtype(getattr(torch, name))


def _set_inference_mode(enabled: bool) -> None:
    import torch

    mode = torch.inference_mode(enabled)
    mode.__enter__()
    _kept.append(mode)


def _set_gradients(enabled: bool) -> None:
    import torch

    torch.set_grad_enabled(enabled)


def _set_deterministic(value: tuple[bool, bool]) -> None:
    import torch

    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def _set_cudnn(value: tuple[bool, bool]) -> None:
    import torch

    torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = value


def _set_threads(number: int) -> None:
    import torch

    torch.set_num_threads(number)


_SET: dict[str, Callable[[Any], None]] = {
    "default dtype": _set_dtype,
    "inference mode": _set_inference_mode,
    "gradients": _set_gradients,
    "deterministic algorithms": _set_deterministic,
    "cudnn flags": _set_cudnn,
    "number of threads": _set_threads,
}
