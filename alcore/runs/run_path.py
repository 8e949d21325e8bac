"""Where a run goes whose folder nobody named."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from alcore.engine.figures import run_name
from alcore.files import disk_errors
from alcore.runs.config import RunConfig


@contextmanager
def run_path(out: Path | None, config: RunConfig) -> Iterator[Path]:
    """Where the run goes: ``out``, or a new folder under ``runs/`` named by dataset, strategy (or training) and seed.

    Making the folder claims it: of several processes that start at once each gets its own. If nothing comes into it, it
    is removed at the end, and ``runs`` with it where it is new.

    Raises:
        AlsegError: it cannot be made.
    """
    if out is not None:
        yield out
        return
    name = run_name(config.as_values())
    runs = Path("runs")
    is_new = not runs.exists()
    candidates = (runs / (name if number == 1 else f"{name}-{number}") for number in count(1))
    path = next(path for path in candidates if _claims(path))
    try:
        yield path
    finally:
        with suppress(OSError):
            path.rmdir()  # refused where a run is in it
            if is_new:
                runs.rmdir()


def _claims(path: Path) -> bool:
    with disk_errors(path):
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            return False
    return True
