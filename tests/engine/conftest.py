from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from alseg_learners.options import SlicesOptions
from alseg_learners.slices import Slices

from alcore import Answer, LabelSpace, LearningTask, Selection
from alcore.engine.evaluator import Evaluator
from alcore.engine.experiment import Experiment
from alcore.engine.options import LoopOptions
from alcore.engine.scoring import NamedMetric, Scoring
from alcore.labels import IGNORED
from alcore.pool.slices import ResidentSlices, read_region
from alcore.query import unwritable_units
from alcore.testing.networks import MaskedCrossEntropy, TinyNet
from alcore.testing.splits import annotated, array_split

CPU = torch.device("cpu")


class Anything:
    """A start strategy: slices at random."""

    def select(self, query):
        return Selection(query.rng.choice(query.candidates, query.budget, replace=False))


class Truthful:
    """An annotator that gives the labels of a split; :attr:`waits` says whether it takes its time."""

    def __init__(self, split):
        self.split, self.asked, self.waits = split, {}, False

    def request(self, units, round_number):
        self.asked[round_number] = units

    def collect(self, round_number):
        return None if self.waits else Answer(self.asked[round_number], partial(read_region, self.split.truth))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def split_of():
    """Make a split of random scans of ``shapes`` (slices, height, width); class k is brighter than class k - 1."""

    def make(shapes, *, multi_label=False, n_classes=3, seed=0, ignored=0.0, slices=ResidentSlices):
        rng = np.random.default_rng(seed)
        images, labels = [], []
        for length, height, width in shapes:
            brightness = rng.normal(size=(length, 1, height, width)).astype(np.float32)
            if multi_label:
                label = (brightness > np.linspace(-0.5, 0.5, n_classes)[:, None, None]).astype(np.uint8)
            else:
                label = np.digitize(brightness[:, 0], np.linspace(-0.5, 0.5, n_classes - 1)).astype(np.uint8)
            label[rng.random(label.shape) < ignored] = IGNORED
            images.append(brightness)
            labels.append(label)
        return array_split(images, labels, slices)

    return make


class Overlap:
    """Dice from counts, as a metric plugin would give it."""

    def from_counts(self, counts):
        total = 2 * counts.true_positive + counts.false_positive + counts.false_negative
        return np.divide(2.0 * counts.true_positive, total, out=np.full(total.shape, np.nan), where=total > 0)


@pytest.fixture
def experiment_of(split_of):
    """Make an experiment of a tiny network on random scans around a given strategy."""

    def make(
        strategy=None,
        *,
        seed=0,
        shapes=((4, 6, 5), (6, 5, 7), (5, 6, 5)),
        rounds=2,
        budget=3,
        slices=ResidentSlices,
        shows_labels=False,
        **learner,
    ):
        train = split_of(shapes, slices=slices)
        validation = split_of([(3, 6, 5), (2, 4, 4)], seed=1, slices=slices)
        evaluator = Evaluator(validation, Scoring([NamedMetric("dice", "counts", Overlap())], LabelSpace.numbered(3)))
        options = SlicesOptions(**{"epochs": 2, "batch_size": 4, "learning_rate": 1e-2, **learner})
        task = LearningTask(
            channel_names=("intensity",),
            label_space=LabelSpace(("background", "organ", "tumour")),
            scan_sizes=np.array(shapes),
            device=CPU,
            seed=seed,
            build_model=lambda: TinyNet(seed=seed),
            build_loss=MaskedCrossEntropy,
            validate=evaluator.validate,
        )
        return Experiment(
            seed=seed,
            loop=LoopOptions(rounds=rounds, budget=budget, initial=3),
            images=train.images,
            units=unwritable_units(train.table.units),
            annotations=annotated(train, np.empty(0, np.int64)),
            annotator=Truthful(train),
            learner=Slices(options, task=task),
            evaluators={"validation": evaluator},
            make_strategy=lambda: strategy,
            make_start=Anything,
            start_origin="the start strategy",
            shows_labels=shows_labels,
            strategy_origin="the strategy 'toy' (alseg-toy 1.2)",
            label_space=task.label_space,
        )

    return make


@pytest.fixture
def parts():
    """The toy network, loss and metric, for tests that put them together themselves."""
    return SimpleNamespace(TinyNet=TinyNet, MaskedCrossEntropy=MaskedCrossEntropy, Overlap=Overlap, CPU=CPU)
