"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

from alcore import DatasetSpec, Options, hookimpl

ALSEG_API = 1


class NpzOptions(Options):
    """Options of npz."""

    slice_thickness: float = Field(1.0, gt=0, description="Millimetres between the centres of adjacent slices.")
    pixel_size: float = Field(1.0, gt=0, description="Edge of a pixel in millimetres.")


@hookimpl
def register_datasets() -> Iterator[DatasetSpec]:
    """Offer npz."""
    yield DatasetSpec(
        name="npz",
        summary="A folder of .npz files, one per scan.",
        target="alseg_npz.npz:Npz",
        options=NpzOptions,
    )
