"""Strategies against one control: tests, equivalence and what is counted, against libraries and by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
from alseg_results.control_curves import band, differences_by_round
from alseg_results.efficiency import foreground_efficiency, pooled_foreground_efficiency
from alseg_results.equivalence import signed_rank_probabilities
from alseg_results.overview import look_at
from alseg_results.penalties import PenaltyRounds, penalty_matrices
from alseg_results.ranks import critical_difference, not_told_apart, rank
from alseg_results.seeds import seeds_to_see
from alseg_results.sentences import penalty_sentence, verdict_sentence
from alseg_results.tables.comparison import control_tables
from alseg_results.verdicts import against_control, blocks_needed
from scipy import stats

from alcore import AlsegError, Registry


def table_of(datasets=("data",), **columns):
    """Values by dataset and seed, one dataset after the other."""
    seeds = len(next(iter(columns.values()))) // len(datasets)
    return pd.DataFrame(columns, pd.MultiIndex.from_product([datasets, range(seeds)], names=["dataset", "seed"]))


@pytest.mark.parametrize("differences", [[0.02, 0.03, -0.01, 0.05, 0.02], [0.0, 0.01, -0.01, 0.004], [-0.03] * 8])
def test_equivalence_agrees_with_baycomp(differences):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import baycomp  # brings matplotlib: here alone

    y = np.array(differences)
    expected = baycomp.SignedRankTest.probs(np.zeros(len(y)), y, 0.01, nsamples=20_000, random_state=0)
    assert signed_rank_probabilities(y, 0.01) == pytest.approx(expected, abs=0.015)


def test_equivalence_of_one_difference_is_a_beta_distribution():
    # Weights w of the difference and 1 - w of 0, Beta(1, 1/2): 2 z is above twice the margin with w^2 and z + 0 is not,
    # so the difference wins where w^2 > 1/2, which has the probability sqrt(1 - sqrt(1/2)).
    found = signed_rank_probabilities(np.array([0.015]), 0.01)
    assert found.above == pytest.approx(np.sqrt(1 - np.sqrt(0.5)), abs=0.01)
    assert (found.below, sum(found)) == (0.0, pytest.approx(1.0))


def test_p_against_the_control_is_wilcoxons_and_holm_corrects_over_the_others():
    rng = np.random.default_rng(3)
    control = rng.normal(0.7, 0.01, 9)
    table = table_of(random=control, good=control + rng.normal(0.02, 0.01, 9), same=control + rng.normal(0, 0.01, 9))
    rows = against_control(table, "random").table.set_index("strategy")
    p = {name: stats.wilcoxon(table[name] - control).pvalue for name in ("good", "same")}
    assert rows["p"].to_dict() == pytest.approx(p)
    assert rows.loc["good", "p_holm"] == pytest.approx(2 * p["good"])
    assert rows.loc["same", "p_holm"] == pytest.approx(p["same"])
    assert rows["verdict"].to_dict() == {"good": "better", "same": "not decided"}
    assert rows["equal"].isna().all()


def test_where_lower_is_better_a_smaller_distance_is_the_better_one():
    far = np.linspace(9.0, 9.9, 10)
    rows = against_control(table_of(random=far, near=far - 2.0), "random", higher_is_better=False, margin=0.5).table
    assert rows["verdict"].tolist() == ["better"]
    assert rows["better"].item() > 0.99


def test_a_difference_within_the_margin_is_practically_equal_even_if_it_is_significant():
    control = np.linspace(0.70, 0.75, 12)
    rows = against_control(table_of(random=control, twin=control + 0.002), "random", margin=0.01).table
    assert rows["p_holm"].item() < 0.05
    assert rows["verdict"].item() == "practically equal"


def test_with_five_datasets_each_counts_once_its_seeds_averaged():
    names = ["a", "b", "c", "d", "e"]
    control = np.full(15, 0.7)
    gain = np.repeat([0.01, 0.02, 0.03, 0.04, 0.05], 3) + np.tile([-0.01, 0.0, 0.01], 5)
    table = table_of(names, random=control, good=control + gain)
    verdicts = against_control(table, "random")
    assert verdicts.over_datasets
    assert verdicts.table["blocks"].item() == 5
    assert verdicts.table["p"].item() == 2 / 2**5
    ranking = rank(table)
    assert (ranking.over_datasets, ranking.blocks) == (True, 5)
    four = table.loc[names[:4]]
    assert against_control(four, "random").table["blocks"].item() == 12
    assert rank(four).blocks == 12


def test_ranks_are_told_with_each_seed_left_out():
    table = table_of(a=[0.9, 0.1, 0.9], b=[0.5, 0.5, 0.5])
    extremes = rank(table).extremes
    # a has the ranks 1, 2 and 1: without seed 1 the mean is 1, without one of the others 1.5.
    assert extremes.loc["a"].tolist() == [1.0, 1.5]
    assert extremes.loc["b"].tolist() == [1.5, 2.0]
    assert rank(table.iloc[:1]).extremes is None


def test_the_blocks_that_a_verdict_needs_are_those_of_the_smallest_p():
    # 2 / 2^n is the smallest p of n pairs: 0.031 of six, and times two 0.0625, of seven 0.031.
    assert [blocks_needed(comparisons) for comparisons in (1, 2, 3, 9)] == [6, 7, 7, 9]


def test_the_verdict_is_one_sentence_that_says_what_is_missing():
    table = table_of(random=[0.5, 0.6, 0.7], good=[0.6, 0.7, 0.8])
    verdicts = against_control(table, "random")
    assert verdict_sentence("aubc", "strategies", table, pd.DataFrame(), verdicts) == (
        "No verdict yet: with 3 dataset-and-seed pairs no difference from random can be significant at 5 %; 6 are "
        "needed for 1 comparison."
    )
    many = table_of(random=np.linspace(0.5, 0.6, 8), good=np.linspace(0.6, 0.7, 8) + 0.001 * np.arange(8))
    said = verdict_sentence("aubc", "strategies", many, pd.DataFrame(), against_control(many, "random"))
    assert (
        said
        == "Against random, by area under the budget curve over 8 dataset-and-seed pairs: good (+0.1035) is better."
    )


def test_the_seeds_needed_come_with_what_the_spread_may_be():
    table = table_of(a=[0.10, 0.12, 0.14], b=[0.0, 0.0, 0.0])
    seeds = seeds_to_see(0.01, table)
    assert (seeds.needed, seeds.runs, seeds.deviation) == (34, 3, pytest.approx(0.02))
    low, high = (np.sqrt(2 / stats.chi2.ppf(share, 2)) for share in (0.975, 0.025))
    assert (low, high) == pytest.approx((0.52, 6.28), abs=0.01)
    assert seeds.least < 34 / 3 < seeds.planned < seeds.most
    assert seeds.most / seeds.needed == pytest.approx(high**2, rel=0.1)  # of small effects seeds go with the square


def curves_of(rounds, *, seeds=4):
    """Random stays at 0.5 and rises to 0.9 in round 3; ``good`` is above it by a clear step in the rounds given."""
    rows = []
    for seed in range(seeds):
        for number in range(9):
            level = 0.5 if number < 3 else 0.9
            gain = 0.01 * (seed + 1) if number in rounds else 0.0
            rows += [("data", "random", seed, number, level), ("data", "good", seed, number, level + gain)]
    return pd.DataFrame(rows, columns=["dataset", "strategy", "seed", "round", "value"])


def test_penalties_of_thinned_rounds_count_rounds_1_2_4_and_8():
    scores = curves_of({1, 2, 3})
    share = {
        name: penalty_matrices(scores, ["random", "good"], rounds=rounds).plain.loc["good", "random"]
        for name, rounds in {
            "all": PenaltyRounds(),
            "thinned": PenaltyRounds(thinned=True),
            "cut": PenaltyRounds(cut_by="random"),
            "both": PenaltyRounds(thinned=True, cut_by="random"),
        }.items()
    }
    assert share == {"all": 3 / 8, "thinned": 2 / 4, "cut": 1.0, "both": 1.0}


def test_where_holm_lets_nothing_through_a_sentence_says_so_and_otherwise_none():
    scores = curves_of({1, 2})
    silenced = penalty_matrices(scores, ["random", "good"])
    (one,) = silenced.silenced
    assert (one.tests, one.seeds) == (8, 4)
    assert one.needed == pytest.approx(stats.t.isf(0.05 / 16, 3))
    assert one.largest == pytest.approx(stats.ttest_1samp([0.01, 0.02, 0.03, 0.04], 0).statistic)
    assert "the first of 8 tests of 4 seeds on data must have |t| > 6.9" in penalty_sentence(silenced)
    assert penalty_sentence(penalty_matrices(curves_of({1, 2}, seeds=8), ["random", "good"])) == ""
    assert penalty_sentence(penalty_matrices(curves_of(set()), ["random", "good"])) == ""


def test_the_pooled_rate_of_one_exact_curve_is_its_own_and_fits_perfectly():
    foreground = np.linspace(0.0, 0.5, 6)
    score = 0.9 - 0.7 * np.exp(-5.0 * foreground)
    assert foreground_efficiency(foreground, score, 0.9) == pytest.approx(5.0)
    rate, fit = pooled_foreground_efficiency([(foreground, score), (foreground, score)], 0.9)
    assert (rate, fit) == pytest.approx((5.0, 1.0))


def test_the_pooled_rate_starts_from_the_mean_of_the_first_scores():
    foreground = np.linspace(0.0, 0.5, 6)
    low, high = (0.9 - gap * np.exp(-5.0 * foreground) for gap in (0.8, 0.6))
    rate, fit = pooled_foreground_efficiency([(foreground, low), (foreground, high)], 0.9)
    assert rate == pytest.approx(5.0, abs=0.05)  # the mean of both is the curve of their mean start
    assert 0.8 < fit < 1.0
    assert np.isnan(pooled_foreground_efficiency([], 0.9)).all()
    assert np.isnan(pooled_foreground_efficiency([(foreground, low)], float("nan"))).all()


@pytest.fixture
def written(write_run):
    for place, strategy in enumerate(("random", "entropy", "margin")):
        for seed in range(7):
            write_run((0.2, 0.5 + 0.1 * place * (place < 2) + 0.001 * seed * place), strategy, seed=seed)
    return write_run.folder


def test_random_is_the_control_where_it_is_among_the_strategies(written):
    overview = look_at(written, Registry.installed(), margin=0.01)
    assert overview.control == "random"
    assert overview.comparison.sentences[0] == (
        "Against random, by area under the budget curve over 7 dataset-and-seed pairs: entropy (+0.0515) is better; "
        "margin (+0.0030) is practically equal."
    )
    (table,) = control_tables(overview)
    assert [cell.text for cell in table.rows[1].cells[:4]] == ["margin", "practically equal", "7", "+0.0030"]
    assert "margin 0.01" in table.caption


def test_another_control_can_be_named(written):
    verdicts = look_at(written, Registry.installed(), control="entropy").comparison.verdicts
    assert verdicts.table["strategy"].tolist() == ["margin", "random"]
    assert verdicts.table["verdict"].tolist() == ["worse", "worse"]


@pytest.mark.parametrize("margin", [0.0, -0.1, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused(written, margin):
    with pytest.raises(AlsegError, match="a margin is a number above 0"):
        look_at(written, Registry.installed(), margin=margin)


def test_a_margin_without_a_control_is_refused(write_run):
    for strategy in ("entropy", "margin"):
        write_run((0.2, 0.5), strategy)
    with pytest.raises(AlsegError, match="--margin needs a control") as caught:
        look_at(write_run.folder, Registry.installed(), margin=0.01)
    assert caught.value.hint == "name one with --control"


def test_the_critical_difference_and_its_groups_are_those_of_demsars_example():
    # Section 3.2.2 of Demšar 2006: four algorithms on 14 data sets, 1.25 at 5 % and 1.12 at 10 %. By the latter, C4.5
    # differs from the two best, and C4.5+cf from none.
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)
    assert critical_difference(4, 14, alpha=0.1) == pytest.approx(1.12, abs=0.005)
    ranks = pd.Series({"C4.5+m+cf": 1.964, "C4.5+m": 2.0, "C4.5+cf": 2.893, "C4.5": 3.143})
    assert not_told_apart(ranks, 1.25) == [list(ranks.index)]
    assert not_told_apart(ranks, 1.12) == [["C4.5+m+cf", "C4.5+m", "C4.5+cf"], ["C4.5+cf", "C4.5"]]
    assert not_told_apart(ranks, 0.01) == []


def test_the_band_of_differences_is_students_with_bonferronis_level():
    difference = np.array([[0.0, 0.1, 0.3], [0.0, 0.2, 0.1], [0.0, 0.15, 0.2], [0.0, 0.3, 0.4]])
    low, high = band(difference)
    for place in (1, 2):  # two rounds vary; the shared round 0 does not
        values = difference[:, place]
        margin = stats.t.ppf(1 - 0.05 / 4, 3) * values.std(ddof=1) / 2
        assert (low[place], high[place]) == pytest.approx((values.mean() - margin, values.mean() + margin))
    assert (low[0], high[0]) == (0.0, 0.0)
    assert np.isnan(band(difference[:3])).all()


def test_differences_by_round_pair_the_seeds_that_both_have():
    rows = [
        ("data", name, seed, number, 8 + 4 * number, 0.5 + 0.1 * number * (name == "good") + 0.01 * seed)
        for name, seeds in (("random", range(5)), ("good", range(1, 6)))
        for seed in seeds
        for number in range(3)
    ]
    scores = pd.DataFrame(rows, columns=["dataset", "strategy", "seed", "round", "labelled", "value"])
    found = differences_by_round(scores, "random")
    assert found["strategy"].unique().tolist() == ["good"]
    assert found["difference"].tolist() == pytest.approx([0.0, 0.1, 0.2])
    assert found["seeds"].unique().tolist() == [4]
    assert found["labelled"].tolist() == [8, 12, 16]
    assert differences_by_round(scores, "nobody").empty
