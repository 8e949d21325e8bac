"""Choice of the device, deterministic mode and what torch is told about both."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

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


def set_deterministic(deterministic: bool, device: torch.device) -> None:
    """Tell torch to use deterministic algorithms only, or not to insist.

    Raises:
        AlsegError: deterministic algorithms are asked for where torch does not watch over them.
    """
    if deterministic and device.type == "mps":
        raise AlsegError(
            "deterministic mode is not offered on mps: torch does not say which of its operations there vary",
            hint="use --device cpu, or do without --deterministic",
        )
    if deterministic:
        # cuBLAS reads this when its first handle is made; without it torch refuses matrix products.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if torch.are_deterministic_algorithms_enabled() != deterministic:  # to change it, torch imports its compiler
        torch.use_deterministic_algorithms(deterministic)
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = False


_REFUSAL = re.compile(r"(\S+) does not have a deterministic implementation|not deterministic because it uses (CuBLAS)")


@contextmanager
def refusals_explained(doing: str) -> Iterator[None]:
    """Turn torch's refusal of an operation in deterministic mode into a sentence; ``doing`` says what needed it.

    Raises:
        AlsegError: torch refused.
    """
    try:
        yield
    except RuntimeError as error:
        refusal = _REFUSAL.search(str(error))
        if refusal is None:
            raise
        if refusal[2]:
            hint = "unset CUBLAS_WORKSPACE_CONFIG, or set it to :4096:8"
        else:
            hint = "choose another model, loss or strategy, --device cpu, or do without --deterministic"
        raise AlsegError(
            f"deterministic mode: {doing} needs the operation {refusal[1] or refusal[2]}, whose result varies from run "
            "to run",
            hint=hint,
        ) from error
