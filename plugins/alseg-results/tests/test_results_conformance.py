import pytest
from alseg_results.plugin import register_commands

from alcore.testing import check_command


@pytest.mark.parametrize("spec", list(register_commands()), ids=lambda spec: spec.name)
def test_every_command_keeps_the_contract(spec):
    check_command(spec)
