"""One run in the terminal: progress on stderr, results on stdout, and how to resume after Ctrl-C."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alcore.api.configured import ConfiguredRun
from alcore.api.result import Run
from alcore.api.run import resume
from alcore.api.stopped import RunStopped
from alseg.failures import EXIT_INTERRUPTED
from alseg.output import echo
from alseg.show.curve import learning_curve
from alseg.show.estimate import estimate_lines
from alseg.show.json_output import echo_json
from alseg.show.progress import progress_for

if TYPE_CHECKING:
    from alcore.api.configured import Estimate

T = TypeVar("T")


def show_or_start(configured: ConfiguredRun, out: Path | None, as_json: bool, *, dry_run: bool) -> None:
    """Start a run and show how it goes and what came out, or show what it would be."""
    if dry_run:
        echo(configured.as_toml())
        for line in estimate_lines(configured.estimate()):
            echo(line)
        return
    with progress_for(sys.stderr) as progress:
        run = until_interrupted(lambda: configured.start(out, listeners=[progress], told=_tell_estimate))
    _show_result(run, as_json)


def resume_run(path: Path, as_json: bool) -> None:
    """Go on with a run and show how it goes and what came out."""
    with progress_for(sys.stderr) as progress:
        run = until_interrupted(lambda: resume(path, listeners=[progress], progress=False))
    _show_result(run, as_json)


def until_interrupted(work: Callable[[], T]) -> T:
    """Do ``work``; on Ctrl-C say how to go on, and exit."""
    try:
        return work()
    except KeyboardInterrupt as interrupt:
        if isinstance(interrupt, RunStopped):
            echo(f"\n{interrupt}", err=True)
        sys.exit(EXIT_INTERRUPTED)


def _tell_estimate(expected: "Estimate") -> None:
    for line in estimate_lines(expected):
        echo(line, err=True)


def _show_result(run: Run, as_json: bool) -> None:
    if as_json:
        echo_json({"directory": str(run.path), "rounds": run.rounds}, indent=None)
        return
    learning_curve(run)
    echo(f"run: {run.path}")
