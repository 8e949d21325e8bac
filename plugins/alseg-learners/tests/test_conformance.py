"""The built-in learners pass the published check."""

import pytest
from alseg_learners.plugin import register_learners

from alcore.testing import check_learner


@pytest.mark.parametrize("spec", list(register_learners()), ids=lambda spec: spec.name)
def test_a_learner_passes_the_learner_check(spec):
    check_learner(spec, spec.options(epochs=2, batch_size=4))
