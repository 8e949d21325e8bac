"""A run repeated: whether the numbers agree, round by round."""

import sys
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from alcore.api.repetition import Repetition, repeat
from alseg.output import echo, terminal
from alseg.show.json_output import echo_json
from alseg.show.progress import progress_for
from alseg.show.session import until_interrupted

EXIT_DIFFERENT = 1


def repeat_run(path: Path, out: Path | None, as_json: bool) -> None:
    """Repeat a run and show what came of it; the exit status is 1 if a number differs."""
    with progress_for(sys.stderr) as progress:
        repetition = until_interrupted(lambda: repeat(path, out=out, listeners=[progress], progress=False))
    if as_json:
        echo_json(_as_values(repetition), indent=None)
    else:
        _show(repetition)
    if not repetition.identical:
        sys.exit(EXIT_DIFFERENT)


def _as_values(repetition: Repetition) -> dict[str, object]:
    return {
        "original": str(repetition.original.path),
        "directory": str(repetition.directory.path),
        "identical": repetition.identical,
        "rounds": [asdict(comparison) for comparison in repetition.rounds],
        "changed": {name: {"then": then, "now": now} for name, (then, now) in repetition.changed.items()},
    }


def _show(repetition: Repetition) -> None:
    table = Table(title=f"{repetition.original.path}, repeated in {repetition.directory.path}")
    table.add_column("round", justify="right")
    table.add_column("numbers")
    table.add_column("largest difference", justify="right")
    table.add_column("of", overflow="fold")
    for comparison in repetition.rounds:
        difference = "-" if comparison.difference is None else f"{comparison.difference:.3g}"
        agreement = "agree" if comparison.identical else "differ"
        table.add_row(str(comparison.round), agreement, difference, comparison.where)
    terminal().print(table)
    echo("every number agrees bit for bit" if repetition.identical else "the numbers differ")
    for name, (then, now) in repetition.changed.items():
        echo(f"{name}: {then or 'none'} then, {now or 'none'} now")
