"""Predictions lie over their scans, hold the dataset's own label values, and score what a run scored."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from alcore.prediction.evaluate import evaluate_files, evaluate_split
from alcore.prediction.predict import predict

NAMES = {3: "organ", 9: "lesion"}


def voxels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def dice(truth, predicted):
    total = truth.sum() + predicted.sum()
    return 2 * (truth & predicted).sum() / total if total else None


def assert_same_geometry(path, source):
    one, other = sitk.ReadImage(str(path)), sitk.ReadImage(str(source))
    assert one.GetSize() == other.GetSize()
    np.testing.assert_allclose(one.GetOrigin(), other.GetOrigin(), atol=1e-5)
    np.testing.assert_allclose(one.GetSpacing(), other.GetSpacing(), atol=1e-6)
    np.testing.assert_allclose(one.GetDirection(), other.GetDirection(), atol=1e-6)


@pytest.mark.parametrize("dim", [0, 2, 3], ids=["active learning", "2D", "3D"])
def test_label_maps_lie_over_their_scans_and_are_the_most_probable_class(run_of, image_of, tmp_path, dim):
    scans = [(image_of(name),) for name in "ab"]
    written = predict(run_of(dim=dim), run_of.registry, scans, tmp_path / "out", probabilities=True)
    assert len(written) == 8
    for name in "ab":
        path = tmp_path / "out" / f"{name}.nii.gz"
        assert_same_geometry(path, image_of(name))
        shares = [tmp_path / "out" / f"{name}.{kind}.probability.nii.gz" for kind in ("background", "organ", "lesion")]
        p = np.stack([voxels(share) for share in shares])
        np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)
        np.testing.assert_array_equal(np.array([0, 3, 9])[p.argmax(axis=0)], voxels(path))


@pytest.mark.parametrize("dim", [0, 2, 3], ids=["active learning", "2D", "3D"])
def test_evaluate_repeats_the_run_s_scores_which_are_those_of_its_predictions(
    run_of, image_of, label_of, tmp_path, dim
):
    run = run_of(dim=dim)
    recorded = json.loads((run / "rounds.jsonl").read_text().splitlines()[-1])["scores"]["validation"]
    found = evaluate_split(run, run_of.registry).as_json()
    assert found["scores"] == recorded
    assert list(found["scans"]) == ["a"]
    files = evaluate_files(run, run_of.registry, [(image_of("a"),)], [label_of("a")]).summary()
    predict(run, run_of.registry, [(image_of("a"),)], tmp_path)
    truth, predicted = voxels(label_of("a")), voxels(tmp_path / "a.nii.gz")
    for value, name in NAMES.items():
        expected = pytest.approx(dice(truth == value, predicted == value))
        assert files["dice"]["per_class"][name] == expected
        assert found["scores"]["dice"]["per_class"][name] == expected


def test_each_class_of_multi_label_data_has_a_file_where_its_probability_exceeds_one_half(
    run_of, image_of, label_of, tmp_path
):
    run = run_of(multi_label=True)
    written = predict(run, run_of.registry, [(image_of("a"),)], tmp_path, probabilities=True)
    kinds = ("", ".probability")
    assert {path.name for path in written} == {f"a.{name}{kind}.nii.gz" for name in NAMES.values() for kind in kinds}
    found = evaluate_split(run, run_of.registry).summary()["dice"]["per_class"]
    files = evaluate_files(run, run_of.registry, [(image_of("a"),)], [label_of("a")]).summary()["dice"]["per_class"]
    for value, name in NAMES.items():
        mask, p = voxels(tmp_path / f"a.{name}.nii.gz"), voxels(tmp_path / f"a.{name}.probability.nii.gz")
        assert_same_geometry(tmp_path / f"a.{name}.nii.gz", image_of("a"))
        np.testing.assert_array_equal(mask, p > 0.5)
        assert 0 <= p.min() < p.max() <= 1
        expected = pytest.approx(dice(voxels(label_of("a")) == value, mask == 1))
        assert found[name] == expected
        assert files[name] == expected


@pytest.mark.parametrize(
    ("options", "written", "classes"),
    [
        ({"classes": ("lesion",)}, {0, 9}, {"lesion": [9]}),
        ({"merge_foreground": True}, {0, 3}, {"organ + lesion": [3, 9]}),
        ({"classes": ("lesion",), "multi_label": True}, {0, 1}, {"lesion": [9]}),
    ],
    ids=["one class", "merged", "one class, multi-label"],
)
def test_label_values_are_the_dataset_s_own_after_classes_were_left_out_or_merged(
    run_of, image_of, label_of, tmp_path, options, written, classes
):
    run = run_of(**options)
    (path,) = predict(run, run_of.registry, [(image_of("a"),)], tmp_path)
    label = voxels(path)
    assert set(np.unique(label)) <= written
    truth = voxels(label_of("a"))
    found = evaluate_files(run, run_of.registry, [(image_of("a"),)], [label_of("a")]).summary()["dice"]["per_class"]
    assert list(found) == list(classes)
    for name, values in classes.items():
        assert found[name] == pytest.approx(dice(np.isin(truth, values), label > 0))
        assert found[name] == evaluate_split(run, run_of.registry).summary()["dice"]["per_class"][name]


@pytest.mark.parametrize("options", [{"dim": 0}, {"dim": 3}, {"multi_label": True}], ids=str)
def test_pictures_show_truth_and_prediction(run_of, image_of, label_of, tmp_path, options):
    run = run_of(**options)
    evaluate_split(run, run_of.registry, pictures=tmp_path / "split")
    evaluate_files(run, run_of.registry, [(image_of("b"),)], [label_of("b")], pictures=tmp_path / "files")
    for path in (tmp_path / "split" / "a.png", tmp_path / "files" / "b.png"):
        picture = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).astype(int)
        assert (picture.max(axis=-1) > picture.min(axis=-1)).any()  # contours are coloured, images grey
