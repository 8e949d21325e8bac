"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from alcore import InterpolatorSpec, Options, hookimpl


class MorphologicalContourOptions(Options):
    """Options of morphological contour interpolation."""

    empty_fill: Literal["fail", "keep"] = Field(
        "fail",
        description="What to do where the method gives nothing between two non-empty masks: fail (no pseudo-labels) or "
        "keep the empty fill, as the paper's code did.",
    )


class SignedDistanceOptions(Options):
    """Options of signed-distance interpolation."""

    inside: Literal["positive", "paper-code"] = Field(
        "positive",
        description="Which pixels a class fills: positive (where its interpolated distance is above 0; of several "
        "classes the deepest; the paper's text) or paper-code (from 0 on; of several the one of the highest number).",
    )


@hookimpl
def register_interpolators() -> Iterator[InterpolatorSpec]:
    """Offer the paper's two interpolators."""
    yield InterpolatorSpec(
        name="signed-distance",
        summary="Linear interpolation between the signed distance maps of the two slices.",
        target="alseg_interpolators.signed_distance:SignedDistance",
        options=SignedDistanceOptions,
        reference="Raya and Udupa 1990; Burmeister et al. 2022, section 3",
    )
    yield InterpolatorSpec(
        name="morphological-contour",
        summary="ITK's morphological contour interpolation.",
        target="alseg_interpolators.morphological:MorphologicalContour",
        options=MorphologicalContourOptions,
        reference="Zukic et al. 2016, ND morphological contour interpolation; Burmeister et al. 2022, section 3",
    )
