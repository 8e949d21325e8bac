"""Progress of a run: bars on a terminal, plain lines otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from alcore import Moments, RoundRecord
from alcore.api.progress import Narrator, summary
from alseg.output import terminal


@contextmanager
def progress_for(stream: TextIO) -> Iterator[Moments]:
    """The progress display that suits ``stream``."""
    if stream.isatty():
        bars = Bars(terminal(file=stream))
        try:
            yield bars
        finally:
            bars.closed()
    else:
        yield Narrator()


class Bars(Moments):
    """A bar of rounds and a bar of epochs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )

    def run_started(self, *, first_round: int, last_round: int, **_: Any) -> None:
        """Start the bars."""
        self._rounds = self._progress.add_task("rounds", total=last_round + 1, completed=first_round)
        self._epochs = self._progress.add_task("epochs", total=None)
        self._progress.start()

    def training_started(self, *, epochs: int, **_: Any) -> None:
        """Start the epochs of a round."""
        self._progress.reset(self._epochs, total=epochs)

    def epoch_finished(self, *, epoch: int, **_: Any) -> None:
        """Advance the epochs."""
        self._progress.update(self._epochs, completed=epoch)

    def round_finished(self, *, record: RoundRecord, **_: Any) -> None:
        """Print the round above the bars and advance."""
        self._console.print(summary(record), highlight=False)
        self._progress.advance(self._rounds)

    def run_finished(self, *, reason: str, **_: Any) -> None:
        """Say so where a run ended early."""
        if reason != "rounds":
            self._console.print(f"the run ended early: {reason}", highlight=False)

    def closed(self, **_: Any) -> None:
        """Stop the bars."""
        self._progress.stop()
