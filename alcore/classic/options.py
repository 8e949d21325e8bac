"""Options of classic training. Light: validation of a configuration imports this, not torch."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from alcore.specs import Options

Length = Annotated[int, Field(ge=8, le=4096)]


class ClassicOptions(Options):
    """Training on the fully labelled set."""

    dim: Literal[2, 3] = Field(2, description="Train on slices (2) or on patches of volumes (3).")
    patch_size: tuple[Length, Length, Length] | None = Field(
        None,
        description="3D: voxels of a patch along (slices, rows, columns); smaller scans are padded. "
        "Default: the median size of the training scans, scaled down to at most 2**20 voxels.",
    )
    patches_per_scan: int = Field(4, ge=1, le=10_000, description="3D: patches that an epoch draws from each scan.")
    foreground_share: float = Field(
        1 / 3, ge=0.0, le=1.0, description="3D: share of a batch's patches that are drawn around foreground."
    )
    overlap: float = Field(
        0.5, ge=0.0, lt=1.0, description="3D: share of a patch by which neighbouring windows overlap in prediction."
    )
    checkpoint_interval: float = Field(
        60.0, ge=0.0, description="Seconds after which the next finished epoch is saved, so that training can go on."
    )

    @model_validator(mode="after")
    def _options_of_volumes_need_volumes(self) -> "ClassicOptions":
        for option in ("patch_size", "patches_per_scan", "foreground_share", "overlap"):
            if self.dim == 2 and getattr(self, option) != type(self).model_fields[option].default:
                raise ValueError(f"{option} is an option of 3D training: give dim = 3 too")
        return self
