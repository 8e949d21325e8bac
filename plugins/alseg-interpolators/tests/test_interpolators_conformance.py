"""Every interpolator of this package passes the published check."""

import pytest
from alseg_interpolators.plugin import register_interpolators

from alcore.testing import check_interpolator


@pytest.mark.parametrize("spec", list(register_interpolators()), ids=lambda spec: spec.name)
def test_an_interpolator_passes_the_check(spec):
    check_interpolator(spec)
