"""What ``alseg data info`` says of a store."""

import dataclasses
import json

import numpy as np
import pytest

from alcore.store.describe import describe_store


def test_figures_are_those_of_the_scans(toy, convert_toy):
    described = describe_store(convert_toy())
    scans = list(toy.scans.values())
    assert described.scans == {"train": 4, "validation": 2, "test": 0}
    assert described.slices == {
        "train": sum(len(scan.image) for scan in scans[1:5]),
        "validation": len(scans[0].image) + len(scans[5].image),
        "test": 0,
    }
    heights = [scan.image.shape[2] for scan in scans]
    spread = described.height
    assert (spread.least, spread.median, spread.greatest) == (min(heights), np.median(heights), max(heights))
    voxels = np.concatenate([scan.label.ravel() for scan in scans])
    for value, name in enumerate(("background", "organ", "tumour")):
        assert described.class_shares[name] == pytest.approx(np.mean(voxels == value))
    means = [scan.image[:, 1].mean() for scan in scans]
    assert described.intensity["PET"]["mean"].median == pytest.approx(np.median(means))
    assert described.warnings == ()


def test_oddities_are_warned_of_with_their_scans(toy, convert_toy):
    names = list(toy.scans)
    scans = toy.scans
    scans[names[2]] = dataclasses.replace(scans[names[1]], label=np.zeros_like(scans[names[1]].label))
    scans[names[4]] = dataclasses.replace(scans[names[4]], warnings=("image and label differ in origin",))
    scans[names[5]] = dataclasses.replace(scans[names[3]])
    assert set(describe_store(convert_toy(allow_empty=True)).warnings) == {
        f"image and label differ in origin: {names[4]}",
        f"the label has no foreground: {names[2]}",
        f"scans with the same image: {names[1]}, {names[2]}",
        f"scans with the same image: {names[3]}, {names[5]}",
        f"the same image is in several splits: {names[3]}, {names[5]}",
    }


def test_what_is_not_defined_is_null_in_json(toy, convert_toy):
    for name, scan in toy.scans.items():
        toy.scans[name] = dataclasses.replace(scan, image=np.full_like(scan.image, -1))
    text = json.dumps(describe_store(convert_toy()).as_json(), allow_nan=False)
    assert json.loads(text)["intensity"]["CT"]["mean_positive"] == {"least": None, "median": None, "greatest": None}
