"""The active learning loop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from alcore.contracts import FillsBlocks, Strategy
from alcore.engine.asking import ask
from alcore.engine.evaluator import evaluate_splits
from alcore.engine.experiment import Experiment
from alcore.engine.moments import Moments, announce
from alcore.engine.pseudo_labels import PseudoLabels, fill_blocks
from alcore.engine.queried import QueriedSlices
from alcore.engine.record import PhaseClock, round_record
from alcore.engine.seeding import torch_seed
from alcore.engine.selection import check_selection
from alcore.engine.training_set import TrainingSet
from alcore.errors import AlsegError
from alcore.query import Selection, Status
from alcore.records import RoundRecord, RoundSizes


@dataclass(frozen=True)
class RoundResult:
    """What a round came to: its record, and what was annotated for it."""

    record: RoundRecord
    selection: Selection
    pseudo_labelled: Sequence[int]


def active_learning(
    experiment: Experiment,
    *,
    first_round: int,
    commit: Callable[[RoundResult], None],
    listeners: Sequence[Moments] = (),
) -> str:
    """Run rounds ``first_round`` to the last; return why it ended: ``"rounds"`` or ``"pool exhausted"``.

    ``commit`` makes a finished round permanent before anyone hears of it.
    """
    for round_number in range(first_round, experiment.loop.rounds + 1):
        if experiment.pool.exhausted:
            return "pool exhausted"
        announce(listeners, "round_started", round=round_number)
        result = run_round(experiment, round_number, listeners)
        commit(result)
        announce(listeners, "round_finished", round=round_number, record=result.record)
    return "rounds"


def run_round(experiment: Experiment, round_number: int, listeners: Sequence[Moments] = ()) -> RoundResult:
    """One round: query, annotate, interpolate, train, evaluate. The paper's loop, a step a line."""
    clock = PhaseClock()
    strategy = experiment.make_strategy()
    with clock.phase("query"):
        selection = _select(experiment, strategy, round_number)
    with clock.phase("annotate"):
        pseudo_labels, failures = _annotate(experiment, selection)
    _show_queried(experiment, selection, round_number, listeners)
    training_set = _training_set(experiment, selection)
    _announce_training(experiment, training_set, round_number, listeners)
    report = experiment.learner.fit(training_set, round_number, listeners)
    clock.seconds |= {"train": report.train_seconds, "validate": report.validate_seconds}
    with clock.phase("evaluate"):
        scores = evaluate_splits(experiment.evaluators, experiment.inference, experiment.label_space, report.counts)
    sizes = _sizes(experiment, selection, failures)
    record = round_record(round_number, sizes, report, scores, clock.seconds)
    return RoundResult(record, selection, sorted(pseudo_labels))


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
        experiment.inference,
    )
    announce(listeners, "slices_annotated", round=round_number, queried=queried)


def _training_set(experiment: Experiment, selection: Selection) -> TrainingSet:
    return TrainingSet(
        experiment.pool,
        experiment.images,
        experiment.oracle,
        experiment.pseudo_labels,
        1.0 if selection.fill is None else selection.fill.weight,
    )


def _announce_training(
    experiment: Experiment, training_set: TrainingSet, round_number: int, listeners: Sequence[Moments]
) -> None:
    epochs = experiment.learner.options.epochs_of(round_number)
    announce(listeners, "training_started", round=round_number, epochs=epochs, n_slices=len(training_set))


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
