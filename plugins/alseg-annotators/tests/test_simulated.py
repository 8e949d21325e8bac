"""The simulated annotator gives the truth, of what it is asked and of nothing else."""

import numpy as np
from alseg_annotators.plugin import register_annotators
from alseg_annotators.simulated import Simulated

from alcore import AnnotationTask, LabelSpace, Options, Region, Units
from alcore.testing import check_annotator

TRUTH = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def truth(region):
    (a, b, c), (d, e, f) = region.lower, region.upper
    return TRUTH[a:d, b:e, c:f]


def test_the_simulated_annotator_keeps_the_contract():
    (spec,) = register_annotators()
    check_annotator(spec)


def test_it_answers_each_round_with_what_was_asked_in_it(tmp_path):
    sizes, spacing = np.array([[2, 3, 4]]), np.ones((1, 3))
    task = AnnotationTask(LabelSpace.numbered(24), ("a",), sizes, spacing, truth, 0, tmp_path)
    annotator = Simulated(Options(), task=task)
    box = np.array([[0, 1, 1]], np.int32), np.array([[2, 3, 2]], np.int32)
    annotator.request(Units("patch", np.zeros(1, np.int32), *box), 0)
    annotator.request(Units("slice", np.zeros(0, np.int32), box[0][:0], box[1][:0]), 1)
    assert list(annotator.collect(0).units) == [Region(0, (0, 1, 1), (2, 3, 2))]
    assert len(annotator.collect(1).units) == 0
    assert annotator.collect(0).read(annotator.collect(0).units[0]).tolist() == [[[5], [9]], [[17], [21]]]
    assert annotator.collect(0).seconds is None
