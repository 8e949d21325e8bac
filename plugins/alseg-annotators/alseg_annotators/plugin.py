"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore


@alcore.hookimpl
def register_annotators() -> Iterator[alcore.AnnotatorSpec]:
    """Offer the annotators."""
    yield alcore.AnnotatorSpec(
        name="simulated",
        summary="An oracle: gives the labels that the dataset has, at once and without a mistake.",
        target="alseg_annotators.simulated:Simulated",
    )
