"""``alseg results`` as a user calls it, on a real run of a small phantom (synthetic)."""

import csv
import io
import json
from pathlib import Path

import alseg
import numpy as np
import pytest
from alseg.show.json_output import echo_json
from alseg.show.parts import print_table
from alseg.show.table import Cell, Row, Table
from alseg_results.commands.results import results
from click.testing import CliRunner
from rich import box
from rich.console import Console

from alcore.errors import AlsegError


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
    assert "where queried slices of phantom (synthetic data) lie\n" in text
    assert "There are no two strategies to compare." in text
    assert "the paper has no figures of this dataset." in text.replace("\n", " ")
    tables = text[: text.index("There are no two strategies")] + text[text.index("dice on the validation") :]
    assert max(len(line) for line in tables.splitlines() if " ± " in line or "─" in line) <= 80

    content = json.loads(shown(tmp_path, "--json"))
    final = json.loads((tmp_path / "run/rounds.jsonl").read_text().splitlines()[-1])
    assert content["runs"][0]["final"] == final["scores"]["validation"]["dice"]["mean"]
    assert content["runs"][0]["foreground_voxels"] == final["foreground_voxels"] > 0
    assert content["audit"][0]["queried"] == 2

    rows = list(csv.DictReader(io.StringIO(shown(tmp_path / "run", "--csv", "--rounds", "0,1"))))
    assert [(row["round"], row["seeds"]) for row in rows if row["class"] == "mean"] == [("0", "1"), ("1", "1")]
    assert r"\toprule" in shown(tmp_path, "--latex")
    assert "| strategy | 0 (2) | 1 (4) |" in shown(tmp_path, "--markdown")
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


STRATEGIES = ("random", "strided:block_size=5,interpolator=signed-distance")
HEADS = ("strategy", *(f"{number} ({16 * number + 32})" for number in range(6)), "foreground efficiency")


@pytest.mark.parametrize("style", [box.SIMPLE_HEAD, box.HEAVY_HEAD])
@pytest.mark.parametrize("width", [20, 40, 60, 70, 76, 80, 84, 90, 96, 100, 200])
def test_a_table_that_is_too_wide_is_shown_in_parts_and_no_column_is_lost(width, style):
    texts = [[f"0.{row}{column}0 ± 0.016" for column in range(7)] for row in range(2)]
    rows = [
        Row((Cell(name, name), *(Cell(text, 0.5) for text in cells)))
        for name, cells in zip(STRATEGIES, texts, strict=True)
    ]
    console = Console(width=width, file=io.StringIO())
    print_table(console, Table("t", "dice", HEADS, tuple(rows)), style)
    text = console.file.getvalue()
    assert [text.count(cell) for row in texts for cell in row] == [1] * 14
    assert "…" not in text
    # Where not even one column fits beside a name, a name has a line of its own, which the terminal wraps.
    lines = [line for line in text.splitlines() if line not in STRATEGIES]
    assert max(map(len, lines)) <= max(width, 24)
    assert all(part in text for part in STRATEGIES[1].split(","))


def test_words_in_place_of_numbers_are_folded_and_not_cut():
    rows = (Row((Cell("a", "a"), Cell("not reached by 2 of 3"), Cell("1", 1.0))),)
    console = Console(width=24, file=io.StringIO())
    print_table(console, Table("t", "t", ("strategy", "slices to 90 %", "seeds"), rows))
    shown = " ".join(console.file.getvalue().split())
    assert all(word in shown for word in ("not", "reached", "by", "2", "of", "3"))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ({"a": float("nan"), "b": [float("inf"), 1.5]}, {"a": None, "b": [None, 1.5]}),
        ({"x": {"y": (-float("inf"), "NaN")}}, {"x": {"y": [None, "NaN"]}}),
        ([np.float64("nan"), np.int64(3), np.bool_(True)], [None, 3, True]),
    ],
)
def test_printed_json_is_strict(capsys, value, printed):
    echo_json(value)

    def refuse(word):
        raise ValueError(word)

    assert json.loads(capsys.readouterr().out, parse_constant=refuse) == printed


def test_no_command_prints_json_by_itself():
    folder = Path(alseg.__file__).parent
    home = folder / "show" / "json_output.py"
    assert [path for path in folder.rglob("*.py") if "json.dumps" in path.read_text("utf-8") and path != home] == []
