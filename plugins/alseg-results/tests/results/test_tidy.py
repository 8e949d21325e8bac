"""The long table: a row per score."""

import pandas as pd
from alseg_results.runs import find_runs
from alseg_results.tidy import COLUMNS, tidy


def test_every_score_of_every_round_has_a_row(write_run):
    write_run((0.2, None), "random", seed=3)
    write_run((0.4,), "entropy")
    frame = tidy(find_runs(write_run.folder).runs)
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 3 * 3
    chosen = frame[(frame["strategy"] == "random") & (frame["round"] == 0)].set_index("class")
    assert chosen["value"].to_dict() == {"mean": 0.2, "left": 0.1, "right": 0.30000000000000004}
    assert set(chosen["seed"]) == {3}
    assert set(chosen["labelled"]) == {8}
    undefined = frame[(frame["strategy"] == "random") & (frame["round"] == 1)]
    assert undefined["value"].isna().all()
    assert len(undefined) == 3


def test_no_runs_make_an_empty_table_of_the_same_columns():
    frame = tidy(())
    assert tuple(frame.columns) == COLUMNS
    assert frame["value"].dtype == "float64"
    assert pd.concat([frame, frame]).empty
