"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

import alcore


class TensorBoardOptions(alcore.Options):
    """Options of the TensorBoard tracker."""

    pictures: int = Field(8, ge=0, le=64, description="Queried slices shown per round, with truth and prediction.")


@alcore.hookimpl
def register_trackers() -> Iterator[alcore.TrackerSpec]:
    """Offer TensorBoard and CSV files."""
    yield alcore.TrackerSpec(
        name="tensorboard",
        summary="Figures per round and epoch, pictures of the queried slices, and hparams, for TensorBoard.",
        target="alseg_trackers.tensorboard:TensorBoard",
        options=TensorBoardOptions,
    )
    yield alcore.TrackerSpec(
        name="csv",
        summary="One row per round, split, metric and class, and one per epoch, in CSV files.",
        target="alseg_trackers.tidy_csv:TidyCsv",
    )
