"""All that one run consists of, built and ready."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from alcore.contracts import Interpolator, Strategy
from alcore.engine.evaluator import Evaluator
from alcore.engine.inference import Inference
from alcore.engine.learner import Learner
from alcore.engine.options import LoopOptions
from alcore.engine.oracle import Oracle
from alcore.engine.predictor import PoolPredictor
from alcore.engine.pseudo_labels import PseudoLabels
from alcore.engine.seeding import generator
from alcore.labels import LabelSpace
from alcore.pool.pool import Pool
from alcore.pool.slices import SliceTensors
from alcore.query import Query, Selection
from alcore.scans import Split


class StrategyFactory(Protocol):
    """Builds the strategy anew for each round, so that it can keep no state."""

    def __call__(self) -> Strategy:
        """Build it."""
        ...


@dataclass
class Experiment:
    """The parts of a run.

    Args:
        seed: the run's seed.
        loop: rounds, budget and initial slices.
        pool: the training slices and who is labelled.
        images: the pool's images.
        oracle: the pool's labels.
        inference: the model, applied.
        learner: the model, trained.
        evaluators: by split: validation, and test where scans are set aside.
        make_strategy: builds the strategy.
        strategy_origin: the strategy and where it comes from, for messages.
        label_space: what the classes are.
        pseudo_labels: pseudo-labels by pool index.
        replayed: by round, what was selected in the run whose queries this one repeats; empty where it makes its own.
    """

    seed: int
    loop: LoopOptions
    pool: Pool
    images: SliceTensors
    oracle: Oracle
    inference: Inference
    learner: Learner
    evaluators: Mapping[Split, Evaluator]
    make_strategy: StrategyFactory
    strategy_origin: str
    label_space: LabelSpace
    pseudo_labels: PseudoLabels = field(default_factory=dict)
    replayed: Mapping[int, Selection] = field(default_factory=dict)

    def query(self, round_number: int) -> Query:
        """The query of one round."""
        table = self.pool.table
        return Query(
            scan=table.scan,
            position=table.position,
            status=self.pool.status,
            budget=self.loop.budget,
            round=round_number,
            label_space=self.label_space,
            rng=generator(self.seed, "query", round_number),
            predictor=PoolPredictor(self.inference, self.images, self.label_space),
        )

    def interpolator_of(self, strategy: Any) -> Interpolator | None:
        """The interpolator that fills the strategy's blocks, if it has one."""
        interpolator: Interpolator | None = getattr(strategy, "interpolator", None)
        return interpolator

    def pseudo_label_weight(self, strategy: Any, round_number: int) -> float:
        """The weight of pseudo-labels in this round's loss; 1 where the strategy does not say."""
        weigh = getattr(strategy, "pseudo_label_weight", None)
        return 1.0 if weigh is None else float(weigh(round_number, self.loop.rounds))
