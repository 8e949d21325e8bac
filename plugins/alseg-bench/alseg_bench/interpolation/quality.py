"""The quality of one interpolator at one block size."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Job:
    """One row of a report.

    Args:
        interpolator: name of the interpolator.
        block_size: slices per block, annotated ends included.
        as_published: score as the paper's code did.
    """

    interpolator: str
    block_size: int
    as_published: bool


@dataclass(frozen=True)
class BlockScores:
    """Scores of full blocks, those that could not be interpolated included.

    Args:
        dice: (blocks, classes) Dice, NaN where a class is absent or the block could not be interpolated; as published:
            (blocks, 1), the paper's score.
        failed: (blocks,) whether the block could not be interpolated.
        seconds: (blocks,) time of the fill.
    """

    dice: NDArray[np.float64]
    failed: NDArray[np.bool_]
    seconds: NDArray[np.float64]


@dataclass(frozen=True)
class Quality:
    """The quality of one interpolator at one block size, over all full blocks of all scans.

    Args:
        job: interpolator, block size, manner of scoring.
        n_blocks: full blocks: every run of ``block_size`` slices of a scan.
        n_failed: blocks that could not be interpolated.
        n_empty: blocks that could, but hold no foreground, so that they have no score.
        dice_mean: mean over the blocks that have a score of the mean Dice of the foreground classes present.
        dice_std: standard deviation of the same over blocks.
        class_means: mean Dice by foreground class; empty as published.
        class_stds: standard deviation by foreground class; empty as published.
        seconds_per_block: mean time of a fill.
    """

    job: Job
    n_blocks: int
    n_failed: int
    n_empty: int
    dice_mean: float
    dice_std: float
    class_means: dict[str, float]
    class_stds: dict[str, float]
    seconds_per_block: float

    @property
    def failed_share(self) -> float:
        """Share of all full blocks that could not be interpolated; NaN where there are none."""
        return self.n_failed / self.n_blocks if self.n_blocks else float("nan")

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values; None where there is no figure."""
        return {
            "interpolator": self.job.interpolator,
            "block_size": self.job.block_size,
            "as_published": self.job.as_published,
            "blocks": self.n_blocks,
            "failed": self.n_failed,
            "empty": self.n_empty,
            "dice_mean": _or_none(self.dice_mean),
            "dice_std": _or_none(self.dice_std),
            "class_means": {name: _or_none(mean) for name, mean in self.class_means.items()},
            "class_stds": {name: _or_none(std) for name, std in self.class_stds.items()},
            "seconds_per_block": _or_none(self.seconds_per_block),
        }


def summarise(job: Job, scores: list[BlockScores], class_names: tuple[str, ...]) -> Quality:
    """Put the scores of all scans together; ``class_names`` are the foreground classes."""
    dice = np.concatenate([scan.dice for scan in scores])
    failed = np.concatenate([scan.failed for scan in scores])
    seconds = np.concatenate([scan.seconds for scan in scores])
    scored = ~np.isnan(dice).all(axis=1)
    per_block = np.nanmean(dice[scored], axis=1)
    per_class = {} if job.as_published else dict(zip(class_names, dice.T, strict=True))
    return Quality(
        job=job,
        n_blocks=len(failed),
        n_failed=int(failed.sum()),
        n_empty=int((~failed & ~scored).sum()),
        dice_mean=_mean(per_block),
        dice_std=_std(per_block),
        class_means={name: _mean(column[~np.isnan(column)]) for name, column in per_class.items()},
        class_stds={name: _std(column[~np.isnan(column)]) for name, column in per_class.items()},
        seconds_per_block=_mean(seconds),
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _std(values: NDArray[np.float64]) -> float:
    return float(values.std()) if len(values) else float("nan")
