"""The MLflow tracker."""

import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alcore

# MLflow reports usage to its makers unless told otherwise, and asks an absent server for minutes.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunStatus
from mlflow.exceptions import MlflowException

if TYPE_CHECKING:
    from alseg_mlflow.plugin import MlflowOptions

_log = logging.getLogger(__name__)

RUN_ID = "run_id"
"""File in the tracker's folder: a run that goes on is the same MLflow run."""

LAST_OF_A_ROUND = "round/whole"
"""The metric written last of a round: a round that has it is whole."""

_NOT_IN_A_NAME = re.compile(r"[^\w\-. :/]", re.ASCII)
PARAMS_PER_CALL, METRICS_PER_CALL = 100, 1000
LONGEST_PARAM = 6000


class Mlflow(alcore.Moments):
    """Writes figures per round and epoch as metrics, and the configuration as parameters.

    A server that is away when the run starts is an error; one that goes away later is not: the rounds that it missed
    are sent with the next one, at the end of the run, or by resuming the run.

    Args:
        options: see :class:`MlflowOptions`.
        directory: keeps the id of the MLflow run, and the database unless another place is named.
    """

    def __init__(self, options: "MlflowOptions", *, directory: Path) -> None:
        self._options = options
        self._run_id_file = directory / RUN_ID
        own = f"sqlite:///{(directory / 'mlflow.db').resolve().as_posix()}"
        self._uri = options.tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or own
        self._client: MlflowClient | None = None
        self._run_id = ""
        self._pending: list[Mapping[str, Any]] = []
        self._epoch = 0
        self._ended = RunStatus.FAILED

    def run_started(self, *, config: dict[str, Any], committed: Sequence[Mapping[str, Any]], **_: Any) -> None:
        """Open or make the MLflow run, and send the committed rounds that it lacks."""
        try:
            self._client = MlflowClient(tracking_uri=self._uri, registry_uri="")
            self._run_id = self._known_run() or self._new_run(config)
            history = self._client.get_metric_history(self._run_id, LAST_OF_A_ROUND)
            known = {metric.step for metric in history}
            self._client.update_run(self._run_id, RunStatus.to_string(RunStatus.RUNNING))
            for record in committed:
                self._count_and_send(record, known)
        except MlflowException as error:
            raise alcore.AlsegError(
                f"MLflow at {self._uri} cannot be reached or does not take the run: {_first_line(error)}",
                hint="start the server, or choose another --set trackers.mlflow.tracking_uri=...; without it the run "
                "keeps a database of its own",
            ) from error

    def round_finished(self, *, record: Mapping[str, Any], **_: Any) -> None:
        """Send the round, and those that could not be sent before."""
        self._pending.append(record)
        try:
            self._send_pending()
        except MlflowException as error:
            _log.warning("MLflow at %s takes nothing; the run goes on: %s", self._uri, _first_line(error))

    def run_finished(self, **_: Any) -> None:
        """Send what is left; if that fails, say how it can be sent later."""
        try:
            self._send_pending()
        except MlflowException as error:
            rounds = ", ".join(str(record["round"]) for record in self._pending)
            raise alcore.AlsegError(
                f"the run is whole, but MLflow at {self._uri} lacks its rounds {rounds}: {_first_line(error)}",
                hint="'alseg resume' with the run directory sends them once the server is back",
            ) from error
        self._ended = RunStatus.FINISHED

    def closed(self, **_: Any) -> None:
        """Mark the MLflow run as finished or failed."""
        if self._client and self._run_id:
            try:
                self._client.set_terminated(self._run_id, RunStatus.to_string(self._ended))
            except MlflowException as error:
                _log.warning("MLflow at %s does not close the run: %s", self._uri, _first_line(error))
        self._client = None

    def _known_run(self) -> str:
        if not self._run_id_file.is_file():
            return ""
        assert self._client is not None
        return str(self._client.get_run(self._run_id_file.read_text("utf-8").strip()).info.run_id)

    def _new_run(self, config: Mapping[str, Any]) -> str:
        client = self._client
        assert client is not None
        experiment = client.get_experiment_by_name(self._options.experiment)
        number = experiment.experiment_id if experiment else client.create_experiment(self._options.experiment)
        run_id = str(client.create_run(number, run_name=self._options.run_name or alcore.run_name(config)).info.run_id)
        values = alcore.flat_values(config)
        params = [Param(_name(key), str(value)[:LONGEST_PARAM]) for key, value in values.items()]
        for start in range(0, len(params), PARAMS_PER_CALL):
            client.log_batch(run_id, params=params[start : start + PARAMS_PER_CALL])
        # Written last: a start that dies before leaves an unfinished MLflow run, not one without parameters.
        alcore.write_text(self._run_id_file, run_id)
        return run_id

    def _send_pending(self) -> None:
        while self._pending:
            self._count_and_send(self._pending[0], set())
            del self._pending[0]

    def _count_and_send(self, record: Mapping[str, Any], known: set[int]) -> None:
        if record["round"] not in known:
            self._send(record)
        self._epoch += len(record["losses"])

    def _send(self, record: Mapping[str, Any]) -> None:
        assert self._client is not None
        now = int(time.time() * 1000)
        metrics = []
        epochs = zip(record["losses"], record["validation_dice"], record["learning_rates"], strict=True)
        for epoch, (loss, validation, rate) in enumerate(epochs, start=self._epoch + 1):
            figures = {"epoch/loss": loss, "epoch/validation dice": validation, "epoch/learning rate": rate}
            metrics += [Metric(name, value, now, epoch) for name, value in figures.items() if value is not None]
        figures = {**alcore.round_figures(record), LAST_OF_A_ROUND: 1}
        metrics += [Metric(_name(name), float(value), now, record["round"]) for name, value in figures.items()]
        for start in range(0, len(metrics), METRICS_PER_CALL):
            self._client.log_batch(self._run_id, metrics=metrics[start : start + METRICS_PER_CALL])


def _name(text: str) -> str:
    """A name that MLflow allows."""
    return _NOT_IN_A_NAME.sub("_", text)


def _first_line(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:300]
