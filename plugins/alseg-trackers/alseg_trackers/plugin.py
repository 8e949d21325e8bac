"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

import alcore


class TensorBoardOptions(alcore.Options):
    """Options of the TensorBoard tracker."""

    pictures: int = Field(8, ge=0, le=64, description="Queried slices shown per round, with truth and prediction.")


@alcore.hookimpl
def register_trackers() -> Iterator[alcore.TrackerSpec]:
    """Offer TensorBoard."""
    yield alcore.TrackerSpec(
        name="tensorboard",
        summary="Scalars per round and epoch, and pictures of the queried slices, for TensorBoard.",
        target="alseg_trackers.tensorboard:TensorBoard",
        options=TensorBoardOptions,
    )
