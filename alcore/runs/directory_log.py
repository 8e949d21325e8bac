"""Make the phases of a round permanent in a run directory."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alcore.engine.experiment import Experiment
from alcore.engine.loop import OpenRound, RoundResult
from alcore.query import Block, Selection
from alcore.runs.checkpoint import save_checkpoint
from alcore.runs.directory import RunDirectory
from alcore.runs.rows import score_rows, selection_rows


@dataclass(frozen=True)
class DirectoryLog:
    """Implements :class:`alcore.engine.loop.RoundLog`.

    ``round.json`` holds a round until it is trained; then its checkpoint is written, and its line of ``rounds.jsonl``
    commits it.
    """

    experiment: Experiment
    directory: RunDirectory

    def begun(self, round_number: int) -> OpenRound | None:
        """What is known of a round that was queried before and is not trained yet."""
        found = self.directory.in_progress()
        if found is None or found["round"] != round_number:
            return None
        scores = None if found["scores"] is None else np.array(found["scores"], np.float64)
        blocks = tuple(Block(first, last) for first, last in found["blocks"])
        return OpenRound(
            Selection(np.array(found["indices"], np.int64), blocks, scores), found["filled"], found["seconds"]
        )

    def queried(self, round_number: int, selection: Selection, seconds: Mapping[str, float]) -> None:
        """Note what was chosen."""
        self.directory.note_in_progress(
            {
                "round": round_number,
                "phase": "queried",
                "indices": selection.indices.tolist(),
                "scores": None if selection.scores is None else selection.scores.tolist(),
                "blocks": [(int(block.first), int(block.last)) for block in selection.blocks],
                "filled": selection.fill is not None,
                "seconds": dict(seconds),
            }
        )

    def annotated(self, round_number: int, seconds: Mapping[str, float]) -> None:
        """Note that the annotator has answered, and the time that it took."""
        found = self.directory.in_progress()
        assert found is not None
        self.directory.note_in_progress({**found, "phase": "annotated", "seconds": dict(seconds)})

    def trained(self, result: RoundResult) -> None:
        """Write the checkpoint, then commit the round."""
        save_checkpoint(self.experiment, self.directory.checkpoint_path(result.record["round"]))
        self.directory.commit(
            result.record, selection_rows(self.experiment, result), score_rows(self.experiment, result)
        )
