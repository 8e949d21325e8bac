"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterable

from alcore import CommandSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """Offer ``alseg results``, ``alseg report`` and ``alseg leaderboard``."""
    yield CommandSpec(
        name="results",
        summary="Show what strategies scored and cost, and whether they differ.",
        target="alseg_results.commands.results:results",
    )
    yield CommandSpec(
        name="report",
        summary="Write a page with curves, tables and pictures of runs.",
        target="alseg_results.commands.report:report",
    )
    yield CommandSpec(
        name="leaderboard",
        summary="Write, check and show entries of a leaderboard: one JSON file a run.",
        target="alseg_results.commands.leaderboard:leaderboard",
    )
