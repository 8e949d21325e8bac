"""Read a release as if its runs lay here."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from alcore import AlsegError
from alcore.api.benchmark import GRID_FILE
from alcore.records import ScanScore, SelectedSlice, check_config, parse_environment, parse_round
from alseg_results.read import RawRun, ReadScores
from alseg_results.release.layout import ROUND, RUN, SCORE
from alseg_results.release.manifest import GET_ANEW, ROUNDS, RUNS, SCORES, SELECTIONS, read_manifest
from alseg_results.release.parquet import read_rows

Rows = Mapping[int, Sequence[dict[str, Any]]]
"""Rows by the number of their run."""


def read_release(folder: Path) -> list[RawRun]:
    """The runs of a release.

    Raises:
        AlsegError: a file is missing, altered or damaged, or the release is of a newer format.
    """
    read_manifest(folder, (GRID_FILE,))
    runs = read_rows(folder / RUNS, RUN)
    rounds, scores = _by_run(folder / ROUNDS, ROUND), _by_run(folder / SCORES, SCORE)
    selections = _by_run(folder / SELECTIONS, {})
    try:
        return [_raw(folder, row, rounds, scores, selections) for row in runs]
    except (AlsegError, ValueError) as error:
        said = error.message if isinstance(error, AlsegError) else str(error)
        raise AlsegError(f"the release {folder} is damaged: {said}", hint=GET_ANEW) from error


def _by_run(path: Path, columns: Mapping[str, str]) -> Rows:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(path, columns):
        found[row.pop("run")].append(row)
    return found


def _raw(folder: Path, row: Mapping[str, Any], rounds: Rows, scores: Rows, selections: Rows) -> RawRun:
    number = row["run"]
    config = json.loads(row["config"])
    check_config(config)
    records = sorted(rounds[number], key=lambda record: int(record["round"]))
    return RawRun(
        directory=folder / row["folder"],
        config=config,
        environment=parse_environment(row["environment"].encode()),
        job=json.loads(row["job"]),
        rounds=[parse_round(record["record"].encode(), place) for place, record in enumerate(records)],
        selections=cast(list[SelectedSlice], list(selections[number])),
        read_scores=_reader(row["folder"], scores[number]),
    )


def _reader(name: str, rows: Sequence[dict[str, Any]]) -> ReadScores:
    by_round: dict[int, list[ScanScore]] = defaultdict(list)
    for row in rows:
        by_round[row["round"]].append(cast(ScanScore, {key: value for key, value in row.items() if key != "round"}))

    def read(round_number: int) -> Sequence[ScanScore]:
        if round_number not in by_round:
            raise AlsegError(f"the release has no scores of scans of {name}, round {round_number}")
        return by_round[round_number]

    return read
