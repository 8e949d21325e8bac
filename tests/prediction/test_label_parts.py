"""Label maps of scans to be scored become the labels that conversion would store, where classes share values too."""

from types import SimpleNamespace

import numpy as np

from alcore import IGNORED, LabelSpace
from alcore.prediction.label_parts import LabelParts


def parts_of(values, label_space):
    return LabelParts.of(SimpleNamespace(label_values=values, label_space=label_space, dataset="d"))


def test_classes_that_share_values_are_set_together():
    parts = parts_of(((0,), (1, 2, 3), (2, 3), (3,)), LabelSpace(("whole", "core", "enhancing"), multi_label=True))
    assert parts.values == ((0,), (1,), (2,), (3,))
    label = parts.labels(np.array([[0, 1, 2, 3, IGNORED]], np.uint8))
    assert label[0].tolist() == [[0, 1, 1, 1, 255], [0, 0, 1, 1, 255], [0, 0, 0, 1, 255]]


def test_values_of_one_class_are_one_part_and_numbers_are_kept():
    parts = parts_of(((0, 7), (4, 900), (2,)), LabelSpace(("background", "organ", "lesion")))
    assert set(parts.values) == {(0, 7), (4, 900), (2,)}
    numbers = np.array([[parts.values.index(values) for values in ((0, 7), (4, 900), (2,))] + [IGNORED]], np.uint8)
    assert parts.labels(numbers).tolist() == [[0, 1, 2, 255]]
