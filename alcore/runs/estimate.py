"""An estimate of a whole run's time and memory from a few timed steps, before round 0."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from alcore.learning import Saving
from alcore.runs.memory import peak_memory
from alcore.runs.session import Session

HOUR = 3600.0

FEWER_ROUNDS = 10
"""Rounds after which a long run is offered to stop."""


@dataclass(frozen=True)
class Estimate:
    """What a whole run is expected to take.

    Args:
        train_seconds: optimiser steps of all rounds.
        validate_seconds: validation during training, all rounds.
        query_seconds: one pass over the pool per query; less for a strategy that does not ask the model.
        memory_bytes: peak memory of the process (of the device, on CUDA) at the largest batch.
        resident: whether the slices stay in memory.
        shorter: options that shorten it, with what each leaves, longest saving first.
    """

    train_seconds: float
    validate_seconds: float
    query_seconds: float
    memory_bytes: int
    resident: bool
    shorter: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The whole run."""
        return self.train_seconds + self.validate_seconds + self.query_seconds


def estimate_session(session: Session) -> Estimate:
    """Let the learner time a few steps on copies; neither weights nor random streams are touched."""
    experiment = session.experiment
    loop, table = experiment.loop, experiment.images.table
    slices = float(np.mean(experiment.units.upper[:, 0] - experiment.units.lower[:, 0]))
    asked = [loop.initial + number * loop.budget for number in range(loop.rounds + 1)]
    annotated = [min(len(table), round(count * slices)) for count in asked]
    learner = experiment.learner.estimate(experiment.images, annotated)
    passes = {split: learner.predict_seconds(item.data.table) for split, item in experiment.evaluators.items()}
    at_end = sum(seconds for split, seconds in passes.items() if split != "validation" or not learner.reports_kept)
    query = learner.query_passes * learner.predict_seconds(table)

    def until(rounds: int) -> Estimate:
        validate = sum(learner.validations[: rounds + 1]) * passes["validation"] + (rounds + 1) * at_end
        train, memory = sum(learner.train_seconds[: rounds + 1]), peak_memory(session.device)
        return Estimate(train, validate, rounds * query, memory, session.data.resident)

    whole = until(loop.rounds)
    if whole.seconds < HOUR:
        return whole
    stopped = until(FEWER_ROUNDS).seconds if loop.rounds > FEWER_ROUNDS else whole.seconds
    return replace(whole, shorter=tuple(_shorter(whole, learner.savings(), stopped)))


def _shorter(estimate: Estimate, savings: Sequence[Saving], stopped: float) -> list[str]:
    """Options that shorten a run of hours, longest saving first; ``stopped`` is what fewer rounds would take."""
    saved_by = [
        (
            option.of_training * estimate.train_seconds
            + option.of_validation * estimate.validate_seconds
            + option.of_queries * estimate.query_seconds,
            option.text,
        )
        for option in savings
    ]
    saved_by.append((estimate.seconds - stopped, f"--rounds {FEWER_ROUNDS} stops earlier"))
    return [
        f"{text}: about {(estimate.seconds - saved) / HOUR:.1f} h" if saved < estimate.seconds * 0.9 else text
        for saved, text in sorted(saved_by, reverse=True)
        if saved > 0
    ]
