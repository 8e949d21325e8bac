"""What the MLflow client reads back is what the run told the tracker."""

import shutil

import pytest

pytest.importorskip("alseg_mlflow", reason="alseg-mlflow is not installed")
pytest.importorskip("mlflow", reason="MLflow (mlflow-skinny) is not installed")

from alseg_mlflow.plugin import MlflowOptions, register_trackers
from alseg_mlflow.tracker import Mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from alcore import AlsegError
from alcore.testing import check_tracker, synthetic_record

CONFIG = {
    "seed": 3,
    "dataset": {"name": "phantom"},
    "strategy": {"name": "entropy"},
    "learner": {"epochs": 2},
}
CURVE = [(0, 0.5), (1, 0.515625), (2, 0.53125)]
"""Mean validation Dice of the rounds that ``synthetic_record`` makes up."""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """Making MLflow's tables takes seconds: once for all tests."""
    path = tmp_path_factory.mktemp("mlflow") / "empty.db"
    MlflowClient(tracking_uri=f"sqlite:///{path.as_posix()}", registry_uri="").search_experiments()
    return path


@pytest.fixture
def server(tmp_path, monkeypatch, empty_database):
    """The database that all trackers of a test write to."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(empty_database, tmp_path / "all.db")
    return f"sqlite:///{tmp_path.as_posix()}/all.db"


def start(folder, server, committed=(), config=CONFIG):
    folder.mkdir(exist_ok=True)
    tracker = Mlflow(MlflowOptions(tracking_uri=server), directory=folder)
    records = [synthetic_record(number) for number in committed]
    tracker.run_started(config=config, first_round=len(records), last_round=3, committed=records)
    return tracker


def track(folder, server, rounds, committed=()):
    tracker = start(folder, server, committed)
    for number in rounds:
        tracker.round_finished(round=number, record=synthetic_record(number))
    tracker.run_finished(reason="rounds")
    tracker.closed()


def the_run(server):
    client = MlflowClient(tracking_uri=server, registry_uri="")
    experiment = client.get_experiment_by_name("alseg")
    (run,) = client.search_runs([experiment.experiment_id])
    return client, run


def points(server, name):
    client, run = the_run(server)
    return [(metric.step, metric.value) for metric in client.get_metric_history(run.info.run_id, name)]


def test_a_run_its_configuration_and_its_figures_are_read_back(tmp_path, server):
    track(tmp_path / "mlflow", server, [0, 1, 2])
    _, run = the_run(server)
    assert run.info.run_name == "phantom-entropy-seed3"
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "seed": "3",
        "dataset.name": "phantom",
        "strategy.name": "entropy",
        "learner.epochs": "2",
    }
    assert points(server, "validation dice/mean") == CURVE
    assert points(server, "validation dice/lesion _core_") == [(0, 0.25), (1, 0.25), (2, 0.25)]
    assert points(server, "validation dice/absent") == []
    assert points(server, "epoch/loss") == [(1, 0.25), (2, 0.125), (3, 1.25), (4, 0.125), (5, 2.25), (6, 0.125)]
    assert points(server, "epoch/validation dice") == [(2, 0.5), (4, 0.5), (6, 0.5)]


def test_a_run_that_goes_on_is_one_mlflow_run_with_each_round_once(tmp_path, server):
    start(tmp_path / "mlflow", server).round_finished(round=0, record=synthetic_record(0))  # and dies
    track(tmp_path / "mlflow", server, [2], committed=[0, 1])
    assert points(server, "validation dice/mean") == CURVE
    assert [step for step, _ in points(server, "epoch/loss")] == [1, 2, 3, 4, 5, 6]


def test_full_data_training_which_has_no_strategy_is_tracked_too(tmp_path, server):
    config = {name: value for name, value in CONFIG.items() if name != "strategy"}
    start(tmp_path / "mlflow", server, config={**config, "full_data": True, "learner": {"name": "volumes"}})
    assert the_run(server)[1].info.run_name == "phantom-full-data-volumes-seed3"


def test_a_run_that_breaks_off_is_marked_as_failed(tmp_path, server):
    tracker = start(tmp_path / "mlflow", server)
    tracker.closed()
    assert the_run(server)[1].info.status == "FAILED"


def test_by_default_a_run_keeps_a_database_of_its_own(tmp_path, empty_database, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlflow").mkdir()
    shutil.copy(empty_database, tmp_path / "mlflow" / "mlflow.db")
    track(tmp_path / "mlflow", "", [0])
    assert points(f"sqlite:///{tmp_path.as_posix()}/mlflow/mlflow.db", "round/labelled slices") == [(0, 48)]


def test_a_server_that_is_away_at_the_start_is_one_clear_sentence(tmp_path):
    with pytest.raises(AlsegError, match=r"MLflow at http://127\.0\.0\.1:9 cannot be reached") as caught:
        start(tmp_path / "mlflow", "http://127.0.0.1:9")
    assert "tracking_uri" in caught.value.hint


def test_a_server_that_goes_away_stops_no_run_and_gets_the_rounds_later(tmp_path, server, monkeypatch, caplog):
    tracker = start(tmp_path / "mlflow", server)

    def away(*_, **__):
        raise MlflowException("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "log_batch", away)
        tracker.round_finished(round=0, record=synthetic_record(0))
        assert "the run goes on: connection refused" in caplog.text
        with pytest.raises(AlsegError, match=r"the run is whole, but MLflow .* lacks its rounds 0"):
            tracker.run_finished(reason="rounds")
        tracker.round_finished(round=1, record=synthetic_record(1))
    tracker.round_finished(round=2, record=synthetic_record(2))
    tracker.run_finished(reason="rounds")
    tracker.closed()
    assert points(server, "validation dice/mean") == CURVE
    assert [step for step, _ in points(server, "epoch/loss")] == [1, 2, 3, 4, 5, 6]


def test_the_spec_names_the_tracker():
    (spec,) = register_trackers()
    assert (spec.name, spec.load()) == ("mlflow", Mlflow)


def test_the_tracker_passes_the_checks(server):
    (spec,) = register_trackers()
    check_tracker(spec, MlflowOptions(tracking_uri=server))
