"""``alseg predict`` and ``alseg evaluate`` on runs in 2D and 3D over a generated folder of scans."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

DESCRIPTION = """
images = "images/{id}.nii.gz"
labels = "labels/{id}.nii.gz"
slice_axis = "y"
channels = ["image"]

[classes]
background = 0
organ = 3
lesion = 9

[split]
validation = ["a"]
"""
SIZES = ("--epochs", "1", "--set", "model.features=2", "--set", "model.levels=1", "--set", "trackers={}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three scans with bright organs, in an oblique geometry, and label values that are no class numbers."""
    root = tmp_path_factory.mktemp("scans")
    (root / "images").mkdir()
    (root / "labels").mkdir()
    (root / "alseg.toml").write_text(DESCRIPTION)
    rng = np.random.default_rng(0)
    for name in "abc":
        label = np.zeros((10, 9, 12), np.uint8)
        label[2:7, 2:7, 2:6], label[4:8, 3:8, 7:10] = 3, 9
        image = sitk.GetImageFromArray((label * 30 + rng.normal(0, 5, label.shape)).astype(np.float32))
        labels = sitk.GetImageFromArray(label)
        for item in (image, labels):
            item.SetSpacing((1.0, 2.0, 1.5))
            item.SetOrigin((5.0, -3.0, 20.0))
            item.SetDirection((0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0))
        sitk.WriteImage(image, str(root / "images" / f"{name}.nii.gz"))
        sitk.WriteImage(labels, str(root / "labels" / f"{name}.nii.gz"))
    return root


@pytest.fixture
def ran(alseg, folder, tmp_path):
    """Convert the folder and train, in 2D by active learning or in 3D; gives the command line for its store."""

    def call(*arguments):
        environment = {"ALSEG_DATA_DIR": str(tmp_path / "data")}
        alseg("data", "convert", "folder", "--source", folder, "--name", "mine", "--jobs", "1", **environment)
        alseg(*arguments, "--dataset", "mine", "--protocol", "demo", *SIZES, "--out", "run", **environment)
        return lambda *more, status=0: alseg(*more, status=status, **environment)

    return call


KINDS = pytest.mark.parametrize(
    "arguments",
    [("run", "--rounds", "0", "--initial", "4"), ("train", "--dim", "3", "--patch-size", "8", "8", "8")],
    ids=["2D", "3D"],
)


@KINDS
def test_predictions_lie_over_their_scans_and_evaluate_repeats_the_run_s_scores(ran, arguments, folder, tmp_path):
    call = ran(*arguments)
    record = json.loads((tmp_path / "run" / "rounds.jsonl").read_text().splitlines()[-1])

    found = json.loads(call("evaluate", "run", "--json", "--pictures", "pictures").stdout)
    assert found["scores"] == record["scores"]["validation"]
    assert list(found["scans"]) == ["a"]
    assert (tmp_path / "pictures" / "a.png").read_bytes().startswith(b"\x89PNG")

    scans = [folder / "images" / f"{name}.nii.gz" for name in "ab"]
    call("predict", "run", "--scans", *scans, "--out", "out", "--probabilities")
    for scan in scans:
        source, predicted = sitk.ReadImage(str(scan)), sitk.ReadImage(str(tmp_path / "out" / scan.name))
        np.testing.assert_allclose(predicted.GetOrigin(), source.GetOrigin(), atol=1e-5)
        np.testing.assert_allclose(predicted.GetSpacing(), source.GetSpacing(), atol=1e-6)
        np.testing.assert_allclose(predicted.GetDirection(), source.GetDirection(), atol=1e-6)
        label = sitk.GetArrayFromImage(predicted)
        assert set(np.unique(label)) <= {0, 3, 9}
        names = [
            tmp_path / "out" / f"{scan.name[0]}.{name}.probability.nii.gz" for name in ("background", "organ", "lesion")
        ]
        p = np.stack([sitk.GetArrayFromImage(sitk.ReadImage(str(path))) for path in names])
        np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)
        np.testing.assert_array_equal(np.array([0, 3, 9])[p.argmax(axis=0)], label)

    truth = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "labels" / "a.nii.gz")))
    label = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "out" / "a.nii.gz")))
    other = ("--scans", scans[0], "--labels", folder / "labels" / "a.nii.gz", "--json")
    per_class = json.loads(call("evaluate", "run", *other).stdout)["scores"]["dice"]["per_class"]
    for value, name in ((3, "organ"), (9, "lesion")):
        one, two = truth == value, label == value
        expected = 2 * (one & two).sum() / (one.sum() + two.sum())
        assert per_class[name] == pytest.approx(expected)
        assert found["scores"]["dice"]["per_class"][name] == pytest.approx(expected)


def test_bad_input_is_named_and_leaves_nothing_half_written(ran, folder, tmp_path):
    call = ran("run", "--rounds", "0", "--initial", "4")
    scan, label = folder / "images" / "a.nii.gz", folder / "labels" / "a.nii.gz"
    for arguments, expected in [
        (("predict", "run", "--scans", "absent.nii.gz", "--out", "out"), "absent.nii.gz is missing"),
        (("predict", "run", "--scans", f"{scan},{scan}", "--out", "out"), "has 2 channels, the model wants 1"),
        (("predict", "run", "--scans", scan, scan, "--out", "out"), "two scans are called 'a'"),
        (("predict", "nowhere", "--scans", scan, "--out", "out"), "no run directory"),
        (("evaluate", "run", "--split", "test"), "has no test scans"),
        (("evaluate", "run", "--metrics", "dise"), "no metric named 'dise'"),
        (("evaluate", "run", "--scans", scan), "1 scans and 0 labels"),
        (("evaluate", "run", "--split", "train", "--scans", scan, "--labels", label), "exclude each other"),
    ]:
        message = call(*arguments, status=2).stderr
        assert expected in message
        assert "Traceback" not in message
        assert not list((tmp_path / "out").glob("*"))
    (tmp_path / "run" / "rounds.jsonl").write_text("")
    assert "no committed round" in call("predict", "run", "--scans", scan, "--out", "out", status=2).stderr
    (tmp_path / "data" / "mine.h5").unlink()
    assert "mine" in call("evaluate", "run", status=2).stderr
