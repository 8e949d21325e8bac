"""The estimate of a run in words."""

from alcore.runs.estimate import Estimate


def estimate_lines(estimate: Estimate) -> list[str]:
    """Time and memory, and where it takes hours, what shortens it."""
    where = "slices in memory" if estimate.resident else "slices streamed from the store"
    lines = [
        f"estimate: {duration(estimate.seconds)} (training {duration(estimate.train_seconds)}, "
        f"validation {duration(estimate.validate_seconds)}, queries about {duration(estimate.query_seconds)}); "
        f"{estimate.memory_bytes / 2**30:.1f} GiB, {where}"
    ]
    return lines + [f"shorter:  {text}" for text in estimate.shorter]


def duration(seconds: float) -> str:
    """Seconds in words: ``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
