from alseg_bench.plugin import register_commands

from alcore.testing import check_command


def test_the_command_keeps_the_contract():
    (spec,) = register_commands()
    check_command(spec)
