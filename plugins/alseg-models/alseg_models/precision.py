"""Half precision is for networks; losses add up too many terms for it."""

import torch
from torch import Tensor


def full_precision(logits: Tensor) -> Tensor:
    """Half-precision ``logits`` as float32, any others as they are."""
    return logits.float() if logits.dtype in (torch.float16, torch.bfloat16) else logits
