"""What a learner's committee answers is held to its contract before a strategy sees it."""

import numpy as np
import pytest
import torch

from alcore import AlsegError, LabelSpace
from alcore.engine.learner_guard import GuardedPredictor
from alcore.engine.predictor import NoModelYet, PoolPredictor
from alcore.engine.unit_images import UnitImages
from alcore.testing.splits import array_split


class Members:
    """Answers each slice by itself with what ``answer`` gives for its row, height and width."""

    def __init__(self, answer):
        self.answer = answer

    def samples(self, images, rows):
        for place, row in enumerate(rows):
            height, width = images.table.extent(rows[place : place + 1])[0]
            yield np.array([place]), self.answer(int(row), int(height), int(width))


@pytest.fixture
def images():
    shapes = [(2, 5, 4), (1, 6, 3)]
    pixels = [np.zeros((n, 1, height, width), np.float32) for n, height, width in shapes]
    return array_split(pixels, [np.zeros((n, height, width), np.uint8) for n, height, width in shapes]).images


def asked(answer, images):
    guarded = GuardedPredictor(Members(answer), "learner 'mine'", 2)
    return list(
        PoolPredictor(guarded, UnitImages(images, images.table.units), LabelSpace.numbered(2)).samples(
            np.array([2, 0, 1])
        )
    )


def test_members_become_probabilities_of_each_slice(images):
    def answer(row, height, width):
        return torch.stack([torch.full((1, 2, height, width), 0.0), torch.zeros(1, 2, height, width)]).index_add_(
            2, torch.tensor([1]), torch.full((2, 1, 1, height, width), float(row))
        )

    for where, p in asked(answer, images):
        row = [2, 0, 1][int(where[0])]
        assert p.shape[:3] == (2, 1, 2)
        torch.testing.assert_close(p[:, :, 1], torch.full_like(p[:, :, 1], 1 / (1 + np.exp(-row))))


@pytest.mark.parametrize(
    "answer",
    [
        lambda row, height, width: torch.zeros(1, 1, 2, height, width),
        lambda row, height, width: torch.zeros(2 + row, 1, 2, height, width),
        lambda row, height, width: torch.zeros(1, 2, height, width),
        lambda row, height, width: torch.zeros(2, 1, 2, height, width + 1),
        lambda row, height, width: torch.zeros(2, 1, 2, height, width, dtype=torch.float64),
    ],
    ids=["one member", "another number of members", "no axis of members", "another size", "another type"],
)
def test_a_committee_that_answers_otherwise_is_named(answer, images):
    with pytest.raises(AlsegError, match=r"'mine'.*predicted logits"):
        asked(answer, images)


def test_a_learner_that_has_no_such_method_is_named(images):
    guarded = GuardedPredictor(object(), "learner 'mine'", 2)
    with pytest.raises(AttributeError, match="samples") as error:
        list(guarded.samples(images, np.array([0])))
    assert error.value.__notes__ == ["raised in learner 'mine'"]


def test_a_member_that_predicts_nan_is_an_error_for_the_user(images):
    with pytest.raises(AlsegError, match="predicts NaN"):
        asked(lambda row, height, width: torch.full((2, 1, 2, height, width), torch.nan), images)


def test_round_0_has_no_committee(images):
    with pytest.raises(AlsegError, match="round 0"):
        NoModelYet(UnitImages(images, images.table.units)).samples(np.array([0]))
