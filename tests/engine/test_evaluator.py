"""The evaluator scores each scan over its whole volume, slices in order, whatever the batches."""

import numpy as np
import pytest
import torch
from alseg_learners.inference import Inference
from alseg_learners.slices import SlicePredictor

from alcore import IGNORED, LabelSpace
from alcore.engine.evaluator import Evaluator
from alcore.engine.scoring import NamedMetric, Scoring
from alcore.pool import batches as batches_module
from alcore.scores import class_means, dice_of, summarise

SHAPES = ((4, 6, 5), (5, 5, 6), (3, 6, 5))


class Recorder:
    """A volume and probability metric that keeps what it is given."""

    def __init__(self):
        self.volumes, self.probabilities = [], []

    def from_volume(self, prediction, truth, spacing):
        self.volumes.append((prediction, truth, spacing))
        return np.array([prediction[k].sum() for k in range(len(prediction))], float)

    def from_probabilities(self, probabilities, truth, counted):
        self.probabilities.append((probabilities, truth, counted))
        return probabilities.sum(axis=(1, 2, 3)).astype(float)


def predictions(model, split, scan, multi_label):
    """Logits and predicted labels of one scan, slice by slice."""
    model.eval()
    with torch.no_grad():
        logits = torch.cat([model(torch.from_numpy(image)[None]) for image in split.image_scans[scan]])
    return logits, (logits > 0).numpy() if multi_label else logits.argmax(dim=1).numpy()


def one_hot(labels, foreground, multi_label):
    if multi_label:
        return np.stack([labels[:, k] == 1 for k in foreground])
    return np.stack([labels == k for k in foreground])


@pytest.fixture
def evaluated(split_of, parts, monkeypatch):
    """Evaluate a tiny network on three scans; returns all that a test needs to compute the scores itself."""

    def run(multi_label=False, ignored=0.0, pixels=60):
        monkeypatch.setitem(batches_module.PIXELS_PER_BATCH, "cpu", pixels)
        split, model, recorder = split_of(SHAPES, multi_label=multi_label, ignored=ignored), parts.TinyNet(), Recorder()
        metrics = [
            NamedMetric("volume", "volume", recorder),
            NamedMetric("overlap", "counts", parts.Overlap()),
            NamedMetric("probability", "probabilities", recorder),
        ]
        foreground = [0, 1, 2] if multi_label else [1, 2]
        evaluator = Evaluator(split, Scoring(metrics, LabelSpace.numbered(3, multi_label=multi_label)))
        predictor = SlicePredictor(Inference(model, parts.CPU, "off"))
        scores = evaluator.scores(predictor)
        order = np.argsort([spacing[0] for _, _, spacing in recorder.volumes])  # scans come as they are complete
        recorder.volumes = [recorder.volumes[k] for k in order]
        recorder.probabilities = [recorder.probabilities[k] for k in order]
        return split, model, recorder, foreground, scores

    return run


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("pixels", [1, 60, 10**6])
def test_volumes_and_probabilities_come_scan_by_scan_with_slices_in_order(evaluated, multi_label, pixels):
    split, model, recorder, foreground, scores = evaluated(multi_label, pixels=pixels)
    assert list(scores) == ["volume", "overlap", "probability"]
    for scan in range(3):
        logits, labels = predictions(model, split, scan, multi_label)
        prediction, truth, spacing = recorder.volumes[scan]
        np.testing.assert_array_equal(prediction, one_hot(labels, foreground, multi_label))
        np.testing.assert_array_equal(truth, one_hot(split.label_scans[scan], foreground, multi_label))
        assert spacing == (3.0 * (scan + 1), 1.5 * (scan + 1), 1.0 * (scan + 1))
        p = (logits.sigmoid() if multi_label else logits.softmax(dim=1)).numpy()
        np.testing.assert_allclose(recorder.probabilities[scan][0], p[:, foreground].swapaxes(0, 1), atol=1e-6)
        np.testing.assert_array_equal(recorder.probabilities[scan][1], truth)
        assert recorder.probabilities[scan][2].shape == truth.shape
        assert recorder.probabilities[scan][2].all()
        np.testing.assert_array_equal(scores["volume"][scan], prediction.sum(axis=(1, 2, 3)))


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("ignored", [0.0, 0.3])
def test_counts_cover_each_scan_and_leave_ignored_voxels_out(evaluated, multi_label, ignored):
    split, model, _, foreground, scores = evaluated(multi_label, ignored)
    for scan in range(3):
        _, labels = predictions(model, split, scan, multi_label)
        known = split.label_scans[scan] != IGNORED
        for place, k in enumerate(foreground):
            if multi_label:
                predicted, true = labels[:, k][known[:, k]] == 1, split.label_scans[scan][:, k][known[:, k]] == 1
            else:
                predicted, true = labels[known] == k, split.label_scans[scan][known] == k
            expected = 2 * (predicted & true).sum() / (predicted.sum() + true.sum())
            assert scores["overlap"][scan, place] == pytest.approx(expected)


@pytest.mark.parametrize("multi_label", [False, True])
def test_ignored_voxels_are_in_no_region_and_not_counted(evaluated, multi_label):
    split, _, recorder, foreground, _ = evaluated(multi_label, ignored=0.3)
    for scan in range(3):
        ignored = split.label_scans[scan] == IGNORED
        ignored = ignored[:, foreground].swapaxes(0, 1) if multi_label else np.stack([ignored] * len(foreground))
        prediction, truth, _ = recorder.volumes[scan]
        assert not prediction[ignored].any()
        assert not truth[ignored].any()
        assert ignored.any()
        np.testing.assert_array_equal(recorder.probabilities[scan][1], truth)
        np.testing.assert_array_equal(recorder.probabilities[scan][2], ~ignored)


def test_given_counts_spare_the_pass_that_counts(split_of, parts):
    split, model = split_of(SHAPES), parts.TinyNet()
    evaluator = Evaluator(split, Scoring([NamedMetric("overlap", "counts", parts.Overlap())], LabelSpace.numbered(3)))
    predictor = SlicePredictor(Inference(model, parts.CPU, "off"))
    known = evaluator.validate(predictor)
    calls = []
    model.register_forward_pre_hook(lambda *_: calls.append(1))
    again = evaluator.scores(predictor, known)
    assert not calls
    np.testing.assert_array_equal(again["overlap"], parts.Overlap().from_counts(known.counts))


def test_means_go_over_scans_then_over_classes_and_leave_out_what_is_not_defined():
    scores = {"dice": np.array([[0.2, np.nan, np.nan], [0.6, 0.5, np.nan]])}
    summary = summarise(scores, ("organ", "tumour", "vessel"))
    assert summary["dice"]["per_class"] == {"organ": pytest.approx(0.4), "tumour": 0.5, "vessel": None}
    assert summary["dice"]["mean"] == pytest.approx(0.45)
    assert summarise({"dice": np.full((2, 1), np.nan)}, ("organ",)) == {
        "dice": {"mean": None, "per_class": {"organ": None}}
    }
    assert np.isnan(class_means(np.full((2, 1), np.nan)))


def test_the_dice_of_model_selection_is_the_mean_foreground_dice(split_of, parts):
    split, model = split_of(SHAPES), parts.TinyNet()
    evaluator = Evaluator(split, Scoring([NamedMetric("overlap", "counts", parts.Overlap())], LabelSpace.numbered(3)))
    validation = evaluator.validate(SlicePredictor(Inference(model, parts.CPU, "off")))
    expected = np.nanmean(np.nanmean(parts.Overlap().from_counts(validation.counts), axis=0))
    assert validation.dice == dice_of(validation.counts) == pytest.approx(expected)
