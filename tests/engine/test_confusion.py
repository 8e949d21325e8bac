"""Confusion counts of whole scans, against scikit-learn and a slow loop."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from alcore import IGNORED, LabelSpace
from alcore.engine.confusion import ConfusionCounter

N_SCANS = 3


def counted(n_classes, multi_label, batches):
    counter = ConfusionCounter(N_SCANS, LabelSpace.numbered(n_classes, multi_label=multi_label), torch.device("cpu"))
    for scan, prediction, truth in batches:
        counter.add(torch.from_numpy(scan), torch.from_numpy(prediction), torch.from_numpy(truth))
    return counter.result()


def random_batches(seed, n_classes, multi_label, n_batches=3):
    rng = np.random.default_rng(seed)
    for _ in range(n_batches):
        shape = (rng.integers(1, 5), *((n_classes,) if multi_label else ()), *rng.integers(1, 6, size=2))
        top = 2 if multi_label else n_classes
        truth = rng.integers(0, top, shape).astype(np.uint8)
        truth[rng.random(shape) < 0.2] = IGNORED
        yield rng.integers(0, N_SCANS, shape[0]), rng.integers(0, top, shape), truth


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), n_classes=st.integers(2, 5))
def test_single_label_counts_agree_with_scikit_learn(seed, n_classes):
    batches = list(random_batches(seed, n_classes, multi_label=False))
    counts = counted(n_classes, False, batches)
    for scan in range(N_SCANS):
        pairs = [(truth[where == scan], predicted[where == scan]) for where, predicted, truth in batches]
        truth, predicted = (np.concatenate([part.ravel() for part in side]) for side in zip(*pairs, strict=True))
        kept = truth != IGNORED
        matrix = np.zeros((n_classes, n_classes), int)
        if kept.any():
            matrix = confusion_matrix(truth[kept], predicted[kept], labels=range(n_classes))
        for k in range(1, n_classes):
            hit = matrix[k, k]
            assert counts.true_positive[scan, k - 1] == hit
            assert counts.false_positive[scan, k - 1] == matrix[:, k].sum() - hit
            assert counts.false_negative[scan, k - 1] == matrix[k].sum() - hit
            assert counts.true_negative[scan, k - 1] == matrix.sum() - matrix[:, k].sum() - matrix[k].sum() + hit


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), n_classes=st.integers(1, 4))
def test_multi_label_counts_agree_with_a_loop_over_voxels(seed, n_classes):
    batches = list(random_batches(seed, n_classes, multi_label=True))
    counts = counted(n_classes, True, batches)
    names = {(1, 1): "true_positive", (0, 1): "false_positive", (1, 0): "false_negative", (0, 0): "true_negative"}
    expected = {name: np.zeros((N_SCANS, n_classes), int) for name in names.values()}
    for scans, prediction, truth in batches:
        for (n, k, row, column), true in np.ndenumerate(truth):
            if true != IGNORED:
                expected[names[int(true), int(prediction[n, k, row, column])]][scans[n], k] += 1
    for name, values in expected.items():
        np.testing.assert_array_equal(getattr(counts, name), values)


def test_boolean_predictions_count_as_zero_and_one():
    truth = np.array([[[[1, 0], [1, 0]]]], np.uint8)
    prediction = np.array([[[[True, True], [False, False]]]])
    counts = counted(1, True, [(np.array([2]), prediction, truth)])
    assert [int(getattr(counts, name)[2, 0]) for name in ("true_positive", "false_positive")] == [1, 1]
    assert [int(getattr(counts, name)[2, 0]) for name in ("false_negative", "true_negative")] == [1, 1]


@pytest.mark.parametrize("multi_label", [False, True])
def test_a_scan_that_is_ignored_throughout_counts_nothing(multi_label):
    shape = (1, 2, 3, 3) if multi_label else (1, 3, 3)
    ignored = np.full(shape, IGNORED, np.uint8)
    counts = counted(2, multi_label, [(np.array([0]), np.ones(shape, np.int64), ignored)])
    total = counts.true_positive + counts.false_positive + counts.false_negative + counts.true_negative
    assert total.sum() == 0
