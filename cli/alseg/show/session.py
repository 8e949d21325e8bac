"""One run in the terminal: progress on stderr, results on stdout, and how to resume after Ctrl-C."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tomli_w

from alcore.registry import Registry
from alcore.runs.config import RunConfig
from alcore.runs.directory import CONFIG, RunDirectory
from alcore.runs.estimate import Estimate
from alcore.runs.run import estimate, resume, start
from alcore.runs.run_path import run_path
from alseg.failures import EXIT_INTERRUPTED
from alseg.show.curve import learning_curve
from alseg.show.estimate import estimate_lines
from alseg.show.json_output import echo_json
from alseg.show.progress import progress_for
from alseg.terminal import echo

T = TypeVar("T")


def dry_run(config: RunConfig, registry: Registry) -> None:
    """Print the resolved configuration and the estimate."""
    echo(tomli_w.dumps(config.as_values()))
    for line in estimate_lines(estimate(config, registry)):
        echo(line)


def start_run(config: RunConfig, registry: Registry, out: Path | None, as_json: bool) -> None:
    """Start a run and show how it goes and what came out."""

    def told(expected: Estimate) -> None:
        for line in estimate_lines(expected):
            echo(line, err=True)

    with run_path(out, config) as path, progress_for(sys.stderr) as progress:
        until_interrupted(path, lambda: start(config, registry, path, listeners=[progress], told=told))
    _show_result(path, as_json)


def resume_run(path: Path, registry: Registry, as_json: bool) -> None:
    """Go on with a run and show how it goes and what came out."""
    with progress_for(sys.stderr) as progress:
        until_interrupted(path, lambda: resume(path, registry, listeners=[progress]))
    _show_result(path, as_json)


def until_interrupted(path: Path, run: Callable[[], T]) -> T:
    """Do ``run``; on Ctrl-C say how to go on with the run in ``path``, and exit."""
    try:
        return run()
    except KeyboardInterrupt:
        if (path / CONFIG).is_file():
            echo(f"\nstopped; committed rounds are safe. To go on:  alseg resume {path}", err=True)
        sys.exit(EXIT_INTERRUPTED)


def _show_result(path: Path, as_json: bool) -> None:
    directory = RunDirectory.open(path)
    if as_json:
        echo_json({"directory": str(path), "rounds": directory.rounds()}, indent=None)
        return
    learning_curve(directory)
    echo(f"run: {path}")
