"""Statistics agree with numpy's own, whatever the type of the voxels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from alcore.conversion.statistics import count_labels, intensity_statistics
from alcore.store.format import PERCENTILES, STATISTIC_NAMES, percentile_name

IMAGES = st.sampled_from([np.uint8, np.int16, np.uint16, np.int32, np.float32]).flatmap(
    lambda dtype: arrays.arrays(
        dtype,
        st.tuples(*(st.integers(1, 4),) * 4),
        elements={"min_value": -1e6, "max_value": 1e6} if dtype is np.float32 else None,
    )
)


def slow_statistics(channel):
    values = channel.astype(np.float64).ravel()
    positive, nonzero = values[values > 0], values[values != 0]
    nan = float("nan")
    known = {
        "min": values.min(),
        "max": values.max(),
        "mean": values.mean(),
        "std": values.std(),
        "mean_positive": positive.mean() if positive.size else nan,
        "mean_nonzero": nonzero.mean() if nonzero.size else nan,
        "std_nonzero": nonzero.std() if nonzero.size else nan,
    }
    return known | {percentile_name(percentile): np.percentile(values, percentile) for percentile in PERCENTILES}


def assert_are_numpys(image):
    found = intensity_statistics(image)
    for channel in range(image.shape[1]):
        expected = slow_statistics(image[:, channel])
        scale = 1.0 + np.abs(image[:, channel].astype(np.float64)).max()
        for name in STATISTIC_NAMES:
            np.testing.assert_allclose(found[name][channel], expected[name], rtol=1e-7, atol=1e-9 * scale, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(IMAGES)
def test_intensity_statistics_are_numpys(image):
    assert_are_numpys(image)


def test_large_slices_are_counted_whole():
    rng = np.random.default_rng(0)
    assert_are_numpys(rng.normal(100, 300, (2, 1, 300, 257)).astype(np.int16))  # more than are counted at once
    assert_are_numpys(rng.integers(0, 100_000, (2, 1, 500, 1), np.int32))  # and fewer


def test_labels_are_counted_by_class_without_ignored_voxels():
    label = np.array([[[0, 0], [1, 255]], [[0, 0], [0, 0]], [[2, 2], [255, 255]]], np.uint8)
    counts = count_labels(label, 3)
    assert counts.voxels.tolist() == [6, 1, 2]
    assert counts.foreground_slices == 2
    assert counts.foreign is None


def test_overlapping_classes_are_counted_each_by_itself():
    label = np.zeros((2, 3, 2, 2), np.uint8)
    label[0, 0] = 1
    label[0, 2, 0, 0] = 1
    counts = count_labels(label, 3)
    assert counts.voxels.tolist() == [4, 0, 1]
    assert counts.foreground_slices == 1


def test_a_value_that_is_no_class_is_reported():
    assert count_labels(np.full((1, 2, 2), 7, np.uint8), 3).foreign == 7
