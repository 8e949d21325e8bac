"""A run told in plain lines."""

import sys
import time
from typing import Any

from alcore.engine.moments import Moments


def summary(record: dict[str, Any]) -> str:
    """One round in a line."""
    scores = record["scores"]["validation"]
    measured = ", ".join(f"{name} {_number(score['mean'])}" for name, score in scores.items())
    pseudo = f" + {record['pseudo_labelled']} pseudo-labelled" if record["pseudo_labelled"] else ""
    seconds = duration(sum(record["seconds"].values()))
    return f"round {record['round']}: {record['labelled']} labelled{pseudo} slices, validation {measured}, {seconds}"


def duration(seconds: float) -> str:
    """Seconds in words: ``45 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


class Narrator(Moments):
    """Writes a line per round, with the time left, to stderr."""

    def run_started(self, *, first_round: int, last_round: int, **_: Any) -> None:
        """Remember when it began."""
        self._first, self._last, self._started = first_round, last_round, time.monotonic()

    def round_finished(self, *, round: int, record: dict[str, Any], **_: Any) -> None:
        """Print the round."""
        done = round - self._first + 1
        left = (time.monotonic() - self._started) / done * (self._last - round)
        print(summary(record) + (f", about {duration(left)} left" if left else ""), file=sys.stderr, flush=True)

    def run_finished(self, *, reason: str, **_: Any) -> None:
        """Say so where a run ended early."""
        if reason != "rounds":
            print(f"the run ended early: {reason}", file=sys.stderr, flush=True)
