"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

import alcore


class WandbOptions(alcore.Options):
    """Options of the Weights & Biases tracker."""

    mode: Literal["offline", "online"] = Field(
        "offline", description="offline: files that 'wandb sync' uploads; online: upload while the run goes on."
    )
    project: str = Field("alseg", min_length=1, description="Project that the run belongs to.")
    entity: str = Field("", description="User or team. Default: the one of the account.")
    run_name: str = Field("", description="Name of the run there. Default: dataset, strategy and seed.")
    timeout: float = Field(30.0, gt=0, description="Seconds to wait for the server when the run starts online.")


@alcore.hookimpl
def register_trackers() -> Iterator[alcore.TrackerSpec]:
    """Offer Weights & Biases."""
    yield alcore.TrackerSpec(
        name="wandb",
        summary="Figures per round, and the configuration, in Weights & Biases; offline unless told otherwise.",
        target="alseg_wandb.tracker:Wandb",
        options=WandbOptions,
    )
