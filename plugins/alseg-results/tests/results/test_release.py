"""A release gives others the same tables, and one that was altered is refused."""

import json
import shutil

import pyarrow.parquet
import pytest
import tomli_w
from alseg.show.json_output import finite
from alseg_results.overview import look_at
from alseg_results.release.manifest import MANIFEST
from alseg_results.release.without_paths import without_paths
from alseg_results.release.write import export

from alcore import AlsegError, Registry

DECIDED = {"control": "random", "margin": 0.02}


@pytest.fixture
def benchmark(write_run):
    """Two strategies, three seeds, a full-data run, and what was decided; one run was done elsewhere."""
    for place, strategy in enumerate(("random", "entropy")):
        for seed in range(3):
            dice = (0.2, 0.5 + 0.1 * place, 0.7 + 0.01 * seed)
            path = {"dataset": {"path": "/home/somebody/hippocampus.h5"}}
            write_run(dice, strategy, seed=seed, chosen=[[(9, 0)], [(seed, 3)], [(seed, 5)]], environment=path)
    write_run((0.8,), name="full", labelled=[200], config={"full_data": True})
    content = {"strategies": ["random", "entropy"], "datasets": ["/data/hippocampus.h5"], "decided": DECIDED}
    (write_run.folder / "benchmark.toml").write_text(tomli_w.dumps(content))
    return write_run.folder


@pytest.fixture
def released(benchmark, tmp_path):
    folder = tmp_path / "elsewhere" / "release"
    export(benchmark, folder)
    return folder


def everything(folder):
    found = look_at(folder, Registry.installed()).as_json(Registry.installed())
    del found["folder"]
    return json.loads(json.dumps(finite(found)))


def test_what_is_read_back_gives_the_same_figures(benchmark, released):
    before = everything(benchmark)
    shutil.rmtree(benchmark)
    assert everything(released) == before
    assert before["decided"]["margin"] == 0.02
    assert before["weakest"]


def test_a_release_of_a_release_is_the_same_release(released, tmp_path):
    export(released, tmp_path / "again")
    assert everything(tmp_path / "again") == everything(released)


def test_any_reader_of_parquet_finds_the_scores(released):
    scores = pyarrow.parquet.read_table(released / "scores.parquet").to_pandas()
    assert len(scores) == (6 * 3 + 1) * 3 * 2  # rounds, scans, classes
    runs = pyarrow.parquet.read_table(released / "runs.parquet").to_pandas()
    joined = scores.merge(runs[["run", "strategy", "seed"]]).query("strategy == 'entropy' and seed == 2 and round == 2")
    assert joined["value"].mean() == pytest.approx(0.72)


def test_a_release_holds_no_path_of_the_machine(released):
    for path in released.iterdir():
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = repr(pyarrow.parquet.read_table(path).to_pylist()).encode()
        assert b"somebody" not in content
        assert b"/data/" not in content


@pytest.mark.parametrize(
    ("value", "cut"),
    [
        ("/home/me/scans.h5", "scans.h5"),
        ("C:\\Users\\me\\scans", "scans"),
        ("~/scans/", "scans"),
        ({"a": ["/x/y", 3]}, {"a": ["y", 3]}),
        ("signed-distance", "signed-distance"),
        ("runs/a", "runs/a"),
        ("1/2", "1/2"),
        ("", ""),
        (None, None),
    ],
)
def test_only_absolute_paths_are_cut(value, cut):
    assert without_paths(value) == cut


@pytest.mark.parametrize("name", ["runs.parquet", "scores.parquet", "README.md", "benchmark.toml"])
def test_an_altered_file_is_refused(released, name):
    content = (released / name).read_bytes()
    (released / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(AlsegError, match=f"was altered: {name} has another checksum") as caught:
        look_at(released, Registry.installed())
    assert caught.value.hint == "get the release anew from where it was published"


def test_a_missing_file_is_refused(released):
    (released / "scores.parquet").unlink()
    with pytest.raises(AlsegError, match=r"lacks scores.parquet"):
        look_at(released, Registry.installed())


def test_decisions_that_were_added_are_refused(write_run, tmp_path):
    write_run((0.2, 0.5))
    export(write_run.folder, tmp_path / "release")
    (tmp_path / "release" / "benchmark.toml").write_text("[decided]\nmargin = 0.5\n")
    with pytest.raises(AlsegError, match=r"its manifest does not list benchmark.toml"):
        look_at(tmp_path / "release", Registry.installed())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda manifest: "{", "is damaged: it is no manifest"),
        (lambda manifest: json.dumps({**manifest, "format": 2}), "has the format 2, and this alseg reads the format 1"),
        (lambda manifest: json.dumps({**manifest, "files": {}}), "its manifest does not list runs.parquet"),
        (
            lambda manifest: json.dumps({**manifest, "files": {"../x": {"sha256": "", "bytes": 0}}}),
            r"lacks \.\./x",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused(released, change, message):
    path = released / MANIFEST
    path.write_text(change(json.loads(path.read_text())))
    with pytest.raises(AlsegError, match=message):
        look_at(released, Registry.installed())


def test_nothing_is_written_over(released, benchmark):
    with pytest.raises(AlsegError, match="is not empty"):
        export(benchmark, released)


def test_a_run_without_scores_of_scans_is_released_without_them_and_the_card_says_so(write_run, tmp_path):
    write_run((0.2, 0.5), seed=0)
    write_run((0.2, 0.6), seed=1, scans=None)
    released = export(write_run.folder, tmp_path / "release")
    assert released.notes[0].startswith("1 run has no scores of scans")
    assert "## Left out" in (released.folder / "README.md").read_text()
    overview = look_at(released.folder, Registry.installed())
    assert overview.figures["final"].tolist() == [0.5, 0.6]
    assert "no scores of scans" in overview.notes[-1]
