"""Every tracker of this package passes the published check."""

import pytest
from alseg_trackers.plugin import register_trackers

from alcore.testing import check_tracker


@pytest.mark.parametrize("spec", list(register_trackers()), ids=lambda spec: spec.name)
def test_a_tracker_passes_the_check(spec):
    check_tracker(spec)
