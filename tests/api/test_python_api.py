"""The Python API does what the command line does."""

import json
import sys
import types

import pytest

import alcore
from alcore import AlsegError, Moments, Run, open_run, resume, run, strategies
from alcore.api.progress import NotebookProgress, watching
from alcore.api.stopped import saying_where
from alcore.runs.narration import Narrator

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture(scope="module")
def finished(small_run):
    return small_run(strategy="entropy", budget=3)


def test_a_run_comes_back_with_its_learning_curve(finished):
    curve = finished.curve()
    assert list(curve.columns) == [
        *("labelled", "pseudo_labelled", "scans_labelled"),
        *("mean", "organ", "lesion", "seconds"),
    ]
    assert list(curve.index) == [0, 1, 2]
    assert list(curve["labelled"]) == [4, 7, 10]
    lines = (finished.path / "rounds.jsonl").read_text().splitlines()
    scores = [json.loads(line)["scores"]["validation"]["dice"] for line in lines]
    assert list(curve["mean"]) == [score["mean"] for score in scores]
    assert list(curve["lesion"]) == [score["per_class"]["lesion"] for score in scores]


def test_the_scores_of_scans_have_the_means_of_the_curve(finished):
    scores = finished.scan_scores()
    assert list(scores.columns) == ["round", "split", "scan", "metric", "class", "value"]
    assert not scores.duplicated(["round", "split", "scan", "metric", "class"]).any()
    means = scores.groupby(["round", "class"])["value"].mean()
    for name in ("organ", "lesion"):
        assert means.xs(name, level="class").tolist() == pytest.approx(list(finished.curve()[name]), nan_ok=True)


def test_selections_are_numbers_where_they_are_numbers(finished):
    selections = finished.selections()
    assert list(selections["kind"]) == ["initial"] * 4 + ["query"] * 6
    assert selections["slice"].dtype == "Int64"
    assert selections["block_first"].isna().all()
    assert selections.query("kind == 'query'")["score"].notna().all()


def test_a_run_says_what_it_is_and_that_its_data_are_synthetic(finished):
    assert "entropy on phantom (synthetic data), seed 0, 3 rounds" in repr(finished)
    assert "(synthetic data)" in finished._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"metric": "dise"}, "it measured: dice"), ({"split": "test"}, "it has: validation")],
)
def test_a_metric_or_split_that_was_not_measured_is_named_with_those_that_were(finished, arguments, told):
    with pytest.raises(AlsegError) as error:
        finished.curve(**arguments)
    assert told in error.value.hint


def test_options_of_components_are_given_as_in_a_configuration_file(small_run):
    config = {"strategy": {"name": "margin"}, "protocol": "demo", "seed": 3}
    done = small_run(
        dataset={"name": "phantom", "scans": 6},
        strategy={"name": "entropy", "one_per_scan": False},
        config=config,
        budget=3,
        rounds=0,
    )
    assert done.config["strategy"]["name"] == "entropy"
    assert done.config["strategy"]["one_per_scan"] is False
    assert done.config["seed"] == 3
    assert done.config["loop"]["budget"] == 3


def test_a_configuration_file_of_a_run_starts_the_same_run_again(finished, tmp_path):
    again = run(config=finished.path / "config.toml", out=tmp_path / "again", progress=False)
    assert again.curve()["mean"].tolist() == finished.curve()["mean"].tolist()
    assert again.selections()["slice"].tolist() == finished.selections()["slice"].tolist()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ({"dataset": "phantom", "strategy": "entropi"}, "no strategy named 'entropi'", "did you mean 'entropy'?"),
        ({"dataset": "phantom", "stategy": "entropy"}, "no option or section 'stategy'", "did you mean 'strategy'?"),
        ({"strategy": "entropy"}, "no dataset is named", "--dataset phantom"),
        ({"dataset": "phantom", "rounds": -1}, "option 'rounds'", "loop.rounds"),
        ({"dataset": "phantom", "config": "absent.toml"}, "absent.toml", ""),
    ],
)
def test_bad_input_is_one_sentence_and_a_hint(arguments, message, hint, tmp_path):
    with pytest.raises(AlsegError) as error:
        run(**arguments, out=tmp_path / "here")
    assert message in error.value.message
    assert hint in error.value.hint
    assert not (tmp_path / "here").exists()


class StopAfter(Moments):
    def __init__(self, round_number):
        self.round_number = round_number

    def round_finished(self, *, round, **_):
        if round == self.round_number:
            raise KeyboardInterrupt


def test_an_interrupted_run_can_be_read_and_resumed_to_the_same_numbers(finished, tmp_path):
    settings = {**finished.config, "dataset": finished.config["dataset"]["name"]}
    with pytest.raises(alcore.RunStopped, match=f"alseg resume {tmp_path}") as interrupt:
        run(**settings, out=tmp_path / "stopped", listeners=[StopAfter(1)], progress=False)
    stopped = open_run(interrupt.value.path)
    assert list(stopped.curve().index) == [0, 1]
    resumed = resume(stopped.path, progress=False)
    assert resumed.curve().drop(columns="seconds").equals(finished.curve().drop(columns="seconds"))


def test_ctrl_c_before_there_is_a_run_names_none(tmp_path):
    with pytest.raises(KeyboardInterrupt) as interrupt, saying_where(tmp_path):
        raise KeyboardInterrupt
    assert not isinstance(interrupt.value, alcore.RunStopped)


def test_the_model_of_a_run_scores_on_its_split_what_the_run_says(finished):
    last = finished.rounds[-1]["scores"]["validation"]
    assert alcore.evaluate(finished.path).summary() == last
    with pytest.raises(AlsegError, match="exclude each other"):
        alcore.evaluate(finished.path, split="test", scans=["a.nii.gz"])


def test_full_data_training_is_estimated_and_trained(small_run, tmp_path):
    config = small_run(rounds=0).config
    given = {"dataset": config["dataset"]["name"], "learner": config["learner"], "model": config["model"]}
    assert alcore.estimate(full_data=True, **given, device="cpu").train_seconds > 0
    trained = alcore.train(**given, trackers={}, device="cpu", out=tmp_path / "full", progress=False)
    assert trained.config["full_data"]
    assert [record["labelled"] for record in trained.rounds] == [trained.rounds[0]["pool"]]


def test_a_run_repeats_to_the_same_numbers(small_run, tmp_path):
    repeated = alcore.repeat(small_run(rounds=0, deterministic=True).path, out=tmp_path / "again", progress=False)
    assert repeated.identical


def test_the_protocols_are_listed_with_a_line_about_each():
    assert set(alcore.protocols()) >= {"less-is-more", "demo"}


def test_a_run_without_a_committed_round_has_an_empty_curve(finished, tmp_path):
    (tmp_path / "config.toml").write_bytes((finished.path / "config.toml").read_bytes())
    (tmp_path / "rounds.jsonl").touch()
    assert Run(tmp_path).curve().empty
    assert Run(tmp_path).selections().empty
    assert Run(tmp_path).scan_scores().empty


def test_what_is_no_run_is_said_to_be_none(tmp_path):
    with pytest.raises(AlsegError, match="is no run directory"):
        open_run(tmp_path)


def test_the_installed_components_are_a_mapping_that_suggests_the_nearest_name():
    installed = strategies()
    assert installed["entropy"].spec.name == "entropy"
    assert "random" in installed
    assert "one_per_scan" in installed.options("entropy")
    assert "Slices drawn uniformly at random" in repr(installed)
    assert "alseg-strategies" in installed._repr_html_()
    with pytest.raises(KeyError, match="did you mean 'entropy'"):
        installed["entropi"]


@pytest.mark.parametrize("kind", ["dataset", "model", "loss", "strategy", "interpolator", "metric", "tracker"])
def test_every_kind_has_a_listing(kind):
    listing = {"loss": "losses", "strategy": "strategies"}.get(kind, f"{kind}s")
    listed = getattr(alcore, listing)()
    assert listed.kind == kind
    assert all(component.spec.kind == kind for component in listed.values())
    assert len(listed) > 0


def test_a_dataset_is_converted_and_opened(tmp_path):
    with alcore.convert("phantom", out=tmp_path / "six.h5", jobs=1, options={"scans": 6}) as store:
        assert len(store.scans.ids) == 6
    with pytest.raises(AlsegError, match="exists"):
        alcore.convert("phantom", out=tmp_path / "six.h5", jobs=1)


RECORD = {
    "round": 0,
    "labelled": 4,
    "pseudo_labelled": 0,
    "scores": {"validation": {"<dice>": {"mean": 0.5, "per_class": {}}}},
    "seconds": {"train": 2.0},
}


def test_progress_is_a_line_per_round_on_stderr_outside_a_notebook(capsys):
    (listener,) = watching([], progress=True)
    assert isinstance(listener, Narrator)
    listener.run_started(first_round=0, last_round=0)
    listener.round_finished(round=0, record=RECORD)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "round 0: 4 labelled slices, validation <dice> 0.5000, 2 s\n"


def test_progress_is_one_display_updated_in_place_in_a_notebook(monkeypatch):
    shown = []

    class Handle:
        def update(self, html):
            shown.append(html)

    display = types.ModuleType("IPython.display")
    display.HTML = str
    display.display = lambda html, display_id: Handle()
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    mine = Moments()
    listener, last = watching([mine], progress=True)
    assert isinstance(listener, NotebookProgress)
    assert last is mine
    listener.run_started(first_round=0, last_round=5)
    listener.training_started(epochs=10)
    listener.epoch_finished(epoch=3)
    assert '<progress value="3" max="10">' in shown[-1]
    listener.round_finished(round=0, record=RECORD)
    listener.run_finished(reason="pool exhausted")
    assert '<progress value="1" max="6">' in shown[-1]
    assert "validation &lt;dice&gt; 0.5000" in shown[-1]
    assert "the run ended early: pool exhausted" in shown[-1]


def test_no_progress_is_shown_where_none_is_wanted():
    assert watching([], progress=False) == []
