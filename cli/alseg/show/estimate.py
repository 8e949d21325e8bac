"""The estimate of a run in words."""

from typing import TYPE_CHECKING

from alcore.api.progress import duration

if TYPE_CHECKING:
    from alcore.api.configured import Estimate


def estimate_lines(estimate: "Estimate") -> list[str]:
    """Time and memory, and where it takes hours, what shortens it."""
    where = "slices in memory" if estimate.resident else "slices streamed from the store"
    lines = [
        f"estimate: {duration(estimate.seconds)} (training {duration(estimate.train_seconds)}, "
        f"validation {duration(estimate.validate_seconds)}, queries about {duration(estimate.query_seconds)}); "
        f"{estimate.memory_bytes / 2**30:.1f} GiB, {where}"
    ]
    return lines + [f"shorter:  {text}" for text in estimate.shorter]
