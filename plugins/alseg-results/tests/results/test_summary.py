"""Means over seeds and the figures of runs, on runs of hand-known numbers."""

import numpy as np
import pytest
from alseg_results.curves import mean_curves, shown_rounds
from alseg_results.figures import full_data_score, per_run, summarise
from alseg_results.measure import Measure, choose_measure, higher_is_better, select
from alseg_results.runs import find_runs
from alseg_results.tidy import tidy

from alcore import AlsegError, Registry

DICE = Measure("dice", "validation")


@pytest.fixture
def found(write_run):
    return lambda: find_runs(write_run.folder)


def test_curves_are_means_and_sample_deviations_over_seeds(write_run, found):
    for seed, dice in enumerate([(0.2, 0.5), (0.4, 0.9), (0.6, 0.7)]):
        write_run(dice, seed=seed)
    curves = mean_curves(tidy(found().runs)).set_index(["class", "round"])
    assert curves.loc[("mean", 0), ["mean", "std", "seeds", "labelled"]].tolist() == pytest.approx([0.4, 0.2, 3, 8])
    assert curves.loc[("mean", 1), ["mean", "std"]].tolist() == pytest.approx([0.7, 0.2])
    assert curves.loc[("right", 1), "mean"] == pytest.approx(0.8)


def test_one_seed_has_no_deviation_and_an_undefined_score_no_weight(write_run, found):
    write_run((0.2, 0.5), seed=0)
    write_run((None, 0.7), seed=1)
    curves = mean_curves(select(tidy(found().runs), "dice", "validation")).set_index("round")
    assert curves.loc[0, ["mean", "seeds"]].tolist() == [0.2, 1]
    assert np.isnan(curves.loc[0, "std"])
    assert curves.loc[1, "mean"] == pytest.approx(0.6)


def test_what_no_run_measured_is_an_error_that_says_what_there_is(write_run, found):
    write_run((0.2, 0.5))
    scores = tidy(found().runs)
    for asked, message, hint in (
        (("dice", "test", "mean"), "scores of the split 'test'", "there are: validation"),
        (("hausdorff", "validation", "mean"), "measured 'hausdorff' on the validation scans", "there are: dice"),
        (("dice", "validation", "tail"), "class 'tail'", "there are: mean, left, right"),
    ):
        with pytest.raises(AlsegError, match=message) as caught:
            select(scores, *asked)
        assert caught.value.hint == hint


def test_tables_have_the_papers_rounds_and_the_last(write_run, found):
    write_run(np.linspace(0.2, 0.8, 13))
    scores = tidy(found().runs)
    assert shown_rounds(scores) == {"hippocampus": (5, 10, 12)}
    assert shown_rounds(scores, [12, 3, 99, 3]) == {"hippocampus": (12, 3)}
    with pytest.raises(AlsegError, match="no run has a round 50") as caught:
        shown_rounds(scores, [50])
    assert caught.value.hint == "the rounds go from 0 to 12"


def test_the_figures_of_a_run_are_those_worked_out_by_hand(write_run, found):
    # 8, 12 and 16 slices of 10 foreground voxels each, of 4000 in the pool.
    write_run((0.2, 0.6, 0.8), "random")
    for seed, dice in enumerate((0.79, 0.81)):
        write_run((dice,), name=f"full{seed}", seed=seed, labelled=[200], config={"full_data": True})
    result = found()
    assert full_data_score(result, result.runs[0], DICE) == pytest.approx(0.8)
    (row,) = per_run(result, DICE).to_dict("records")
    assert row["final"] == 0.8
    assert row["aubc"] == pytest.approx(((0.2 + 0.6) / 2 * 4 + (0.6 + 0.8) / 2 * 4) / 8)
    assert row["slices_to_90"] == pytest.approx(12 + 4 * (0.72 - 0.6) / 0.2)
    assert row["slices_to_95"] == pytest.approx(12 + 4 * (0.76 - 0.6) / 0.2)
    assert row["foreground_efficiency"] > 0
    assert [row[name] for name in ("slices", "scans", "foreground_voxels", "boundary_voxels")] == [16, 10, 160, 80]
    assert row["query_seconds"] == 1 + 2 + 3
    (left,) = per_run(result, Measure("dice", "validation", "left")).to_dict("records")
    assert left["full_data"] == pytest.approx(0.7)
    assert left["final"] == pytest.approx(0.7)


def test_without_a_full_data_run_its_figures_are_missing(write_run, found):
    write_run((0.2, 0.6, 0.8), "random")
    (row,) = per_run(found(), DICE).to_dict("records")
    for name in ("full_data", "foreground_efficiency", "slices_to_90", "slices_to_95"):
        assert np.isnan(row[name])
    assert row["aubc"] == pytest.approx(0.55)


def test_a_metric_where_lower_is_better_has_no_share_of_the_full_data_score(write_run, found):
    write_run((9.0, 5.0, 4.0), "random")
    write_run((3.0,), name="full", labelled=[200], config={"full_data": True})
    (row,) = per_run(found(), Measure("dice", "validation", higher_is_better=False)).to_dict("records")
    assert np.isnan(row["slices_to_90"])
    assert row["foreground_efficiency"] > 0


def test_runs_that_stopped_early_have_no_figures_of_whole_curves(write_run, found):
    write_run((0.2, 0.6, 0.8), seed=0)
    write_run((0.2, 0.6), seed=1, config={"loop": {"rounds": 2}})
    figures = per_run(found(), DICE)
    assert figures["complete"].tolist() == [True, False]
    assert figures["final"].isna().tolist() == [False, True]
    (row,) = summarise(figures).to_dict("records")
    assert (row["seeds"], row["final_mean"]) == (1, 0.8)
    assert np.isnan(row["final_std"])


def test_a_run_that_used_up_its_pool_is_complete(write_run, found):
    write_run((0.2, 0.6, 0.8), seed=0)
    write_run((0.2, 0.7), seed=1, labelled=[100, 200], config={"loop": {"rounds": 2}})
    assert per_run(found(), DICE)["complete"].tolist() == [True, True]


def test_where_one_seed_never_got_there_the_others_do_not_speak_for_it(write_run, found):
    write_run((0.2, 0.6, 0.8), seed=0)
    write_run((0.2, 0.5, 0.74), seed=1)
    write_run((0.8,), name="full", labelled=[200], config={"full_data": True})
    (row,) = summarise(per_run(found(), DICE)).to_dict("records")
    assert (row["slices_to_90_seeds"], row["slices_to_95_seeds"]) == (2, 1)
    assert row["slices_to_90_mean"] == pytest.approx((14.4 + 12 + 4 * 0.22 / 0.24) / 2)
    assert np.isnan(row["slices_to_95_mean"])
    assert row["final_std"] == pytest.approx(0.06 / np.sqrt(2))


def test_runs_without_voxel_counts_lack_their_effort_and_nothing_else(write_run, found):
    path = write_run((0.2, 0.6), "random", environment={"dataset": {"pool": {}}})
    lines = (path / "rounds.jsonl").read_text().replace("foreground_voxels", "x").replace("boundary_voxels", "y")
    (path / "rounds.jsonl").write_text(lines)
    (row,) = per_run(found(), DICE).to_dict("records")
    assert np.isnan([row["foreground_voxels"], row["boundary_voxels"], row["foreground_efficiency"]]).all()
    assert row["aubc"] == pytest.approx(0.4)


def test_a_metric_knows_its_direction_also_at_a_confidence_level():
    registry = Registry.installed()
    assert higher_is_better("dice", registry)
    assert higher_is_better("dice@0.3", registry)
    assert not higher_is_better("hausdorff-95", registry)
    assert higher_is_better("zeal", registry) is None


def test_each_dataset_has_rounds_of_its_own_and_a_short_run_shows_all(write_run, found):
    write_run(np.linspace(0.2, 0.8, 13))
    write_run((0.1, 0.2, 0.3), dataset="heart")
    write_run((0.1,), dataset="prostate")
    scores = tidy(found().runs)
    assert shown_rounds(scores) == {"heart": (0, 1, 2), "hippocampus": (5, 10, 12), "prostate": (0,)}
    assert shown_rounds(scores, [2, 10]) == {"heart": (2,), "hippocampus": (2, 10), "prostate": ()}


def test_a_run_that_spent_less_of_the_budget_has_no_figures_of_whole_curves_and_is_named(write_run, found):
    write_run((0.2, 0.6, 0.8), "random")
    write_run((0.2, 0.6, 0.8), "lazy", labelled=[8, 9, 10])
    result = found()
    assert per_run(result, DICE).set_index("strategy")["complete"].to_dict() == {"lazy": False, "random": True}
    assert "lazy annotated 10 slices on hippocampus by round 2, where others annotated 16" in result.notes[0]


def test_a_run_that_spent_nearly_as_much_is_compared_and_named(write_run, found):
    write_run((0.2, 0.8), "random", labelled=[8, 108])
    write_run((0.2, 0.8), "blocks", labelled=[8, 104])
    result = found()
    assert per_run(result, DICE)["complete"].all()
    assert "blocks annotated 104 slices" in result.notes[0]


def test_scores_that_are_not_finite_count_as_undefined(write_run, found):
    write_run((0.2, float("inf"), 0.8))
    scores = select(tidy(found().runs), "dice", "validation")
    assert np.isnan(scores["value"].tolist()).tolist() == [False, True, False]
    (row,) = summarise(per_run(found(), DICE)).to_dict("records")
    assert row["aubc_mean"] == pytest.approx(0.5)


def test_a_figure_that_fewer_seeds_have_says_how_many(write_run, found):
    for seed, dice in enumerate([(0.2, 0.5), (0.2, 0.7), (0.2, None)]):
        write_run(dice, seed=seed)
    (row,) = summarise(per_run(found(), DICE)).to_dict("records")
    assert (row["seeds"], row["final_seeds"], row["slices_seeds"]) == (3, 2, 3)


def test_the_usual_metric_is_dice_or_else_the_first_that_was_measured(write_run, found):
    registry = Registry.installed()
    path = write_run((9.0, 5.0)) / "rounds.jsonl"
    path.write_text(path.read_text().replace('"dice"', '"hausdorff-95"'))
    chosen = choose_measure(tidy(found().runs), registry)
    assert (chosen.metric, chosen.higher_is_better) == ("hausdorff-95", False)
    write_run((0.2, 0.5), "entropy")
    assert choose_measure(tidy(found().runs), registry).metric == "dice"
