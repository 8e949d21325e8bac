"""Statistics, against published examples, the libraries' documented ones, and cases worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from alseg_results.figures import per_run
from alseg_results.measure import Measure, select
from alseg_results.pairs import compare_pairs, seeds_needed, t_interval
from alseg_results.penalties import penalty_matrices
from alseg_results.ranks import rank
from alseg_results.runs import find_runs
from alseg_results.statistics import compare
from alseg_results.tidy import tidy
from scipy import stats

# Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", tables 2 and 6: ranks of four
# algorithms on 14 data sets, and by how much C4.5+m was better than C4.5 there.
DEMSAR_RANKS = pd.DataFrame(
    {
        "C4.5": [4, 1, 4, 4, 4, 1, 3, 2.5, 4, 2.5, 4, 3, 4, 3],
        "C4.5+m": [3, 2, 1, 1, 2, 2.5, 2, 2.5, 3, 2.5, 2.5, 2, 1, 1],
        "C4.5+cf": [2, 3, 2, 3, 3, 4, 4, 4, 2, 2.5, 1, 4, 2, 4],
        "C4.5+m+cf": [1, 4, 3, 2, 1, 2.5, 1, 1, 1, 2.5, 2.5, 1, 3, 2],
    }
)
DEMSAR_GAINS = [5, -8, 17, 33, 6, -5, 7, 0, 63, 0, 22, 47, 9, 21]


def table_of(**columns):
    index = pd.MultiIndex.from_product([["data"], range(len(next(iter(columns.values()))))], names=["dataset", "seed"])
    return pd.DataFrame(columns, index=index)


def over_datasets(table):
    """Each row a dataset with a single seed."""
    return table.set_axis(pd.MultiIndex.from_product([range(len(table)), [0]], names=["dataset", "seed"]))


def test_mean_ranks_and_the_posthoc_test_agree_with_demsars_example():
    ranking = rank(over_datasets(DEMSAR_RANKS), higher_is_better=False)
    assert ranking.mean_ranks.round(3).to_dict() == {
        "C4.5+m+cf": 1.964,
        "C4.5+m": 2.0,
        "C4.5+cf": 2.893,
        "C4.5": 3.143,
    }
    # The critical difference is 1.25 at 5 % and 1.12 at 10 %: nothing differs at 5 %, two pairs do at 10 %.
    assert 0.05 < ranking.posthoc.loc["C4.5", "C4.5+m+cf"] < 0.10
    assert 0.05 < ranking.posthoc.loc["C4.5", "C4.5+m"] < 0.10
    assert ranking.posthoc.loc["C4.5+cf", "C4.5+m+cf"] > 0.10
    # 9.28 without a correction of ties; scipy divides by one less the share of ties.
    corrected = 9.28 / (1 - (3 * (2**3 - 2) + (4**3 - 4)) / (14 * 4 * (4**2 - 1)))
    assert ranking.statistic == pytest.approx(corrected, abs=0.01)


def test_friedman_agrees_with_scipys_documented_example():
    pulse = pd.DataFrame(
        {
            "before": [72, 96, 88, 92, 74, 76, 82],
            "after": [120, 120, 132, 120, 101, 96, 112],
            "later": [76, 95, 104, 96, 84, 72, 76],
        }
    )
    ranking = rank(over_datasets(pulse), higher_is_better=False)
    assert (ranking.statistic, ranking.p) == pytest.approx((10.57142857142857, 0.005063414171757498))
    assert ranking.mean_ranks["after"] == 3


def test_nemenyi_agrees_with_scikit_posthocs():
    # The block design of scikit-posthocs' documentation.
    import scikit_posthocs  # brings matplotlib: here alone

    values = pd.DataFrame([[31, 27, 24], [31, 28, 31], [45, 29, 46], [21, 18, 48], [42, 36, 46], [32, 17, 40]])
    expected = scikit_posthocs.posthoc_nemenyi_friedman(values.to_numpy())
    assert rank(over_datasets(values)).posthoc.loc[[0, 1, 2], [0, 1, 2]].to_numpy() == pytest.approx(
        expected.to_numpy(), rel=1e-6
    )


def test_too_few_blocks_or_strategies_are_ranked_and_not_tested():
    ranking = rank(table_of(a=[0.5, 0.6], b=[0.4, 0.7], c=[0.1, 0.1]))
    assert ranking.mean_ranks.to_dict() == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert ranking.p is None
    assert rank(table_of(a=[1.0] * 5, b=[2.0] * 5)).p is None
    assert rank(table_of(a=[1.0] * 5, b=[1.0] * 5, c=[1.0] * 5)).p is None
    assert rank(table_of(a=[0.5, np.nan], b=[np.nan, 0.7])) is None


def test_wilcoxon_agrees_with_scipys_documented_example():
    difference = np.array([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], dtype=float)
    (row,) = compare_pairs(table_of(a=difference, b=np.zeros(15))).to_dict("records")
    assert row["p"] == row["p_holm"] == pytest.approx(0.041259765625)
    assert row["difference"] == pytest.approx(difference.mean())
    assert row["won"] == pytest.approx(13 / 15)
    assert row["effect"] == pytest.approx(difference.mean() / difference.std(ddof=1))


def test_wilcoxon_rejects_where_demsar_does():
    # Section 3.1.3 of Demšar 2006: T = 12 is below the critical value of 21 for 14 data sets.
    (row,) = compare_pairs(table_of(a=np.array(DEMSAR_GAINS, dtype=float), b=np.zeros(14))).to_dict("records")
    assert row["p"] < 0.05
    assert row["won"] == 11 / 14


def test_holms_correction_is_that_by_hand():
    rng = np.random.default_rng(0)
    table = table_of(a=rng.normal(0.0, 1.0, 9), b=rng.normal(0.8, 1.0, 9), c=rng.normal(3.0, 1.0, 9))
    pairs = compare_pairs(table)
    smallest, middle, largest = sorted(pairs["p"])
    first = min(1.0, 3 * smallest)
    second = max(first, min(1.0, 2 * middle))
    assert sorted(pairs["p_holm"]) == pytest.approx([first, second, max(second, largest)])


def test_the_interval_of_few_pairs_is_students():
    # Student 1908, "The probable error of a mean": additional hours of sleep of two drugs, ten patients. The interval
    # of the difference is that of R's documentation of t.test(extra ~ group, data = sleep, paired = TRUE).
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert t_interval(first - second) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)


@pytest.mark.parametrize("pairs", [3, 5, 10])
def test_the_interval_holds_the_truth_as_often_as_it_says(pairs):
    rng = np.random.default_rng(pairs)
    intervals = [t_interval(rng.standard_normal(pairs)) for _ in range(2000)]
    assert np.mean([low <= 0 <= high for low, high in intervals]) == pytest.approx(0.95, abs=0.015)


def test_the_interval_of_many_pairs_is_that_of_a_normal_mean():
    difference = np.random.default_rng(1).normal(0.02, 0.01, 400)
    (row,) = compare_pairs(table_of(a=difference, b=np.zeros(400))).to_dict("records")
    margin = 1.96 * difference.std(ddof=1) / 20
    assert (row["low"], row["high"]) == pytest.approx(
        (difference.mean() - margin, difference.mean() + margin), rel=0.02
    )
    assert compare_pairs(table_of(a=difference, b=np.zeros(400)))["low"].item() == row["low"]


def test_two_pairs_have_a_difference_and_no_test():
    (row,) = compare_pairs(table_of(a=[0.5, 0.7], b=[0.4, np.nan])).to_dict("records")
    assert (row["pairs"], row["difference"]) == (1, pytest.approx(0.1))
    (row,) = compare_pairs(table_of(a=[0.5, 0.7], b=[0.4, 0.4])).to_dict("records")
    assert (row["pairs"], row["std"]) == (2, pytest.approx(0.2 / math.sqrt(2)))
    assert all(math.isnan(row[name]) for name in ("low", "high", "p", "p_holm", "effect"))


def test_pairs_that_differ_equally_or_never_are_no_fault():
    same, shifted = compare_pairs(table_of(a=[0.5] * 4, b=[0.5] * 4, c=[0.75] * 4)).to_dict("records")[:2]
    assert (same["p"], same["low"], same["high"], same["won"]) == (1.0, 0.0, 0.0, 0.5)
    assert (shifted["low"], shifted["high"], shifted["won"]) == (-0.25, -0.25, 0.0)
    assert math.isnan(shifted["effect"])
    lower = compare_pairs(table_of(a=[0.5] * 4, c=[0.75] * 4), higher_is_better=False)
    assert lower["won"].item() == 1.0


@pytest.mark.parametrize(("effect", "pairs"), [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_seeds_needed_agree_with_the_published_sample_sizes(effect, pairs):
    # Paired t-test, two-sided, 5 %, power 80 %: the sample sizes that G*Power gives.
    assert seeds_needed(0.01, 0.01 / effect) == pairs


def power_by_hand(pairs, effect):
    """The power of the paired t-test: its tails given the estimated deviation, summed over a fine grid of those."""
    freedom, shift = pairs - 1, effect * np.sqrt(pairs)
    critical = stats.t.ppf(0.975, freedom)
    deviation = (np.arange(200_000) + 0.5) * 5e-5
    density = stats.chi.pdf(deviation * np.sqrt(freedom), freedom) * np.sqrt(freedom)
    tails = stats.norm.sf(critical * deviation - shift) + stats.norm.cdf(-critical * deviation - shift)
    return float((tails * density).sum() * 5e-5)


@pytest.mark.parametrize("std", [0.0003, 0.00149, 0.0015, 0.002, 0.0043, 0.0107])
def test_seeds_needed_are_the_fewest_with_enough_power(std):
    needed = seeds_needed(0.01, std)
    assert power_by_hand(needed, 0.01 / std) >= 0.8
    assert needed == 2 or power_by_hand(needed - 1, 0.01 / std) < 0.8


def test_a_difference_that_never_varies_needs_two_seeds():
    assert seeds_needed(0.01, 0.0) == 2
    assert seeds_needed(0.01, 1e-5) == 2


def scores_of(*datasets):
    """Scores in which strategy ``b`` is 0.5 throughout and ``a`` differs by round and seed; round 0 is shared."""
    rows = [
        (f"data{number}", name, seed, k, 0.5 + (difference if name == "a" else 0.0))
        for number, rounds in enumerate(datasets)
        for k, differences in enumerate([[0.0] * len(rounds[0]), *rounds])
        for seed, difference in enumerate(differences)
        for name in "ab"
    ]
    return pd.DataFrame(rows, columns=["dataset", "strategy", "seed", "round", "value"])


CLEAR = [0.01, 0.02, 0.03, 0.04]  # t = 3.87 with 3 degrees of freedom, beyond 3.18
UNCLEAR = [0.0, 0.01, 0.02, 0.03]  # t = 2.32


def test_the_penalty_matrix_is_that_by_hand():
    scores = scores_of([CLEAR, UNCLEAR, [-value for value in CLEAR], CLEAR], [UNCLEAR, CLEAR])
    matrix = penalty_matrices(scores, ["a", "b"]).plain
    assert matrix.loc["a", "b"] == pytest.approx(2 / 4 + 1 / 2)
    assert matrix.loc["b", "a"] == pytest.approx(1 / 4)
    assert math.isnan(matrix.loc["a", "a"])
    turned = penalty_matrices(scores, ["a", "b"], higher_is_better=False).plain
    assert (turned.loc["a", "b"], turned.loc["b", "a"]) == pytest.approx((1 / 4, 1.0))


def test_holm_corrects_the_penalties_of_a_dataset_together():
    # p is 0.030 of the clear rounds: alone it stands, beside a second round Holm asks for 0.025.
    assert stats.ttest_rel(CLEAR, [0.0] * 4).pvalue == pytest.approx(0.0305, abs=1e-3)
    alone, beside = scores_of([CLEAR]), scores_of([CLEAR, UNCLEAR])
    assert penalty_matrices(alone, ["a", "b"]).holm.loc["a", "b"] == 1.0
    assert penalty_matrices(beside, ["a", "b"]).holm.loc["a", "b"] == 0.0
    assert penalty_matrices(beside, ["a", "b"]).plain.loc["a", "b"] == 0.5


def test_two_seeds_make_no_penalties():
    assert penalty_matrices(scores_of([CLEAR[:2]]), ["a", "b"]).plain.isna().all(axis=None)


@pytest.fixture
def comparison(write_run):
    def make(curves):
        for strategy, by_seed in curves.items():
            for seed, dice in enumerate(by_seed):
                write_run(dice, strategy, seed=seed)
        found = find_runs(write_run.folder)
        scores = select(tidy(found.runs), "dice", "validation")
        return compare(per_run(found, Measure("dice", "validation")), scores)

    return make


def seeds_of(level, n, spread=0.004):
    return [(0.2, level + spread * k, level + 0.1 + spread * k * (-1) ** k) for k in range(n)]


def test_six_seeds_of_three_strategies_are_ranked_and_too_few_for_every_two(comparison):
    result = comparison({"good": seeds_of(0.7, 6), "fair": seeds_of(0.6, 6, 0.003), "poor": seeds_of(0.5, 6, 0.001)})
    assert result.ranking.mean_ranks.to_dict() == {"good": 1.0, "fair": 2.0, "poor": 3.0}
    verdict, ranks, seeds = result.sentences
    # Six pairs give p = 2 / 2^6 = 0.031 each, and Holm makes 0.094 of the smallest of three; seven give 0.047.
    assert verdict == (
        "No verdict on every two: with 6 dataset-and-seed pairs the smallest possible corrected p is 0.094, so no "
        "difference could be significant at 5 %, however large; 7 are needed."
    )
    assert ranks.startswith("Best mean rank: good (1.00 of 3, by area under the budget curve, over 6 dataset-and-seed")
    assert "Friedman test: the ranks differ at 5 % (chi-squared 12.00, p 0.002)." in ranks
    assert "seeds are needed" in seeds
    assert result.penalties.plain.loc["good", "poor"] == 1.0


def test_pairs_that_differ_are_named(comparison):
    result = comparison({"good": seeds_of(0.7, 6), "poor": seeds_of(0.5, 6, 0.001)})
    assert result.sentences[0].startswith(
        "Wilcoxon test with Holm's correction, area under the budget curve: differ at 5 %: good and poor (+0.1"
    )


def test_a_single_seed_shows_what_it_can_and_says_what_it_cannot(comparison):
    result = comparison({"good": seeds_of(0.7, 1), "fair": seeds_of(0.6, 1), "poor": seeds_of(0.5, 1)})
    pairs, ranks, seeds = result.sentences
    assert "Friedman's test needs 3 of them, so whether ranks differ is not tested." in ranks
    assert pairs == (
        "Too few paired runs for a test: two strategies share 1 dataset-and-seed pair at most, and 3 are needed."
    )
    assert seeds == (
        "How many seeds a difference of 0.01 would need is unknown: no two strategies share two seeds on a dataset."
    )
    assert result.pairs["difference"].tolist() == pytest.approx([-0.075, 0.075, 0.15])


def test_seeds_needed_are_told_from_the_observed_spread(comparison):
    # AUBC differs by 0.10, 0.12 and 0.14: a standard deviation of 0.02, half of which is to be seen; 34 seeds.
    # With two degrees of freedom it may be 0.521 to 6.285 times as large (95 %), and is below 2.117 times it at 80 %.
    curves = {"a": [(0.2, 0.6), (0.2, 0.64), (0.2, 0.68)], "b": [(0.2, 0.4)] * 3}
    sentence = comparison(curves).sentences[-1]
    ends = [seeds_needed(0.01, 0.02 * times) for times in (0.5207, 6.2847, 2.1170)]
    assert f"about 34 seeds are needed, but anything from {ends[0]} to {ends[1]:,} may be" in sentence
    assert sentence.endswith(f"0.0200, comes from 3 paired runs. Plan with {ends[2]}.")


def test_one_strategy_has_nothing_to_be_compared_with(comparison):
    assert comparison({"good": seeds_of(0.7, 3)}).sentences == ("There are no two strategies to compare.",)


def test_strategies_under_different_seeds_are_not_compared(write_run):
    write_run((0.2, 0.5), "a", seed=0)
    write_run((0.2, 0.6), "b", seed=1)
    write_run((0.2, 0.6), "c", seed=1)
    found = find_runs(write_run.folder)
    result = compare(per_run(found, Measure("dice", "validation")), select(tidy(found.runs), "dice", "validation"))
    assert result.ranking is None
    assert result.sentences[1].startswith(
        "On no dataset and seed has every one of the strategies a complete run with a score"
    )
    assert np.isnan(result.pairs["difference"].iloc[0])


def test_all_that_share_the_best_mean_rank_are_named(comparison):
    same = seeds_of(0.7, 3)
    sentence = comparison({"twin": same, "again": same, "poor": seeds_of(0.5, 3)}).sentences[1]
    assert sentence.startswith("Best mean rank, shared by again and twin (1.50 of 3")


def test_the_runs_behind_a_spread_are_those_that_two_strategies_share(comparison):
    curves = {"a": [(0.2, 0.6), (0.2, 0.64), (0.2, 0.68), (0.2, 0.7)], "b": [(0.2, 0.4)] * 2}
    assert comparison(curves).sentences[-1].partition("comes from ")[2].startswith("2 paired runs.")


def test_what_has_no_score_is_left_out_and_the_others_are_ranked(comparison):
    result = comparison({"a": seeds_of(0.7, 3), "b": seeds_of(0.6, 3), "c": seeds_of(0.5, 3), "d": [(None, None)] * 3})
    assert result.sentences[1] == "No complete run has a score of d: left out of the comparison."
    assert result.sentences[2].startswith("Best mean rank: a")


def test_nothing_is_ranked_where_the_direction_is_unknown(write_run):
    for strategy in "abc":
        for seed in range(3):
            write_run((0.2, 0.5), strategy, seed=seed)
    found = find_runs(write_run.folder)
    figures = per_run(found, Measure("dice", "validation", higher_is_better=None))
    result = compare(figures, select(tidy(found.runs), "dice", "validation"), higher_is_better=None)
    assert (result.ranking, len(result.pairs)) == (None, 0)
    assert result.sentences[0].startswith("No installed plugin says whether a higher score")
