"""The tables of results and their formats."""

import json
import re

import pytest
from alseg.show.table import MISSING, Cell, Column, Row, Table, make_table
from alseg_results.overview import look_at
from alseg_results.tables.comparison import comparison_tables
from alseg_results.tables.published import published_table
from alseg_results.tables.render import latex, markdown
from alseg_results.tables.scores import class_table, effort_table, rounds_table, whole_table
from alseg_results.tables.selections import selection_tables

from alcore import AlsegError, Registry
from alcore.escapes import latex_text


@pytest.fixture
def look(write_run):
    return lambda **asked: look_at(write_run.folder, Registry.installed(), **asked)


@pytest.fixture
def written(write_run):
    """Three strategies under three seeds, and two full-data runs."""
    levels = {"entropy": 0.7, "random": 0.6, "strided": 0.5}
    for strategy, level in levels.items():
        for seed in range(3):
            dice = (0.2, level, level + 0.1 + 0.01 * seed)
            chosen = [[(9, 0)], [(seed, 3)], [(seed, 4 + len(strategy))]]
            write_run(dice, strategy, seed=seed, chosen=chosen, options={"block_size": 5} if level == 0.5 else None)
    for seed in (0, 1):
        write_run((0.79,), name=f"full{seed}", seed=seed, labelled=[200], config={"full_data": True})


def texts(table):
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def test_the_table_of_rounds_is_the_papers(written, look):
    table = rounds_table(look(rounds=[1, 2]), "hippocampus")
    assert table.title == "dice on the validation scans of hippocampus"
    assert table.columns == ("strategy", "1 (12)", "2 (16)")
    assert texts(table) == [
        ("entropy", "0.700 ± 0.000", "0.810 ± 0.010"),
        ("random", "0.600 ± 0.000", "0.710 ± 0.010"),
        ("strided", "0.500 ± 0.000", "0.610 ± 0.010"),
    ]
    assert [cell.best for row in table.rows for cell in row.cells] == [False, True, True, *[False] * 6]
    assert table.caption == (
        "round (slices annotated); mean ± standard deviation over 3 seeds (fewer in brackets). "
        "Full data: 0.790 ± 0.000 (2 seeds)"
    )


def test_classes_have_rows_of_their_own(written, look):
    table = rounds_table(look(rounds=[2]), "hippocampus", per_class=True)
    assert texts(table)[:3] == [
        ("entropy", "mean", "0.810 ± 0.010"),
        ("entropy", "left", "0.710 ± 0.010"),
        ("entropy", "right", "0.910 ± 0.010"),
    ]


def test_the_table_of_classes_has_the_full_data_runs_too(written, look):
    table = class_table(look(), "hippocampus")
    assert table.columns == ("strategy", "left", "right")
    assert texts(table)[0] == ("entropy", "0.710 ± 0.010", "0.910 ± 0.010")
    assert texts(table)[-1] == ("full data", "0.690 ± 0.000 [2]", "0.890 ± 0.000 [2]")


def test_fewer_seeds_and_single_ones_are_told(write_run, look):
    write_run((0.2, 0.5), seed=0)
    table = rounds_table(look(), "hippocampus")
    assert texts(table) == [("random", "0.200", "0.500")]
    assert "one seed, so no standard deviation" in table.caption
    write_run((0.2, 0.6), seed=1)
    write_run((0.2, 0.6), "entropy")
    assert [row[2] for row in texts(rounds_table(look(), "hippocampus"))] == ["0.600 [1]", "0.550 ± 0.071"]


def test_heads_say_where_strategies_annotated_different_numbers_of_slices(write_run, look):
    write_run((0.2, 0.5), "random")
    write_run((0.2, 0.5), "lazy", labelled=[8, 9])
    assert rounds_table(look(), "hippocampus").columns == ("strategy", "0 (8)", "1 (9 to 12)")


def test_synthetic_data_is_called_so(write_run, look):
    write_run((0.2, 0.5), environment={"dataset": {"synthetic": True}})
    overview = look()
    tables = [make(overview, "hippocampus") for make in (rounds_table, class_table, whole_table, effort_table)]
    assert all("hippocampus (synthetic data)" in table.title for table in tables)


def test_the_summary_says_what_was_reached_and_what_it_cost(written, look):
    whole, effort = whole_table(look(), "hippocampus"), effort_table(look(), "hippocampus")
    by_name = {row[0]: row for row in texts(whole)}
    assert by_name["entropy"][2] == "0.810 ± 0.010"
    assert by_name["entropy"][7] == "12 ± 0"  # 0.711 is reached at 12 + 4 * 0.011 / 0.1 = 12.44 slices or just before
    assert by_name["random"][7:] == ("not reached by 2 of 3", "not reached")
    assert "full-data score 0.790" in whole.caption
    assert texts(effort)[0] == ("entropy", "16 ± 0", "10 ± 0", "160 ± 0", "80 ± 0", "6.0 ± 0.0")


def test_without_a_full_data_run_its_columns_are_left_out_and_the_caption_says_why(write_run, look):
    write_run((0.2, 0.5))
    table = whole_table(look(), "hippocampus")
    assert table.columns == ("strategy", "seeds", "final", "AUBC")
    assert "No full-data score was found" in table.caption


def test_where_lower_is_better_nothing_is_said_of_shares_of_the_full_data_score(write_run, look):
    paths = [write_run((9.0, 5.0, 3.0), seed=seed) for seed in range(2)]
    paths += [write_run((8.0, 4.0, 2.0), "entropy", seed=seed) for seed in range(2)]
    paths.append(write_run((2.0,), name="full", labelled=[200], config={"full_data": True}))
    for path in paths:
        file = path / "rounds.jsonl"
        file.write_text(file.read_text().replace('"dice"', '"hausdorff-95"'))
    table = whole_table(look(), "hippocampus")
    assert "slices to 90 %" not in table.columns
    assert "90 %" not in table.caption
    final = table.columns.index("final")
    assert [row.cells[final].best for row in table.rows] == [True, False]  # entropy has the smaller distance


def test_a_folder_of_mixed_runs_has_a_table_for_each(write_run, look):
    write_run((0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), dataset="phantom")
    write_run((0.2,), "entropy", config={"loop": {"rounds": 50}})
    path = write_run((0.2, 0.3), "margin", dataset="heart") / "rounds.jsonl"
    path.write_text(path.read_text().replace('"dice"', '"iou"'))
    overview = look()
    tables = {dataset: rounds_table(overview, dataset) for dataset in overview.found.datasets}
    assert tables["heart"] is None
    assert tables["hippocampus"].columns == ("strategy", "0 (8)")
    assert tables["phantom"].columns == ("strategy", "5 (28)", "6 (32)")
    assert "no run on heart measured dice on the validation scans" in overview.notes


def test_scores_that_are_nowhere_defined_leave_no_column(write_run, look):
    write_run((None, None))
    assert rounds_table(look(), "hippocampus").columns == ("strategy",)
    assert whole_table(look(), "hippocampus").columns == ("strategy", "seeds")


def test_an_area_over_part_of_the_budget_is_told(write_run, look):
    write_run((None, 0.5, 0.6))
    assert "not defined in the first or last rounds of random on hippocampus" in look().notes[-1]


def test_comparisons_fill_their_tables(written, look):
    tables = {table.key: table for table in comparison_tables(look())}
    assert texts(tables["control"])[0][:4] == ("entropy", "not decided", "3", "+0.0750")
    assert texts(tables["ranks"])[0] == ("entropy", "1.00", "1.00", "1.00")
    assert texts(tables["pairs"])[0][:4] == ("entropy", "random", "3", "+0.0750")
    matrix = tables["penalties"]
    assert matrix.columns == ("", "1", "2", "3", "mean")
    assert texts(matrix)[0] == ("1 entropy", MISSING, "1.00", "1.00", "1.00")
    assert texts(matrix)[2] == ("3 strided", "0.00", "0.00", MISSING, "0.00")
    assert texts(matrix)[3] == ("mean", "0.00", "0.50", "1.00", MISSING)


def test_the_audit_fills_its_tables(written, look):
    lie, show, common = selection_tables(look().found)
    assert texts(lie)[0][:4] == ("entropy", "2", "10 %", "2.0")
    assert texts(show)[0] == ("entropy", "1.00", "0.50", "100 %", "50 %")
    # Entropy and strided have names of seven letters, so all their slices are the same.
    assert texts(common)[0] == ("entropy", "random", "50 %", "1 %")
    assert texts(common)[1] == ("entropy", "strided", "100 %", "1 %")


def test_the_paper_is_set_beside(write_run, look):
    path = write_run([0.2, 0.3, 0.4, 0.5, 0.6, 0.77], environment={"dataset": {"pool": {"scans": 208}}})
    file = path / "rounds.jsonl"
    file.write_text(file.read_text().replace("left", "Anterior").replace("right", "Posterior"))
    table = published_table(look().beside("paper", Registry.installed()))
    assert texts(table) == [("random on hippocampus", "within 1 sd", "5", "1", "0.770", "0.766 ± 0.016", "+0.004")]


def test_nothing_but_full_data_runs_are_shown_as_they_are(write_run, look):
    write_run((0.8,), labelled=[200], config={"full_data": True})
    overview = look()
    assert texts(rounds_table(overview, "hippocampus")) == [("full data", "0.800")]
    assert len(overview.tidy()) == 3


def test_the_long_table_holds_full_data_runs_too(written, look):
    assert set(look().tidy()["strategy"]) == {"entropy", "random", "strided", "full data"}


def test_columns_are_called_by_what_is_compared(write_run, look):
    for model in ("unet", "vnet"):
        write_run((0.2, 0.5), name=model, config={"model": {"name": model}})
    overview = look(by="model")
    assert rounds_table(overview, "hippocampus").columns[0] == "model"
    assert set(overview.tidy()["model"]) == {"unet", "vnet"}
    assert overview.as_json(Registry.installed())["summary"][0]["model"] == "unet"


def test_cut_runs_end_where_they_are_cut(written, look):
    overview = look(until=1)
    assert overview.rounds == {"hippocampus": (0, 1)}
    assert overview.figures["final"].unique().tolist() == [0.7, 0.6, 0.5]
    with pytest.raises(AlsegError, match="there is no round -1"):
        look(until=-1)


def test_json_holds_everything(written, look):
    from alseg.show.json_output import finite

    content = json.loads(json.dumps(finite(look().as_json(Registry.installed())), allow_nan=False))
    assert content["statistics"]["mean_ranks"]["entropy"] == 1.0
    assert content["statistics"]["penalties"]["entropy"] == {"entropy": None, "random": 1.0, "strided": 1.0}
    assert len(content["runs"]) == 9
    assert len(content["overlaps"]) == 6
    assert content["published"]["table"] == []


RECORDS = [{"strategy": name, "x": value, "y": None} for name, value in (("a", 0.5), ("b", 0.6004), ("c", 0.6001))]


def test_all_that_read_the_same_as_the_best_are_marked():
    columns = [Column("strategy", "strategy"), Column("x", "x", 3, best="highest"), Column("y", "y", 3)]
    table = make_table("t", "t", columns, RECORDS)
    assert table.columns == ("strategy", "x")  # y has no number anywhere
    assert [row.cells[1].best for row in table.rows] == [False, True, True]
    lowest = make_table("t", "t", [columns[0], Column("x", "x", 3, best="lowest")], RECORDS)
    assert [row.cells[1].best for row in lowest.rows] == [True, False, False]


@pytest.mark.parametrize("values", [[0.5], [0.5, None], [0.5, 0.5, 0.5]])
def test_nothing_stands_out_where_there_is_nothing_to_compare(values):
    columns = [Column("strategy", "strategy"), Column("x", "x", 3, best="highest")]
    table = make_table("t", "t", columns, [{"strategy": "a", "x": value} for value in values])
    assert not any(cell.best for row in table.rows for cell in row.cells)


def test_a_cell_says_sign_share_spread_and_seeds():
    record = {"a": -0.00001, "b": 0.123, "c_mean": 1234.5, "c_std": 6.0, "c_seeds": 2, "seeds": 3, "d": float("inf")}
    assert Column("a", "", 3, signed=True).cell(record).text == "+0.000"
    assert Column("b", "", 0, share=True).cell(record).text == "12 %"
    assert Column("c", "", 1, spread=True).cell(record).text == "1,234.5 ± 6.0 [2]"
    assert Column("d", "", 1).cell(record) == Cell(MISSING)


NASTY = Table(
    "nasty",
    "50 % of a_b",
    ("strategy", "1 (8)"),
    (Row((Cell("a_b & {c}"), Cell("0.5 ± 0.1", 0.5, best=True))), Row((Cell("[d]"), Cell("< 1 #2")))),
    "~ \\ ^ $",
)


def test_latex_is_escaped_and_has_as_many_cells_as_columns():
    text = latex(NASTY)
    assert r"50 \% of a\_b." in text
    assert r"a\_b \& \{c\} & \textbf{0.5 $\pm$ 0.1} \\" in text
    assert r"{}[d] & $<$ 1 \#2 \\" in text
    assert r"\textasciitilde{} \textbackslash{} \textasciicircum{} \$." in text
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    columns = len(re.search(r"tabular\}\{(l?r*)\}", text)[1])
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {columns} == {2}
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_plain_words_are_left_alone():
    assert latex_text("signed-distance 0.5") == "signed-distance 0.5"


def test_markdown_is_a_pipe_table():
    table = Table("t", "t", ("a", "b"), (Row((Cell("x|y"), Cell("1", 1.0, best=True))),), "c")
    assert markdown(table) == "**t**\n\n| a | b |\n| :-- | --: |\n| x\\|y | **1** |\n\nc\n"
