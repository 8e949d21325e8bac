"""Options of a replay. Light: validation of a configuration imports this, not torch."""

from pathlib import Path

from pydantic import Field, field_validator

from alcore.specs import Options


class ReplayOptions(Options):
    """Which run's queries are repeated."""

    run: str = Field(min_length=1, description="Run directory whose queries are repeated; the strategy is not asked.")
    same_data: bool = Field(
        True,
        description="Refuse a store whose content is not that of the replayed run; false: find slices by scan and "
        "position alone.",
    )

    @field_validator("run")
    @classmethod
    def _from_anywhere(cls, run: str) -> str:
        return str(Path(run).absolute())
