"""Options of datasets. Light: imported for listings."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import Options

Millimetres = Annotated[float, Field(gt=0, le=1000)]
InstituteCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]


class LabelOptions(Options):
    """What becomes of the classes before a scan enters the store."""

    classes: tuple[str, ...] = Field(
        (), description="Foreground classes to keep, by name; the others become background. Empty keeps all."
    )
    merge_foreground: bool = Field(False, description="Merge all (kept) foreground classes into one.")
    multi_label: bool = Field(
        False, description="Store one binary label per foreground class, so that classes may overlap."
    )


class ScanOptions(LabelOptions):
    """What becomes of a scan before it enters the store; normalisation happens later, on load."""

    slice_axis: Literal["x", "y", "z"] = Field(
        "z", description="Image axis that the slices run along: z is the third axis of the file."
    )
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        None,
        description="Resample to this spacing in mm along (slices, rows, columns), linearly for images and by the "
        "nearest voxel for labels. Unset keeps each scan's own.",
    )


class BcssOptions(LabelOptions):
    """How the images of BCSS are cut and split."""

    tile: int | None = Field(
        None,
        ge=16,
        le=65_536,
        description="Cut each image into equal tiles of at most this many pixels a side, which become its slices. "
        "Unset: an image is one slice.",
    )
    validation: float = Field(
        0.2, gt=0.0, lt=1.0, description="Share of the images that validate, drawn from each institute alike."
    )
    seed: int = Field(0, ge=0, description="Draws the images that validate.")
    test_institutes: tuple[InstituteCode, ...] = Field(
        (),
        description="Institutes whose images are set aside for testing, by the code in the file name, TCGA-XX. "
        "The dataset's own baseline has OL, LL, E2, EW, GM and S3.",
    )
