"""Choice of the device, deterministic mode and what torch is told about both."""

import os

import torch

from alcore.errors import AlsegError


def choose_device(name: str) -> torch.device:
    """The device of that name; ``auto`` takes cuda, else mps, else cpu.

    Raises:
        AlsegError: there is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise AlsegError(f"no device named {name!r}", hint="devices are auto, cpu, mps, cuda, cuda:0, ...") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise AlsegError(
            f"device {name!r} is not there: torch sees {torch.cuda.device_count()} CUDA devices",
            hint="use --device auto, or install a torch build that fits your driver",
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise AlsegError("device 'mps' is not there", hint="use --device auto")
    if device.type not in ("cpu", "cuda", "mps"):
        raise AlsegError(f"device {name!r} is not supported", hint="devices are auto, cpu, mps, cuda, cuda:0, ...")
    return device


def set_deterministic(deterministic: bool) -> None:
    """Tell torch to use deterministic algorithms only, or not to insist."""
    if deterministic:
        # cuBLAS reads this when its first handle is made; without it torch refuses matrix products.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(deterministic)
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = False
