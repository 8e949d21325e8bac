"""What a benchmark decides before its first run: how its strategies will be compared."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator

from alcore.errors import AlsegError
from alcore.registry.component import parse_options
from alcore.specs import Options

DECIDED = "decided"
"""Its section in the file of a grid."""

RUNS_BEFORE = "runs_before"


class Decisions(Options):
    """How strategies will be compared. What is decided after looking at results proves nothing."""

    metric: str | None = Field(None, description="The metric. Default: dice, or the runs' first one.")
    split: Literal["validation", "test"] = Field("validation", description="Scans whose scores are compared.")
    measure: Literal["aubc", "final"] = Field("aubc", description="Area under the budget curve, or the last score.")
    control: str | None = Field(None, description="The strategy that the others are held against. Default: random.")
    margin: float | None = Field(None, gt=0, description="Differences up to it are practically none.")
    looks: tuple[int, ...] = Field((), description="Numbers of seeds with which results will be looked at, rising.")
    runs_before: int = Field(0, ge=0, description="Runs that had results when this was decided: alseg counts them.")

    @field_validator("looks")
    @classmethod
    def _rising(cls, looks: tuple[int, ...]) -> tuple[int, ...]:
        if any(look < 1 for look in looks) or list(looks) != sorted(set(looks)):
            raise ValueError("looks are numbers of seeds from 1 on, each greater than the one before")
        return looks


def check_decisions(given: Any, strategies: Sequence[str]) -> Mapping[str, Any] | None:
    """The section as it will be written: what was given, once it is found right; None where there is none.

    Args:
        given: the section.
        strategies: the labels of the grid.

    Raises:
        AlsegError: an option is unknown or does not fit, or the control is not among the strategies.
    """
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise AlsegError(f"{DECIDED} is a section, not {given!r}", hint=f"--set {DECIDED}.margin=0.01")
    decided = parse_options(Decisions, given, label="the decisions of a benchmark", key=DECIDED)
    if decided.control is not None and decided.control not in strategies:
        raise AlsegError(
            f"the control {decided.control!r} is not among the strategies", hint=f"there are: {', '.join(strategies)}"
        )
    return dict(given)


def dated(given: Mapping[str, Any] | None, before: Mapping[str, Any] | None, runs: int) -> dict[str, Any] | None:
    """The section to write: what was decided before stands, and what is new says how many runs there were already.

    Args:
        given: what is decided now; None leaves it as it was.
        before: what the benchmark's file says.
        runs: how many runs have results by now.
    """
    if given is None:
        return None if before is None else dict(before)
    new = {key: value for key, value in given.items() if key != RUNS_BEFORE}
    old = {key: value for key, value in (before or {}).items() if key != RUNS_BEFORE}
    if before is not None and new == old:
        return dict(before)
    return {**new, RUNS_BEFORE: runs}
