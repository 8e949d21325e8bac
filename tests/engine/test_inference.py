"""The model applied to slices: batches of one size, and answers that no batch mate or padding can change."""

import numpy as np
import pytest
import torch
from alseg_learners.inference import Inference
from alseg_learners.slices import SlicePredictor
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import AlsegError, LabelSpace
from alcore.engine.predictor import PoolPredictor
from alcore.engine.unit_images import UnitImages
from alcore.pool import batches as batches_module
from alcore.pool.batches import equal_size_batches

SHAPES = ((4, 6, 5), (5, 5, 6), (3, 6, 5), (2, 9, 3))


class Sizes:
    """As much of a table as batching needs."""

    def __init__(self, sizes):
        self.height, self.width = np.array(sizes, np.int32).reshape(-1, 2).T


@settings(max_examples=80, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=20),
    pixels=st.integers(1, 30),
    data=st.data(),
)
def test_batches_hold_every_row_once_and_one_size_each(sizes, pixels, data):
    rows = np.array(data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=20)), np.int64)
    batches = equal_size_batches(Sizes(sizes), rows, pixels)
    assert sorted(np.concatenate([*batches, np.empty(0, int)]).tolist()) == list(range(len(rows)))
    for where in batches:
        (size,) = {sizes[row] for row in rows[where]}
        assert len(where) == 1 or len(where) * size[0] * size[1] <= pixels


def test_no_more_batches_than_the_pixels_demand():
    rows = np.arange(10)
    batches = equal_size_batches(Sizes([(2, 5)] * 7 + [(5, 2)] * 3), rows, 30)
    assert sorted(map(len, batches)) == [1, 3, 3, 3]


@pytest.fixture
def predictor_of(split_of, parts, monkeypatch):
    def make(model=None, pixels=60, multi_label=False):
        monkeypatch.setitem(batches_module.PIXELS_PER_BATCH, "cpu", pixels)
        split = split_of(SHAPES, multi_label=multi_label)
        return PoolPredictor(
            SlicePredictor(Inference(parts.TinyNet() if model is None else model, parts.CPU, "off")),
            UnitImages(split.images, split.table.units),
            LabelSpace.numbered(3, multi_label=multi_label),
        ), split

    return make


def one_by_one(model, split, rows, transform):
    """Apply the model to each slice alone, without padding."""
    model.eval()
    with torch.no_grad():
        return [transform(model(torch.from_numpy(split.image(row))[None])) for row in rows]


@pytest.mark.parametrize("pixels", [1, 60, 10**6])
@pytest.mark.parametrize("multi_label", [False, True])
def test_a_score_depends_on_its_slice_alone(predictor_of, parts, pixels, multi_label):
    model = parts.TinyNet()
    predictor, split = predictor_of(model, pixels, multi_label)
    rows = np.random.default_rng(0).permutation(14)
    scores = predictor.scores(rows, lambda p: (p**2).sum(dim=(1, 2, 3)))
    squash = torch.sigmoid if multi_label else (lambda logits: logits.softmax(dim=1))
    expected = one_by_one(model, split, rows, lambda logits: (squash(logits) ** 2).sum().item())
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_probabilities_and_images_say_which_slices_they_belong_to(predictor_of, parts):
    model = parts.TinyNet()
    predictor, split = predictor_of(model)
    rows = np.array([13, 0, 7, 2, 5])
    expected = one_by_one(model, split, rows, lambda logits: logits.softmax(dim=1)[0].numpy())
    for answer, truth in ((predictor.probabilities, expected), (predictor.images, [split.image(row) for row in rows])):
        seen = []
        for where, batch in answer(rows):
            seen += where.tolist()
            for place, content in zip(where, batch.numpy(), strict=True):
                np.testing.assert_allclose(content, truth[place], atol=1e-6)
        assert sorted(seen) == list(range(len(rows)))


@pytest.mark.parametrize("pixels", [1, 10**6])
def test_features_are_the_largest_activations_of_the_feature_layer(predictor_of, parts, pixels):
    model = parts.TinyNet()
    predictor, split = predictor_of(model, pixels)
    rows = np.array([11, 3, 4, 0])
    features = predictor.features(rows)
    for row, feature in zip(rows, features, strict=True):
        activations = model.first(torch.from_numpy(split.image(row))[None])[0].detach().numpy()
        np.testing.assert_allclose(feature, [channel.max() for channel in activations], atol=1e-6)
    assert not model.first._forward_hooks


def test_features_of_nothing_and_scores_of_nothing_are_empty(predictor_of):
    predictor, _ = predictor_of()
    nothing = np.empty(0, np.int64)
    assert len(predictor.features(nothing)) == 0
    assert len(predictor.scores(nothing, lambda p: p.sum(dim=(1, 2, 3)))) == 0


def test_a_compiled_model_gives_the_same_features(predictor_of, parts):
    model = parts.TinyNet()
    compiled = torch.compile(model, dynamic=True, backend="eager")
    predictor, _ = predictor_of(compiled)
    rows = np.arange(14)
    predictor.scores(rows, lambda p: p.sum(dim=(1, 2, 3)))
    plain, _ = predictor_of(model)
    np.testing.assert_allclose(predictor.features(rows), plain.features(rows), atol=1e-6)


def test_a_model_that_predicts_nan_is_an_error_for_the_user(predictor_of, parts):
    model = parts.TinyNet()
    with torch.no_grad():
        model.last.bias.fill_(torch.nan)
    predictor, _ = predictor_of(model)
    with pytest.raises(AlsegError, match="predicts NaN"):
        predictor.scores(np.arange(3), lambda p: p.sum(dim=(1, 2, 3)))


def test_features_that_are_not_finite_are_an_error_for_the_user(predictor_of, parts):
    model = parts.TinyNet()
    with torch.no_grad():
        model.first.bias.fill_(torch.inf)
    predictor, _ = predictor_of(model)
    with pytest.raises(AlsegError, match="not finite"):
        predictor.features(np.arange(3))


def test_a_score_that_is_not_one_number_per_slice_is_refused(predictor_of):
    predictor, _ = predictor_of()
    with pytest.raises(ValueError, match="one number per slice"):
        predictor.scores(np.arange(5), lambda p: p.sum())


@pytest.mark.parametrize("training", [True, False])
def test_a_prediction_changes_no_state_of_the_model(split_of, parts, training):
    model = parts.TinyNet().train(training)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    split = split_of(SHAPES)
    first, second = (
        torch.cat([x.flatten() for _, x in passed])
        for passed in [
            list(SlicePredictor(Inference(model, parts.CPU, "off")).logits(split.images, np.arange(14)))
            for _ in range(2)
        ]
    )
    assert torch.equal(first, second)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_prediction_that_exceeds_the_memory_names_its_size(parts):
    class TooLarge(torch.nn.Module):
        def forward(self, images):
            raise torch.OutOfMemoryError

    with pytest.raises(AlsegError, match="predicting 4 images of 6 x 5 exceeds the memory of cpu") as caught:
        Inference(TooLarge(), parts.CPU, "off").forward(torch.zeros(4, 1, 6, 5))
    assert "pool.memory_budget" in caught.value.hint


def test_mixed_precision_gives_float32_logits_near_the_full_ones(split_of, parts):
    model, split = parts.TinyNet(), split_of(SHAPES)
    (_, full), *_ = SlicePredictor(Inference(model, parts.CPU, "off")).logits(split.images, np.arange(4))
    (_, mixed), *_ = SlicePredictor(Inference(model, parts.CPU, "bfloat16")).logits(split.images, np.arange(4))
    assert mixed.dtype == torch.float32
    assert not torch.equal(mixed, full)
    torch.testing.assert_close(mixed, full, atol=0.1, rtol=0.1)
