"""Sliding-window prediction equals the formula written out, and MONAI's."""

import math

import numpy as np
import pytest
import torch
from alseg_learners import sliding_window as module
from alseg_learners.inference import Inference
from alseg_learners.sliding_window import SlidingWindow, gaussian_weights, window_starts
from monai.inferers import sliding_window_inference
from torch import nn

CPU = torch.device("cpu")


class Net(nn.Module):
    """Looks around each voxel, so that the edge of a window shows."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Conv3d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv3d(4, 3, 3, padding=1))

    def forward(self, images):
        return self.layers(images)


@pytest.fixture(params=[1, 10**6], ids=["one at a time", "all at once"])
def inference(request, monkeypatch):
    monkeypatch.setitem(module.VOXELS_PER_BATCH, "cpu", request.param)
    return Inference(Net().eval(), CPU, "off")


def volume_of(shape):
    return torch.from_numpy(np.random.default_rng(0).normal(size=(2, *shape)).astype(np.float32))


def written_out(model, volume, size, overlap):
    """The definition, window by window and voxel by voxel of the weights, in double precision."""
    padded = np.zeros((2, *(max(n, w) for n, w in zip(volume.shape[1:], size, strict=True))))
    padded[:, : volume.shape[1], : volume.shape[2], : volume.shape[3]] = volume
    shape = padded.shape[1:]
    importance = np.empty(size)
    for voxel in np.ndindex(*size):
        exponent = sum(((k - (n - 1) / 2) / (n / 8)) ** 2 for k, n in zip(voxel, size, strict=True))
        importance[voxel] = max(1e-3, math.exp(-exponent / 2))
    total, weight = np.zeros((3, *shape)), np.zeros(shape)
    places = []
    for length, window in zip(shape, size, strict=True):
        starts, step = [0], max(1, int(window * (1 - overlap)))
        while starts[-1] + window < length:
            starts.append(min(starts[-1] + step, length - window))
        places.append(starts)
    for z in places[0]:
        for y in places[1]:
            for x in places[2]:
                box = np.s_[z : z + size[0], y : y + size[1], x : x + size[2]]
                with torch.no_grad():
                    logits = model(torch.from_numpy(padded[(slice(None), *box)])[None])[0].numpy()
                total[(slice(None), *box)] += logits * importance
                weight[box] += importance
    return (total / weight)[:, : volume.shape[1], : volume.shape[2], : volume.shape[3]]


@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("shape", [(11, 13, 9), (8, 8, 8), (5, 20, 7), (8, 17, 8)])
def test_windows_are_averaged_as_the_formula_says_and_small_volumes_are_padded(inference, shape, overlap):
    volume, size = volume_of(shape), (8, 8, 6)
    window = SlidingWindow(size, overlap)
    logits = window.logits(inference, volume)
    assert logits.shape == (3, *shape)
    np.testing.assert_allclose(logits, written_out(Net().double(), volume.double(), size, overlap), atol=2e-5)


@pytest.mark.parametrize("overlap", [0.25, 0.5])
def test_windows_are_averaged_as_monai_does(inference, overlap):
    volume, size = volume_of((14, 13, 9)), (8, 8, 6)
    ours = SlidingWindow(size, overlap).logits(inference, volume)
    with torch.no_grad():
        theirs = sliding_window_inference(volume[None], size, 4, inference.model, overlap, mode="gaussian")[0]
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_weights_are_highest_in_the_middle_and_never_vanish():
    weights = gaussian_weights((9, 5, 33))
    assert weights.shape == (9, 5, 33)
    assert weights.max() == weights[4, 2, 16] == 1
    assert weights.min() == pytest.approx(1e-3)


def test_windows_cover_an_axis_without_leaving_it():
    for length in range(1, 40):
        for overlap in (0.0, 0.3, 0.5, 0.9):
            starts = window_starts(length, 8, overlap)
            covered = {voxel for start in starts for voxel in range(start, start + 8)}
            assert covered >= set(range(length))
            assert max(starts) + 8 <= max(8, length)
            assert len(set(starts)) == len(starts)


def test_the_number_of_windows_is_known_before(inference):
    calls = []
    window = SlidingWindow((8, 8, 6), 0.5)
    inference.model.register_forward_pre_hook(lambda _, inputs: calls.append(len(inputs[0])))
    window.logits(inference, volume_of((11, 13, 9)))
    assert sum(calls) == window.n_windows((11, 13, 9)) == 2 * 3 * 2
