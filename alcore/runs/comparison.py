"""Compare the numbers of two runs, round by round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alcore.runs.directory import RunDirectory

NOT_NUMBERS_OF_THE_RUN = ("seconds",)
"""Keys of a round's record that no two runs have in common."""


@dataclass(frozen=True)
class RoundComparison:
    """How one round of a run agrees with the same round of another.

    Args:
        round: its number.
        identical: whether every number of the first run's record is there in the second one, bit for bit.
        difference: largest absolute difference of two numbers; None where the rounds differ in something else.
        where: what differs most, or what differs that is no number; empty where nothing does.
    """

    round: int
    identical: bool
    difference: float | None
    where: str


def compare_runs(first: RunDirectory, second: RunDirectory) -> list[RoundComparison]:
    """Compare every committed round of ``first`` with that of ``second``."""
    others = {record["round"]: record for record in second.rounds()}
    chosen, others_chosen = (_selections(run) for run in (first, second))
    comparisons = []
    for record in first.rounds():
        number = record["round"]
        expected = dict(_leaves({**record, **chosen.get(number, {})}))
        found = dict(_leaves({**others.get(number, {}), **others_chosen.get(number, {})}))
        comparisons.append(_compare(number, expected, found))
    return comparisons


def _compare(number: int, expected: Mapping[str, Any], found: Mapping[str, Any]) -> RoundComparison:
    differences: dict[str, float] = {}
    for name, value in expected.items():
        other = found.get(name, "nothing")
        if value == other:
            continue
        if not (isinstance(value, float | int) and isinstance(other, float | int)):
            return RoundComparison(number, identical=False, difference=None, where=name)
        differences[name] = abs(value - other)
    if not differences:
        return RoundComparison(number, identical=True, difference=0.0, where="")
    largest = max(differences, key=lambda name: differences[name])
    return RoundComparison(number, identical=False, difference=differences[largest], where=largest)


def _selections(run: RunDirectory) -> dict[int, dict[str, Any]]:
    """By round: the slices in their order, as one text, and their scores."""
    rounds: dict[int, dict[str, Any]] = {}
    for row in run.selections():
        chosen = rounds.setdefault(row["round"], {"selected slices": "", "selection scores": []})
        chosen["selected slices"] += f"{row['kind']} {row['slice']}, "
        chosen["selection scores"].append(row["score"])
    return rounds


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every number or text in a record, under a name like ``scores.validation.dice.mean``."""
    if isinstance(value, Mapping):
        items = [(str(key), part) for key, part in value.items() if name or key not in NOT_NUMBERS_OF_THE_RUN]
    elif isinstance(value, list):
        yield f"{name}.length", len(value)
        items = [(str(place), part) for place, part in enumerate(value)]
    else:
        yield name, value
        return
    for key, part in items:
        yield from _leaves(part, f"{name}.{key}" if name else key)
