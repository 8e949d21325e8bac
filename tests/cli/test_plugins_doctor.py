"""``alseg plugins doctor``: a text that says what is wrong with an installation."""

import json
from importlib import metadata

from alcore.registry import doctor


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


def test_requirements_of_a_plugin_that_are_not_met_are_told_with_what_to_type_also_as_json(installed, alseg, tmp_path):
    installed("alseg-hungry", source="import alcore")
    described = tmp_path / "site" / "alseg_hungry-1.0.dist-info" / "METADATA"
    pluggy = metadata.version("pluggy")
    needs = (
        "no-such-library[fast]>=2",
        "pluggy<1",
        f"pluggy=={pluggy}",
        f"pluggy>{pluggy}; sys_platform != 'nowhere'",
        "numpy",
        "only-elsewhere; sys_platform == 'nowhere'",
        "only-wanted; extra == 'more'",
        "two words",
    )
    described.write_text(described.read_text() + "".join(f"Requires-Dist: {need}\n" for need in needs))
    facts = json.loads(alseg("plugins", "doctor", "--json", status=1).stdout)
    assert facts["wrong"] == [
        "the distribution alseg-hungry states a requirement that cannot be read: 'two words'",
        "alseg-hungry needs 'no-such-library[fast]>=2', which is not installed: pip install 'no-such-library[fast]>=2'",
        f"alseg-hungry needs 'pluggy<1', but {pluggy} is installed: pip install 'pluggy<1'",
        f"alseg-hungry needs 'pluggy>{pluggy}', but {pluggy} is installed: pip install 'pluggy>{pluggy}'",
    ]
    assert [(fact["needs"], fact["installed"]) for fact in facts["unmet"]] == [
        ("no-such-library[fast]>=2", "not installed"),
        ("pluggy<1", pluggy),
        (f"pluggy>{pluggy}", pluggy),
    ]
    assert facts["plugins"]["alseg-hungry"]["origin"] == "alseg-hungry 1.0"
    assert facts["versions"]["torch"] == metadata.version("torch")


def test_optional_parts_that_are_absent_are_told_with_how_to_install_them(monkeypatch):
    requires = [
        "click>=8",
        "alseg-absent>=0.1; extra == 'all'",
        "alseg-far>=0.1; extra == 'all'",
        "alseg-far>=0.1; extra == 'far'",
        "pydantic>=2; extra == 'all'",
    ]
    monkeypatch.setattr(metadata, "requires", lambda name: requires)
    assert doctor.absent_parts() == {
        "alseg-absent": "pip install alseg-absent",
        "alseg-far": "pip install 'alseg[far]'",
    }
