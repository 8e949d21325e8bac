"""Mutated files, kills and broken disks end in a sentence or a sound result; ``attacking.py`` does so for an hour."""

from collections import Counter

import attack_disks
import attack_kills
import attack_runs
import attacking
import pytest
from whole_commands import WORKS

MUTATED = 120
COMMANDS = tuple(work for work in WORKS if work.name in ("run", "convert", "plugins new"))
"""Those that take less than a second."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the attacks on commands need is made once."""
    return tmp_path_factory.mktemp("workshop")


def outcomes_of(attack, numbers):
    outcomes = {number: attacking.outcome(attack, number) for number in numbers}
    assert {number: result for number, result in outcomes.items() if result.startswith("FAULT")} == {}
    return Counter(outcomes.values())


@pytest.mark.parametrize("name", ["stores", "archives", "images", "descriptions"])
def test_no_attack_on_a_file_ends_in_anything_but_a_sentence_or_a_sound_result(name, tmp_path):
    attack = attacking.family(name, tmp_path)
    assert outcomes_of(attack, range(MUTATED))["refused"] > MUTATED // 3


def test_no_mutated_run_ends_a_command_in_anything_but_a_sentence_or_a_sound_result(folder):
    attack = attack_runs.build(folder, ("results", "predict", "evaluate", "resume"))
    assert outcomes_of(attack, range(10))["refused"] > 2


def test_what_is_killed_or_interrupted_loses_nothing_and_goes_on(folder):
    went_on = outcomes_of(attack_kills.build(folder, COMMANDS), range(4))
    assert sum(count for result, count in went_on.items() if "SIG" in result) > 1


def test_what_a_disk_refuses_is_said_and_goes_on_when_it_is_well_again(folder):
    went_on = outcomes_of(attack_disks.build(folder, COMMANDS), range(6))
    assert sum(count for result, count in went_on.items() if "refused" in result) > 1


def test_a_fault_is_counted_as_one():
    def silent(rng):
        raise attacking.BrokenPromiseError("a voxel changed silently")

    def broken(rng):
        return {}[rng.random()]

    assert attacking.outcome(silent, 0) == "FAULT broken promise: a voxel changed silently"
    assert attacking.outcome(broken, 0).startswith("FAULT KeyError")
