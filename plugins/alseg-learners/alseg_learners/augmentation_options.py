"""Options of augmentation: everything is off by default. Light: imports no torch."""

from typing import Literal

from pydantic import Field

from alcore import Options

Axis = Literal["slices", "rows", "columns"]


class AugmentationOptions(Options):
    """Random changes of each training image, drawn anew each time that it is trained on; off by default."""

    flip_probability: float = Field(0.0, ge=0.0, le=1.0, description="Probability of a flip along each of flip_axes.")
    flip_axes: tuple[Axis, ...] = Field(
        ("slices", "rows", "columns"), min_length=1, description="Axes that may be flipped; slices in 3D training only."
    )
    rotation: float = Field(
        0.0,
        ge=0.0,
        le=180.0,
        description="Largest angle, in degrees, of a rotation within the slice plane, either way.",
    )
    scaling: float = Field(
        0.0, ge=0.0, le=2.0, description="s: sizes are multiplied by a factor between 1 / (1 + s) and 1 + s."
    )
    spatial_probability: float = Field(
        1.0, ge=0.0, le=1.0, description="Probability that an image is rotated and scaled."
    )
    brightness: float = Field(0.0, ge=0.0, description="Largest value, of normalised intensity, added or subtracted.")
    contrast: float = Field(
        0.0,
        ge=0.0,
        le=10.0,
        description="c: distances to the image's mean are multiplied by a factor between 1 / (1 + c) and 1 + c.",
    )
    gamma: float = Field(
        0.0,
        ge=0.0,
        le=10.0,
        description="g: intensities, taken from 0 to 1 between the image's extremes, are raised to a power between "
        "1 / (1 + g) and 1 + g.",
    )
    noise: float = Field(
        0.0, ge=0.0, description="Largest standard deviation, of normalised intensity, of Gaussian noise."
    )
    intensity_probability: float = Field(
        1.0, ge=0.0, le=1.0, description="Probability that an image gets brightness, contrast, gamma and noise."
    )

    @property
    def moves(self) -> bool:
        """Whether images are rotated or scaled."""
        return self.spatial_probability > 0 and (self.rotation > 0 or self.scaling > 0)

    @property
    def changes_intensities(self) -> bool:
        """Whether intensities are changed."""
        return self.intensity_probability > 0 and max(self.brightness, self.contrast, self.gamma, self.noise) > 0

    @property
    def active(self) -> bool:
        """Whether anything is changed at all."""
        return self.flip_probability > 0 or self.moves or self.changes_intensities
