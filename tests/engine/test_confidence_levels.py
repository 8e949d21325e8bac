"""Multi-label predictions are scored at every confidence level that is asked for."""

import pytest
import torch
from alseg_learners.inference import Inference
from alseg_learners.slices import SlicePredictor
from pydantic import ValidationError

from alcore import IGNORED, LabelSpace
from alcore.engine.evaluator import Evaluator
from alcore.engine.options import EvaluationOptions
from alcore.engine.scoring import NamedMetric, Scoring

LEVELS = (0.3, 0.45, 0.9)


class Volume:
    """Predicted voxels per class, as a volume metric."""

    def from_volume(self, prediction, truth, spacing):
        return prediction.sum(axis=(1, 2, 3)).astype(float)


class MeanProbability:
    def from_probabilities(self, probabilities, truth, counted):
        return probabilities.mean(axis=(1, 2, 3)).astype(float)


@pytest.fixture
def scored(split_of, parts):
    split = split_of([(4, 6, 5), (3, 5, 7)], multi_label=True, ignored=0.2)
    metrics = [
        NamedMetric("overlap", "counts", parts.Overlap()),
        NamedMetric("volume", "volume", Volume()),
        NamedMetric("certainty", "probabilities", MeanProbability()),
    ]
    evaluator = Evaluator(split, Scoring(metrics, LabelSpace.numbered(3, multi_label=True), LEVELS))
    model = parts.TinyNet()
    scores = evaluator.scores(SlicePredictor(Inference(model, parts.CPU, "off")))
    model.eval()
    with torch.no_grad():
        p = [model(torch.from_numpy(scan)).sigmoid().numpy() for scan in split.image_scans]
    return split, p, scores


def test_each_level_is_scored_under_a_name_of_its_own_but_not_for_metrics_of_probabilities(scored):
    _, _, scores = scored
    at_levels = [f"{name}@{level}" for level in ("0.3", "0.45", "0.9") for name in ("overlap", "volume")]
    assert list(scores) == ["overlap", "volume", "certainty", *at_levels]


@pytest.mark.parametrize(("suffix", "level"), [("", 0.5), ("@0.3", 0.3), ("@0.45", 0.45), ("@0.9", 0.9)])
def test_a_class_is_predicted_where_its_probability_exceeds_the_level(scored, suffix, level):
    split, p, scores = scored
    for scan in range(2):
        label = split.label_scans[scan]
        for k in range(3):
            known = label[:, k] != IGNORED
            predicted, true = (p[scan][:, k] > level)[known], (label[:, k] == 1)[known]
            dice = 2 * (predicted & true).sum() / (predicted.sum() + true.sum())
            assert scores[f"overlap{suffix}"][scan, k] == pytest.approx(dice, nan_ok=True)
            assert scores[f"volume{suffix}"][scan, k] == predicted.sum()


@pytest.mark.parametrize("levels", [[0.0], [1.0], [0.3, 0.3]])
def test_levels_lie_between_0_and_1_and_differ(levels):
    with pytest.raises(ValidationError):
        EvaluationOptions(confidence_levels=levels)
