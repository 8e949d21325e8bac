"""Where a run goes whose folder nobody named."""

from itertools import count
from pathlib import Path

from alcore.runs.config import RunConfig


def free_path(config: RunConfig) -> Path:
    """A run directory under ``runs/`` that does not exist yet, named by dataset, strategy (or training) and seed."""
    what = f"train-{config.dim}d" if config.trains else config.strategy.name
    name = f"{Path(config.dataset).stem}-{what}-seed{config.run.seed}"
    candidates = (Path("runs") / (name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(path for path in candidates if not path.exists())
