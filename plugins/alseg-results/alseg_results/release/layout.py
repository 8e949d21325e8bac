"""The columns of the files of a release, by Arrow's type."""

from collections.abc import Iterable, Mapping
from typing import Any

RUN = {
    **{"run": "int64", "folder": "string", "dataset": "string", "strategy": "string", "seed": "int64"},
    **{"full_data": "bool", "synthetic": "bool", "fingerprint": "string"},
    **{"config": "string", "environment": "string", "job": "string"},
}
ROUND = {"run": "int64", "round": "int64", "labelled": "int64", "pseudo_labelled": "int64", "record": "string"}
SCORE = {
    **{"run": "int64", "round": "int64", "split": "string", "scan": "string"},
    **{"metric": "string", "class": "string", "value": "double"},
}


KINDS = ("int64", "double", "string")
"""What a column of selections can hold, each kind all of those before it."""


def selection_columns(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The columns of selections: those of the rows, numbers as such."""
    kinds = {"run": 0}
    for row in rows:
        for name, value in row.items():
            kind = 2 if isinstance(value, str) else 1 if isinstance(value, float) else 0
            kinds[name] = max(kinds.get(name, 0), kind)
    return {name: KINDS[kind] for name, kind in kinds.items()}
