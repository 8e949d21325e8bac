"""What cannot be predicted or evaluated is named, and nothing is left half written."""

import shutil

import pytest
import torch

from alcore import AlsegError
from alcore.api.models import files_of
from alcore.prediction.evaluate import evaluate_files, evaluate_split
from alcore.prediction.predict import predict


@pytest.fixture
def refused(run_of, image_of, tmp_path):
    """Check that a prediction fails with a message and writes nothing."""

    def check(expected, *scans, run=None):
        with pytest.raises(AlsegError, match=expected):
            predict(run or run_of(), run_of.registry, [files_of(str(scan)) for scan in scans], tmp_path / "out")
        assert not list((tmp_path / "out").glob("*"))

    return check


@pytest.fixture
def copied(run_of, tmp_path):
    """A copy of the run, for tests that break it."""
    return shutil.copytree(run_of(), tmp_path / "copy")


def test_scans_that_do_not_fit_are_named(refused, image_of, tmp_path):
    scan = image_of("a")
    refused("absent.nii.gz is missing", "absent.nii.gz")
    refused("has 2 channels, the model wants 1", f"{scan},{scan}")
    refused("two scans are called 'a'", scan, scan)
    refused("no run directory", scan, run=tmp_path / "nowhere")


def test_a_run_without_a_committed_round_has_no_model(refused, copied, image_of):
    (copied / "rounds.jsonl").write_text("")
    refused("no committed round", image_of("a"), run=copied)


@pytest.mark.parametrize(
    ("options", "difference"),
    [({"classes": ("lesion",)}, "has the shape"), ({"dim": 3}, "has the shape")],
    ids=["fewer classes", "3D"],
)
def test_a_checkpoint_of_another_model_is_named_with_the_first_difference(
    refused, run_of, copied, image_of, options, difference
):
    checkpoint = "checkpoints/round-0000.pt"
    shutil.copy(run_of(**options) / checkpoint, copied / checkpoint)
    expected = f"round-0000.pt was made by another model: .*{difference}"
    refused(expected, image_of("a"), run=copied)
    with pytest.raises(AlsegError, match=expected):
        evaluate_split(copied, run_of.registry)


def test_a_damaged_checkpoint_and_a_missing_one_are_named(refused, copied, image_of):
    path = copied / "checkpoints" / "round-0000.pt"
    torch.save({"weights": {}}, path)
    refused("round-0000.pt is damaged", image_of("a"), run=copied)
    path.unlink()
    refused("round-0000.pt is missing", image_of("a"), run=copied)


def test_another_store_than_the_run_s_is_refused(refused, run_of, copied, image_of):
    store = run_of(multi_label=True).with_suffix(".h5")
    text = (copied / "config.toml").read_text()
    (copied / "config.toml").write_text(text.replace(str(run_of().with_suffix(".h5")), str(store)))
    refused("is not the one that", image_of("a"), run=copied)


def test_what_cannot_be_evaluated_is_named(run_of, image_of, label_of):
    run, registry = run_of(), run_of.registry
    with pytest.raises(AlsegError, match="has no test scans"):
        evaluate_split(run, registry, "test")
    with pytest.raises(AlsegError, match="no metric named 'dise'"):
        evaluate_split(run, registry, metrics=["dise"])
    scan = files_of(str(image_of("a")))
    with pytest.raises(AlsegError, match="1 scans and 0 labels"):
        evaluate_files(run, registry, [scan], [])
    with pytest.raises(AlsegError, match=r"gone\.nii\.gz is missing"):
        evaluate_files(run, registry, [scan], [label_of("gone")])
    with pytest.raises(AlsegError, match="label values are not whole numbers"):
        evaluate_files(run, registry, [scan], [image_of("a")])
