"""What TensorBoard reads back is what the run told the tracker."""

import io

import numpy as np
import pytest
from alseg_trackers.pictures import GAP, OPACITY, PALETTE, picture, stacked
from alseg_trackers.plugin import TensorBoardOptions
from alseg_trackers.tensorboard import TensorBoard
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from alcore import LabelSpace
from alcore.testing import synthetic_record

CONFIG = {"seed": 3, "learner": {"epochs": 2, "amp": "off"}, "evaluation": {"metrics": ["dice"]}}
CURVE = [(0, 0.5), (1, 0.515625), (2, 0.53125)]
"""Mean validation Dice of the rounds that ``synthetic_record`` makes up."""


class Queried:
    """Two slices of different size with known labels."""

    label_space = LabelSpace.numbered(3)
    indices = np.array([4, 7])

    def image(self, k):
        return np.linspace(0, 1, 20, dtype=np.float32).reshape(1, 4, 5)[:, :, : 5 - k]

    def truth(self, k):
        return np.eye(4, 5 - k, dtype=np.uint8)

    def prediction(self, k):
        return np.zeros((4, 5 - k), np.uint8)


def run_rounds(folder, rounds, committed=(), finished=True):
    """A tracker that hears of ``rounds``; of the last one all but its commit unless ``finished``."""
    tracker = TensorBoard(TensorBoardOptions(), directory=folder)
    tracker.run_started(
        config=CONFIG, first_round=rounds[0], last_round=3, committed=list(map(synthetic_record, committed))
    )
    for number in rounds:
        line = synthetic_record(number)
        tracker.slices_annotated(round=number, queried=Queried())
        tracker.epoch_finished(round=number, epoch=1, loss=line["losses"][0], validation=None, learning_rate=1e-3)
        tracker.epoch_finished(round=number, epoch=2, loss=line["losses"][1], validation=0.5, learning_rate=1e-4)
        if finished or number != rounds[-1]:
            tracker.round_finished(round=number, record=line)
    if finished:
        tracker.run_finished(reason="rounds")
    tracker.closed()


def read(folder):
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def points(events, tag):
    return [(event.step, event.value) for event in events.Scalars(tag)]


@pytest.fixture
def written(tmp_path):
    """What is read back of a run of rounds 0 to 2."""
    run_rounds(tmp_path, [0, 1, 2])
    return read(tmp_path)


def test_figures_per_round_have_the_round_as_step(written):
    assert points(written, "validation dice/mean") == CURVE
    assert points(written, "validation dice/organ") == [(0, 0.75), (1, 0.75), (2, 0.75)]
    assert points(written, "round/labelled slices") == [(0, 48), (1, 49), (2, 50)]
    assert points(written, "seconds/train")[0] == (0, 1.5)


def test_a_score_without_a_value_leaves_no_point(written):
    assert "validation dice/absent" not in written.Tags()["scalars"]


def test_figures_per_epoch_count_through_all_rounds(written):
    assert points(written, "epoch/loss") == [(1, 0.25), (2, 0.125), (3, 1.25), (4, 0.125), (5, 2.25), (6, 0.125)]
    assert [step for step, _ in points(written, "epoch/learning rate")] == [1, 2, 3, 4, 5, 6]
    assert points(written, "epoch/validation dice") == [(2, 0.5), (4, 0.5), (6, 0.5)]


def test_a_run_that_goes_on_shows_each_round_once_and_nothing_of_the_round_that_was_not_committed(written, tmp_path):
    folder = tmp_path / "resumed"
    run_rounds(folder, [0, 1], finished=False)
    run_rounds(folder, [1, 2], committed=[0])
    resumed = read(folder)
    assert len(list(folder.iterdir())) == 1
    for tag in written.Tags()["scalars"]:
        assert points(resumed, tag) == points(written, tag)
    assert [event.step for event in resumed.Images("queried: image, truth, prediction")] == [0, 1, 2]


def test_committed_rounds_that_the_tracker_never_heard_of_are_added(written, tmp_path):
    folder = tmp_path / "from-shared-round"
    run_rounds(folder, [2], committed=[0, 1])
    shared = read(folder)
    for tag in written.Tags()["scalars"]:
        assert points(shared, tag) == points(written, tag)


def test_a_round_of_which_only_the_epochs_were_written_is_completed(written, tmp_path):
    folder = tmp_path / "killed"
    run_rounds(folder, [0, 1], finished=False)
    run_rounds(folder, [2], committed=[0, 1])
    for tag in written.Tags()["scalars"]:
        assert points(read(folder), tag) == points(written, tag)


def test_an_event_file_that_ends_in_the_middle_of_a_record_is_read_up_to_there(tmp_path):
    run_rounds(tmp_path, [0, 1])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    run_rounds(tmp_path, [2], committed=[0, 1])
    assert points(read(tmp_path), "round/labelled slices") == [(0, 48), (1, 49), (2, 50)]


def hparams_of(events):
    content = {tag: data for tag, data in events.summary_metadata.items() if tag.startswith("_hparams_/")}
    return {tag: HParamsPluginData.FromString(data.plugin_data.content) for tag, data in content.items()}


def test_a_link_or_folder_with_the_name_of_an_event_file_is_neither_read_nor_removed(tmp_path):
    run_rounds(tmp_path / "outside", [0])
    (outside,) = (tmp_path / "outside").iterdir()
    run = tmp_path / "run"
    (run / "events.out.tfevents.1.folder").mkdir(parents=True)
    (run / "events.out.tfevents.2.link").symlink_to(outside)
    (run / "events.out.tfevents.3.dangling").symlink_to(tmp_path / "absent")
    planted = set(run.iterdir())
    run_rounds(run, [2], committed=[0, 1])
    assert planted < set(run.iterdir())
    assert outside.exists()
    assert not (tmp_path / "absent").exists()


def test_hparams_are_the_configuration_and_say_how_the_run_ended(written, tmp_path):
    data = hparams_of(written)
    started = data["_hparams_/session_start_info"].session_start_info.hparams
    assert started["learner.epochs"].number_value == 2
    assert started["learner.amp"].string_value == "off"
    shown = data["_hparams_/experiment"].experiment
    assert [info.name.tag for info in shown.metric_infos] == ["validation dice/mean"]
    assert "_hparams_/session_end_info" in data
    run_rounds(tmp_path / "broken", [0], finished=False)
    assert "_hparams_/session_end_info" not in hparams_of(read(tmp_path / "broken"))


def test_the_configuration_is_there_as_text(written):
    (text,) = written.Tensors("configuration/text_summary")
    assert b"| learner.epochs | 2 |" in text.tensor_proto.string_val[0]


def test_the_queried_slices_are_shown_below_one_another(written):
    shown = written.Images("queried: image, truth, prediction")[0]
    height, width = np.asarray(Image.open(io.BytesIO(shown.encoded_image_string))).shape[:2]
    assert (height, width) == (2 * (4 + GAP), 3 * 5 + 2 * GAP)


def test_a_picture_colours_the_classes_and_only_these():
    image = np.zeros((1, 2, 2), np.float32)
    image[0, 1, 1] = 1.0
    truth = np.array([[1, 0], [0, 2]], np.uint8)
    shown = picture(image, truth, np.zeros_like(truth), LabelSpace.numbered(int(truth.max()) + 1))
    second = shown[:, :, 2 + GAP : 4 + GAP]
    np.testing.assert_allclose(second[:, 0, 0], OPACITY * PALETTE[0], rtol=1e-6)
    np.testing.assert_allclose(second[:, 1, 1], (1 - OPACITY) + OPACITY * PALETTE[1], rtol=1e-6)
    assert (second[:, 0, 1] == 0).all()
    np.testing.assert_array_equal(shown[:, :, 4 + 2 * GAP :], shown[:, :, :2])


def test_masks_of_multi_label_data_may_overlap():
    truth = np.array([[[1, 1]], [[0, 1]]], np.uint8)
    shown = picture(np.zeros((1, 1, 2), np.float32), truth, truth, LabelSpace.numbered(len(truth), multi_label=True))
    both = (1 - OPACITY) * OPACITY * PALETTE[0] + OPACITY * PALETTE[1]
    np.testing.assert_allclose(shown[:, 0, 2 + GAP + 1], both, rtol=1e-6)


def test_stacking_pads_with_white():
    rows = stacked([np.zeros((3, 2, 3), np.float32), np.zeros((3, 1, 5), np.float32)])
    assert rows.shape == (3, 2 + GAP + 1 + GAP, 5)
    assert (rows[:, 0, 3:] == 1).all()
