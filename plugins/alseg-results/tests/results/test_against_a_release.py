"""One's own runs beside a release, and beside figures that somebody typed from a paper."""

import json

import pytest
from alseg_results.overview import look_at
from alseg_results.release.write import export

from alcore import AlsegError, Registry

REGISTRY = Registry.installed()


@pytest.fixture
def released(write_run, tmp_path):
    """The runs of somebody else, who used the same data and another loss."""
    for seed, dice in enumerate((0.5, 0.6)):
        write_run((0.2, dice), "random", seed=seed, config={"loss": {"gamma": 1.0}})
    folder = tmp_path / "release"
    export(write_run.folder, folder)
    for path in write_run.folder.iterdir():
        for file in sorted(path.rglob("*"), reverse=True):
            file.unlink() if file.is_file() else file.rmdir()
        path.rmdir()
    return folder


def beside(write_run, what):
    return look_at(write_run.folder, REGISTRY).beside(str(what), REGISTRY)


def test_runs_stand_beside_those_of_a_release_on_the_same_data(write_run, released):
    write_run((0.2, 0.57), "random", config={"loss": {"gamma": 2.0}})
    result = beside(write_run, released)
    first, second = result.table.to_dict("records")
    assert (first["round"], first["difference"], first["published_std"]) == (0, 0.0, 0.0)
    assert (second["mean"], second["published_mean"], second["published_seeds"]) == (0.57, pytest.approx(0.55), 2)
    assert (first["within"], second["within"]) == (1, 1)
    assert result.notes == (
        f"The runs on hippocampus are not of the protocol of the release {released}: loss.gamma is 2.0, not 1.0.",
    )


def test_other_data_is_not_set_beside_a_release(write_run, released):
    write_run((0.2, 0.57), "random", environment={"dataset": {"fingerprint": "another"}})
    result = beside(write_run, released)
    assert result.table.empty
    assert "its scans, labels or splits are not the same" in result.notes[0]


def test_figures_of_one_seed_have_no_mark(write_run, tmp_path):
    write_run((0.2, 0.5), "random")
    export(write_run.folder, tmp_path / "release")
    assert beside(write_run, tmp_path / "release").table["within"].isna().all()


@pytest.fixture
def typed(tmp_path):
    """Figures of another paper, as somebody typed them."""
    folder = tmp_path / "typed"
    folder.mkdir()
    about = {
        **{"title": "Somebody 2026", "source": "Somebody 2026, table 1", "metric": "dice", "split": "validation"},
        **{"seeds": 5, "rounding": 0.005, "protocol": "less-is-more", "datasets": {"hippocampus": {}}},
    }
    (folder / "published.json").write_text(json.dumps(about))
    (folder / "curves.csv").write_text(
        'table,dataset,strategy,round,mean,std\n1,hippocampus,"{""name"": ""random""}",1,0.55,0.02\n'
    )
    return folder


def test_figures_from_any_paper_can_be_typed_into_a_folder(write_run, typed):
    write_run((0.2, 0.57), "random")
    result = beside(write_run, typed)
    (row,) = result.table.to_dict("records")
    assert (row["published_mean"], row["published_seeds"], row["within"]) == (0.55, 5, 1)
    assert result.reference.title == "Somebody 2026"


def test_what_cannot_be_read_is_refused_in_a_sentence(write_run, typed, tmp_path):
    write_run((0.2, 0.57), "random")
    with pytest.raises(AlsegError, match="holds no published results"):
        beside(write_run, tmp_path)
    (typed / "curves.csv").write_text("table,dataset,strategy,round,mean,std\n1,hippocampus,random,1,0.55,0.02\n")
    with pytest.raises(AlsegError, match=r"line 2 of .*curves.csv is damaged"):
        beside(write_run, typed)
    (typed / "published.json").write_text("{}")
    with pytest.raises(AlsegError, match=r"published.json is damaged: title: Field required"):
        beside(write_run, typed)
