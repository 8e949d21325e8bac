"""What the tables and comparisons of a report are about: one metric on one split."""

from dataclasses import dataclass

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.report.subject import Subject


@dataclass(frozen=True)
class Measure:
    """A metric on a split.

    Args:
        metric: its name.
        split: ``validation`` or ``test``.
        higher_is_better: its direction; None where no installed plugin knows it.
    """

    metric: str
    split: str
    higher_is_better: bool | None

    @property
    def title(self) -> str:
        """As titles call it."""
        return f"{self.metric} ({self.split} scans)"


def choose_measure(
    subject: Subject, registry: Registry, *, metric: str | None = None, split: str | None = None
) -> Measure:
    """The measure asked for; by default the runs' first metric on the validation scans.

    Raises:
        AlsegError: no run has such scores.
    """
    from alcore.results.curves import select
    from alcore.results.direction import higher_is_better

    scores = subject.scores
    split = split or "validation"
    metric = metric or str(scores[scores["split"] == split]["metric"].iloc[0] if split in set(scores["split"]) else "")
    select(scores, metric, split)
    try:
        direction = higher_is_better(metric, registry)
    except AlsegError:
        direction = None
    return Measure(metric, split, direction)
