"""What a grid means, and what is wrong with one."""

import pytest

from alcore import StrategySpec
from alcore.benchmark.grid import make_grid, parse_choices, parse_seeds
from alcore.errors import AlsegError
from alcore.registry import Registry

REGISTRY = Registry.installed()


def grid(**values):
    return make_grid({"strategies": "random", "datasets": "phantom", **values}, REGISTRY)


def test_options_follow_a_colon_and_belong_to_the_last_name():
    random, strided, entropy = parse_choices("random, strided:block_size=5,interpolator=signed-distance ,entropy")
    assert (random.name, random.options) == ("random", {})
    assert (strided.name, strided.options) == ("strided", {"block_size": 5, "interpolator": "signed-distance"})
    assert strided.label == "strided:block_size=5,interpolator=signed-distance"
    assert entropy.name == "entropy"


def test_commas_in_brackets_and_quotes_belong_to_a_value():
    first, second = parse_choices('phantom:spacing=[1, 2],note="a,b=c",heart')
    assert first.options == {"spacing": [1, 2], "note": "a,b=c"}
    assert second.name == "heart"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one_per_scan=false", "belongs to no name"),
        ("random,,entropy", "empty part"),
        ("random:", "not of the form"),
        ("strided:block_size=5,block_size=6", "twice"),
    ],
)
def test_a_list_of_names_that_cannot_be_read_is_an_error(text, said):
    with pytest.raises(AlsegError, match=said):
        parse_choices(text)


@pytest.mark.parametrize(
    ("given", "seeds"), [("0-2", (0, 1, 2)), ("7", (7,)), ("0, 3-4", (0, 3, 4)), ([5, 1], (5, 1)), (9, (9,))]
)
def test_seeds_are_ranges_and_lists(given, seeds):
    assert parse_seeds(given) == seeds


@pytest.mark.parametrize(
    ("given", "said"), [("0-2,1", "overlap"), ("2-0", "no seed"), ("a", "no seed"), ([], "no seeds"), ("-1", "no seed")]
)
def test_seeds_that_overlap_or_are_none_are_an_error(given, said):
    with pytest.raises(AlsegError, match=said):
        parse_seeds(given)


@pytest.mark.parametrize("key", ["strategies", "datasets"])
@pytest.mark.parametrize("nothing", ["", [], None])
def test_an_empty_grid_is_an_error(key, nothing):
    with pytest.raises(AlsegError, match=f"no {key}"):
        grid(**{key: nothing})


def test_a_name_given_twice_is_an_error():
    with pytest.raises(AlsegError, match="'entropy' twice"):
        grid(strategies=["entropy", "random,entropy"])


def test_a_single_strategy_of_a_run_has_no_place_in_a_grid():
    with pytest.raises(AlsegError, match="no single 'strategy'"):
        grid(strategy={"name": "random"})


def test_all_takes_every_installed_strategy_that_needs_no_option():
    chosen = {choice.name for choice in grid(strategies="all").strategies}
    free = {
        item.spec.name
        for item in REGISTRY.components(StrategySpec)
        if not any(field.is_required() for field in item.spec.options.model_fields.values())
    }
    assert {"random", "entropy", "strided"} <= chosen
    assert chosen == free


def test_all_keeps_what_is_named_beside_it():
    labels = [choice.label for choice in grid(strategies="strided:block_size=5,all").strategies]
    assert labels[0] == "strided:block_size=5"
    assert "strided" in labels


def test_a_grid_written_to_its_file_is_the_same_grid():
    first = grid(
        strategies="random,strided:block_size=5", seeds="0-1", full_data=True, loop={"rounds": 3}, launcher={"jobs": 2}
    )
    assert make_grid(first.as_values(), REGISTRY) == first
    assert make_grid(grid(full_data={"learner": {"epochs": 1}}).as_values(), REGISTRY).full_data == {
        "learner": {"epochs": 1}
    }
    assert make_grid(grid().as_values(), REGISTRY).full_data is None


def test_a_full_data_that_is_neither_a_switch_nor_a_section_is_an_error():
    with pytest.raises(AlsegError, match="full_data is true, false or a section"):
        grid(full_data="yes")
