"""A round as trackers are told of it, with figures that tell which round it was."""

from collections.abc import Mapping
from dataclasses import replace

from alcore.engine.loop import OpenRound, RoundResult
from alcore.query import Selection
from alcore.records import RoundRecord

EPOCHS = 2
"""Epochs of the made-up round; the second one is validated and kept."""


def synthetic_record(round: int) -> RoundRecord:
    """Make a line of ``rounds.jsonl`` up.

    The mean validation Dice is ``0.5 + round / 64``, ``48 + round`` slices are labelled, and the first epoch's loss is
    ``0.25 + round``; all are exact in float32. The class ``lesion (core)`` has characters that not every file or
    metric may have in its name, and no image shows the class ``absent``: its Dice, and every Hausdorff distance, is
    None.

    Args:
        round: number of the round, from 0.
    """
    per_class = {"organ": 0.75, "lesion (core)": 0.25, "absent": None}
    return {
        "round": round,
        "queried": 2,
        "labelled": 48 + round,
        "pseudo_labelled": 3,
        "scans_labelled": 5,
        "foreground_voxels": 700,
        "boundary_voxels": 90,
        "pool": 200,
        "blocks": 1,
        "blocks_not_interpolated": 0,
        "kept_epoch": EPOCHS,
        "steps": 4,
        "losses": [0.25 + round, 0.125],
        "validation_dice": [None, 0.5],
        "learning_rates": [1e-3, 1e-4],
        "scores": {
            "validation": {
                "dice": {"mean": 0.5 + round / 64, "per_class": per_class},
                "hausdorff-95": {"mean": None, "per_class": dict.fromkeys(per_class)},
            }
        },
        "seconds": {"query": 0.125, "annotate": 0.0, "train": 1.5, "validate": 0.25, "evaluate": 0.125},
    }


class KeptRounds:
    """Keeps rounds in memory; see :class:`alcore.engine.loop.RoundLog`.

    Attributes:
        phases: the phases that were told of, in order: name and round.
        results: the rounds that were trained.
    """

    def __init__(self) -> None:
        self._begun: dict[int, OpenRound] = {}
        self.phases: list[tuple[str, int]] = []
        self.results: list[RoundResult] = []

    def begun(self, round_number: int) -> OpenRound | None:
        """What is known of a round that was queried before."""
        return self._begun.get(round_number)

    def queried(self, round_number: int, selection: Selection, seconds: Mapping[str, float]) -> None:
        """Note the phase, and what a run directory would keep of it."""
        self.phases.append(("queried", round_number))
        known = replace(selection, fill=None)
        self._begun[round_number] = OpenRound(known, selection.fill is not None, dict(seconds))

    def annotated(self, round_number: int, seconds: Mapping[str, float]) -> None:
        """Note the phase."""
        self.phases.append(("annotated", round_number))

    def trained(self, result: RoundResult) -> None:
        """Keep the round."""
        self.phases.append(("trained", result.record["round"]))
        self.results.append(result)
