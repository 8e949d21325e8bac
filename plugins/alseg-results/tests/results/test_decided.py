"""A benchmark decides before its runs; results take that over and mark what was chosen afterwards."""

import pytest
import tomli_w
from alseg_results.decided import Asked, afterwards, settled
from alseg_results.overview import look_at

from alcore import AlsegError, Registry
from alcore.benchmark.decided import Decisions


@pytest.fixture
def look(write_run):
    """Four strategies of three seeds in a benchmark that decided as given."""

    def make(decided, **asked):
        for place, strategy in enumerate(("random", "entropy", "margin")):
            for seed in range(3):
                write_run((0.2, 0.5 + 0.1 * place, 0.9 - 0.1 * place), strategy, seed=seed)
        text = tomli_w.dumps({"strategies": ["random"], **({} if decided is None else {"decided": decided})})
        (write_run.folder / "benchmark.toml").write_text(text)
        return look_at(write_run.folder, Registry.installed(), **asked)

    return make


def test_results_are_shown_as_the_benchmark_decided(look):
    overview = look({"measure": "final", "control": "entropy", "margin": 0.02, "looks": [3]})
    assert overview.comparison.measure == "final"
    assert (overview.control, overview.comparison.verdicts.margin) == ("entropy", 0.02)
    assert overview.afterwards == ()
    assert overview.as_json(Registry.installed())["decided"]["looks"] == [3]


def test_what_is_chosen_otherwise_is_marked(look):
    overview = look(
        {"measure": "final", "control": "entropy", "looks": [5, 10]},
        measure="aubc", control="random", margin=0.01, class_name="left", until=1,
    )  # fmt: skip
    assert overview.comparison.measure == "aubc"
    assert overview.afterwards == (
        "the measure aubc was chosen afterwards: the benchmark decided on final",
        "the control random was chosen afterwards: the benchmark decided on entropy",
        "the margin 0.01 was chosen afterwards: the benchmark decided on none",
        "the class left was chosen afterwards: the benchmark decided on the mean over classes",
        "the end after round 1 was chosen afterwards",
        "results are looked at with 3 seeds, where looks with 5, 10 were planned",
    )
    assert set(overview.afterwards) <= set(overview.notes)


def test_asking_for_what_was_decided_is_no_choice_afterwards():
    decided = Decisions(metric="dice", split="test", measure="final", control="random", margin=0.01)
    asked = Asked("dice", "test", measure="final", control="random", margin=0.01)
    assert afterwards(asked, decided, 3) == ()
    assert settled(Asked(), decided) == asked


def test_a_decision_that_came_after_runs_says_so():
    sentences = afterwards(Asked(), Decisions(runs_before=4), 3)
    assert sentences == ("how strategies are compared was decided when 4 runs had results already",)


def test_a_benchmark_that_decided_nothing_has_the_defaults_and_nothing_is_marked(look):
    overview = look(None, measure="final", class_name="left")
    assert (overview.decided, overview.afterwards) == (None, ())


def test_what_is_compared_otherwise_has_no_control_of_the_strategies(look):
    overview = look({"control": "random", "margin": 0.01}, by="model")
    assert overview.control is None
    assert overview.afterwards == ("comparing by model was chosen afterwards: the benchmark decided on strategies",)


@pytest.mark.parametrize(
    ("decided", "message"),
    [
        ({"margn": 0.1}, "has no option 'margn'"),
        ({"margin": -1.0}, "option 'margin'"),
        ({"looks": [5, 3]}, "each greater than the one before"),
    ],
)
def test_a_file_that_decides_what_cannot_be_is_refused_in_a_sentence(look, decided, message):
    with pytest.raises(AlsegError, match=message):
        look(decided)
