"""A scan that cannot be used stops the conversion with one sentence that names it; nothing is left behind."""

import dataclasses

import numpy as np
import pytest

from alcore import AlsegError, Scan, ScanSource
from alcore.conversion.checks import check_listing
from alcore.store.reader import SliceStore

NAME = "scan 2 ü"


def changed(**changes):
    return lambda scan: dataclasses.replace(scan, **{name: change(scan) for name, change in changes.items()})


def with_voxel(value):
    def image(scan):
        image = scan.image.astype(np.float32)
        image[1, 0, 0, 0] = value
        return image

    return image


def with_label(value):
    def label(scan):
        label = scan.label.copy()
        label[0, 0, 0] = value
        return label

    return label


BROKEN = {
    "NaN or infinite": changed(image=with_voxel(np.nan)),
    "NaN or infinite voxels": changed(image=with_voxel(-np.inf)),
    "no integer or float of up to 64 bits": changed(image=lambda scan: scan.image > 0),
    "not (slices, channels, height, width)": changed(image=lambda scan: scan.image[:, 0]),
    "has 1 channels; the dataset has 2 (CT, PET)": changed(image=lambda scan: scan.image[:, :1]),
    "the image asks for": changed(label=lambda scan: scan.label[1:]),
    "the label has the type float64": changed(label=lambda scan: scan.label.astype(float)),
    "the label has the value 9; its classes are 0 to 2": changed(label=with_label(9)),
    "no foreground voxel": changed(label=lambda scan: np.zeros_like(scan.label)),
    "not three positive lengths": changed(spacing=lambda scan: (1.0, 0.0, 1.0)),
}


@pytest.mark.parametrize("sentence", BROKEN)
def test_a_broken_scan_is_named_and_leaves_the_old_store_as_it_was(toy, convert_toy, sentence):
    path = convert_toy()
    before = path.read_bytes()
    toy.scans[NAME] = BROKEN[sentence](toy.scans[NAME])
    with pytest.raises(AlsegError) as caught:
        convert_toy(overwrite=True)
    assert sentence in caught.value.message
    assert NAME in caught.value.message
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir() if other.suffix == ".partial"] == []


def test_scans_without_foreground_are_accepted_when_asked_for(toy, convert_toy):
    toy.scans[NAME] = changed(label=lambda scan: np.zeros_like(scan.label))(toy.scans[NAME])
    with SliceStore.open(convert_toy(allow_empty=True)) as store:
        assert store.scans.foreground_slices[2] == 0


def listing_with(toy, **changes):
    return dataclasses.replace(toy(None).list_scans(None), **changes)


@pytest.mark.parametrize(
    ("sentence", "changes"),
    [
        ("lists no scans", {"scans": []}),
        ("has the scan id 'a' 2 times", {"scans": [ScanSource("a", (), "train")] * 2}),
        ("cannot be stored", {"scans": [ScanSource("a/b", (), "train")]}),
        ("has the class 'a' more than once", {"class_names": ("background", "a", "a")}),
        ("has the channel 'CT' more than once", {"channel_names": ("CT", "CT")}),
        ("printable characters", {"class_names": ("background", "\x1b[2J")}),
        ("licence of the dataset 'toy' cannot be stored", {"licence": "\ud800"}),
        ("reference of the dataset 'toy' cannot be stored", {"reference": "a\0"}),
        ("name has 10000 bytes; 100 are the most", {"class_names": ("background", "x" * 10_000)}),
        ("printable characters", {"class_names": ("background", "a\0b")}),
        ("printable characters", {"channel_names": ("CT", " ")}),
        ("the licence of the dataset", {"licence": "a\0b"}),
        ("the reference of the dataset", {"reference": "\udcfe"}),
        ("has the split 'tset'", {"scans": [ScanSource("a", (), "tset")]}),
        ("no scan to train on", {"scans": [ScanSource("a", (), "validation")]}),
        ("names no image channel", {"channel_names": ()}),
        ("has 1 classes", {"class_names": ("background",)}),
    ],
)
def test_a_listing_that_cannot_be_converted_is_refused(toy, sentence, changes):
    with pytest.raises(AlsegError) as caught:
        check_listing(listing_with(toy, **changes), "toy")
    assert sentence in caught.value.message


def test_a_scan_of_one_slice_is_a_scan(toy, convert_toy):
    toy.scans["one"] = Scan(np.ones((1, 2, 4, 4), np.uint8), np.ones((1, 4, 4), np.uint8))
    with SliceStore.open(convert_toy()) as store:
        assert store.scans.n_slices[-1] == 1
