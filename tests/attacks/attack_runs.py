"""Mutated run directories and benchmark folders, against every command that reads them, all in one process."""

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import attacking
import click
from alseg.main import cli
from click.testing import CliRunner
from forked import Command
from mutated_runs import mutate
from whole_commands import Benchmark, tree
from workshop import Workshop, workshop

COMMANDS = ("results", "report", "repeat", "replay", "predict", "evaluate", "resume", "resume", "benchmark")


def build(folder: Path, commands: Sequence[str] = COMMANDS) -> attacking.Attack:
    """The attack on a run, alone and among others, and on a benchmark."""
    place = workshop(folder)
    attacked = place.folder / "attacked"
    precious = place.folder / "precious"
    if "benchmark" in commands:
        ended = Command(Benchmark().command(place.empty()), place.work).ended()
        assert ended.status == 0, ended.text
        (place.work / "grid").rename(place.folder / "grid")

    def attack(rng: random.Random) -> str:
        command = rng.choice(commands)
        shutil.rmtree(precious, ignore_errors=True)
        precious.mkdir()
        (precious / "kept").write_bytes(b"kept")
        shutil.rmtree(attacked, ignore_errors=True)
        if command == "benchmark":
            shutil.copytree(place.folder / "grid", attacked)
            target = rng.choice((attacked, *sorted((attacked / "runs").iterdir())))
        else:
            target = attacked / "one"
            shutil.copytree(place.folder / "run", target)
            shutil.copytree(place.folder / "run", attacked / "other")
            config = target / "config.toml"
            config.write_text(config.read_text("utf-8").replace("\nrounds = 2\n", "\nrounds = 3\n"), "utf-8")
        for _ in range(rng.choice((1, 1, 1, 3))):
            mutate(target, precious, rng)
        before = tree(attacked)
        arguments = _arguments(command, place, target, rng)
        result = CliRunner().invoke(cli, arguments, standalone_mode=False)
        if tree(precious) != {"kept": b"kept"}:
            raise attacking.BrokenPromiseError(f"{command} changed a file that is no part of the run")
        after = tree(attacked)
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if unasked := [name for name in changed if command != "resume" or not name.startswith("one/")]:
            raise attacking.BrokenPromiseError(f"{command} changed {unasked}")
        if isinstance(result.exception, click.ClickException):
            return f"{command}: refused by click"
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if "--json" in arguments and result.exit_code == 0:
            json.loads(result.stdout, parse_constant=_no_json)
        return f"{command}: survived"

    return attack


def _arguments(command: str, place: Workshop, run: Path, rng: random.Random) -> list[str]:
    out = place.empty()
    scan, label = (str(sorted((place.folder / "task" / part).glob("*.gz"))[0]) for part in ("imagesTr", "labelsTr"))
    reading = str(rng.choice((run, run.parent)))
    choices: dict[str, Sequence[list[str]]] = {
        "results": (["results", reading], ["results", reading, "--json", "--statistics", "--audit"]),
        "report": (["report", reading, "--out", str(out / "page.html")],),
        "repeat": (["run", "--repeat", str(run), "--out", str(out / "run")],),
        "replay": (["run", "--replay", str(run), "--out", str(out / "run")],),
        "predict": (["predict", str(run), "--scans", scan, "--out", str(out / "predicted")],),
        "evaluate": (["evaluate", str(run), "--json"], ["evaluate", str(run), "--scans", scan, "--labels", label]),
        "resume": (["resume", str(run)],),
        "benchmark": (
            [*Benchmark().command(out)[:-1], str(place.folder / "attacked"), "--dry-run"],
            ["results", str(place.folder / "attacked")],
        ),
    }
    return rng.choice(choices[command])


def _no_json(constant: str) -> object:
    raise attacking.BrokenPromiseError(f"{constant} is no JSON")
