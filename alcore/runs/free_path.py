"""Where a run goes whose folder nobody named."""

from itertools import count
from pathlib import Path

from alcore.engine.figures import run_name
from alcore.runs.config import RunConfig


def free_path(config: RunConfig) -> Path:
    """A run directory under ``runs/`` that does not exist yet, named by dataset, strategy (or training) and seed."""
    name = run_name(config.as_values())
    candidates = (Path("runs") / (name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(path for path in candidates if not path.exists())
