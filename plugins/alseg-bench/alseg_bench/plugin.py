"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterable

from alcore import CommandSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """Offer ``alseg bench``."""
    yield CommandSpec(
        name="bench",
        summary="Measure a part of a run on its own.",
        target="alseg_bench.commands.bench:bench",
    )
