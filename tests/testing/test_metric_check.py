"""The metric check passes sound metrics and catches each kind of broken one."""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from alcore import MetricSpec
from alcore.testing import ConformanceError, check_metric


class Dice:
    def __init__(self, options):
        pass

    def from_counts(self, counts):
        total = 2 * counts.true_positive + counts.false_positive + counts.false_negative
        return np.where(total == 0, np.nan, 2 * counts.true_positive / np.maximum(total, 1))


class DividesByZero(Dice):
    def from_counts(self, counts):
        return counts.true_positive / (counts.true_positive + counts.false_positive + counts.false_negative)


class AveragesClasses(Dice):
    def from_counts(self, counts):
        return super().from_counts(counts).mean(axis=1)


class MixesClasses(Dice):
    def from_counts(self, counts):
        return super().from_counts(counts)[:, ::-1]


class VolumeGap:
    def __init__(self, options):
        pass

    def from_volume(self, prediction, truth, spacing):
        gap = np.abs(prediction.sum(axis=(1, 2, 3)) - truth.sum(axis=(1, 2, 3)))
        return gap * math.prod(spacing) / 1000


class ForgetsSpacing(VolumeGap):
    def from_volume(self, prediction, truth, spacing):
        return super().from_volume(prediction, truth, (1, 1, 1))


class PraisesTheEmptyPrediction(VolumeGap):
    def from_volume(self, prediction, truth, spacing):
        gap = super().from_volume(prediction, truth, spacing)
        return np.where(prediction.any(axis=(1, 2, 3)), gap, 0.0)


class EmptiesTheTruth(VolumeGap):
    def from_volume(self, prediction, truth, spacing):
        gap = super().from_volume(prediction, truth, spacing)
        truth[:] = False
        return gap


class SquaredError:
    def __init__(self, options):
        pass

    def from_probabilities(self, probabilities, truth, counted):
        sums = ((probabilities - truth) ** 2).sum(axis=(1, 2, 3), where=counted)
        return sums / np.maximum(counted.sum(axis=(1, 2, 3)), 1)


class CountsAll(SquaredError):
    def from_probabilities(self, probabilities, truth, counted):
        return ((probabilities - truth) ** 2).mean(axis=(1, 2, 3))


class DilutesByWhatIsIgnored(SquaredError):
    def from_probabilities(self, probabilities, truth, counted):
        return (((probabilities - truth) ** 2) * counted).mean(axis=(1, 2, 3))


class CountsWhereTheFirstClassDoes(SquaredError):
    def from_probabilities(self, probabilities, truth, counted):
        return super().from_probabilities(probabilities, truth, np.broadcast_to(counted[:1], truth.shape))


class DividesByNoVoxel(SquaredError):
    def from_probabilities(self, probabilities, truth, counted):
        return ((probabilities - truth) ** 2).mean(axis=(1, 2, 3), where=counted)


@pytest.fixture
def spec_of(monkeypatch):
    def make(kind, needs, **stated):
        monkeypatch.setitem(sys.modules, "stranger_metric", SimpleNamespace(Metric=kind))
        return MetricSpec(
            name="stranger", summary="A stranger's.", target="stranger_metric:Metric", needs=needs, **stated
        )

    return make


LOWER = {"higher_is_better": False}
IN_ML = {"higher_is_better": False, "unit": "ml"}


@pytest.mark.parametrize(
    ("kind", "needs", "stated"),
    [(Dice, "counts", {}), (VolumeGap, "volume", IN_ML), (SquaredError, "probabilities", LOWER)],
)
def test_a_sound_metric_passes_every_check(spec_of, kind, needs, stated):
    check_metric(spec_of(kind, needs, **stated))


@pytest.mark.parametrize(
    ("kind", "needs", "stated", "complaint"),
    [
        (Dice, "volume", {}, "no method from_volume"),
        (Dice, "counts", LOWER, "perfect prediction scores best"),
        (DividesByZero, "counts", {}, "empty and full regions"),
        (AveragesClasses, "counts", {}, "one score per scan and class"),
        (MixesClasses, "counts", {}, "each class is scored for itself"),
        (ForgetsSpacing, "volume", IN_ML, "1 times"),
        (VolumeGap, "volume", {**IN_ML, "unit": "mm"}, "8 times"),
        (PraisesTheEmptyPrediction, "volume", IN_ML, "class that is missed"),
        (EmptiesTheTruth, "volume", IN_ML, "changed in place"),
        (SquaredError, "probabilities", {}, "perfect prediction scores best"),
        (CountsAll, "probabilities", LOWER, "not annotated count nowhere"),
        (DilutesByWhatIsIgnored, "probabilities", LOWER, "not annotated count nowhere"),
        (CountsWhereTheFirstClassDoes, "probabilities", LOWER, "not annotated count nowhere"),
        (DividesByNoVoxel, "probabilities", LOWER, "empty and full regions"),
    ],
)
def test_a_broken_metric_is_told_what_is_wrong_and_how_to_mend_it(spec_of, kind, needs, stated, complaint):
    with pytest.raises(ConformanceError, match=complaint) as caught:
        check_metric(spec_of(kind, needs, **stated))
    assert all(finding.found and finding.fix for finding in caught.value.failed)
