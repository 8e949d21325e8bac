"""``alseg plugins list``: everything installed, whatever its state, and nothing heavy imported."""

import json


def test_a_fake_plugin_is_listed_with_kind_summary_distribution_and_version(installed, alseg):
    installed("alseg-noon", "noon", version="2.1")
    output = alseg("plugins", "list", "--kind", "strategy").stdout
    assert "noon" in output
    assert "Slices nearest to noon." in output
    assert "alseg-noon" in output
    assert "2.1" in alseg("plugins", "list").stdout


def test_the_json_holds_the_record_of_every_plugin(installed, alseg):
    installed("alseg-noon", "noon", version="2.1")
    listed = json.loads(alseg("plugins", "list", "--json").stdout)
    record = next(item for item in listed["plugins"] if item["distribution"] == "alseg-noon")
    seconds = record.pop("seconds")
    assert 0 < seconds < 60
    assert record == {
        "plugin": "alseg-noon",
        "module": "alseg_noon",
        "distribution": "alseg-noon",
        "version": "2.1",
        "api_version": 1,
        "state": "active",
        "error": "",
        "components": [
            {
                "kind": "strategy",
                "name": "noon",
                "summary": "Slices nearest to noon.",
                "aliases": [],
                "reference": "",
                "target": "nowhere.strategies:Noon",
                "units": ["slice"],
            }
        ],
    }


def test_a_plugin_that_raises_is_listed_as_broken_and_all_others_are_listed(installed, alseg):
    installed("bad-plugin", source="raise RuntimeError('no licence key')", version="0.3")
    installed("alseg-noon", "noon")
    output = alseg("plugins", "list").stdout
    assert "wrong: the plugin 'bad-plugin' of bad-plugin 0.3 is broken: RuntimeError: no licence key" in output
    assert "Slices nearest to noon." in output


def test_a_blocked_plugin_is_listed_as_blocked(installed, alseg):
    installed("alseg-noon", source="raise RuntimeError('imported')")
    listed = json.loads(alseg("plugins", "list", "--json", ALSEG_BLOCK_PLUGINS="alseg-noon").stdout)
    assert [item["state"] for item in listed["plugins"] if item["plugin"] == "alseg-noon"] == ["blocked"]


def test_a_name_that_two_distributions_offer_is_told_with_both(installed, alseg):
    installed("alseg-noon", "noon")
    installed("alseg-midday", "noon", version="7.0")
    output = alseg("plugins", "list", "--kind", "strategy").stdout
    assert "wrong: the strategy 'noon' is offered by alseg-midday 7.0 and alseg-noon 1.0" in " ".join(output.split())
    listed = json.loads(alseg("plugins", "list", "--json").stdout)
    clash = {"kind": "strategy", "name": "noon", "distributions": ["alseg-midday 7.0", "alseg-noon 1.0"]}
    assert clash in listed["clashes"]
    assert alseg("plugins", "list", "--kind", "model").stdout.count("clash") == 0


def test_a_plugin_that_prints_on_import_does_not_spoil_the_json(installed, alseg):
    installed("chatty", source="print('hello')")
    listed = json.loads(alseg("plugins", "list", "--json").stdout)
    assert "chatty" in {record["distribution"] for record in listed["plugins"]}


def test_listings_keep_to_80_columns_and_use_no_colour_in_a_pipe(alseg):
    output = alseg("plugins", "list").stdout
    assert max(len(line) for line in output.splitlines()) <= 80
    assert "\x1b" not in output
