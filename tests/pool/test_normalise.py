"""Each normalisation gives what its definition gives, computed step by step."""

import numpy as np
import pytest
from pydantic import ValidationError

from alcore.pool.normalise import intensity_map
from alcore.pool.options import PoolOptions


def as_the_paper_writes_it(voxels):
    """Divide by the maximum, subtract the mean of the positive voxels, divide by minus the minimum."""
    scaled = voxels / voxels.max()
    centred = scaled - scaled[scaled > 0].mean()
    return centred / -centred.min()


def clipped_to(voxels, low, high):
    return (np.clip(voxels, low, high) - low) / (high - low)


REFERENCES = {
    "less-is-more": as_the_paper_writes_it,
    "z-score": lambda v: (v - v.mean()) / v.std(),
    "z-score-nonzero": lambda v: (v - v[v != 0].mean()) / v[v != 0].std(),
    "percentile": lambda v: clipped_to(v, *np.percentile(v, [0.5, 99.5])),
    "window": lambda v: clipped_to(v, -20.0, 80.0),
    "min-max": lambda v: (v - v.min()) / (v.max() - v.min()),
    "none": lambda v: v,
}


def statistics_of(*scans):
    """The statistics that a store keeps, of scans of shape (slices, channels, height, width), by plain numpy."""

    def per_channel(function):
        return np.array([[function(scan[:, k].astype(float)) for k in range(scan.shape[1])] for scan in scans])

    def of_chosen(function, chosen):
        return lambda v: function(v[chosen(v)]) if chosen(v).any() else np.nan

    return {
        "min": per_channel(np.min),
        "max": per_channel(np.max),
        "mean": per_channel(np.mean),
        "std": per_channel(np.std),
        "mean_positive": per_channel(of_chosen(np.mean, lambda v: v > 0)),
        "mean_nonzero": per_channel(of_chosen(np.mean, lambda v: v != 0)),
        "std_nonzero": per_channel(of_chosen(np.std, lambda v: v != 0)),
        "percentile_0.5": per_channel(lambda v: np.percentile(v, 0.5)),
        "percentile_99.5": per_channel(lambda v: np.percentile(v, 99.5)),
    }


def options_for(method):
    return PoolOptions(normalisation=method, window=(-20.0, 80.0))


@pytest.mark.parametrize("method", REFERENCES)
def test_every_method_follows_its_definition_per_scan_and_channel(method):
    rng = np.random.default_rng(0)
    scans = [rng.integers(-50, 200 + 300 * k, (3, 2, 4, 5)).astype(np.int16) for k in range(2)]
    intensities = intensity_map(statistics_of(*scans), options_for(method))
    for number, scan in enumerate(scans):
        normalised = intensities.apply(scan, number)
        assert normalised.dtype == np.float32
        for channel in range(2):
            expected = REFERENCES[method](scan[:, channel].astype(float))
            np.testing.assert_allclose(normalised[:, channel], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("method", REFERENCES)
def test_a_slice_alone_is_normalised_as_in_its_scan(method):
    scan = np.random.default_rng(1).integers(-50, 200, (3, 2, 4, 5)).astype(np.int16)
    intensities = intensity_map(statistics_of(scan), options_for(method))
    for position in range(3):
        np.testing.assert_array_equal(intensities.apply(scan[position], 0), intensities.apply(scan, 0)[position])


@pytest.mark.parametrize("method", REFERENCES)
@pytest.mark.parametrize("value", [0, 7, -7])
def test_a_scan_without_contrast_stays_finite(method, value):
    scan = np.full((2, 1, 3, 3), value, np.int16)
    assert np.isfinite(intensity_map(statistics_of(scan), options_for(method)).apply(scan, 0)).all()


def test_normalising_leaves_the_image_as_it_was():
    scan = np.random.default_rng(2).normal(size=(2, 1, 3, 3)).astype(np.float32)
    before = scan.copy()
    intensity_map(statistics_of(scan), options_for("min-max")).apply(scan, 0)
    np.testing.assert_array_equal(scan, before)


def test_a_window_that_is_upside_down_is_refused():
    with pytest.raises(ValidationError, match="lowest < highest"):
        PoolOptions(window=(100.0, 0.0))
