"""The interpolation quality that the paper reports, and how its code came to it."""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Any

WHY_THEY_DIFFER = (
    "The published figures are no Dice of the pseudo-labels: the paper's code compares the slices between the ends "
    "with true slices that are shifted by one and in reverse order, counts background as a class, scores a block 1 "
    "where a class is absent, takes ITK's empty fills for labels, and fills where a distance is 0 "
    "already. The correct figures compare slice k with the slice at first + 1 + k, over foreground classes that are "
    "present, and count empty fills as failures."
)

PUBLISHED_OPTIONS: dict[str, dict[str, Any]] = {
    "morphological-contour": {"empty_fill": "keep"},
    "signed-distance": {"inside": "paper-code"},
}
"""Options under which an interpolator does what the paper's code did, by name."""


@dataclass(frozen=True)
class PublishedRow:
    """A row of table 10 of Burmeister et al. 2022."""

    dataset: str
    interpolator: str
    block_size: int
    dice_mean: float
    dice_std: float


def published_rows(dataset: str) -> list[PublishedRow]:
    """The rows of table 10 for a dataset; none for a dataset that the paper did not use."""
    text = resources.files(__package__).joinpath("table_10.csv").read_text(encoding="utf-8")
    return [
        PublishedRow(
            row["dataset"],
            row["interpolator"],
            int(row["max_block_size"]),
            float(row["dice_mean"]),
            float(row["dice_std"]),
        )
        for row in csv.DictReader(text.splitlines())
        if row["dataset"] == dataset
    ]
