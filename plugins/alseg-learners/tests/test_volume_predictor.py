"""A 3D model is scored on whole scans, as predictions of the whole scan at once would be."""

import numpy as np
import pytest
import torch
from alseg_learners.inference import Inference
from alseg_learners.sliding_window import SlidingWindow
from alseg_learners.volumes import VolumePredictor
from torch import nn

from alcore import LabelSpace
from alcore.engine.evaluator import Evaluator
from alcore.engine.scoring import NamedMetric, Scoring
from alcore.labels import IGNORED
from alcore.testing.splits import array_split

SHAPES = ((5, 9, 8), (7, 6, 10))


class Overlap:
    def from_counts(self, counts):
        total = 2 * counts.true_positive + counts.false_positive + counts.false_negative
        return np.divide(2.0 * counts.true_positive, total, out=np.full(total.shape, np.nan), where=total > 0)


class Volume:
    def from_volume(self, prediction, truth, spacing):
        return prediction.sum(axis=(1, 2, 3)) * np.prod(spacing)


@pytest.mark.parametrize("multi_label", [False, True])
def test_scores_are_those_of_whole_scans(multi_label):
    torch.manual_seed(0)
    model = nn.Conv3d(1, 3, 1).eval()  # sees a voxel alone, so that windows change nothing
    rng = np.random.default_rng(0)
    images = [rng.normal(size=shape).astype(np.float32)[:, None] for shape in SHAPES]
    size = [(shape[0], 3, *shape[1:]) if multi_label else shape for shape in SHAPES]
    labels = [rng.integers(0, 2 if multi_label else 3, shape).astype(np.uint8) for shape in size]
    for label in labels:
        label[rng.random(label.shape) < 0.2] = IGNORED
    foreground = [0, 1, 2] if multi_label else [1, 2]
    levels = (0.3,) if multi_label else ()
    metrics = [NamedMetric("overlap", "counts", Overlap()), NamedMetric("volume", "volume", Volume())]
    scoring = Scoring(metrics, LabelSpace.numbered(3, multi_label=multi_label), levels)
    evaluator = Evaluator(array_split(images, labels), scoring)
    predictor = VolumePredictor(Inference(model, torch.device("cpu"), "off"), SlidingWindow((4, 4, 4), 0.5))
    scores = evaluator.scores(predictor)
    counts = evaluator.validate(predictor).counts
    for scan, label in enumerate(labels):
        voxel = 3.0 * 1.5 * 1.0 * (scan + 1) ** 3
        with torch.no_grad():
            logits = model(torch.from_numpy(images[scan]).movedim(0, 1)[None])[0].movedim(0, 1)
        for suffix, level in [("", 0.5), *[(f"@{level}", level) for level in levels]]:
            for place, k in enumerate(foreground):
                truth = label[:, k] if multi_label else label
                known = truth != IGNORED
                predicted = (logits.sigmoid()[:, k] > level if multi_label else logits.argmax(dim=1) == k).numpy()
                true = (truth == (1 if multi_label else k)) & known
                both, total = (predicted & true).sum(), (predicted & known).sum() + true.sum()
                assert scores[f"overlap{suffix}"][scan, place] == pytest.approx(2 * both / total)
                assert scores[f"volume{suffix}"][scan, place] == pytest.approx((predicted & known).sum() * voxel)
                if not suffix:
                    assert counts.true_positive[scan, place] == both


def test_slices_of_several_scans_are_answered_in_any_order_and_each_scan_is_predicted_once():
    torch.manual_seed(0)
    model, seen = nn.Conv3d(1, 3, 3, padding=1).eval(), []
    model.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    rng = np.random.default_rng(0)
    images = [rng.normal(size=shape).astype(np.float32)[:, None] for shape in SHAPES]
    split = array_split(images, [np.zeros(shape, np.uint8) for shape in SHAPES])
    predictor = VolumePredictor(Inference(model, torch.device("cpu"), "off"), SlidingWindow((8, 12, 12), 0.5))
    rows = np.array([11, 2, 5, 0])  # scan 0 has the rows 0 to 4
    answers = {
        int(row): logits
        for where, part in predictor.logits(split.images, rows)
        for row, logits in zip(rows[where], part, strict=True)
    }
    assert sum(seen) == 2
    for scan, first in ((0, 0), (1, 5)):
        window = np.zeros((1, 8, 12, 12), np.float32)
        depth, height, width = SHAPES[scan]
        window[:, :depth, :height, :width] = images[scan].swapaxes(0, 1)
        with torch.no_grad():
            whole = model(torch.from_numpy(window)[None])[0]
        for row in rows[(rows >= first) & (rows < first + depth)]:
            torch.testing.assert_close(answers[int(row)], whole[:, row - first, :height, :width])
