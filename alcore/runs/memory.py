"""Peak memory of this process, or of its CUDA device."""

import sys

import psutil
import torch


def peak_memory(device: torch.device) -> int:
    """Bytes: on CUDA the most that torch reserved there, elsewhere the largest resident set of this process."""
    if device.type == "cuda":
        return int(torch.cuda.max_memory_reserved(device))
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
