"""The active learning loop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from alcore.contracts import FillsBlocks, Strategy
from alcore.engine.asking import ask
from alcore.engine.experiment import Experiment
from alcore.engine.moments import Moments, announce
from alcore.engine.pseudo_labels import PseudoLabels, fill_blocks
from alcore.engine.queried import QueriedSlices
from alcore.engine.record import PhaseClock, round_record
from alcore.engine.selection import check_selection
from alcore.errors import AlsegError
from alcore.learning import EpochKeeper, Validation
from alcore.query import Selection, Status
from alcore.records import RoundRecord, RoundSizes, Score
from alcore.scans import Split
from alcore.scores import Scores, summarise
from alcore.seeding import torch_seed


@dataclass(frozen=True)
class RoundResult:
    """What a round came to: its record, what was annotated for it, and the scores of each scan."""

    record: RoundRecord
    selection: Selection
    pseudo_labelled: Sequence[int]
    scores: Mapping[Split, Scores]


def active_learning(
    experiment: Experiment,
    *,
    first_round: int,
    commit: Callable[[RoundResult], None],
    listeners: Sequence[Moments] = (),
    keeper: EpochKeeper | None = None,
) -> str:
    """Run rounds ``first_round`` to the last; return why it ended: ``"rounds"`` or ``"pool exhausted"``.

    ``commit`` makes a finished round permanent before anyone hears of it; ``keeper`` keeps the state within a round.
    """
    for round_number in range(first_round, experiment.loop.rounds + 1):
        if experiment.pool.exhausted:
            return "pool exhausted"
        announce(listeners, "round_started", round=round_number)
        result = run_round(experiment, round_number, listeners, keeper)
        commit(result)
        announce(listeners, "round_finished", round=round_number, record=result.record)
    return "rounds"


def run_round(
    experiment: Experiment,
    round_number: int,
    listeners: Sequence[Moments] = (),
    keeper: EpochKeeper | None = None,
) -> RoundResult:
    """One round: query, annotate, interpolate, train, evaluate. The paper's loop, a step a line."""
    clock = PhaseClock()
    strategy = experiment.make_strategy()
    with clock.phase("query"):
        selection = _select(experiment, strategy, round_number)
    with clock.phase("annotate"):
        pseudo_labels, failures = _annotate(experiment, selection)
    _show_queried(experiment, selection, round_number, listeners)
    annotated = experiment.annotated(1.0 if selection.fill is None else selection.fill.weight)
    report = experiment.learner.fit(annotated, round_number, listeners=listeners, keeper=keeper)
    clock.seconds |= {"train": report.train_seconds, "validate": report.validate_seconds}
    with clock.phase("evaluate"):
        scores = _evaluate(experiment, report.kept)
    sizes = _sizes(experiment, selection, failures)
    means: dict[str, dict[str, Score]] = {
        split: summarise(of_split, experiment.label_space.foreground_names) for split, of_split in scores.items()
    }
    record = round_record(round_number, sizes, report, means, clock.seconds)
    return RoundResult(record, selection, sorted(pseudo_labels), scores)


def _select(experiment: Experiment, strategy: Strategy, round_number: int) -> Selection:
    if experiment.replayed:
        return _replayed(experiment, strategy, round_number)
    if round_number == 0:
        start = experiment.make_start()
        return ask(start, experiment.query(0), experiment.start_origin, experiment.loop.query_seconds)
    query = experiment.query(round_number)
    # A strategy that draws from torch has no generator but the global one, whose state no checkpoint holds.
    torch.manual_seed(torch_seed(experiment.seed, "query", round_number))
    return ask(strategy, query, experiment.strategy_origin, experiment.loop.query_seconds)


def _replayed(experiment: Experiment, strategy: Strategy, round_number: int) -> Selection:
    if round_number not in experiment.replayed:
        raise AlsegError(f"the replayed run has no round {round_number}", hint=f"--rounds {max(experiment.replayed)}")
    fill = strategy.fill_of(round_number, experiment.loop.rounds) if isinstance(strategy, FillsBlocks) else None
    selection = replace(experiment.replayed[round_number], fill=fill)
    return check_selection(selection, experiment.query(round_number), "the replayed run")


def _annotate(experiment: Experiment, selection: Selection) -> tuple[PseudoLabels, int]:
    experiment.oracle.annotate(selection.indices)
    filled: PseudoLabels = {}
    failures = 0
    if selection.fill is not None:
        filled, failures = fill_blocks(selection.blocks, selection.fill.interpolator, experiment.oracle)
    experiment.pool.update(selection.indices, np.array(sorted(filled), dtype=np.int64))
    experiment.pseudo_labels |= filled
    pseudo_labelled = experiment.pool.rows(Status.PSEUDO_LABELLED)
    experiment.pseudo_labels = {int(row): experiment.pseudo_labels[int(row)] for row in pseudo_labelled}
    return {row: label for row, label in filled.items() if row in experiment.pseudo_labels}, failures


def _show_queried(
    experiment: Experiment, selection: Selection, round_number: int, listeners: Sequence[Moments]
) -> None:
    queried = QueriedSlices(
        selection.indices,
        experiment.pool.table,
        experiment.label_space,
        experiment.images,
        experiment.oracle,
        experiment.learner.predictor(),
    )
    announce(listeners, "slices_annotated", round=round_number, queried=queried)


def _evaluate(experiment: Experiment, kept: Validation | None) -> dict[Split, Scores]:
    """The scores of each scan of each split; ``kept`` is what the same model came to on the validation scans."""
    predictor = experiment.learner.predictor()
    return {
        split: evaluator.scores(predictor, kept if split == "validation" else None)
        for split, evaluator in experiment.evaluators.items()
    }


def _sizes(experiment: Experiment, selection: Selection, blocks_not_interpolated: int) -> RoundSizes:
    pool = experiment.pool
    labelled = pool.rows(Status.LABELLED)
    return {
        "queried": len(selection.indices),
        "labelled": len(labelled),
        "pseudo_labelled": len(pool.rows(Status.PSEUDO_LABELLED)),
        "scans_labelled": len(np.unique(pool.table.scan[labelled])),
        "foreground_voxels": int(experiment.oracle.foreground[labelled].sum()),
        "boundary_voxels": int(experiment.oracle.boundary[labelled].sum()),
        "pool": len(pool.table),
        "blocks": len(selection.blocks),
        "blocks_not_interpolated": blocks_not_interpolated,
    }
