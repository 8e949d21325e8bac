"""The active learning loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import torch

from alcore.contracts import FillsBlocks, Strategy
from alcore.engine.asking import ask
from alcore.engine.experiment import Experiment
from alcore.engine.pseudo_labels import fill_blocks
from alcore.engine.queried import ComputedSlices
from alcore.engine.record import PhaseClock, round_record
from alcore.engine.selection import check_selection, narrowed
from alcore.errors import AlsegError
from alcore.learning import EpochKeeper, Validation
from alcore.moments import Moments, announce
from alcore.query import Selection, Status
from alcore.records import RoundRecord, RoundSizes, Score
from alcore.scans import Split
from alcore.scores import Scores, summarise
from alcore.seeding import torch_seed

Reason = Literal["rounds", "pool exhausted", "waiting for labels"]
"""Why a run ended: after its last round, without anything left to label, or before its annotator has answered."""


@dataclass(frozen=True)
class OpenRound:
    """What is permanent of a round that is not trained yet.

    Args:
        selection: what was chosen; how blocks are filled is not in it.
        filled: whether the strategy's answer said how blocks are filled.
        seconds: what the phases took until now.
    """

    selection: Selection
    filled: bool
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class RoundResult:
    """What a round came to: its record, what was annotated for it, and the scores of each scan."""

    record: RoundRecord
    selection: Selection
    pseudo_labelled: Sequence[int]
    scores: Mapping[Split, Scores]


class RoundLog(Protocol):
    """Makes a round permanent in phases: queried, annotated, trained. A run goes on after the last of them."""

    def begun(self, round_number: int) -> OpenRound | None:
        """What is known of a round that was queried before and is not trained yet."""
        ...

    def queried(self, round_number: int, selection: Selection, seconds: Mapping[str, float]) -> None:
        """The strategy has chosen."""
        ...

    def annotated(self, round_number: int, seconds: Mapping[str, float]) -> None:
        """The annotator has answered."""
        ...

    def trained(self, result: RoundResult) -> None:
        """The round is over."""
        ...


def active_learning(
    experiment: Experiment,
    *,
    first_round: int,
    log: RoundLog,
    listeners: Sequence[Moments] = (),
    keeper: EpochKeeper | None = None,
) -> Reason:
    """Run rounds ``first_round`` to the last; return why it ended.

    ``log`` makes each phase of a round permanent before anyone hears of it; ``keeper`` keeps the state within a
    training.
    """
    for round_number in range(first_round, experiment.loop.rounds + 1):
        if experiment.exhausted:
            return "pool exhausted"
        announce(listeners, "round_started", round=round_number)
        result = run_round(experiment, round_number, log, listeners, keeper)
        if result is None:
            return "waiting for labels"
        log.trained(result)
        announce(listeners, "round_finished", round=round_number, record=result.record)
    return "rounds"


def run_round(
    experiment: Experiment,
    round_number: int,
    log: RoundLog,
    listeners: Sequence[Moments] = (),
    keeper: EpochKeeper | None = None,
) -> RoundResult | None:
    """One round: query, annotate, interpolate, train, evaluate. The paper's loop, a step a line.

    Returns:
        What it came to; None as long as the annotator waits.
    """
    begun = log.begun(round_number)
    clock = PhaseClock({} if begun is None else begun.seconds)
    with clock.phase("query"):
        selection = _select(experiment, round_number, begun)
    log.queried(round_number, selection, clock.seconds)
    with clock.phase("annotate"):
        labelled = experiment.annotate(selection.indices, round_number)
        if labelled is None:
            return None
        selection = narrowed(selection, labelled.indices, experiment.annotations.status)
        pseudo_labelled, failures = _fill(experiment, selection)
    log.annotated(round_number, clock.seconds)
    _show_queried(experiment, selection, round_number, listeners)
    report = experiment.learner.fit(experiment.annotated(), round_number, listeners=listeners, keeper=keeper)
    clock.seconds |= {"train": report.train_seconds, "validate": report.validate_seconds}
    with clock.phase("evaluate"):
        scores = _evaluate(experiment, report.kept)
    sizes = _sizes(experiment, selection, failures, labelled.seconds)
    means: dict[str, dict[str, Score]] = {
        split: summarise(of_split, experiment.label_space.foreground_names) for split, of_split in scores.items()
    }
    record = round_record(round_number, sizes, report, means, clock.seconds)
    return RoundResult(record, selection, pseudo_labelled, scores)


def _select(experiment: Experiment, round_number: int, begun: OpenRound | None) -> Selection:
    """What was chosen for this round before, if that is known in full; else the strategy's choice."""
    strategy = experiment.make_strategy()
    if experiment.replayed:
        return _replayed(experiment, strategy, round_number)
    if begun is not None and (selection := _chosen_before(experiment, strategy, begun, round_number)) is not None:
        return check_selection(selection, experiment.query(round_number), "the run's round.json")
    if round_number == 0:
        start = experiment.make_start()
        return ask(start, experiment.query(0), experiment.start_origin, experiment.loop.query_seconds)
    query = experiment.query(round_number)
    # A strategy that draws from torch has no generator but the global one, whose state no checkpoint holds.
    torch.manual_seed(torch_seed(experiment.seed, "query", round_number))
    return ask(strategy, query, experiment.strategy_origin, experiment.loop.query_seconds)


def _chosen_before(experiment: Experiment, strategy: Strategy, begun: OpenRound, round_number: int) -> Selection | None:
    """The selection of a round that was queried before; None where only the strategy knows how blocks are filled."""
    if not begun.filled:
        return begun.selection
    if round_number == 0 or not isinstance(strategy, FillsBlocks):
        return None
    return replace(begun.selection, fill=strategy.fill_of(round_number, experiment.loop.rounds))


def _replayed(experiment: Experiment, strategy: Strategy, round_number: int) -> Selection:
    if round_number not in experiment.replayed:
        raise AlsegError(f"the replayed run has no round {round_number}", hint=f"--rounds {max(experiment.replayed)}")
    fill = strategy.fill_of(round_number, experiment.loop.rounds) if isinstance(strategy, FillsBlocks) else None
    selection = replace(experiment.replayed[round_number], fill=fill)
    return check_selection(selection, experiment.query(round_number), "the replayed run")


def _fill(experiment: Experiment, selection: Selection) -> tuple[Sequence[int], int]:
    """Fill the selection's blocks; return the slices that were filled, and how many blocks could not be."""
    annotations, fill = experiment.annotations, selection.fill
    if fill is None:
        return annotations.fill({}, 1.0), 0
    pseudo_labels, failures = fill_blocks(selection.blocks, fill.interpolator, annotations)
    return annotations.fill(pseudo_labels, fill.weight), failures


def _show_queried(
    experiment: Experiment, selection: Selection, round_number: int, listeners: Sequence[Moments]
) -> None:
    chosen = experiment.units.take(selection.indices)
    first = experiment.images.table.first_of_scan[chosen.scan]
    queried = ComputedSlices(
        first + (chosen.lower[:, 0] + chosen.upper[:, 0] - 1) // 2,
        experiment.images.table,
        experiment.label_space,
        experiment.images,
        experiment.annotations,
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


def _sizes(
    experiment: Experiment, selection: Selection, blocks_not_interpolated: int, annotator_seconds: float | None
) -> RoundSizes:
    annotations = experiment.annotations
    labelled = annotations.rows(Status.LABELLED)
    sizes: RoundSizes = {
        "queried": len(selection.indices),
        "labelled": len(labelled),
        "pseudo_labelled": len(annotations.pseudo_labels),
        "scans_labelled": len(np.unique(annotations.table.scan[labelled])),
        "foreground_voxels": int(annotations.foreground.sum()),
        "boundary_voxels": int(annotations.boundary.sum()),
        "pool": len(annotations.table),
        "units": len(experiment.units),
        "labelled_voxels": annotations.voxels,
        "blocks": len(selection.blocks),
        "blocks_not_interpolated": blocks_not_interpolated,
    }
    if annotator_seconds is not None:
        sizes["annotator_seconds"] = annotator_seconds
    return sizes
