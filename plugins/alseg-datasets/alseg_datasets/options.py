"""Options that every dataset of scans takes. Light: imported for listings."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import Options

Millimetres = Annotated[float, Field(gt=0, le=1000)]


class ScanOptions(Options):
    """What becomes of a scan before it enters the store; normalisation happens later, on load."""

    classes: tuple[str, ...] = Field(
        (), description="Foreground classes to keep, by name; the others become background. Empty keeps all."
    )
    merge_foreground: bool = Field(False, description="Merge all (kept) foreground classes into one.")
    multi_label: bool = Field(
        False, description="Store one binary label per foreground class, so that classes may overlap."
    )
    slice_axis: Literal["x", "y", "z"] = Field(
        "z", description="Image axis that the slices run along: z is the third axis of the file."
    )
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        None,
        description="Resample to this spacing in mm along (slices, rows, columns), linearly for images and by the "
        "nearest voxel for labels. Unset keeps each scan's own.",
    )
