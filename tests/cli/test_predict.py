"""``alseg predict`` and ``alseg evaluate`` as a user calls them; what they do is tested in tests/prediction."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

DESCRIPTION = """
images = "images/{id}.nii.gz"
labels = "labels/{id}.nii.gz"
channels = ["image"]

[classes]
background = 0
organ = 3

[split]
validation = ["a"]
"""
SIZES = ("--epochs", "1", "--set", "model.features=2", "--set", "model.levels=1", "--set", "trackers={}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two scans with a bright organ."""
    root = tmp_path_factory.mktemp("scans")
    (root / "images").mkdir()
    (root / "labels").mkdir()
    (root / "alseg.toml").write_text(DESCRIPTION)
    for name in "ab":
        label = np.zeros((8, 9, 12), np.uint8)
        label[2:7, 2:7, 2:6] = 3
        sitk.WriteImage(sitk.GetImageFromArray(label * 30.0), str(root / "images" / f"{name}.nii.gz"))
        sitk.WriteImage(sitk.GetImageFromArray(label), str(root / "labels" / f"{name}.nii.gz"))
    return root


def test_a_trained_run_predicts_files_and_is_evaluated_and_bad_input_is_named(alseg, folder, tmp_path):
    def call(*arguments, status=0):
        return alseg(*arguments, status=status, ALSEG_DATA_DIR=str(tmp_path / "data"))

    call("data", "convert", "folder", "--source", folder, "--name", "mine", "--jobs", "1")
    call("train", "--dataset", "mine", "--protocol", "demo", *SIZES, "--out", "run")
    scans = [folder / "images" / f"{name}.nii.gz" for name in "ab"]
    written = call("predict", "run", "--scans", *scans, "--out", "out").stdout.splitlines()
    assert [(tmp_path / line).name for line in written] == ["a.nii.gz", "b.nii.gz"]
    assert all((tmp_path / line).is_file() for line in written)

    recorded = json.loads((tmp_path / "run" / "rounds.jsonl").read_text())["scores"]["validation"]
    found = json.loads(call("evaluate", "run", "--json", "--pictures", "pictures").stdout)
    assert found["scores"] == recorded
    assert (tmp_path / "pictures" / "a.png").read_bytes().startswith(b"\x89PNG")
    label = folder / "labels" / "b.nii.gz"
    shown = call("evaluate", "run", "--scans", scans[1], "--labels", label).stdout
    assert "model of round 0 on 1 scans" in shown
    assert "dice" in shown

    message = call("predict", "run", "--scans", f"{scans[0]},{scans[1]}", "--out", "other", status=2).stderr
    assert "has 2 channels, the model wants 1" in message
    assert "Traceback" not in message
    both = ("--split", "train", "--scans", scans[0], "--labels", label)
    assert "exclude each other" in call("evaluate", "run", *both, status=2).stderr
    (tmp_path / "data" / "mine.h5").unlink()
    assert "mine" in call("evaluate", "run", status=2).stderr
