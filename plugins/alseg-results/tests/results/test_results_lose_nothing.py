"""What ``alseg results`` prints at any width, and into a pipe: no name, head, number or sentence is cut."""

import re
import shutil
import subprocess

import pytest
from alseg_results.commands.results import results
from alseg_results.overview import look_at
from alseg_results.tables.comparison import comparison_tables
from alseg_results.tables.render import latex
from alseg_results.tables.scans import mixed_tables, scan_interval_tables, weakest_table
from alseg_results.tables.scores import effort_table, rounds_table, whole_table
from alseg_results.tables.selections import selection_tables
from click.testing import CliRunner

from alcore import AlsegError, Registry
from alcore.escapes import latex_text

LONG = {"block_size": 5, "interpolator": "morphological-contour", "pseudo_label_weight": 0.25}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four strategies with long names and options, three seeds, two datasets of unlike length, and full-data runs."""
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    spec = spec_from_file_location("written", Path(__file__).with_name("conftest.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    write = module.RunWriter(tmp_path_factory.mktemp("bench") / "runs")
    strategies = {"random": {}, "representative-uncertainty": {}, "strided": LONG, "strided-2": LONG}
    for place, (name, options) in enumerate(strategies.items()):
        for seed in range(3):
            for dataset, rounds in (("hippocampus", 4), ("task-06-lung-nodules", 2)):
                curve = [0.2, *(0.4 + 0.1 * place + 0.02 * seed + 0.01 * k for k in range(rounds))]
                chosen = [[(9, 0)], *([(seed, 3 + k)] for k in range(rounds))]
                more = {**options, "block_size": 5 + place} if options else {}
                write(
                    curve, name.removesuffix("-2"), seed=seed, dataset=dataset, chosen=chosen, options=more,
                    name=f"{dataset}-{name}-{seed}",
                )  # fmt: skip
    write((0.9,), name="full", labelled=[200], config={"full_data": True})
    return write.folder


@pytest.fixture(scope="module")
def tables(folder):
    overview = look_at(folder, Registry.installed())
    per_dataset = (rounds_table, whole_table, weakest_table, effort_table)
    return overview, [
        *(make(overview, dataset) for dataset in overview.found.datasets for make in per_dataset),
        *comparison_tables(overview),
        *scan_interval_tables(overview),
        *mixed_tables(overview),
        *selection_tables(overview.found),
    ]


@pytest.mark.parametrize("columns", ["40", "80", "120", None], ids=["40", "80", "120", "pipe"])
def test_no_name_head_number_or_sentence_is_lost(folder, tables, columns):
    overview, made = tables
    asked = CliRunner(env={"COLUMNS": columns}).invoke(results, [str(folder), "--statistics", "--audit"])
    assert asked.exit_code == 0, asked.output
    text, plain = asked.stdout, " ".join(asked.stdout.split())
    assert "…" not in text
    for table in made:
        assert table.title in plain
        for head in table.columns:
            assert all(word in plain for word in head.split())
        for row in table.rows:
            for cell in row.cells[: table.text_columns]:
                assert all(part in text for part in re.split("[, ]", cell.text)), cell.text
            for cell in row.cells[table.text_columns :]:
                assert cell.text in plain or all(word in plain for word in cell.text.split())
    for sentence in (*overview.comparison.sentences, *overview.notes):
        assert sentence in text  # in one line: it is no terminal
    width = int(columns or 80)
    rules = [line for line in text.splitlines() if "───" in line]  # as wide as their tables
    assert max(map(len, rules)) <= width


def test_the_verdict_comes_first(folder):
    asked = CliRunner().invoke(results, [str(folder)])
    assert asked.stdout.startswith("No verdict yet: with 6 dataset-and-seed pairs no difference from random")


@pytest.mark.parametrize("form", ["--markdown", "--latex", "--csv", "--json"])
def test_names_are_whole_in_every_form(folder, form):
    asked = CliRunner().invoke(results, [str(folder), form])
    assert asked.exit_code == 0, asked.output
    name = "representative-uncertainty"
    assert name in asked.stdout


def test_one_table_at_a_time_can_be_printed_in_any_form(folder):
    shown = CliRunner().invoke(results, [str(folder), "--table", "pairs", "--latex"], catch_exceptions=False)
    assert shown.stdout.count(r"\begin{table}") == 1
    assert r"\label{tab:pairs}" in shown.stdout
    both = CliRunner().invoke(results, [str(folder), "--table", "rounds", "--table", "whole"], catch_exceptions=False)
    assert both.stdout.startswith("dice on the validation scans of hippocampus")
    assert both.stdout.count("whole curves on") == 2
    assert "No verdict" not in both.stdout
    with pytest.raises(AlsegError, match="there is no table 'round'") as caught:
        CliRunner().invoke(results, [str(folder), "--table", "round"], catch_exceptions=False)
    assert caught.value.hint.startswith("there are: rounds, whole, weakest, effort, control, ranks")


LATEX = shutil.which("pdflatex") or shutil.which("tectonic")


def test_every_table_fits_the_text_of_an_article_and_repeats_names_where_it_is_in_parts(tables):
    for table in tables[1]:
        text = latex(table)
        heads = re.findall(r"\\toprule\n(.*?) \\\\\n", text)
        names = [latex_text(head) for head in table.columns[: table.text_columns]]
        assert [cell for head in heads for cell in head.split(" & ")[table.text_columns :]] == [
            latex_text(head) for head in table.columns[table.text_columns :]
        ]
        assert all(head.removeprefix("{}").split(" & ")[: table.text_columns] == names for head in heads)
        assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == len(heads)
        # A line holds some eighty small characters: cells are counted with the two spaces that part them.
        for part in text.split(r"\begin{tabular}")[1:]:
            plain = re.sub(r"\\textbf\{(.*?)\}", r"\1", part.replace(r"$\pm$", "±"))
            cells = [row.removesuffix(r" \\").split(" & ") for row in plain.splitlines() if " & " in row]
            widths = [max(map(len, column)) + 2 for column in zip(*cells, strict=True)]
            assert sum(widths) <= 80 or len(widths) == table.text_columns + 1


@pytest.mark.skipif(LATEX is None, reason="no LaTeX on the PATH")
def test_the_tables_compile_and_no_box_is_too_wide(tables, tmp_path):
    body = "\n".join(map(latex, tables[1]))
    text = "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n" + body + "\\end{document}\n"
    (tmp_path / "tables.tex").write_text(text, encoding="utf-8")
    done = subprocess.run([LATEX, "tables.tex"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert "Overfull" not in done.stdout
