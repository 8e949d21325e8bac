"""What a comparison says, and what cannot be said, in plain sentences."""

from collections.abc import Sequence

import pandas as pd

from alseg_results.pairs import ALPHA, LEAST_PAIRS
from alseg_results.penalties import Penalties
from alseg_results.ranks import LEAST_BLOCKS, LEAST_STRATEGIES, Ranking
from alseg_results.seeds import SEEN, seeds_to_see
from alseg_results.verdicts import BETTER, EQUAL, OPEN, WORSE, Verdicts, blocks_needed

NAMES = {"aubc": "area under the budget curve", "final": "score of the last round"}


def verdict_sentence(
    measure: str, what: str, table: pd.DataFrame, pairs: pd.DataFrame, verdicts: Verdicts | None
) -> str:
    """The verdict, in one sentence."""
    if table.shape[1] < 2:
        return f"There are no two {what} to compare."
    if verdicts is None:
        return _about_few_pairs(pairs) or _about_pairs(NAMES[measure], what, pairs)
    rows = verdicts.table
    count, most = len(rows), int(rows["blocks"].max()) if len(rows) else 0
    needed = blocks_needed(max(count, 1))
    over = _datasets if verdicts.over_datasets else _blocks
    if most < needed and not (rows["verdict"] == EQUAL).any():
        return (
            f"No verdict yet: with {over(most)} no difference from {verdicts.control} can be significant at 5 %; "
            f"{needed} are needed for {_comparisons(count)}."
        )
    said = [_clause(rows, word) for word in (BETTER, WORSE, EQUAL, OPEN) if (rows["verdict"] == word).any()]
    return f"Against {verdicts.control}, by {NAMES[measure]} over {over(most)}: {'; '.join(said)}."


def _clause(rows: pd.DataFrame, word: str) -> str:
    told = rows[rows["verdict"] == word]
    names = [f"{row['strategy']} ({row['difference']:+.4f})" for row in told.to_dict("records")]
    return f"{all_of(names)} {'is' if len(names) == 1 else 'are'} {word}"


def left_out_sentence(without: Sequence[str]) -> str:
    """What has no complete run with a score; empty where nothing is left out."""
    return f"No complete run has a score of {all_of(without)}: left out of the comparison." if without else ""


def more_sentences(
    measure: str,
    what: str,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    ranking: Ranking | None,
    verdicts: Verdicts | None,
) -> tuple[str, ...]:
    """What there is to say beside the verdict."""
    if table.shape[1] < 2:
        return ()
    return (
        _about_ranks(NAMES[measure], what, ranking, table.shape[1]),
        "" if verdicts is None else _about_few_pairs(pairs) or _about_pairs(NAMES[measure], what, pairs),
        _about_seeds(NAMES[measure], what, table),
    )


def penalty_sentence(penalties: Penalties) -> str:
    """Where Holm's correction cannot let any difference through; empty where it does, or where there is none."""
    if not penalties.silenced:
        return ""
    said = [
        f"the first of {one.tests:,} tests of {one.seeds} seeds on {one.dataset} must have |t| > {one.needed:.1f}, and "
        f"the largest is {one.largest:.1f}"
        for one in penalties.silenced
    ]
    return (
        f"Holm's correction leaves no difference in the penalty matrix: {'; '.join(said)}. "
        "Fewer rounds (--penalty-thin, --penalty-cut) or more seeds help."
    )


def _about_ranks(measure: str, what: str, ranking: Ranking | None, count: int) -> str:
    if count < LEAST_STRATEGIES:
        return ""
    if ranking is None:
        return (
            f"On no dataset and seed has every one of the {what} a complete run with a score, so they are not ranked."
        )
    best = ranking.best
    over = _datasets(ranking.blocks) if ranking.over_datasets else _blocks(ranking.blocks)
    value = f"{ranking.mean_ranks.iloc[0]:.2f} of {count}, by {measure}, over {over}"
    head = (
        f"Best mean rank: {best[0]} ({value})."
        if len(best) == 1
        else f"Best mean rank, shared by {all_of(best)} ({value})."
    )
    if ranking.blocks < LEAST_BLOCKS:
        return f"{head} Friedman's test needs {LEAST_BLOCKS} of them, so whether ranks differ is not tested."
    if ranking.p is None:
        return f"{head} All scores are equal, so whether ranks differ is not tested."
    verdict = "the ranks differ" if ranking.p < ALPHA else "the ranks do not differ"
    return f"{head} Friedman test: {verdict} at 5 % (chi-squared {ranking.statistic:.2f}, p {_p(ranking.p)})."


def _about_pairs(measure: str, what: str, pairs: pd.DataFrame) -> str:
    tested = int(pairs["p_holm"].notna().sum())
    if not tested:
        most = int(pairs["pairs"].max())
        shared = f"two {what} share {_blocks(most)} at most" if most else f"no two {what} share a dataset and seed"
        return f"Too few paired runs for a test: {shared}, and {LEAST_PAIRS} are needed."
    told = pairs[pairs["p_holm"] < ALPHA]
    if told.empty:
        none = f"none of {tested} pairs differs" if tested > 1 else "the one pair that can be tested does not differ"
        return f"Wilcoxon test with Holm's correction: {none} in {measure} at 5 %."
    said = [
        f"{row['first']} and {row['second']} ({row['difference']:+.4f}, p {_p(row['p_holm'])})"
        for _, row in told.sort_values("p_holm").iterrows()
    ]
    shown = "; ".join(said[:5]) + (f"; and {len(said) - 5} more" if len(said) > 5 else "")
    return f"Wilcoxon test with Holm's correction, {measure}: differ at 5 %: {shown}."


def _about_few_pairs(pairs: pd.DataFrame) -> str:
    """A signed-rank test of n pairs gives no p below 2 / 2^n, and Holm's method multiplies it by the tests."""
    tested = pairs[pairs["p"].notna()]
    if tested.empty:
        return ""
    most, count = int(tested["pairs"].max()), len(tested)
    least = 2.0 ** (1 - most) * count
    if least < ALPHA:
        return ""
    return (
        f"No verdict on {'the pair' if count == 1 else 'every two'}: with {_blocks(most)} the smallest possible "
        f"{'p' if count == 1 else 'corrected p'} is {_p(min(1.0, least))}, so no difference could be significant at "
        f"5 %, however large; {blocks_needed(count)} are needed."
    )


def _about_seeds(measure: str, what: str, table: pd.DataFrame) -> str:
    seeds = seeds_to_see(SEEN, table)
    if seeds is None:
        return (
            f"How many seeds a difference of {SEEN} would need is unknown: no two {what} share two seeds on a dataset."
        )
    return (
        f"To see a difference of {SEEN} in {measure} between two {what} on a dataset (paired t-test at 5 %, power "
        f"80 %) about {seeds.needed} seeds are needed, but anything from {seeds.least} to {seeds.most:,} may be: the "
        f"standard deviation of paired differences, {seeds.deviation:.4f}, comes from {seeds.runs} paired runs. Plan "
        f"with {seeds.planned:,}."
    )


def _comparisons(count: int) -> str:
    return f"{count} comparison{'' if count == 1 else 's'}"


def _datasets(count: int) -> str:
    return f"{count} dataset{'' if count == 1 else 's'}"


def all_of(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _blocks(count: int) -> str:
    return f"{count} dataset-and-seed pair{'' if count == 1 else 's'}"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"
