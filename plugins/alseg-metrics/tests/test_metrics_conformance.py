"""The built-in metrics pass the published check."""

import pytest
from alseg_metrics.plugin import register_metrics

from alcore.testing import check_metric


@pytest.mark.parametrize("spec", list(register_metrics()), ids=lambda spec: spec.name)
def test_a_metric_passes_the_metric_check(spec):
    check_metric(spec)
