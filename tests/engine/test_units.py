"""Queries for patches and volumes: what the predictor answers, what may be chosen together, and what is paid."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import alcore.query
from alcore import AlsegError, Selection, Status, Units
from alcore.engine.loop import run_round
from alcore.engine.predictor import PoolPredictor
from alcore.engine.selection import check_selection
from alcore.engine.unit_images import UnitImages
from alcore.query import unwritable_units
from alcore.testing.rounds import KeptRounds

SHAPES = ((4, 6, 5), (6, 5, 7), (5, 6, 5))
PATCHES = Units.patches(np.array(SHAPES), (2, 3, 4), (1, 1, 1))
VOLUMES = Units.volumes(np.array(SHAPES))


class Best:
    """Chooses the units of the largest mean entropy, apart."""

    def select(self, query):
        scores = query.predictor.pixel_scores(query.candidates, entropy, "mean")
        return Selection(query.apart(query.candidates[np.argsort(-scores, kind="stable")], query.budget))


class Anywhere:
    def select(self, query):
        return Selection(query.apart(query.rng.permutation(query.candidates), query.budget))


def entropy(p):
    return -(p * p.log()).sum(dim=1)


@pytest.fixture
def experiment_on(experiment_of):
    def make(units, strategy=None, **options):
        experiment = experiment_of(strategy or Best(), **options)
        changes = {"units": unwritable_units(units), "make_start": Anywhere}
        return replace(experiment, **changes)

    return make


@pytest.fixture
def predictor_on(experiment_of):
    experiment = experiment_of()

    def make(units):
        return PoolPredictor(
            experiment.learner.predictor(), UnitImages(experiment.images, units), experiment.label_space
        )

    return make, experiment


def volumes_of(predictor, experiment):
    """The probabilities of each scan, (slices, classes, rows, columns), asked for slice by slice."""
    found = []
    for scan in range(len(SHAPES)):
        rows = experiment.images.table.rows_of(scan)
        volume = [None] * (rows.stop - rows.start)
        for where, p in predictor.probabilities(np.arange(rows.start, rows.stop)):
            for place, one in zip(where, p, strict=True):
                volume[place] = one
        found.append(torch.stack(volume))
    return found


@pytest.mark.parametrize("units", [PATCHES, VOLUMES], ids=["patches", "volumes"])
def test_units_are_cut_out_of_what_the_slices_of_their_scan_give(predictor_on, units):
    make, experiment = predictor_on
    slices, predictor = make(experiment.images.table.units), make(units)
    scans = volumes_of(slices, experiment)
    indices = np.random.default_rng(0).permutation(len(units))[:25]
    boxes = {}
    for k, index in enumerate(indices):
        scan, (a, b, c), (d, e, f) = units[int(index)]
        boxes[k] = scans[scan][a:d, :, b:e, c:f]
    answered = set()
    for where, p in predictor.probabilities(indices):
        for place, one in zip(where, p, strict=True):
            expected = boxes[place].movedim(1, 0).flatten(1, 2)
            torch.testing.assert_close(one, expected, rtol=0, atol=1e-6)
            answered.add(int(place))
    assert answered == set(range(len(indices)))
    for reduction in ("mean", "sum"):
        expected = [float(getattr(entropy(box).double(), reduction)()) for box in boxes.values()]
        np.testing.assert_allclose(predictor.pixel_scores(indices, entropy, reduction), expected, rtol=1e-5)
    expected = [float(box.amax()) for box in boxes.values()]
    np.testing.assert_allclose(predictor.scores(indices, lambda p: p.amax(dim=(1, 2, 3))), expected, rtol=1e-5)
    (where, image) = next(predictor.images(indices))
    scan, (a, b, c), (d, e, f) = units[int(indices[where[0]])]
    rows = experiment.images.table.rows_of(scan)
    whole = experiment.images.batch(np.arange(rows.start, rows.stop))
    torch.testing.assert_close(image[0], whole[a:d, :, b:e, c:f].movedim(1, 0).flatten(1, 2))


def test_features_of_a_volume_are_the_largest_of_its_slices(predictor_on):
    make, experiment = predictor_on
    of_slices = make(experiment.images.table.units).features(np.arange(len(experiment.images.table)))
    found = make(VOLUMES).features(np.array([2, 0]))
    for vector, scan in zip(found, (2, 0), strict=True):
        rows = experiment.images.table.rows_of(scan)
        np.testing.assert_allclose(vector, of_slices[rows].max(axis=0), rtol=1e-5)


def literally_apart(query, order, count):
    chosen = []
    for index in order.tolist():
        of_scan = [other for other in chosen if query.scan[other] == query.scan[index]]
        full = query.most_per_scan and len(of_scan) >= query.most_per_scan
        voxels = query.units.voxels[index]
        if not full and all(
            query.units.take([it]).shared_with(query.units[index])[0] <= query.overlap * voxels for it in of_scan
        ):
            chosen.append(index)
    return chosen[:count]


@pytest.mark.parametrize(("overlap", "most"), [(0.0, 0), (0.3, 0), (0.0, 2), (0.5, 1)])
@pytest.mark.parametrize("at_once", [7, 4096])
def test_units_are_chosen_apart_best_first(experiment_on, monkeypatch, overlap, most, at_once):
    monkeypatch.setattr(alcore.query, "CANDIDATES_AT_ONCE", at_once)
    experiment = experiment_on(PATCHES)
    experiment.loop = experiment.loop.model_copy(update={"patch_overlap": overlap, "most_per_scan": most})
    query, rng = experiment.query(0), np.random.default_rng(0)
    for count in (1, 4, 1000):
        order = rng.permutation(query.candidates)
        assert query.apart(order, count).tolist() == literally_apart(query, order, count)


@pytest.mark.parametrize("units", [PATCHES, VOLUMES], ids=["patches", "volumes"])
def test_rounds_pay_for_exactly_the_voxels_of_what_they_choose(experiment_on, units):
    experiment = experiment_on(units, rounds=1, budget=2)
    experiment.loop = experiment.loop.model_copy(update={"initial": 1})
    paid = [np.zeros(shape, bool) for shape in SHAPES]
    for number in (0, 1):
        result = run_round(experiment, number, KeptRounds())
        for region in experiment.units.take(result.selection.indices):
            box = tuple(slice(a, b) for a, b in zip(region.lower, region.upper, strict=True))
            assert not paid[region.scan][box].any()
            paid[region.scan][box] = True
        assert result.record["labelled_voxels"] == sum(int(mask.sum()) for mask in paid)
        touched = [mask.any(axis=(1, 2)) for mask in paid]
        assert result.record["labelled"] == sum(int(rows.sum()) for rows in touched)
    share = [
        paid[scan][tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))].mean() for scan, lower, upper in units
    ]
    assert (experiment.status == Status.LABELLED).tolist() == [value > 0 for value in share]


def test_patches_that_overlap_are_refused(experiment_on):
    query = experiment_on(PATCHES).query(0)
    with pytest.raises(AlsegError, match=r"strategy 'toy' selected the patches 0 and 1, which overlap"):
        check_selection(Selection(np.array([0, 1])), query, "the strategy 'toy'")
    crowded = replace(query, most_per_scan=1)
    apart = query.apart(query.candidates[query.scan[query.candidates] == 0], 2)
    with pytest.raises(AlsegError, match="selected 2 units of one scan, where at most 1 may be chosen"):
        check_selection(Selection(apart), crowded, "the strategy 'toy'")


def test_known_labels_of_a_patch_lie_below_each_other(experiment_on):
    experiment = experiment_on(PATCHES)
    experiment.shows_labels = True
    experiment.annotate(np.array([7]), 0)
    scan, (a, b, c), (d, e, f) = PATCHES[7]
    truth = experiment.annotator.split.label_scans[scan][a:d, b:e, c:f]
    np.testing.assert_array_equal(experiment.query(1).known.label(7), truth.reshape(-1, f - c))


@pytest.mark.parametrize("units", [PATCHES, VOLUMES], ids=["patches", "volumes"])
def test_each_member_of_a_committee_predicts_units_as_it_predicts_slices(predictor_on, units):
    _, experiment = predictor_on

    class Committee:
        """Two members: the learner's model, and one that turns its logits round."""

        def samples(self, images, rows):
            for where, logits in experiment.learner.predictor().logits(images, rows):
                yield where, torch.stack([logits, -logits])

    def committee_on(those):
        return PoolPredictor(Committee(), UnitImages(experiment.images, those), experiment.label_space)

    slices = [None] * len(experiment.images.table)
    for where, p in committee_on(experiment.images.table.units).samples(np.arange(len(slices))):
        for k, place in enumerate(where):
            slices[place] = p[:, k]
    for where, p in committee_on(units).samples(np.arange(len(units))[::-1].copy()[:10]):
        scan, (a, b, c), (d, e, f) = units[len(units) - 1 - int(where[0])]
        first = experiment.images.table.rows_of(scan).start
        box = torch.stack(slices[first + a : first + d])[..., b:e, c:f]  # (slices, members, classes, rows, columns)
        torch.testing.assert_close(p[:, 0], box.movedim(0, 2).flatten(2, 3))
