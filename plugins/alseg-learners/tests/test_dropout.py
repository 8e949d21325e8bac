"""The committee that dropout makes of one network."""

import numpy as np
import pytest
import torch
from alseg_learners.dropout import DropoutCommittee
from alseg_learners.inference import Inference
from alseg_learners.options import SlicesOptions
from alseg_learners.slices import SlicePredictor
from pydantic import ValidationError
from torch import nn

from alcore import AlsegError
from alcore.testing.splits import array_split


class Net(nn.Module):
    def __init__(self, p):
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(1, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.dropout = nn.Dropout2d(p)
        self.last = nn.Conv2d(6, 2, 1)

    def forward(self, x):
        return self.last(self.dropout(self.norm(self.first(x)).relu()))


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    shapes = [(4, 9, 8), (3, 5, 7)]
    pixels = [rng.normal(size=(n, 1, height, width)).astype(np.float32) for n, height, width in shapes]
    return array_split(pixels, [np.zeros((n, height, width), np.uint8) for n, height, width in shapes]).images


def samples(model, images, rows, seed=3, members=4):
    committee = DropoutCommittee(model, members, seed)
    predictor = SlicePredictor(Inference(model, torch.device("cpu"), "off"), committee)
    found = {}
    for where, logits in predictor.samples(images, np.asarray(rows)):
        assert logits.shape[:2] == (members, len(where))
        found |= {rows[place]: logits[:, k] for k, place in enumerate(where)}
    return found


def test_a_member_is_the_network_with_the_same_channels_left_out_of_every_slice(images):
    model = Net(0.5).eval()
    found = samples(model, images, range(7))
    for number in range(4):
        # The channels that a member keeps are one of the 2^6 sets, which explains all of its predictions.
        sets = []
        for kept in range(64):
            mask = torch.tensor([kept >> bit & 1 for bit in range(6)]).float() / 0.5
            with torch.no_grad():
                hidden = [model.norm(model.first(images.batch(np.array([row])))).relu() for row in range(7)]
                expected = [model.last(h * mask[:, None, None])[0] for h in hidden]
            sets.append(all(torch.allclose(e, found[row][number], atol=1e-5) for row, e in enumerate(expected)))
        assert any(sets)
    assert len({found[0][number].numpy().tobytes() for number in range(4)}) > 1


def test_neither_other_slices_nor_what_was_drawn_before_change_a_sample(images):
    model = Net(0.3)
    whole = samples(model, images, range(7))
    torch.rand(5)
    for row, some in samples(model, images, [6, 2]).items():
        torch.testing.assert_close(some, whole[row])
    assert not torch.equal(samples(model, images, [0], seed=4)[0], whole[0])


def test_the_network_itself_stays_in_evaluation_and_keeps_no_hook(images):
    model = Net(0.3)
    inference = Inference(model, torch.device("cpu"), "off")
    x = images.batch(np.array([0, 1]))
    before, statistics = inference.forward(x), model.norm.running_mean.clone()
    samples(model, images, range(7))
    assert torch.equal(inference.forward(x), before)
    assert torch.equal(model.norm.running_mean, statistics)
    assert not model.dropout._forward_hooks


def test_channels_are_left_out_as_often_as_the_probability_says():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout2d(0.2)).eval()
    committee, ones = DropoutCommittee(model, 200, 0), torch.ones(1, 50, 2, 2)
    kept = []
    for number in range(200):
        with committee.member(number):
            kept.append(model(ones)[0, :, 0, 0])
    kept = torch.stack(kept)
    assert set(kept.unique().tolist()) == {0.0, 1.25}
    assert abs((kept > 0).double().mean().item() - 0.8) < 0.02  # 4 standard deviations of 10,000 draws are 0.016


def test_a_model_without_dropout_is_an_error_that_names_the_option():
    with pytest.raises(AlsegError, match="dropout") as error:
        DropoutCommittee(Net(0.0), 4, 0)
    assert "model.dropout" in error.value.hint


def test_a_committee_of_one_and_members_of_none_are_refused():
    with pytest.raises(ValidationError, match="members"):
        SlicesOptions(committee="dropout", members=1)
    with pytest.raises(ValidationError, match="members"):
        SlicesOptions(members=3)
