"""Runs with strategies that break their contract: the plugin is named, and no round is half written."""

import pytest
from alseg.failures import show_bug

import alcore
from alcore.testing import fixtures, write_distribution

tiny_component, tiny_store = fixtures.tiny_component, fixtures.tiny_store

SELECTIONS = {
    "takes-labelled": "alcore.Selection(query.labelled[: query.budget])",
    "over-budget": "alcore.Selection(query.candidates[: query.budget + 1])",
    "unknown": "alcore.Selection([len(query.status) + 3])",
    "repeats": "alcore.Selection([query.candidates[0]] * 2)",
    "no-selection": "list(query.candidates[: query.budget])",
    "changes-pool": "query.status.fill(1)",
    "raises": "open('weights that nobody has')",
}

PLUGIN = "import alcore\n\n" + "".join(
    f"""
class S{number}:
    def __init__(self, options):
        pass

    def select(self, query):
        return {selection}

"""
    for number, selection in enumerate(SELECTIONS.values())
)

HOOK = f"""
@alcore.hookimpl
def register_strategies():
    for number, name in enumerate({list(SELECTIONS)}):
        yield alcore.StrategySpec(name=name, summary="Breaks its contract.", target=f"alseg_rogue:S{{number}}")
"""


@pytest.fixture(scope="module", autouse=True)
def rogue(tmp_path_factory):
    """An installed distribution with one strategy for each fault."""
    site = tmp_path_factory.mktemp("site")
    write_distribution(site, "alseg-rogue", PLUGIN + HOOK, version="3.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        yield


@pytest.fixture
def run_with(tiny_store, tmp_path):
    """Run a strategy on the tiny dataset, expect the error given, and return it: round 0 is kept, and nothing else."""

    def run(strategy, error):
        with pytest.raises(error) as caught:
            alcore.run(
                dataset=str(tiny_store.path),
                strategy=strategy,
                protocol="demo",
                out=tmp_path / "run",
                progress=False,
                **{"rounds": 2, "budget": 2, "initial": 2, "epochs": 1, "device": "cpu", "trackers": {}},
                model={"features": 2, "levels": 1},
            )
        stopped = alcore.open_run(tmp_path / "run")
        assert list(stopped.curve().index) == [0]
        assert set(stopped.selections()["round"]) == {0}
        return caught.value

    return run


@pytest.mark.parametrize(
    ("strategy", "told"),
    [
        ("takes-labelled", "which has a label already"),
        ("over-budget", "selected 3 slices with a budget of 2"),
        ("unknown", "selected slice 18, but the pool has slices 0 to 14"),
        ("repeats", "selected a slice twice"),
        ("no-selection", "answered a query with list, not with a Selection"),
    ],
)
def test_a_selection_that_is_not_allowed_is_one_sentence_that_names_the_plugin(run_with, strategy, told):
    error = run_with(strategy, alcore.AlsegError)
    assert error.message.startswith(f"the strategy '{strategy}' (alseg-rogue 3.1) ")
    assert told in error.message
    assert error.hint == "this is a fault of that plugin: please report it to its author"


@pytest.mark.parametrize(
    ("strategy", "kind", "told"),
    [("changes-pool", ValueError, "read-only"), ("raises", FileNotFoundError, "weights that nobody has")],
)
def test_what_a_strategy_raises_is_shown_with_the_plugin_that_raised_it(run_with, capsys, strategy, kind, told):
    show_bug(run_with(strategy, kind))
    lines = capsys.readouterr().err.splitlines()
    assert told in " ".join(lines)
    assert lines[-1].startswith("bug:   this is raised in the plugin alseg-rogue 3.1: report it to its authors")
