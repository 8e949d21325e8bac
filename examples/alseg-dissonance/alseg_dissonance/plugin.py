"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

from alcore import Options, StrategySpec, hookimpl

ALSEG_API = 1


class DissonanceOptions(Options):
    """Options of dissonance."""

    apart: int = Field(2, ge=0, le=100, description="Least distance, in slices, between two picks in one scan.")


@hookimpl
def register_strategies() -> Iterator[StrategySpec]:
    """Offer dissonance."""
    yield StrategySpec(
        name="dissonance",
        summary="Slices that the model sees most unlike their neighbours.",
        target="alseg_dissonance.dissonance:Dissonance",
        options=DissonanceOptions,
    )
