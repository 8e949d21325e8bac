"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore


@alcore.hookimpl
def register_metrics() -> Iterator[alcore.MetricSpec]:
    """Offer the metrics."""
    yield alcore.MetricSpec(
        name="dice",
        summary="Dice similarity coefficient.",
        target="alseg_metrics.overlap:Dice",
        needs="counts",
        reference="Dice 1945",
    )
