"""What Ctrl-C leaves of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alcore.runs.directory import CONFIG


class RunStopped(KeyboardInterrupt):
    """Ctrl-C stopped a run: its committed rounds are safe, and ``resume(path)`` goes on.

    Args:
        path: the run directory.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(f"stopped; committed rounds are safe. To go on:  alseg resume {path}")
        self.path = path


@contextmanager
def saying_where(path: Path) -> Iterator[None]:
    """Let Ctrl-C say where to go on, if there is a run in ``path`` already.

    Raises:
        RunStopped: there is.
    """
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if (path / CONFIG).is_file():
            raise RunStopped(path) from interrupt
        raise
