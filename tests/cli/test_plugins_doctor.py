"""``alseg plugins doctor``: a text that says what is wrong with an installation."""


def test_a_sound_installation_is_called_so_with_versions_and_devices(alseg):
    output = alseg("plugins", "doctor").stdout
    for label in ("python:", "torch:", "cuda devices:", "plugin strategies:"):
        assert label in output
    assert "wrong:" not in output


def test_broken_plugins_clashes_and_missing_dependencies_are_told(installed, alseg):
    installed("bad-plugin", source="raise RuntimeError('no licence key')")
    installed("alseg-noon", "noon")
    installed("alseg-midday", "noon", version="7.0")
    result = alseg("plugins", "doctor", status=1)
    for fact in (
        "wrong: the plugin 'bad-plugin' of bad-plugin 1.0 is broken: RuntimeError: no licence key",
        "wrong: the strategy 'noon' is offered by alseg-midday 7.0 and alseg-noon 1.0",
        "wrong: the strategy 'noon' cannot be imported from 'nowhere.strategies:Noon': No module named 'nowhere'",
    ):
        assert fact in result.stdout
