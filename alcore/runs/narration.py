"""A run told in plain lines."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from alcore.moments import Moments
from alcore.records import RoundRecord


def summary(record: RoundRecord) -> str:
    """One round in a line."""
    scores = record["scores"]["validation"]
    measured = ", ".join(f"{name} {_number(score['mean'])}" for name, score in scores.items())
    pseudo = f" + {record['pseudo_labelled']} pseudo-labelled" if record["pseudo_labelled"] else ""
    seconds = duration(sum(record["seconds"].values()))
    return f"round {record['round']}: {record['labelled']} labelled{pseudo} slices, validation {measured}, {seconds}"


def what_ran(config: Mapping[str, Any]) -> str:
    """The strategy of a run, or that it is full-data training."""
    if config.get("full_data"):
        return f"full-data training of the learner {config['learner']['name']}"
    return str(config["strategy"]["name"])


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
    """Writes a line per round, with the time left, to stderr; where there is one round alone, a line per validation."""

    def run_started(self, *, first_round: int, last_round: int, **_: Any) -> None:
        """Remember when it began."""
        self._first, self._last, self._started = first_round, last_round, time.monotonic()

    def training_started(self, *, epochs: int, **_: Any) -> None:
        """Remember how many epochs there are."""
        self._epochs, self._training_started = epochs, time.monotonic()
        self._before: int | None = None

    def epoch_finished(self, *, epoch: int, loss: float, validation: float | None, **_: Any) -> None:
        """Print the epoch, if it was validated or is the last, and no round will be printed before long."""
        if self._before is None:
            self._before = epoch - 1  # those before a resumed training
        if self._last or (validation is None and epoch < self._epochs):
            return
        pace = (time.monotonic() - self._training_started) / (epoch - self._before)
        left = f", about {duration(pace * (self._epochs - epoch))} left" if epoch < self._epochs else ""
        measured = f"loss {loss:.4f}, validation dice {_number(validation)}"
        print(f"epoch {epoch} of {self._epochs}: {measured}{left}", file=sys.stderr, flush=True)

    def round_finished(self, *, round: int, record: RoundRecord, **_: Any) -> None:
        """Print the round."""
        done = round - self._first + 1
        left = (time.monotonic() - self._started) / done * (self._last - round)
        print(summary(record) + (f", about {duration(left)} left" if left else ""), file=sys.stderr, flush=True)

    def run_finished(self, *, reason: str, **_: Any) -> None:
        """Say so where a run ended early."""
        if reason != "rounds":
            print(f"the run ended early: {reason}", file=sys.stderr, flush=True)
