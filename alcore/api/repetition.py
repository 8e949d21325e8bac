"""Run something again, and see whether its numbers come out again."""

from collections.abc import Sequence
from pathlib import Path

from alcore.api.progress import watching
from alcore.api.stopped import saying_where
from alcore.moments import Moments
from alcore.registry import Registry
from alcore.runs.directory import RunDirectory
from alcore.runs.repeat import Repetition, repeatable_config
from alcore.runs.repeat import repeat as repeat_run
from alcore.runs.run_path import run_path

__all__ = ["Repetition", "repeat"]


def repeat(
    path: Path | str, *, out: Path | str | None = None, listeners: Sequence[Moments] = (), progress: bool = True
) -> Repetition:
    """Run the run in ``path`` again in a new directory, on the device it ran on, and compare every number.

    Args:
        path: the run directory.
        out: the new run's directory; a new one under ``runs/`` by default.
        listeners: told of every moment of the new run.
        progress: as for :func:`alcore.run`.

    Raises:
        AlsegError: it has no committed round, or its dataset or device is not there any more.
        RunStopped: Ctrl-C stopped the new run.
    """
    original, registry = RunDirectory.open(Path(path)), Registry.installed()
    place = run_path(None if out is None else Path(out), repeatable_config(original, registry))
    with place as target, saying_where(target):
        return repeat_run(original, registry, target, listeners=watching(listeners, progress))
