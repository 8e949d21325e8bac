"""Progress for Python: bars in a notebook, a line per round elsewhere."""

import sys
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from alcore.moments import Moments
from alcore.records import RoundRecord
from alcore.runs.narration import Narrator, duration, summary

__all__ = ["Narrator", "NotebookProgress", "duration", "summary", "watching"]


def watching(listeners: Sequence[Moments], progress: bool) -> list[Moments]:
    """``listeners``, and the display that suits where this runs if ``progress`` is wanted."""
    if not progress:
        return list(listeners)
    return [NotebookProgress() if _in_notebook() else Narrator(), *listeners]


def _in_notebook() -> bool:
    """Whether this runs in a kernel that can show HTML, such as Jupyter's; imports nothing to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


class NotebookProgress(Moments):
    """Two bars, rounds and epochs, and the rounds so far, updated in place."""

    def __init__(self) -> None:
        from IPython.display import HTML, display

        self._html: Callable[[str], Any] = HTML
        self._rows: list[str] = []
        self._bars = {"rounds": (0, 1), "epochs": (0, 1)}
        self._shown: Any = display(HTML(""), display_id=True)

    def run_started(self, *, first_round: int, last_round: int, **_: Any) -> None:
        """Show the rounds that are already there."""
        self._bars["rounds"] = (first_round, last_round + 1)
        self._update()

    def training_started(self, *, epochs: int, **_: Any) -> None:
        """Start the epochs of a round."""
        self._bars["epochs"] = (0, epochs)
        self._update()

    def epoch_finished(self, *, epoch: int, **_: Any) -> None:
        """Advance the epochs."""
        self._bars["epochs"] = (epoch, self._bars["epochs"][1])
        self._update()

    def round_finished(self, *, round: int, record: RoundRecord, **_: Any) -> None:
        """Add the round and advance."""
        self._rows.append(summary(record))
        self._bars["rounds"] = (round + 1, self._bars["rounds"][1])
        self._update()

    def run_finished(self, *, reason: str, **_: Any) -> None:
        """Say so where a run ended early."""
        if reason != "rounds":
            self._rows.append(f"the run ended early: {reason}")
            self._update()

    def _update(self) -> None:
        bars = "<br>".join(
            f'{name} <progress value="{done}" max="{total}"></progress> {done} of {total}'
            for name, (done, total) in self._bars.items()
        )
        self._shown.update(self._html(f"<div>{bars}<br>{'<br>'.join(map(escape, self._rows))}</div>"))
