"""All that one run consists of, built and ready."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.annotating import Annotator
from alcore.contracts import Strategy
from alcore.engine.evaluator import Evaluator
from alcore.engine.options import LoopOptions
from alcore.engine.predictor import NoModelYet, PoolPredictor
from alcore.engine.unit_images import UnitImages
from alcore.labels import LabelSpace
from alcore.learning import Learner
from alcore.pool.annotated import AnnotatedSlices
from alcore.pool.annotations import Annotations
from alcore.pool.slices import SliceTensors
from alcore.query import Indices, KnownLabels, Query, Selection, Status, unwritable
from alcore.regions import Units
from alcore.scans import Split
from alcore.seeding import random_generator


class StrategyFactory(Protocol):
    """Builds the strategy anew for each round, so that it can keep no state."""

    def __call__(self) -> Strategy:
        """Build it."""
        ...


@dataclass(frozen=True)
class Labelled:
    """What of a request is labelled: indices of units, and the seconds that it took, where somebody measured them."""

    indices: Indices
    seconds: float | None


@dataclass
class Experiment:
    """The parts of a run.

    Args:
        seed: the run's seed.
        loop: rounds, budget and initial slices.
        images: the pool's images.
        units: what may be queried; their arrays cannot be written.
        annotations: what is annotated of the pool.
        annotator: who is asked for labels.
        learner: what trains and predicts.
        evaluators: by split: validation, and test where scans are set aside.
        make_strategy: builds the strategy.
        make_start: builds the strategy that chooses the first slices.
        strategy_origin: the strategy and where it comes from, for messages.
        start_origin: the same of the strategy that chooses the first slices.
        shows_labels: whether the strategy asks for the labels that were paid for.
        label_space: what the classes are.
        replayed: by round, what was selected in the run whose queries this one repeats; empty where it makes its own.
    """

    seed: int
    loop: LoopOptions
    images: SliceTensors
    units: Units
    annotations: Annotations
    annotator: Annotator
    learner: Learner
    evaluators: Mapping[Split, Evaluator]
    make_strategy: StrategyFactory
    make_start: StrategyFactory
    strategy_origin: str
    start_origin: str
    shows_labels: bool
    label_space: LabelSpace
    replayed: Mapping[int, Selection] = field(default_factory=dict)

    @property
    def status(self) -> NDArray[np.uint8]:
        """The status of every unit; see :meth:`alcore.pool.annotations.Annotations.status_of`."""
        return self.annotations.status_of(self.units, self._overlap)

    @property
    def _overlap(self) -> float:
        return self.loop.patch_overlap if self.units.kind == "patch" else 0.0

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left to choose."""
        return bool((self.status == Status.LABELLED).all())

    def query(self, round_number: int) -> Query:
        """The query of one round; that of round 0 asks for the first slices."""
        table, units, first = self.images.table, copy.copy(self.units), round_number == 0
        shown = UnitImages(self.images, units)
        model = NoModelYet(shown) if first else PoolPredictor(self.learner.predictor(), shown, self.label_space)
        return Query(
            units=units,
            status=self.status,
            spacing=unwritable(table.spacing),
            overlap=self._overlap,
            most_per_scan=0 if units.kind == "slice" else self.loop.most_per_scan,
            budget=min(self.loop.initial, len(units)) if first else self.loop.budget,
            round=round_number,
            rounds=self.loop.rounds,
            label_space=self.label_space,
            rng=random_generator(self.seed, "initial" if first else "query", round_number),
            predictor=model,
            known=KnownLabels(self._known() if self.shows_labels else {}, self.label_space),
        )

    def annotate(self, indices: Indices, round_number: int) -> Labelled | None:
        """Ask the annotator for these units, and take over its answer; None as long as there is none."""
        asked = self.units.take(indices)
        self.annotator.request(asked, round_number)
        answer = self.annotator.collect(round_number)
        if answer is None:
            return None
        self.annotations.pay(answer)
        if len(answer.units) < len(asked):
            labelled = set(answer.units)
            indices = indices[[region in labelled for region in asked]]
        return Labelled(indices, answer.seconds)

    def _known(self) -> dict[int, NDArray[np.uint8]]:
        """The labels of units that are labelled, by index."""
        if self.units.kind == "slice":
            return {int(row): self.annotations.label(int(row)) for row in self.annotations.rows(Status.LABELLED)}
        return {int(index): self._below(int(index)) for index in np.flatnonzero(self.status == Status.LABELLED)}

    def _below(self, index: int) -> NDArray[np.uint8]:
        """The labels of a unit, its slices below each other."""
        return np.concatenate(list(self.annotations.region(self.units[index])), axis=-2)

    def annotated(self) -> AnnotatedSlices:
        """What is annotated now, for the learner."""
        return AnnotatedSlices(self.images, self.annotations)
