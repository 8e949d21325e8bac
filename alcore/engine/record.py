"""The record of a round: one line of ``rounds.jsonl``."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from alcore.learning import FitReport
from alcore.records import RoundRecord, RoundSizes, Score


class PhaseClock:
    """Wall-clock seconds per phase of a round.

    Args:
        seconds: what was spent before, by phase.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self.seconds = dict(seconds)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the time spent inside to ``name``."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


def round_record(
    round_number: int,
    sizes: RoundSizes,
    report: FitReport,
    scores: dict[str, dict[str, Score]],
    seconds: Mapping[str, float],
) -> RoundRecord:
    """Put together what a round came to.

    Args:
        round_number: 0 is the training on the initial set.
        sizes: what was annotated and filled in, by name.
        report: what its training came to.
        scores: by split, as :func:`alcore.scores.summarise` gives them.
        seconds: by phase.
    """
    return {
        "round": round_number,
        **sizes,
        "kept_epoch": report.kept_epoch,
        "steps": report.steps,
        "losses": report.losses,
        "validation_dice": report.validation,
        "learning_rates": report.learning_rates,
        "scores": scores,
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
    }
