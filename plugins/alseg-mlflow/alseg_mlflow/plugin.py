"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

import alcore


class MlflowOptions(alcore.Options):
    """Options of the MLflow tracker."""

    tracking_uri: str = Field(
        "",
        description="Where MLflow keeps the run: a server (http://...) or a database (sqlite:///all.db). Default: what "
        "MLFLOW_TRACKING_URI says, else a database in the run directory.",
    )
    experiment: str = Field("alseg", min_length=1, description="MLflow experiment that the run belongs to.")
    run_name: str = Field("", description="Name of the MLflow run. Default: dataset, strategy and seed.")


@alcore.hookimpl
def register_trackers() -> Iterator[alcore.TrackerSpec]:
    """Offer MLflow."""
    yield alcore.TrackerSpec(
        name="mlflow",
        summary="Figures per round and epoch, and the configuration, in MLflow.",
        target="alseg_mlflow.tracker:Mlflow",
        options=MlflowOptions,
    )
