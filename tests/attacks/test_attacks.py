"""Mutated files end in a sentence, in what was there, or in what they ask for; ``attacking.py`` does so for an hour."""

from collections import Counter

import attacking
import pytest

ATTACKS = 120


@pytest.mark.parametrize("name", attacking.FAMILIES)
def test_no_attack_ends_in_anything_but_a_sentence_or_a_sound_result(name, tmp_path):
    attack = attacking.family(name, tmp_path)
    outcomes = {number: attacking.outcome(attack, number) for number in range(ATTACKS)}
    assert {number: result for number, result in outcomes.items() if result.startswith("FAULT")} == {}
    assert Counter(outcomes.values())["refused"] > ATTACKS // 3


def test_a_fault_is_counted_as_one():
    def silent(rng):
        raise attacking.SilentChangeError("of a voxel")

    def broken(rng):
        return {}[rng.random()]

    assert attacking.outcome(silent, 0) == "FAULT silent change: of a voxel"
    assert attacking.outcome(broken, 0).startswith("FAULT KeyError")
