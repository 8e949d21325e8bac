"""The labelled slices as batches: truth and pseudo-labels beside each other, nothing unpaid, nothing twice."""

import numpy as np
import pytest
import torch
from alseg_learners.images import SliceImages

from alcore import IGNORED
from alcore.pool.annotated import AnnotatedSlices
from alcore.testing.splits import annotated

SHAPES = ((4, 6, 5), (5, 5, 7), (3, 6, 5))


def indices(*numbers):
    return np.array(numbers, np.int64)


@pytest.fixture
def training_set_of(split_of):
    """A training set with these labelled and pseudo-labelled slices; a pseudo-label is all of one class."""

    def make(labelled, pseudo, *, weight=0.3, multi_label=False):
        split = split_of(SHAPES, multi_label=multi_label)
        annotations = annotated(split, indices(*labelled))
        pseudo_labels = {row: np.full_like(split.label(row), row % 2) for row in pseudo}
        annotations.fill(pseudo_labels, weight)
        return AnnotatedSlices(split.images, annotations), split, pseudo_labels

    return make


BATCHES = {
    "true labels only": [(0, 1, 9)],
    "pseudo-labels only": [(2, 5)],
    "mixed": [(0, 2, 4, 6)],
    "pseudo-label larger than the truths": [(0, 5)],
    "truth larger than the pseudo-labels": [(4, 2)],
    "one after the other": [(6, 2), (0,), (5,), (9, 1, 4)],
}


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("rows_of_batches", BATCHES.values(), ids=BATCHES)
def test_each_slice_gets_its_own_label_and_weight(training_set_of, rows_of_batches, multi_label):
    labelled, pseudo = (0, 1, 4, 6, 9), (2, 5)
    training_set, split, pseudo_labels = training_set_of(labelled, pseudo, multi_label=multi_label)
    assert len(training_set) == 7
    batches = list(SliceImages(training_set).batches([indices(*rows) for rows in rows_of_batches]))
    assert len(batches) == len(rows_of_batches)
    for rows, batch in zip(rows_of_batches, batches, strict=True):
        size = [max(split.image(row).shape[axis] for row in rows) for axis in (1, 2)]
        assert list(batch.images.shape) == [len(rows), 1, *size]
        assert list(batch.target.shape) == [len(rows), *([3] if multi_label else []), *size]
        assert batch.weight.tolist() == pytest.approx([0.3 if row in pseudo else 1.0 for row in rows])
        for place, row in enumerate(rows):
            image = split.image(row)
            height, width = image.shape[-2:]
            label = pseudo_labels[row] if row in pseudo else split.label(row)
            np.testing.assert_array_equal(batch.images[place, :, :height, :width], image)
            np.testing.assert_array_equal(batch.target[place, ..., :height, :width], label)
            assert (batch.target[place, ..., height:, :] == IGNORED).all()
            assert (batch.target[place, ..., :, width:] == IGNORED).all()


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_the_weight_of_pseudo_labels_scales_their_gradient(training_set_of, parts, weight):
    training_set, _, _ = training_set_of((0, 1), (2,), weight=weight)
    (batch,) = SliceImages(training_set).batches([indices(0, 1, 2)])
    logits = torch.zeros(3, 3, *batch.images.shape[-2:], requires_grad=True)
    parts.MaskedCrossEntropy()(logits, batch.target, batch.weight).backward()
    gradients = logits.grad.abs().sum(dim=(1, 2, 3))
    assert gradients[2] / gradients[0] == pytest.approx(weight)


def test_labels_that_were_not_paid_for_are_refused(split_of):
    split = split_of(SHAPES)
    annotations = annotated(split, indices(3, 4))
    np.testing.assert_array_equal(annotations.label(3), split.label(3))
    np.testing.assert_array_equal(annotations.label(4), split.label(4))
    for ask in (
        lambda: annotations.label(5),
        lambda: annotations.labels([indices(3, 5)]),
        lambda: annotations.labels([indices(3), indices(5)]),
    ):
        with pytest.raises(LookupError, match=r"\[5\]"):
            ask()


@pytest.mark.parametrize("multi_label", [False, True])
def test_slices_without_a_label_are_ignored_beside_labelled_ones(training_set_of, multi_label):
    data, split, pseudo_labels = training_set_of((0, 1), (2,), multi_label=multi_label)
    mixed, none = data.labels([indices(0, 3, 2), indices(3, 5)])
    np.testing.assert_array_equal(mixed[0], split.label(0))
    np.testing.assert_array_equal(mixed[2], pseudo_labels[2])
    assert (mixed[1] == IGNORED).all()
    assert (none == IGNORED).all()
    assert none.shape == (2, *([3] if multi_label else []), 6, 7)
