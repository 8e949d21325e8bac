"""Options of the metrics. Imported for listings, so nothing heavy here."""

from typing import Literal

from pydantic import Field

import alcore

OneEmpty = Literal["diagonal", "nan", "infinity"]


class DistanceOptions(alcore.Options):
    """Options of the distances between two surfaces."""

    one_empty: OneEmpty = Field(
        "diagonal",
        description="Distance where only one of truth and prediction is empty: diagonal (of the scan, the longest in "
        "it), nan (left out of means, which rewards predicting nothing) or infinity.",
    )


class SurfaceDiceOptions(alcore.Options):
    """Options of ``surface-dice``."""

    tolerance: float = Field(1.0, ge=0.0, description="Distance in millimetres up to which two surfaces agree.")


class CalibrationErrorOptions(alcore.Options):
    """Options of ``calibration-error``."""

    bins: int = Field(15, ge=1, le=1000, description="Bins of equal width that the probabilities are sorted into.")
