"""What TensorBoard reads back is what the run told the tracker."""

import io

import numpy as np
import pytest
from alseg_trackers.pictures import GAP, OPACITY, PALETTE, picture, stacked
from alseg_trackers.plugin import TensorBoardOptions
from alseg_trackers.tensorboard import TensorBoard
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

RECORD = {
    "scores": {"validation": {"dice": {"mean": 0.5, "per_class": {"organ": 0.75, "lesion": None}}}},
    "labelled": 48,
    "pseudo_labelled": 3,
    "seconds": {"train": 1.5},
}


class Queried:
    """Two slices of different size with known labels."""

    multi_label = False
    indices = np.array([4, 7])

    def image(self, k):
        return np.linspace(0, 1, 20, dtype=np.float32).reshape(1, 4, 5)[:, :, : 5 - k]

    def truth(self, k):
        return np.eye(4, 5 - k, dtype=np.uint8)

    def prediction(self, k):
        return np.zeros((4, 5 - k), np.uint8)


@pytest.fixture
def written(tmp_path):
    """A tracker that was told of one epoch and one round; read back."""
    tracker = TensorBoard(TensorBoardOptions(), directory=tmp_path)
    tracker.run_started(config={"learner": {"epochs": 10, "epochs_growth": 2}}, first_round=2, last_round=3)
    tracker.slices_annotated(round=2, queried=Queried())
    tracker.epoch_finished(round=2, epoch=3, loss=0.25, validation=0.5, learning_rate=1e-3)
    tracker.epoch_finished(round=2, epoch=4, loss=0.125, validation=None, learning_rate=1e-4)
    tracker.round_finished(round=2, record=RECORD)
    tracker.closed()
    events = EventAccumulator(str(tmp_path / "from-round-0002"))
    events.Reload()
    return events


def test_scalars_per_round_have_the_round_as_step(written):
    (mean,) = written.Scalars("validation dice/mean")
    assert (mean.step, mean.value) == (2, 0.5)
    assert written.Scalars("validation dice/organ")[0].value == 0.75
    assert written.Scalars("round/labelled slices")[0].value == 48
    assert written.Scalars("seconds/train")[0].value == 1.5


def test_a_score_without_a_value_leaves_no_point(written):
    assert "validation dice/lesion" not in written.Tags()["scalars"]


def test_scalars_per_epoch_count_through_all_rounds(written):
    # Rounds 0 and 1 are planned with 10 and 12 epochs.
    assert [(event.step, event.value) for event in written.Scalars("epoch/loss")] == [(25, 0.25), (26, 0.125)]
    assert [event.step for event in written.Scalars("epoch/validation dice")] == [25]
    assert [event.step for event in written.Scalars("epoch/learning rate")] == [25, 26]


def test_the_queried_slices_are_shown_below_one_another(written):
    (shown,) = written.Images("queried: image, truth, prediction")
    height, width = np.asarray(Image.open(io.BytesIO(shown.encoded_image_string))).shape[:2]
    assert (height, width) == (2 * (4 + GAP), 3 * 5 + 2 * GAP)


def test_a_picture_colours_the_classes_and_only_these():
    image = np.zeros((1, 2, 2), np.float32)
    image[0, 1, 1] = 1.0
    truth = np.array([[1, 0], [0, 2]], np.uint8)
    shown = picture(image, truth, np.zeros_like(truth), multi_label=False)
    second = shown[:, :, 2 + GAP : 4 + GAP]
    np.testing.assert_allclose(second[:, 0, 0], OPACITY * PALETTE[0], rtol=1e-6)
    np.testing.assert_allclose(second[:, 1, 1], (1 - OPACITY) + OPACITY * PALETTE[1], rtol=1e-6)
    assert (second[:, 0, 1] == 0).all()
    np.testing.assert_array_equal(shown[:, :, 4 + 2 * GAP :], shown[:, :, :2])


def test_masks_of_multi_label_data_may_overlap():
    truth = np.array([[[1, 1]], [[0, 1]]], np.uint8)
    shown = picture(np.zeros((1, 1, 2), np.float32), truth, truth, multi_label=True)
    both = (1 - OPACITY) * OPACITY * PALETTE[0] + OPACITY * PALETTE[1]
    np.testing.assert_allclose(shown[:, 0, 2 + GAP + 1], both, rtol=1e-6)


def test_stacking_pads_with_white():
    rows = stacked([np.zeros((3, 2, 3), np.float32), np.zeros((3, 1, 5), np.float32)])
    assert rows.shape == (3, 2 + GAP + 1 + GAP, 5)
    assert (rows[:, 0, 3:] == 1).all()
