"""The picture of a scan: right pixels, right colours, a PNG that others read."""

import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from alcore import AlsegError, Scan
from alcore.drawing.montage import COLOURS, find_scan, montage
from alcore.drawing.png import write_png
from alcore.store.reader import SliceStore


def test_a_png_reads_back_as_it_was_drawn(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    write_png(tmp_path / "picture.png", pixels)
    read = sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / "picture.png")))
    np.testing.assert_array_equal(read, pixels)


def test_contours_lie_within_their_class_and_grey_is_untouched_elsewhere(toy, convert_toy):
    size = 200  # large enough not to be magnified
    label = np.zeros((1, size, size), np.uint8)
    label[0, 50:80, 60:100] = 1
    label[0, 120:130, 20:40] = 2
    image = np.zeros((1, 2, size, size), np.int16)
    image[0, 1, :100] = 1000
    toy.scans["drawn"] = Scan(image, label)
    with SliceStore.open(convert_toy()) as store:
        picture = montage(store, find_scan(store, "drawn"), channel=1)
    expected = np.repeat((image[0, 1] > 0).astype(np.uint8)[..., None] * 255, 3, axis=-1)
    for value, (top, bottom, left, right) in ((1, (50, 80, 60, 100)), (2, (120, 130, 20, 40))):
        colour = COLOURS[value - 1]
        expected[[top, bottom - 1], left:right] = colour
        expected[top:bottom, [left, right - 1]] = colour
    np.testing.assert_array_equal(picture, expected)


def test_slices_are_taken_evenly_and_small_ones_magnified(toy, convert_toy):
    with SliceStore.open(convert_toy()) as store:
        one, many = montage(store, 5, most=1), montage(store, 5)
    assert max(one.shape) >= 160
    assert many.shape[0] * many.shape[1] > 4 * one.shape[0] * one.shape[1]


def test_overlapping_classes_are_drawn_each(toy, convert_toy):
    toy.listing = dataclasses.replace(toy.listing, multi_label=True, class_names=("a", "b"))
    for name, scan in toy.scans.items():
        toy.scans[name] = dataclasses.replace(
            scan, label=np.stack([scan.label == 1, scan.label >= 1], 1).astype(np.uint8)
        )
    with SliceStore.open(convert_toy()) as store:
        drawn = montage(store, 0).reshape(-1, 3)
    assert all((drawn == colour).all(axis=1).any() for colour in COLOURS[:2])


def test_a_scan_or_channel_that_does_not_exist_is_an_error(convert_toy):
    with SliceStore.open(convert_toy()) as store:
        with pytest.raises(AlsegError, match="no scan 'scan 9'") as caught:
            find_scan(store, "scan 9")
        assert "did you mean 'scan" in caught.value.hint
        with pytest.raises(AlsegError, match="no channel 2"):
            montage(store, 0, channel=2)
