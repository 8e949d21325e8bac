"""The tables of results and their formats."""

import re

import pytest

from alcore import AlsegError, Registry
from alcore.results.against import against_paper
from alcore.results.audit import audit, overlaps
from alcore.results.formats import latex, markdown
from alcore.results.latex import escaped
from alcore.results.overview import look_at
from alcore.results.tables import TextTable, audit_tables, paper_table, rounds_tables, statistics_tables, summary_tables


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
        write_run((0.79,), name=f"full{seed}", seed=seed, labelled=[200], config={"mode": "train"})


def test_the_table_of_rounds_is_the_papers(written, look):
    (table,) = rounds_tables(look(rounds=[1, 2]))
    assert table.title == "dice on the validation scans of hippocampus"
    assert table.header == ("strategy", "1 (12)", "2 (16)")
    assert table.rows == (
        ("entropy", "0.700±0.000", "0.810±0.010"),
        ("random", "0.600±0.000", "0.710±0.010"),
        ("strided", "0.500±0.000", "0.610±0.010"),
    )
    assert table.caption == (
        "round (slices annotated); mean±standard deviation over 3 seeds (fewer in brackets). Full data: 0.790."
    )


def test_classes_have_rows_of_their_own(written, look):
    (table,) = rounds_tables(look(rounds=[2]), per_class=True)
    assert table.rows[:3] == (
        ("entropy", "mean", "0.810±0.010"),
        ("entropy", "left", "0.710±0.010"),
        ("entropy", "right", "0.910±0.010"),
    )


def test_fewer_seeds_and_single_ones_are_told(write_run, look):
    write_run((0.2, 0.5), seed=0)
    (table,) = rounds_tables(look())
    assert table.rows == (("random", "0.500"),)
    assert "one seed, so no standard deviation" in table.caption
    write_run((0.2, 0.6), seed=1)
    write_run((0.2, 0.6), "entropy")
    assert rounds_tables(look())[0].rows == (("entropy", "0.600 [1]"), ("random", "0.550±0.071"))


def test_synthetic_data_is_called_so(write_run, look):
    write_run((0.2, 0.5), environment={"dataset": {"synthetic": True}})
    tables = [*rounds_tables(look()), *summary_tables(look())]
    assert len(tables) == 3
    assert all("hippocampus (synthetic data)" in table.title for table in tables)


def test_the_summary_says_what_was_reached_and_what_it_cost(written, look):
    whole, effort = summary_tables(look())
    by_name = {row[0]: row for row in whole.rows}
    assert by_name["entropy"][2] == "0.810±0.010"
    assert by_name["entropy"][5] == "12±0"  # 0.711 is reached at 12 + 4 * 0.011 / 0.1 = 12.44 slices or just before
    assert by_name["random"][5:] == ("not reached by 2 of 3", "not reached")
    assert "full-data score 0.790" in whole.caption
    assert effort.rows[0] == ("entropy", "16±0", "10±0", "160±0", "80±0", "6.0±0.0")


def test_without_a_ceiling_the_summary_says_why_figures_are_missing(write_run, look):
    write_run((0.2, 0.5))
    whole, _ = summary_tables(look())
    assert whole.rows[0][4:] == ("-", "-", "-")
    assert whole.caption.startswith("No full-data run was found")


def test_statistics_fill_their_tables(written, look):
    tables = {table.title: table for table in statistics_tables(look())}
    assert tables["mean ranks by aubc"].rows[0] == ("entropy", "1.00")
    first = tables["paired differences of aubc"].rows[0]
    assert first[:3] == ("entropy - random", "3", "+0.0750")
    matrix = tables["penalty matrix"]
    assert matrix.header == ("", "1", "2", "3")
    assert matrix.rows[0] == ("1 entropy", "-", "1.00", "1.00")
    assert matrix.rows[2] == ("3 strided", "0.00", "0.00", "-")


def test_the_audit_fills_its_tables(written, look):
    found = look().found
    lie, show, common = audit_tables(audit(found), overlaps(found))
    assert lie.rows[0][:4] == ("entropy", "2", "10%", "2.0")
    assert show.rows[0] == ("entropy", "1.00", "0.50", "100%", "50%")
    # Entropy and strided have names of seven letters, so all their slices are the same.
    assert common.rows[0] == ("1 entropy", "-", "50%", "100%")
    assert common.caption.endswith("by chance 1%")


def test_the_paper_is_set_beside(write_run, look):
    write_run([0.2, 0.3, 0.4, 0.5, 0.6, 0.77], "random")
    table = paper_table(against_paper(look().found))
    assert table.rows == (("random on hippocampus", "5", "1", "0.770", "0.766±0.016", "+0.004", "within 1 sd"),)


def test_nothing_but_full_data_runs_are_shown_as_they_are(write_run, look):
    write_run((0.8,), labelled=[200], config={"mode": "train"})
    overview = look()
    assert rounds_tables(overview)[0].rows == (("full data", "0.800"),)
    assert len(overview.tidy()) == 3


def test_the_long_table_holds_full_data_runs_too(written, look):
    assert set(look().tidy()["strategy"]) == {"entropy", "random", "strided", "full data"}


def test_cut_runs_end_where_they_are_cut(written, look):
    overview = look(until=1)
    assert overview.rounds == (1,)
    assert overview.figures["final"].unique().tolist() == [0.7, 0.6, 0.5]
    with pytest.raises(AlsegError, match="there is no round -1"):
        look(until=-1)


def test_json_holds_everything_and_no_nan(written, look):
    import json

    content = json.loads(json.dumps(look().as_json(), allow_nan=False))
    assert content["statistics"]["mean_ranks"]["entropy"] == 1.0
    assert content["statistics"]["penalties"]["entropy"] == {"entropy": None, "random": 1.0, "strided": 1.0}
    assert len(content["runs"]) == 9
    assert len(content["overlaps"]) == 6
    assert content["paper"]["table"] == []


NASTY = TextTable("50 % of a_b", ("strategy", "1 (8)"), (("a_b & {c}", "0.5±0.1"), ("[d]", "< 1 #2")), "~ \\ ^ $")


def test_latex_is_escaped_and_has_as_many_cells_as_columns():
    text = latex(NASTY)
    assert r"50 \% of a\_b." in text
    assert r"a\_b \& \{c\} & 0.5$\pm$0.1 \\" in text
    assert r"{}[d] & $<$ 1 \#2 \\" in text
    assert r"\textasciitilde{} \textbackslash{} \textasciicircum{} \$." in text
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    columns = len(re.search(r"tabular\}\{(l?r*)\}", text)[1])
    assert {len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows} == {columns} == {2}
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_plain_words_are_left_alone():
    assert escaped("signed-distance 0.5") == "signed-distance 0.5"


def test_markdown_is_a_pipe_table():
    assert markdown(TextTable("t", ("a", "b"), (("x|y", "1"),), "c")) == (
        "**t**\n\n| a | b |\n| :-- | --: |\n| x\\|y | 1 |\n\nc\n"
    )
