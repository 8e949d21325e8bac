"""An estimate of a whole run's time and memory from a few timed steps, before round 0."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alcore.learning import LearnerEstimate
from alcore.runs.memory import peak_memory
from alcore.runs.session import Session

HOUR = 3600.0


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
    loop, table = experiment.loop, experiment.pool.table
    annotated = [min(len(table), loop.initial + number * loop.budget) for number in range(loop.rounds + 1)]
    learner = experiment.learner.estimate(experiment.images, annotated)
    seconds = {split: learner.predict_seconds(item.data.table) for split, item in experiment.evaluators.items()}
    last = sum(value for split, value in seconds.items() if split != "validation" or not learner.reports_kept)
    validate = learner.validations * seconds["validation"] + len(annotated) * last
    query = loop.rounds * learner.predict_seconds(table)
    memory = peak_memory(session.device)
    estimate = Estimate(learner.train_seconds, validate, query, memory, session.data.resident)
    if estimate.seconds < HOUR:
        return estimate
    return replace(estimate, shorter=tuple(_shorter(estimate, learner, annotated)))


def _shorter(estimate: Estimate, learner: LearnerEstimate, annotated: Sequence[int]) -> list[str]:
    """Options that shorten a run of hours, longest saving first."""
    savings = [
        (
            option.of_training * estimate.train_seconds
            + option.of_validation * estimate.validate_seconds
            + option.of_queries * estimate.query_seconds,
            option.text,
        )
        for option in learner.savings()
    ]
    if len(annotated) > 11:
        # Training takes as long as what is annotated, or less.
        savings.append((estimate.seconds * (1 - sum(annotated[:11]) / sum(annotated)), "--rounds 10 stops earlier"))
    return [
        f"{text}: about {(estimate.seconds - saved) / HOUR:.1f} h" if saved < estimate.seconds * 0.9 else text
        for saved, text in sorted(savings, reverse=True)
        if saved > 0
    ]
