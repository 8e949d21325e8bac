"""Names of data, and whatever else a folder from elsewhere says, are text in every form in which commands show them.

One folder of runs and one store have nothing but nasty names; every form is read back by a reader of its own.
"""

import csv
import io
import json
import re
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
import tomli_w
from alseg.commands.data_info import info
from alseg.commands.data_list import list_stores
from alseg.commands.data_report import report as data_report
from alseg.commands.data_show import show
from alseg_results.commands.results import results
from alseg_results.overview import look_at
from alseg_results.report.charts.texts import drawn
from alseg_results.report.figures import write_figures
from alseg_results.report.page import Page, render
from alseg_results.report.report import make_page
from alseg_results.report.subject import Subject
from click.testing import CliRunner
from markdown_it import MarkdownIt

from alcore import DatasetListing, DatasetSpec, Options, Registry, Scan, ScanSource
from alcore.conversion.convert import Conversion, convert
from alcore.escapes import csv_text, csv_value, file_names, latex_text, markdown_text, one_line, printable
from alcore.records import parse_slice
from alcore.registry import Component, Found
from alcore.runs.directory import FORMAT, SELECTION_FIELDS, RunDirectory
from alcore.testing.rounds import synthetic_record

PRINTABLE = (
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "+x",
    "'=quoted",
    "-1.5",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>",
    "{{ 7 * 7 }}",
    r"\input{/etc/passwd} $x^2$ 50% a_b #1 ~",
    "*star* _under_ **bold** `code`",
    "a|b",
    "[link](https://x.org) https://x.org www.x.org",
    "[red]core[/red] [/x]",
    "# head",
    "a--b --- <c>",
    "lesion.core[0]['x']",
    "constructor",
    "@x",
    "😀 耳 कू",
    "n" * 3000,
    "n" * 2999 + "m",
)
"""What may be the name of a dataset, a scan or a class."""

STEERING = (
    "a\x1b[2J\x1b]0;owned\x07",
    "b\x9b31m",
    "c\r\nerror: forged",
    "d\n| e | f |",
    "g\u202egnp.exe",
    "h\u2028i",
    "j\x00k",
    "l\uffffm",
    "\ttab",
    "~\x7f\x08",
)
"""What no store takes for a name, and a note of a job or a configuration may still hold."""

NAMES = (*PRINTABLE, *STEERING)
LABELS = (
    "=cmd|' /C calc'!A0",
    "*star*",
    "constructor",
    '"><img src=x onerror=alert(1)>',
    "</script><b>",
    "@x",
    "n" * 3000,
    *STEERING,
)


def steers(text):
    """Whether a terminal would obey something in the text: it has more than lines of graphic characters."""
    return any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} and c not in "\n\t\u200d" for c in text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of two rounds for each name, which is its label, on a dataset and with classes that have such names too."""
    runs = tmp_path_factory.mktemp("runs")
    classes = dict.fromkeys(PRINTABLE, 0.5)
    for number, name in enumerate(LABELS):
        path = runs / f"run-{number}"
        path.mkdir()
        dataset = {"name": PRINTABLE[6 + number % 2], "synthetic": False, "fingerprint": "f"}
        facts = {"format": FORMAT, "time": "2026-01-01T10:00", "python": "3.11", "platform": "Linux"}
        facts |= {"versions": {}, "components": {}}
        hardware = {"device": "cpu", "gpu": "", "processor": name, "cores": 2, "torch_threads": 1, "memory_gib": 8.0}
        config = {
            "seed": 0,
            "dataset": {"name": PRINTABLE[6 + number % 2]},
            "loop": {"rounds": 1},
            "strategy": {"name": f"s{number}"},
        }
        rounds = [synthetic_record(0), synthetic_record(1)]
        for record in rounds:
            record["scores"] = {"validation": {"dice": {"mean": 0.5 + number / 100, "per_class": classes}}}
        (path / "config.toml").write_text(tomli_w.dumps(config), "utf-8")
        (path / "environment.json").write_text(json.dumps(facts | {"dataset": dataset, "hardware": hardware}), "utf-8")
        note = {"key": "k", "full_data": False, "strategy": name, "dataset": "d", "seed": 0}
        (path / "job.json").write_text(json.dumps(note), "utf-8")
        (path / "rounds.jsonl").write_text("".join(json.dumps(record) + "\n" for record in rounds), "utf-8")
        row = dict.fromkeys(SELECTION_FIELDS) | {"round": 1, "order": 0, "kind": "query", "slice": 0, "scan": name}
        row["position"] = 0
        (path / "selections.csv").write_text(csv_text([row, row.values()]), "utf-8", newline="")
    return runs


@pytest.fixture(scope="module")
def page(folder):
    return make_page(Subject(look_at(folder, Registry.installed())))


def printed(command, *arguments):
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_terminal_is_not_steered(folder):
    text = printed(results, folder, "--per-class")
    assert not steers(text)
    assert "[red]core[/red] [/x]" in text
    assert r"a\x1b[2J\x1b]0;owned\x07" in text
    json.loads(printed(results, folder, "--json"))


def test_no_cell_of_csv_is_a_formula_and_every_text_can_be_read_back(folder, tmp_path):
    printed(results, folder, "--tidy", tmp_path / "tidy.csv")
    for text in (printed(results, folder, "--csv", "--per-class"), (tmp_path / "tidy.csv").read_bytes().decode()):
        rows = list(csv.DictReader(io.StringIO(text)))
        cells = {cell for row in rows for cell in row.values()}
        assert {cell for cell in cells if cell[:1] in tuple("=+-@\t\r")} == {"-1.5"}
        assert {csv_value(row["class"]) for row in rows} >= set(PRINTABLE)
    assert {csv_value(row["strategy"]) for row in rows} == set(LABELS)
    assert csv_text([[1, -0.5, None, float("nan"), "-1e-3"]]) == "1,-0.5,,,-1e-3\n"


def test_a_query_log_keeps_every_name_of_a_scan(tmp_path):
    run = RunDirectory(tmp_path)
    fields = dict.fromkeys(SELECTION_FIELDS, "") | {"round": "0", "order": "0", "kind": "query", "slice": "0"}
    rows = [parse_slice({**fields, "scan": name, "position": "0"}) for name in NAMES]
    (tmp_path / "rounds.jsonl").write_text("", "utf-8")
    (tmp_path / "checkpoints").mkdir()
    run.commit(synthetic_record(0), rows)
    assert [row["scan"] for row in run.selections()] == list(NAMES)
    assert "\n=" not in (tmp_path / "selections.csv").read_text("utf-8").replace(",", "\n")


def test_markdown_says_names_as_they_are(folder):
    text = printed(results, folder, "--markdown", "--per-class")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [token for token in tokens if token.type == "inline"]
    assert {part.type for token in inline for part in token.children} <= {
        "text",
        "strong_open",
        "strong_close",
        "softbreak",
        "text_special",
    }
    assert {token.type for token in tokens} <= {
        *("inline", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close", "list_item_open"),
        *("list_item_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
        *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
    }
    cells = {"".join(part.content for part in token.children) for token in inline}
    assert {one_line(name) for name in (*LABELS, *PRINTABLE)} <= cells
    assert "https://" not in text
    assert "www.x" not in text


@pytest.mark.parametrize("name", NAMES)
def test_latex_obeys_no_name(name):
    text = latex_text(name)
    harmless = r"\\[&%$#_{}]|\\text(backslash|asciitilde|asciicircum|asciigrave)\{\}|\$[<>|]\$|-\{\}"
    assert re.search(r"[\\{}$&#%^~_<>|`\n]|--", re.sub(harmless, "", text)) is None
    assert not steers(text)


def test_tables_in_latex_hold_a_line_for_each_row_and_comments_stay_comments(folder):
    text = printed(results, folder, "--latex")
    body = [line for line in text.splitlines() if not line.startswith("%")]
    assert all(line.startswith("\\") or line.endswith(r"\\") or not line for line in body)
    assert not any(line.startswith(("*", "[")) for line in body)


class Reader(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.values, self.texts, self.events, self.script = set(), set(), [], set(), ""
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.inside = tag
        attributes = dict(attrs)
        self.events |= {name for name in attributes if name.startswith("on")}
        if attributes.get("name") == "strategies":
            self.values.add(attributes["value"])
        if attributes.get("id") == "report-data":
            self.inside = "data"

    def handle_data(self, data):
        if self.inside == "data":
            self.script += data
        elif self.inside not in ("script", "style"):
            self.texts.append(data)


def read_page(text):
    reader = Reader()
    reader.feed(text)
    return reader


def test_the_page_shows_every_name_and_obeys_none(page):
    read = read_page(render(page))
    assert read.events == set()
    assert read.tags.isdisjoint({"img", "b", "iframe"})
    assert not steers("".join(read.texts))
    assert "{{ 7 * 7 }}" in "".join(read.texts)
    charts = json.loads(read.script)["charts"]
    texts = charts["learning-curves"]["data"]["curves"]["columns"]["strategy"]["texts"]
    assert set(texts) == read.values == {drawn(name) for name in LABELS}
    assert not any(map(steers, texts))


def test_names_that_charts_take_are_short_and_stay_apart():
    made = [drawn(name) for name in NAMES]
    assert len(set(made)) == len(NAMES)
    assert max(map(len, made)) <= 170


def test_figures_are_drawn_whatever_the_names_are(page, folder, tmp_path):
    """Control characters ended the renderer's process, and names of what all objects have its charts."""
    measure = look_at(folder, Registry.installed()).measure
    kept = [section for section in page.sections if section.key == "cost"]
    small = Page(page.title, (), "", (), page.datasets, page.strategies, (), tuple(kept))
    paths = write_figures(small, tmp_path, measure)
    assert len(paths) == 4
    drawing = "".join("".join(ElementTree.parse(path).getroot().itertext()) for path in paths if path.suffix == ".svg")
    assert "'constructor'" in drawing
    assert all(path.parent == tmp_path for path in paths)


def test_names_of_files_are_short_plain_and_unlike():
    made = file_names([*NAMES, "a b", "a/b", "A-B", "", "..", "é" * 300])
    assert len({name.casefold() for name in made}) == len(NAMES) + 6
    assert not any(set(name) & set('/\\:*?"<>| \n\x00') for name in made)
    assert max(len(name.encode()) for name in made) <= 110
    assert file_names(["left atrium", "core [/enh]"]) == ["left-atrium", "core-[-enh]"]


def test_a_store_with_such_names_is_shown_by_every_command(tmp_path, monkeypatch):
    scans = [name for name in PRINTABLE if "/" not in name and len(name) < 200]
    space = [name[:200] for name in PRINTABLE if len(name) < 200]

    class Toy:
        def __init__(self, options):
            pass

        def list_scans(self, source):
            sources = [ScanSource(name, (), ("train", "validation")[k % 2], group=name) for k, name in enumerate(scans)]
            return DatasetListing(("background", *space), ("=CT",), sources, licence="<b>", reference="[/red]")

        def read_scan(self, scan):
            label = np.arange(32, dtype=np.uint8).reshape(2, 4, 4) % (len(space) + 1)
            return Scan(np.arange(32, dtype=np.int16).reshape(2, 1, 4, 4), label, spacing=(1.0, 1.0, 1.0))

    monkeypatch.setitem(sys.modules, "nasty_dataset", SimpleNamespace(Toy=Toy))
    spec = DatasetSpec(name="toy", summary="s", target="nasty_dataset:Toy", options=Options, needs_source=False)
    path = tmp_path / "=cmd [red].h5"
    component = Component(spec, Found("toy", "toy.plugin", "alseg-toy", "1.2"))
    convert(component, Options(), None, path, Conversion())
    path.rename(tmp_path / "a\x1b[2J.h5")
    path = tmp_path / "a\x1b[2J.h5"
    outputs = [
        printed(info, path),
        printed(info, path, "--json"),
        printed(show, path, "--scan", scans[0], "--out", tmp_path / "s.png"),
        printed(list_stores, "--data-dir", tmp_path),
        printed(data_report, path, "--out", tmp_path / "pages"),
    ]
    assert not any(map(steers, outputs))
    assert "[red]core[/red] [/x]" in outputs[0]
    (made,) = (tmp_path / "pages").iterdir()
    read = read_page(made.read_text("utf-8"))
    assert read.events == set()
    assert set(scans) <= set(read.texts)
    assert read.tags.isdisjoint({"iframe", "script"})


def test_what_is_harmless_stays():
    for text in ("strided:block_size=5", "0.900 ± 0.005", "signed-distance", "plain (words), and more"):
        assert printable(text) == text
        assert markdown_text(text) == text
