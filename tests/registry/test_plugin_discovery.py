"""Discovery finds plugins without importing them."""

import subprocess
import sys

from alcore.registry import discover


def test_an_installed_distribution_is_found_with_its_version_and_not_imported(fake_plugins):
    module = fake_plugins.install("alseg-noon", "raise RuntimeError('imported')", version="2.1", plugin="noon")
    (found,) = [found for found in discover() if found.distribution == "alseg-noon"]
    assert (found.plugin, found.module, found.version) == ("noon", module, "2.1")
    assert module not in sys.modules


def test_plugins_come_in_the_order_of_their_names(fake_plugins):
    for name in ("zebra", "ant", "moose"):
        fake_plugins.install(name, "")
    names = [found.plugin for found in discover()]
    assert names == sorted(names)
    assert {"ant", "moose", "zebra"} <= set(names)


def test_of_a_distribution_that_is_on_the_path_twice_the_first_counts(fake_plugins, tmp_path, monkeypatch):
    fake_plugins.install("alseg-noon", "", version="1.0")
    other = type(fake_plugins)(tmp_path / "earlier")
    monkeypatch.syspath_prepend(str(other.folder))
    other.install("alseg-noon", "", version="0.9")
    assert [found.version for found in discover() if found.distribution == "alseg-noon"] == ["0.9"]


def test_an_unreadable_line_in_one_distribution_makes_only_that_one_broken(fake_plugins, strategy_source):
    fake_plugins.install("sound", strategy_source())
    fake_plugins.install("garbled", "")
    (fake_plugins.folder / "garbled-1.0.dist-info" / "entry_points.txt").write_text("[alseg]\nno equals sign\n")
    states = {record.found.distribution: record.state for record in fake_plugins.records()}
    assert states == {"sound": "active", "garbled": "broken"}


def test_damaged_metadata_elsewhere_does_not_stop_discovery(fake_plugins):
    fake_plugins.install("alseg-noon", "")
    stray = fake_plugins.folder / "stray-1.0.dist-info"
    stray.mkdir()
    (stray / "entry_points.txt").write_text("[console_scripts]\nbroken line\n")
    nameless = fake_plugins.folder / "nameless-1.0.dist-info"
    nameless.mkdir()
    (nameless / "entry_points.txt").write_text("[alseg]\nnameless = nameless\n")
    assert {"alseg-noon", "unknown"} <= {found.distribution for found in discover()}


def test_discovery_imports_no_plugin_of_the_project():
    code = (
        "import sys; from alcore.registry import discover; assert discover(), 'nothing installed';"
        "print([name for name in sys.modules if name.startswith('alseg_') or name == 'torch'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert result.stdout.strip() == "[]"
