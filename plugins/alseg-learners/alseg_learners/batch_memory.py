"""What to say when a batch exceeds the memory: how many images would fit, found by trying."""

from collections.abc import Callable

import torch

from alcore import AlsegError

_WANTS_MEMORY = ("DefaultCPUAllocator", "std::bad_alloc")


def exceeds_memory(error: RuntimeError) -> bool:
    """Whether torch failed for want of memory; its allocator for the CPU has no exception of its own."""
    return isinstance(error, torch.OutOfMemoryError) or any(text in str(error) for text in _WANTS_MEMORY)


def largest_that_fits(n: int, attempt: Callable[[int], object]) -> int:
    """The largest number below ``n`` for which ``attempt`` has the memory it needs, by bisection; 0 if none has."""
    fits, too_many = 0, n
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _has_memory(attempt, middle):
            fits = middle
        else:
            too_many = middle
    return fits


def _has_memory(attempt: Callable[[int], object], n: int) -> bool:
    try:
        attempt(n)
    except RuntimeError as error:
        if not exceeds_memory(error):
            raise
        return False
    finally:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
    return True


def batch_too_large(shape: torch.Size, part: int, fits: int, device: torch.device) -> AlsegError:
    """The error for a batch of images of ``shape`` computed in parts of ``part`` images, of which ``fits`` fit.

    Args:
        shape: (n, channels, *spatial).
        part: images that pass through the model at once.
        fits: how many would fit.
        device: whose memory is too small.
    """
    what = f"a batch of {shape[0]}" if part == shape[0] else f"a part of {part} of a batch of {shape[0]}"
    size = " x ".join(map(str, shape[2:]))
    if fits == 0:
        return AlsegError(
            f"{what} images of {size} exceeds the memory of {device}, and so does a single one",
            hint="choose a smaller model (model.features), or learner.amp=bfloat16",
        )
    return AlsegError(
        f"{what} images of {size} exceeds the memory of {device}; {fits} would fit",
        hint=f"--set learner.micro_batch_size={fits} computes the same batch in parts, "
        f"--set learner.batch_size={fits} makes smaller batches, learner.amp=bfloat16 takes less memory",
    )
