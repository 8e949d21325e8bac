"""``alseg results`` as a user calls it, on a real run of a small phantom (synthetic)."""

import csv
import io
import json

import pytest
from alseg.commands.results import results
from alseg.show.parts import parts
from click.testing import CliRunner
from rich.console import Console

from alcore.errors import AlsegError
from alcore.results.tables import TextTable


def shown(*arguments):
    """What the command prints, called in this process."""
    result = CliRunner(env={"COLUMNS": "80"}).invoke(results, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_results_of_a_real_run_in_every_form(alseg, tiny_run, tmp_path):
    data = {"ALSEG_DATA_DIR": str(tmp_path / "data")}
    alseg("run", *tiny_run, "--dataset", "phantom", "--set", "dataset.scans=6", "--set", "trackers={}", **data)
    text = shown(tmp_path, "--statistics", "--audit", "--against", "paper")
    assert "dice on the validation scans of phantom (synthetic data)\n" in text
    assert "effort on phantom (synthetic data)\n" in text
    assert "where queried slices of phantom lie\n" in text
    assert "There is one strategy" in text
    assert "The paper has no figures of random on phantom." in text
    assert max(map(len, text.splitlines())) <= 80

    content = json.loads(shown(tmp_path, "--json"))
    final = json.loads((tmp_path / "run/rounds.jsonl").read_text().splitlines()[-1])
    assert content["runs"][0]["final"] == final["scores"]["validation"]["dice"]["mean"]
    assert content["runs"][0]["foreground_voxels"] == final["foreground_voxels"] > 0
    assert content["audit"][0]["queried"] == 2

    rows = list(csv.DictReader(io.StringIO(shown(tmp_path / "run", "--csv", "--rounds", "0,1"))))
    assert [(row["round"], row["seeds"]) for row in rows if row["class"] == "mean"] == [("0", "1"), ("1", "1")]
    assert r"\toprule" in shown(tmp_path, "--latex")
    assert "| strategy | 1 (4) |" in shown(tmp_path, "--markdown")
    shown(tmp_path, "--tidy", tmp_path / "scores.csv")
    assert len((tmp_path / "scores.csv").read_text().splitlines()) == 1 + 2 * 3


def test_a_folder_without_results_is_two_lines(alseg, tmp_path):
    (tmp_path / "empty").mkdir()
    assert alseg("results", "empty", status=2).stderr == (
        "error: empty holds no results: no run directory is in it\n"
        "hint:  alseg run and alseg benchmark make run directories; give the folder that they printed\n"
    )


def test_other_bad_input_is_named(tmp_path):
    with pytest.raises(AlsegError, match="there is no folder"):
        shown(tmp_path / "nowhere")
    result = CliRunner().invoke(results, [str(tmp_path), "--rounds", "5,x"])
    assert (result.exit_code, "is no list of whole numbers" in result.output) == (2, True)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_table_that_is_too_wide_is_shown_in_parts_and_no_column_is_lost(width):
    strategies = ("random", "strided:block_size=5,interpolator=signed-distance")
    cells = tuple(tuple(f"0.{row}{column}±0.016" for column in range(6)) for row in range(2))
    rows = tuple((strategy, *values) for strategy, values in zip(strategies, cells, strict=True))
    table = TextTable("dice", ("strategy", *(f"{number} ({16 * number + 32})" for number in range(6))), rows)
    console = Console(width=width, file=io.StringIO())
    console.print(*parts(table, width))
    text = console.file.getvalue()
    assert [text.count(cell) for row in cells for cell in row] == [1] * 12
    assert max(map(len, text.splitlines())) <= width
