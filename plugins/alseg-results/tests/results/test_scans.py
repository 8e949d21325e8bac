"""Scores scan by scan: their means are those of the rounds, their intervals and model those worked out otherwise."""

import itertools

import numpy as np
import pandas as pd
import pytest
from alseg_results.crossed import crossed_interval
from alseg_results.measure import Measure
from alseg_results.mixed import fit_mixed
from alseg_results.overview import look_at
from alseg_results.runs import find_runs
from alseg_results.scans import compare_scans, scan_figures, tidy_scans
from alseg_results.tables.scans import mixed_tables, scan_interval_tables, weakest_table
from alseg_results.weakest import weakest
from scipy import stats

from alcore import AlsegError, Registry

DICE = Measure("dice", "validation")


def test_means_over_scans_are_the_scores_of_the_rounds(write_run):
    write_run((0.2, 0.5, 0.7))
    (run,) = find_runs(write_run.folder).runs
    scans, notes = tidy_scans([run])
    assert notes == ()
    assert scans["scan"].unique().tolist() == ["a", "b", "c"]
    means = scans.groupby(["round", "class"])["value"].mean()
    for record in run.rounds:
        for name, value in record["scores"]["validation"]["dice"]["per_class"].items():
            assert means[record["round"], name] == pytest.approx(value, abs=1e-12)


def test_the_area_of_a_run_is_the_mean_of_the_areas_of_its_scans(write_run):
    write_run((0.2, 0.5, 0.7))
    table = scan_figures(find_runs(write_run.folder), DICE).table.set_index("scan")["value"]
    area = ((0.2 + 0.5) / 2 * 4 + (0.5 + 0.7) / 2 * 4) / 8
    assert table.to_dict() == pytest.approx({"a": area - 0.02, "b": area, "c": area + 0.02})
    final = scan_figures(find_runs(write_run.folder), DICE, "final").table.set_index("scan")["value"]
    assert final["a"] == pytest.approx(0.68)


def test_a_run_without_scores_of_scans_is_left_out_of_what_is_over_scans_and_named(write_run):
    write_run((0.2, 0.5), seed=0)
    write_run((0.2, 0.7), seed=1, scans=None)
    overview = look_at(write_run.folder, Registry.installed())
    assert overview.figures["final"].tolist() == [0.5, 0.7]
    assert overview.scans.table["seed"].unique().tolist() == [0]
    assert "round-0001.csv are missing" in overview.notes[-1]


def test_a_damaged_score_of_a_scan_is_named_and_breaks_nothing(write_run):
    path = write_run((0.2, 0.5)) / "scores" / "round-0001.csv"
    path.write_text(path.read_text().replace("dice,left,", "dice,left,x"))
    overview = look_at(write_run.folder, Registry.installed())
    assert weakest_table(overview, "hippocampus") is None
    assert "round-0001.csv is damaged" in overview.notes[-1]


def test_the_worst_class_and_the_worst_tenth_are_those_worked_out_by_hand(write_run):
    scans = {f"s{place:02}": 0.01 * place - 0.1 for place in range(21)}  # a tenth of 21, rounded up, is 3
    for seed, last in enumerate((0.6, 0.8)):
        write_run((0.2, last), seed=seed, scans=scans)
    found = find_runs(write_run.folder)
    (row,) = weakest(tidy_scans(found.runs, DICE, last=True)[0], DICE).to_dict("records")
    assert (row["worst_class"], row["worst_scan"], row["scans"], row["seeds"]) == ("left", "s00", 3, 2)
    assert row["class_mean"] == pytest.approx(0.7 - 0.1)
    assert row["tenth_mean"] == pytest.approx(0.7 - 0.09)
    assert row["tenth_std"] == pytest.approx(0.2 / np.sqrt(2))
    assert row["scan_mean"] == pytest.approx(0.7 - 0.1)


def test_where_lower_is_better_the_worst_scans_are_those_with_the_highest_scores(write_run):
    write_run((9.0, 5.0))
    measure = Measure("dice", "validation", higher_is_better=False)
    scans, _ = tidy_scans(find_runs(write_run.folder).runs, measure, last=True)
    (row,) = weakest(scans, measure).to_dict("records")
    assert (row["worst_class"], row["worst_scan"], row["tenth_mean"]) == ("right", "c", pytest.approx(5.02))
    assert weakest(scans, Measure("dice", "validation", higher_is_better=None)).empty


def test_a_class_that_is_nowhere_defined_is_not_the_worst(write_run):
    write_run((0.2, None))
    scans, _ = tidy_scans(find_runs(write_run.folder).runs, DICE, last=True)
    assert weakest(scans, DICE).empty


def exact_variance(values):
    """Of the mean over resampled rows and columns: all resamples, each as likely."""
    rows, columns = (itertools.product(range(n), repeat=n) for n in values.shape)
    columns = list(columns)
    return np.var([values[np.ix_(row, column)].mean() for row in rows for column in columns])


def test_the_crossed_interval_is_that_of_all_resamples_of_seeds_and_scans():
    values = np.array([[0.1, 0.3, 0.2], [0.0, 0.5, 0.1], [0.4, 0.2, 0.9]])
    mean, of_seed, of_scan = values.mean(), values.mean(axis=1), values.mean(axis=0)
    seeds, scans = (3 * ((means - mean) ** 2).sum() / 2 for means in (of_seed, of_scan))
    rest = ((values - of_seed[:, None] - of_scan[None, :] + mean) ** 2).sum() / 4
    freedom = (seeds + scans - rest) ** 2 / (seeds**2 / 2 + scans**2 / 2 + rest**2 / 4)
    margin = stats.t.ppf(0.975, max(freedom, 1)) * np.sqrt(exact_variance(values))
    found = crossed_interval([values])
    assert found.mean == pytest.approx(mean)
    assert found.high - found.mean == pytest.approx(margin, rel=0.05)
    assert found.mean - found.low == pytest.approx(margin, rel=0.05)


def test_two_equal_datasets_halve_the_variance():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 40)) + rng.normal(0, 5, size=(1, 40))  # many degrees of freedom: those of the scans
    one, two = crossed_interval([values]), crossed_interval([values, values])
    assert (two.high - two.low) / (one.high - one.low) == pytest.approx(1 / np.sqrt(2), rel=0.05)


def test_too_few_seeds_or_scans_have_no_interval_and_equal_runs_no_width():
    assert np.isnan(crossed_interval([np.ones((2, 30))]).low)
    assert np.isnan(crossed_interval([np.ones((3, 2))]).low)
    assert crossed_interval([np.full((3, 4), 0.5)]) == (0.5, 0.5, 0.5)


def test_a_scan_without_a_score_is_left_out_of_the_mean():
    values = np.array([[0.1, np.nan, 0.2], [0.3, 0.5, 0.1], [0.4, 0.2, 0.9]])
    found = crossed_interval([values])
    assert found.mean == pytest.approx(np.nanmean(values))
    assert found.low < found.mean < found.high


def test_strategies_are_compared_on_the_seeds_and_scans_that_they_share(write_run):
    for seed in range(4):
        write_run((0.2, 0.5), "entropy", seed=seed)
        write_run((0.2, 0.4 + 0.01 * seed), "random", seed=seed, scans={"b": 0.0, "c": 0.02, "d": 0.5, "e": 0.1})
    table = scan_figures(find_runs(write_run.folder), DICE).table
    (row,) = compare_scans(table, ["entropy", "random"]).to_dict("records")
    assert (row["seeds"], row["scans"]) == (4, 2)
    assert row["difference"] == pytest.approx((0.1 - 0.015) / 2)
    assert np.isnan(row["low"])  # two scans are too few


def layout(effects, *, seeds=4, scans=5, datasets=("heart",), rng=None):
    """Scores of a balanced layout with known effects."""
    rng = rng or np.random.default_rng(0)
    rows = []
    for dataset in datasets:
        of_seed, of_scan = rng.normal(0, 0.05, seeds), rng.normal(0, 0.1, scans)
        for name, effect in effects.items():
            of_run = rng.normal(0, 0.03, seeds)
            for seed, scan in itertools.product(range(seeds), range(scans)):
                value = 0.5 + effect + of_seed[seed] + of_scan[scan] + of_run[seed] + rng.normal(0, 0.01)
                rows.append((dataset, name, seed, f"s{scan}", value))
    return pd.DataFrame(rows, columns=["dataset", "strategy", "seed", "scan", "value"])


def test_the_mixed_model_of_a_balanced_layout_is_the_analysis_of_variance():
    data = layout({"random": 0.0, "entropy": 0.1, "margin": 0.05})
    model = fit_mixed(data, "random")
    table = data.groupby(["strategy", "seed"])["value"].mean().unstack()
    apart = table.sub(table.mean(axis=1), axis=0).sub(table.mean(axis=0), axis=1) + table.to_numpy().mean()
    square = (apart.to_numpy() ** 2).sum() / 6  # of strategies by seeds, (3 - 1)(4 - 1) degrees of freedom
    effects = model.effects.set_index("strategy")
    assert model.freedom == 6
    for name in ("entropy", "margin"):
        assert effects.loc[name, "effect"] == pytest.approx(table.loc[name].mean() - table.loc["random"].mean())
        assert effects.loc[name, "error"] == pytest.approx(np.sqrt(2 * square / 4), rel=1e-3)
    margin = stats.t.ppf(0.975, 6) * effects.loc["entropy", "error"]
    assert effects.loc["entropy", "high"] == pytest.approx(effects.loc["entropy", "effect"] + margin)


def test_over_datasets_a_strategy_may_differ_from_one_to_the_next():
    model = fit_mixed(layout({"random": 0.0, "entropy": 0.1}, datasets=("a", "b", "c"), seeds=3), "random")
    assert list(model.deviations) == ["dataset", "strategy on a dataset", "seed", "scan", "run", "rest"]
    assert model.freedom == 2
    assert model.effects["effect"].item() == pytest.approx(0.1, abs=0.06)


def test_without_three_shared_seeds_or_a_second_strategy_there_is_no_model():
    data = layout({"random": 0.0, "entropy": 0.1})
    assert fit_mixed(data[data["seed"] < 2], "random") is None
    assert fit_mixed(data[data["strategy"] == "random"], "random") is None


def test_the_tables_over_scans_are_filled(write_run):
    for place, strategy in enumerate(("random", "entropy")):
        for seed in range(4):
            write_run((0.2, 0.5 + 0.1 * place + 0.01 * seed * place), strategy, seed=seed)
    overview = look_at(write_run.folder, Registry.installed())
    weak = weakest_table(overview, "hippocampus")
    assert [cell.text for cell in weak.rows[0].cells] == [*("entropy", "left", "0.515 ± 0.013", "0.595 ± 0.013")]
    assert weak.caption.endswith("worst scan: a (entropy 0.595, random 0.480)")
    (pairs,) = scan_interval_tables(overview)
    assert [cell.text for cell in pairs.rows[0].cells][:5] == ["entropy", "random", "4", "3", "+0.0575"]
    effects, parts = mixed_tables(overview)
    assert [cell.text for cell in effects.rows[0].cells][:2] == ["entropy", "+0.0575"]
    assert {row.cells[0].text for row in parts.rows} == {"seed", "scan", "run", "rest"}


def test_a_control_that_no_run_has_is_refused_with_the_nearest_name(write_run):
    write_run((0.2, 0.5))
    with pytest.raises(AlsegError, match="the control 'randon' is not among the strategies") as caught:
        look_at(write_run.folder, Registry.installed(), control="randon")
    assert caught.value.hint == "did you mean 'random'?"
