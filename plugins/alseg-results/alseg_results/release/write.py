"""Write a release: everything that results are made of, without what is private or large."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from alcore import AlsegError, read_toml
from alcore.api.benchmark import GRID_FILE
from alcore.files import check_can_be_made, disk_errors, make_folder, renamed_to, write_text
from alseg_results.labels import STRATEGY
from alseg_results.read import RawRun
from alseg_results.release.card import data_card
from alseg_results.release.folder import read_folder
from alseg_results.release.layout import ROUND, RUN, SCORE, selection_columns
from alseg_results.release.manifest import CARD, ROUNDS, RUNS, SCORES, SELECTIONS, write_manifest
from alseg_results.release.parquet import write_rows
from alseg_results.release.without_paths import without_paths
from alseg_results.settings import plain_name


@dataclass(frozen=True)
class Released:
    """What was written.

    Args:
        folder: the release.
        digest: SHA-256 of its manifest, by which a paper can name it.
        notes: what was left out, a sentence each.
    """

    folder: Path
    digest: str
    notes: tuple[str, ...]


def export(source: Path, folder: Path) -> Released:
    """Write all runs at or below ``source`` as a release, so that others get the same tables from it.

    It holds the configuration, environment, rounds, scores of scans and queried slices of every run, and what the
    benchmark decided. It holds no images, labels, models or paths of this machine.

    Args:
        source: the folder of a benchmark, of runs, or one run.
        folder: what to write; it must not be there yet, or be empty.

    Raises:
        AlsegError: there are no results, the folder is in use, or it cannot be written.
    """
    raws, notes = read_folder(source)
    check_can_be_made(folder)
    if folder.exists() and any(folder.iterdir()):
        raise AlsegError(f"{folder} is not empty", hint="name a folder that is not there yet")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    make_folder(folder.absolute().parent)
    with disk_errors(folder), renamed_to(folder.absolute()) as temporary:
        temporary.mkdir()
        notes += _write_tables(temporary, raws, source)
        facts = _facts(raws)
        _copy_grid(source, temporary)
        write_text(temporary / CARD, data_card(facts, notes, made))
        digest = write_manifest(temporary, facts, made)
    return Released(folder, digest, tuple(notes))


def _write_tables(folder: Path, raws: Sequence[RawRun], source: Path) -> list[str]:
    """Write the four tables; returns a sentence where scores of scans are missing."""
    runs, rounds, scores, selections = [], [], [], []
    unread: list[str] = []
    for number, raw in enumerate(raws):
        runs.append({"run": number, **_run_row(raw, source)})
        rounds += [_round_row(number, dict(record)) for record in raw.rounds]
        selections += [{"run": number, **row} for row in raw.selections]
        try:
            scores += [
                {"run": number, "round": record["round"], **row}
                for record in raw.rounds
                for row in raw.read_scores(record["round"])
            ]
        except AlsegError as error:
            unread.append(error.message)
    columns = selection_columns(selections)
    write_rows(folder / RUNS, runs, RUN)
    write_rows(folder / ROUNDS, rounds, ROUND)
    write_rows(folder / SCORES, scores, SCORE)
    write_rows(folder / SELECTIONS, [{**dict.fromkeys(columns), **row} for row in selections], columns)
    count = "1 run has" if len(unread) == 1 else f"{len(unread)} runs have"
    return [f"{count} no scores of scans: {unread[0]}"] if unread else []


def _run_row(raw: RawRun, source: Path) -> dict[str, Any]:
    dataset, strategy = raw.environment["dataset"], raw.config.get(STRATEGY, {}).get("name", "")
    return {
        "folder": raw.directory.name if raw.directory == source else raw.directory.relative_to(source).as_posix(),
        "dataset": plain_name(raw),
        "strategy": str(raw.job.get(STRATEGY) or strategy),
        "seed": raw.config["seed"],
        "full_data": bool(raw.config.get("full_data")),
        "synthetic": dataset["synthetic"],
        "fingerprint": dataset["fingerprint"],
        **{name: json.dumps(without_paths(getattr(raw, name))) for name in ("config", "environment", "job")},
    }


def _round_row(run: int, record: dict[str, Any]) -> dict[str, Any]:
    return {"run": run, "record": json.dumps(record), **{name: record[name] for name in ROUND if name in record}}


def _copy_grid(source: Path, folder: Path) -> None:
    if (source / GRID_FILE).is_file():
        write_text(folder / GRID_FILE, tomli_w.dumps(without_paths(read_toml(source / GRID_FILE))))


def _facts(raws: Sequence[RawRun]) -> dict[str, Any]:
    return {
        "runs": len(raws),
        "datasets": sorted({plain_name(raw) for raw in raws}),
        "strategies": sorted({str(raw.config[STRATEGY]["name"]) for raw in raws if STRATEGY in raw.config}),
        "seeds": sorted({int(raw.config["seed"]) for raw in raws}),
    }
